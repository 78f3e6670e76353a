"""YAML of files that people write: plain values, every key once, nothing that stands for something else.

An anchor with aliases can make a file of a few lines grow to gigabytes when its values are walked ("billion laughs"),
and a key given twice hides one of its values; neither has a use in a source or a lexicon.
"""

from __future__ import annotations

from typing import Any

import yaml

#: Lists and mappings inside each other.
_DEPTH = 50


class _Loader(yaml.CSafeLoader):
    """The safe loader that refuses a key given twice."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        try:
            doubled = key in seen
        except TypeError as error:
            raise yaml.constructor.ConstructorError(
                None, None, "a key is no plain value", key_node.start_mark
            ) from error
        if doubled:
            raise yaml.constructor.ConstructorError(None, None, f"{key!r} is given twice", key_node.start_mark)
        seen[key] = loader.construct_object(value_node, deep=True)
    return seen


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(text: str) -> object:
    """The document's plain values. Raises ValueError with one line that says what is wrong and in which line."""
    try:
        _check_events(text)
        built: object = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader with one check more
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise ValueError(f"{f'line {mark.line + 1}: ' if mark else ''}{error.problem}") from error
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error
    return built


def _check_events(text: str) -> None:
    """Raises ValueError for an alias, and for a depth at which the parser in C would take the program down with it."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise ValueError(f"{_line(event)}an alias (*{event.anchor}) is not taken")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEPTH:
                raise ValueError(f"{_line(event)}more than {_DEPTH} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _line(event: yaml.Event) -> str:
    return f"line {event.start_mark.line + 1}: " if event.start_mark else ""
