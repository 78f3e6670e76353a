"""What the program's own source must not do: run text as code, unpickle, start a shell, read XML with entities."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("auditor", "crawler", "reports", "migrations")
#: Modules that turn bytes into objects or text into code.
MODULES = {"pickle", "cPickle", "dill", "marshal", "shelve", "code", "codeop", "xmlrpc", "imp"}
CALLS = {
    *("eval", "exec", "compile", "__import__", "os.system", "os.popen", "subprocess.getoutput", "yaml.unsafe_load"),
    *("subprocess.getstatusoutput", "yaml.full_load", "yaml.load_all", "asyncio.create_subprocess_shell"),
}
#: The one loader that may be given, a safe one that refuses more (crawler/plain_yaml.py).
LOADERS = {"_Loader"}


def faults(source: str) -> Iterator[str]:
    """Each forbidden thing in one module's text, with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            yield from (f"{node.lineno}: imports {name}" for name in names if _unsafe(name))
        if isinstance(node, ast.Call):
            yield from (f"{node.lineno}: {said}" for said in _call(ast.unparse(node.func), node))


def _unsafe(module: str) -> bool:
    # xml.sax.saxutils only quotes; the parsers of `xml` are not hardened.
    top = module.partition(".")[0]
    return top in MODULES or (top == "xml" and module != "xml.sax.saxutils")


def _call(name: str, node: ast.Call) -> Iterator[str]:
    given = {word.arg: ast.unparse(word.value) for word in node.keywords}
    if name in CALLS:
        yield f"calls {name}"
    if given.get("shell", "False") != "False":
        yield f"{name} starts a shell"
    if name == "yaml.load" and given.get("Loader") not in LOADERS:
        yield "yaml.load with another loader"
    parser = name.rpartition(".")[2]
    if parser in ("iterparse", "XMLParser") and (given.get("resolve_entities"), given.get("no_network")) != (
        "False",
        "True",
    ):
        yield f"{parser} with entities or network"
    # Parsing XML without saying with which parser takes one that follows entities.
    if name in ("etree.fromstring", "etree.parse", "etree.XML") and len(node.args) < 2 and "parser" not in given:
        yield f"{name} without a parser"


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_module_runs_text_or_reads_unsafely(folder: str) -> None:
    files = sorted((ROOT / folder).rglob("*.py"))
    assert files
    found = [
        f"{path.relative_to(ROOT)}:{fault}" for path in files for fault in faults(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        *("import pickle", "from xml.etree import ElementTree", "eval(text)", "os.system('ls')", "yaml.load(text)"),
        *("subprocess.run(line, shell=True)", "yaml.load(text, Loader=yaml.Loader)", "etree.fromstring(body)"),
        *("etree.iterparse(stream)", "etree.XMLParser(resolve_entities=False)", "subprocess.run(line, shell=asked)"),
    ],
)
def test_the_search_finds_what_it_is_for(source: str) -> None:
    assert len(list(faults(source))) == 1


@pytest.mark.parametrize(
    "source", ["re.compile('a')", "subprocess.run(['ls'])", "model.eval(x)", "etree.fromstring(body, parser)"]
)
def test_the_search_lets_the_rest_be(source: str) -> None:
    assert list(faults(source)) == []
