"""The terminal form: shows an item, asks for its codes, keeps them at once. Knows neither database nor terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from auditor.coding.codebook import guidance, rules_in_full
from auditor.records import Completeness, Nature, Output
from auditor.review.columns import CODES, cell_text
from auditor.review.records import Answer, SampleItem
from auditor.review.words import CHOICES, code_word, in_codes, word
from crawler.pages.records import Lang
from crawler.pages.text import plain

_ASKED = (*CODES, "note")
_OPTIONAL = ("output", "sector", "note")
#: The same keys of a Russian or Kazakh keyboard, which whoever writes notes has switched on.
_KEYS = str.maketrans("иый", "bsq")
_FIELDS = ("name", "result", "category", "provider")


@dataclass(frozen=True, slots=True)
class Terminal:
    """How the form speaks: `ask` shows a prompt and gives a line, None at the end of input; `tell` shows a line."""

    ask: Callable[[str], str | None]
    tell: Callable[[str], None]


@dataclass(slots=True)
class Form:
    """One sitting of one coder over the items of a sample, in the coder's own order.

    `done` holds the keys coded before; `save` keeps one answer. With `again` coded items are asked once more, and each
    shows what the coder said `before`, by key; a new answer is one more, and the newest counts.
    """

    terminal: Terminal
    items: Sequence[SampleItem]
    done: set[str]
    save: Callable[[SampleItem, Answer], None]
    lang: Lang
    before: dict[str, str] = field(default_factory=dict)
    again: bool = False
    _stopped: bool = field(default=False, init=False)

    def run(self) -> int:
        """Ask until everything is coded or the coder stops; gives how many answers were kept in this sitting."""
        todo = [item for item in self.items if (item.key in self.before if self.again else item.key not in self.done)]
        self._tell(self._word("keys"))
        kept = at = 0
        while at < len(todo) and not self._stopped:
            answer = self._item(todo[at])
            if answer == "back":
                if at == 0:
                    self._tell(self._word("first"))
                at = max(0, at - 1)
            elif answer == "skip":
                at += 1
            elif isinstance(answer, Answer):
                self.save(todo[at], answer)
                self.done.add(todo[at].key)
                self.before[todo[at].key] = in_codes(answer)
                self._tell(self._word("kept"))
                kept += 1
                at += 1
        done = len(self.done)
        ending = self._word("bye").format(done=done, of=len(self.items)) if self._stopped else self._word("finished")
        self._tell(ending)
        return kept

    def _item(self, item: SampleItem) -> Answer | str | None:
        """The answer to one item; `back`, `skip`, or None for stop."""
        self._show(item)
        given: dict[str, str] = {}
        step = 0
        while step < len(_ASKED):
            said = self._question(_ASKED[step])
            if said is None:
                self._stopped = True
                return None
            if said == ":back":
                if step == 0:
                    return "back"
                step -= 1
            elif said == ":skip":
                return "skip"
            else:
                given[_ASKED[step]] = said
                step += 1
        return _answer(item.key, given)

    def _question(self, column: str) -> str | None:
        """The code (or the note) given; ":back", ":skip", or None for stop. Asks again for what is no answer."""
        optional = f" {self._word('optional')}" if column in _OPTIONAL else ""
        if column == "note":
            self._tell(self._word("note") + optional)
        else:
            self._tell(word("axes", column, self.lang) + optional)
            for number, code in enumerate(CHOICES[column], start=1):
                self._tell(f"  {number:>2}  {code:<13} {code_word(column, code, self.lang)}")
        while True:
            line = self.terminal.ask("> ")
            if line is None:
                return None
            said = plain(line)
            key = said.casefold().translate(_KEYS)
            command = {"b": ":back", "s": ":skip"}.get(key)
            if key == "q":
                return None
            if command is not None:
                return command
            if said == "?":
                self._rules()
            elif column == "note":
                return cell_text(said)
            elif (chosen := _chosen(column, said)) is not None:
                return chosen
            else:
                self._tell(self._word("no_such").format(given=said[:60]))

    def _show(self, item: SampleItem) -> None:
        at = next(number for number, one in enumerate(self.items, start=1) if one.key == item.key)
        self._tell("")
        self._tell(self._word("place").format(at=at, of=len(self.items), done=len(self.done)) + f"  [{item.key}]")
        for name in _FIELDS:
            text = cell_text(getattr(item.subject.given, name))
            if text:
                self._tell(f"{word('fields', name, self.lang)}: {text}")
        if item.key in self.before:
            self._tell(self._word("before").format(codes=self.before[item.key]))

    def _rules(self) -> None:
        how, examples = guidance(self.lang)
        self._tell(how)
        for rule, text in rules_in_full(self.lang).items():
            self._tell(f"  {rule:<4} {text}")
        self._tell(examples)

    def _word(self, name: str) -> str:
        return word("form", name, self.lang)

    def _tell(self, text: str) -> None:
        self.terminal.tell(text)


def _chosen(column: str, said: str) -> str | None:
    """The code meant by its number or by itself; "" for an open answer where one is allowed; None for no answer."""
    codes = CHOICES[column]
    if not said:
        return "" if column in _OPTIONAL else None
    if said.isdecimal():
        return codes[int(said) - 1] if 1 <= int(said) <= len(codes) else None
    return said.casefold() if said.casefold() in codes else None


def _answer(key: str, given: Mapping[str, str]) -> Answer:
    return Answer(
        key=key,
        nature=Nature(given["nature"]),
        completeness=Completeness(given["completeness"]),
        output=Output(given["output"]) if given["output"] else Output.UNCLEAR,
        sector=given["sector"],
        note=given["note"],
    )
