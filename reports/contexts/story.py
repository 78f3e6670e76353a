"""What a story pack says: the finding's text and the letters, as headings, paragraphs and lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from reports.contexts.base import Linked


@dataclass(frozen=True, slots=True)
class Block:
    """A heading with paragraphs, and a list under them."""

    heading: Annotated[str, "The heading; empty for a text that needs none."]
    paragraphs: Annotated[tuple[str, ...], "Its paragraphs."]
    items: Annotated[tuple[Linked, ...], "The list below them, each with the file in the folder it leads to, if any."]


@dataclass(frozen=True, slots=True)
class StoryText:
    """One text of a story pack: the finding, or a letter."""

    lang: Annotated[str, "BCP 47 tag of the text."]
    above: Annotated[
        tuple[str, ...], "What stands above the title: a notice, or a letter's date, sender and addressee."
    ]
    title: Annotated[str, "The title, or what the letter is about."]
    blocks: Annotated[tuple[Block, ...], "The text."]
