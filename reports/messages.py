"""Which messages the interface has, and the catalogues that hold them. `python -m reports.messages` renews the files.

Messages are English text: in templates `{{ _("…") }}`, in modules `words.say("…")`, `words.count("…", "…", n)` and
`N_("…")`, and every text of the indicator cards and of the data dictionary.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path

from babel.messages import pofile
from babel.messages.catalog import Catalog
from jinja2.ext import GETTEXT_FUNCTIONS, babel_extract

from auditor.measure.cards import cards
from auditor.views.dictionary import views
from reports.i18n import LANGUAGES, read_catalogue

Message = str | tuple[str, str]
#: Names of the functions whose literal arguments are messages, and how many of the first ones.
_CALLS = {"say": 1, "count": 2, "N_": 1, "_": 1, "gettext": 1, "ngettext": 2}


def messages() -> dict[Message, None]:
    """Every message of the interface, each once, in a stable order."""
    found: dict[Message, None] = {}
    root = Path(str(resources.files("reports")))
    for path in sorted(root.rglob("*.py")):
        found |= dict.fromkeys(_of_module(path.read_text(encoding="utf-8")))
    for path in sorted(root.rglob("*.html")):
        with path.open("rb") as source:
            for _, function, message, _ in babel_extract(source, GETTEXT_FUNCTIONS, [], {}):
                if function == "ngettext" and isinstance(message, tuple):
                    found[str(message[0]), str(message[1])] = None
                elif isinstance(message, str):
                    found[message] = None
    found |= dict.fromkeys(_of_data())
    return found


def _of_module(source: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        wanted = _CALLS.get(name, 0)
        texts = [
            arg.value for arg in node.args[:wanted] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
        ]
        if wanted and len(texts) == wanted and all(texts):
            yield texts[0] if wanted == 1 else (texts[0], texts[1])


def _of_data() -> Iterator[Message]:
    for card in cards().values():
        yield from (card.title, card.formula, card.unit, card.numerator, card.denominator)
        yield from (card.source, card.caveat, card.breaks)
    for view in views().values():
        yield from (view.about, *view.columns.values())


#: No dates and no names: the same messages give the same file.
_HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {plurals}\\n"\n\n'


def _whole(text: str | Iterable[str] | None) -> bool:
    return bool(text) if text is None or isinstance(text, str) else all(text)


def renew(lang: str) -> Catalog:
    """The catalogue of one language with every message of now: known translations kept, gone messages left out."""
    old = read_catalogue(lang)
    catalogue = Catalog(locale=lang, domain="messages", project="egov-audit", fuzzy=False, charset="utf-8")
    for message in messages():
        key = message if isinstance(message, str) else message[0]
        known = old.get(key)
        text = known.string if known else None
        if lang == "en":
            text = message
        flags = known.flags if known and lang != "en" else ()
        catalogue.add(message, text, flags=flags)
    return catalogue


def main() -> None:
    """Rewrite the three catalogues and say how many messages lack a translation."""
    root = Path(str(resources.files("reports"))) / "locale"
    for lang in LANGUAGES:
        catalogue = renew(lang)
        body = io.BytesIO()
        pofile.write_po(body, catalogue, omit_header=True, width=0)
        head = _HEAD.format(plurals=catalogue.plural_forms)
        (root / lang / "LC_MESSAGES/messages.po").write_bytes(head.encode() + body.getvalue())
        empty = sum(bool(one.id) and not _whole(one.string) for one in catalogue)
        sys.stdout.write(f"{lang}: {len(catalogue)} messages, {empty} without a translation\n")


if __name__ == "__main__":
    main()
