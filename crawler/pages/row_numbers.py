"""The printed row numbers («№ п/п») followed down a page: gaps, repeats, restarts, and the last one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_NUMBER = re.compile(r"№?\s*(\d{1,5})(?:\s*[-–—.]\s*(\d{1,5}))?\s*[.)]?")

#: A gap longer than a register is a misprint.
_LONGEST_GAP = 5_000


def number_of(text: str) -> tuple[int, int] | None:
    """(number, second number or 0) of «17», «17.», «17-1» (a row put in later), «17-20» (a range) or None."""
    match = _NUMBER.fullmatch(text.strip())
    return (int(match[1]), int(match[2] or 0)) if match else None


@dataclass(slots=True)
class RowNumbers:
    """Follows the numbers of service rows, dead ones included.

    Numbering may begin again at 1 in an appendix, in a table of its own, or under a heading; without such a break a
    lone 1 is a misprint, and two in a row (1, 2) a restart. `last` is the number of rows that the source itself counts:
    the greatest number of each run of numbering, added up, with a range in one dead row («17–20») counted as one.
    """

    previous: int = 0
    finished: int = 0  # rows of the runs before this one
    surplus: int = 0  # numbers of ranges beyond their one row
    at_break: bool = True
    odd: int = 0  # a number that did not fit, in case the next one goes on from it
    skipped: set[int] = field(default_factory=set)  # the numbers that gaps leave out

    @property
    def last(self) -> int:
        """The source's own count of its rows, 0 when no row has a number."""
        return self.finished + self.previous - self.surplus

    def break_here(self) -> None:
        """A table, an appendix or a heading begins: numbering may start anew."""
        self.at_break = True

    def see(self, number: int, second: int, dead: bool) -> str:
        """Takes the next row's number; gives the code of what is odd about it, "" if nothing is."""
        at_break, self.at_break = self.at_break, False
        expected = self.previous + 1
        end = second if dead and second > number else number
        verdict = ""
        if number == expected or (second and end == number == self.previous):
            pass
        elif number == 1 and (at_break or not self.previous):
            self._restart(end)
            return self._range(number, end)
        elif self.odd and number == self.odd + 1 and number <= self.previous:
            self._restart(end)
            return "number_restart"
        elif number > expected:
            verdict = "number_gap"
            self.skipped.update(range(expected, min(number, expected + _LONGEST_GAP)))
        else:
            self.odd = number
            return "number_repeated" if number == self.previous else "number_out_of_order"
        self.odd = 0
        self.previous = max(self.previous, end)
        return verdict or self._range(number, end)

    def _restart(self, end: int) -> None:
        self.finished += self.previous
        self.previous = end
        self.odd = 0

    def _range(self, number: int, end: int) -> str:
        self.surplus += end - number
        return ""
