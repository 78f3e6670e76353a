"""Generated histories of a register: an edit script of known events, and the editions that come out of it.

The script is the truth that linking and the account are held against. Events never touch one row twice in one edition.
With `ambiguous` the script also does what no reader could tell apart for certain: codes given at once to another
service of the same body, renames that keep only half of the words, deaths beside births with nearly the same name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from auditor.ingest.keys import entry_keys
from auditor.records import Entry
from crawler.pages.records import DeliveryForm, Lang, Payment, Recipient
from tests.auditor.link.vocabulary import ACTIONS, BODIES, OBJECTS, SPHERES

ACT = "V2000019982"
_TYPOS = str.maketrans({"о": "o", "а": "a", "е": "ё", "с": "c"})
_SIDES = (("физическим лицам", "жеке тұлғаларға"), ("юридическим лицам", "заңды тұлғаларға"))


@dataclass(frozen=True)
class Row:
    """A service as the generator knows it: what its name is made of, where it stands, who serves."""

    uid: int
    action: int
    wording: int  # which of the action's two synonyms
    objects: tuple[int, ...]
    sphere: int
    code: str
    body: int
    provider: int
    digital: bool
    extra: int = 0  # words added by a rewording
    side: int = -1  # for persons or for companies

    def name(self, lang: int) -> str:
        """The name in Russian (0) or Kazakh (1)."""
        action = ACTIONS[self.action][self.wording][lang]
        things = (" и ", " және ")[lang].join(OBJECTS[index][lang] for index in self.objects)
        sphere = SPHERES[self.sphere][lang]
        tail = ("", ("в Республике Казахстан", "Қазақстан Республикасында")[lang])[self.extra]
        side = _SIDES[self.side][lang] if self.side >= 0 else ""
        parts = [action, things, sphere, side, tail] if lang == 0 else [tail, sphere, things, side, action]
        name = " ".join(part for part in parts if part)
        return name[0].upper() + name[1:]


@dataclass
class Step:
    """What happened between two editions, by the rows' uids."""

    one_to_one: list[tuple[str, int, int]] = field(default_factory=list)
    groups: list[tuple[str, tuple[int, ...], tuple[int, ...]]] = field(default_factory=list)
    births: list[int] = field(default_factory=list)
    deaths: list[int] = field(default_factory=list)
    restored: list[tuple[int, int]] = field(default_factory=list)
    flips: list[tuple[int, bool]] = field(default_factory=list)


@dataclass
class History:
    """Editions in both languages, oldest first; the steps between them; the key of a uid in an edition."""

    editions: dict[Lang, list[list[Entry]]]
    steps: list[Step]
    keys: dict[tuple[Lang, int, int], str]


class Writer:
    """Makes a register and edits it."""

    def __init__(self, seed: int, rows: int, *, ambiguous: bool = False, typos: float = 0.02) -> None:
        self.random = Random(seed)
        self.typos = typos
        self.ambiguous = ambiguous
        self.next_uid = 0
        self.used: set[tuple[int, tuple[int, ...], int]] = set()
        self.numbers: dict[str, int] = {}
        self.gone: list[tuple[int, Row]] = []
        self.rows: list[Row] = []
        for _ in range(rows):
            self.rows.append(self.fresh(self._subsection(rows)))
        self.rows.sort(key=lambda row: row.code)
        self.touched: set[int] = set()

    def _subsection(self, rows: int) -> str:
        return f"{self.random.randint(1, max(2, rows // 60)):03d}{self.random.randint(1, 6):02d}"

    def code(self, subsection: str) -> str:
        """A code of the subsection that was never used."""
        self.numbers[subsection] = self.numbers.get(subsection, 0) + 1
        return f"{subsection}{self.numbers[subsection]:03d}"

    def fresh(self, subsection: str, code: str = "") -> Row:
        """A service of which there was none before."""
        while True:
            action, sphere = self.random.randrange(len(ACTIONS)), self.random.randrange(len(SPHERES))
            count = 2 if self.random.random() < 0.12 else 1
            things = tuple(sorted(self.random.sample(range(len(OBJECTS)), count)))
            if all((action, (thing,), sphere) not in self.used for thing in things):
                break
        self.used |= {(action, (thing,), sphere) for thing in things}
        self.next_uid += 1
        body = int(subsection[:3]) % len(BODIES)
        return Row(self.next_uid, action, 0, things, sphere, code or self.code(subsection), body,
                   (body + self.random.randrange(2)) % len(BODIES), self.random.random() < 0.4)  # fmt: skip

    def edit(self, counts: dict[str, int]) -> Step:
        """One amendment: so many events of each kind."""
        step = Step()
        self.touched = set()
        events: dict[str, Callable[[Step], None]] = {
            "splits": self._split,
            "mergers": self._merge,
            "renames": self._rename,
            "rewordings": self._reword,
            "renumberings": self._renumber,
            "moves": self._move,
            "takeovers": self._take_over,
            "flips": self._flip,
            "deaths": self._die,
            "restorations": self._restore,
            "births": self._bear,
        }
        for kind, event in events.items():
            for _ in range(counts.get(kind, 0)):
                event(step)
        changed = {older for _, older, _ in step.one_to_one} | {uid for _, olders, _ in step.groups for uid in olders}
        changed |= set(step.deaths)
        born = set(step.births) | {newer for _, newer in step.restored}
        born |= {newer for _, _, newer in step.one_to_one} | {uid for _, _, newers in step.groups for uid in newers}
        step.one_to_one += [("same", row.uid, row.uid) for row in self.rows if row.uid not in born | changed]
        self.rows.sort(key=lambda row: row.code)
        return step

    def _pick(self, fits: Callable[[Row], bool] = lambda row: True) -> Row | None:
        free = [row for row in self.rows if row.uid not in self.touched and fits(row)]
        if not free:
            return None
        row = self.random.choice(free)
        self.touched.add(row.uid)
        return row

    def _put(self, older: Row | None, *newer: Row) -> None:
        if older is not None:
            self.rows.remove(older)
        self.rows.extend(newer)
        self.touched.update(row.uid for row in newer)

    def _change(self, step: Step, kind: str, older: Row, newer: Row) -> None:
        self._put(older, newer)
        step.one_to_one.append((kind, older.uid, newer.uid))

    def _split(self, step: Step) -> None:
        whole = self._pick(lambda row: len(row.objects) > 1 or row.side < 0)
        if whole is None:
            return
        if len(whole.objects) > 1:
            parts = [replace(whole, objects=(thing,)) for thing in whole.objects]
        else:
            parts = [replace(whole, side=side) for side in (0, 1)]
        parts = [replace(part, uid=self._uid(), code=whole.code if n == 0 else self.code(whole.code[:5]))
                 for n, part in enumerate(parts)]  # fmt: skip
        self._put(whole, *parts)
        step.groups.append(("split", (whole.uid,), tuple(part.uid for part in parts)))

    def _merge(self, step: Step) -> None:
        one = self._pick(lambda row: len(row.objects) == 1 and self._partner(row) is not None)
        partner = self._partner(one) if one else None
        if one is None or partner is None:
            return
        self.touched.add(partner.uid)
        whole = replace(one, uid=self._uid(), objects=tuple(sorted((*one.objects, *partner.objects))))
        self.rows.remove(partner)
        self._put(one, whole)
        step.groups.append(("merged", (one.uid, partner.uid), (whole.uid,)))

    def _partner(self, row: Row) -> Row | None:
        for other in self.rows:
            same = (other.action, other.sphere, other.side) == (row.action, row.sphere, row.side)
            near = other.code[:3] == row.code[:3] and other.objects != row.objects and len(other.objects) == 1
            if same and near and other.uid not in self.touched:
                return other
        return None

    def _rename(self, step: Step) -> None:
        row = self._pick(lambda row: row.wording == 0)
        if row is not None:
            self._change(step, "renamed", row, replace(row, wording=1, extra=self.random.randrange(2)))

    def _reword(self, step: Step) -> None:
        row = self._pick()
        if row is not None:
            self._change(step, "reworded", row, replace(row, extra=1 - row.extra))

    def _renumber(self, step: Step) -> None:
        row = self._pick()
        if row is not None:
            self._change(step, "renumbered", row, replace(row, code=self.code(row.code[:5])))

    def _move(self, step: Step) -> None:
        row = self._pick()
        if row is not None:
            other = next((r.code[:5] for r in self.rows if r.code[:3] != row.code[:3]), "99901")
            self._change(step, "moved", row, replace(row, code=self.code(other)))

    def _take_over(self, step: Step) -> None:
        row = self._pick()
        if row is not None:
            self._change(step, "taken_over", row, replace(row, provider=(row.provider + 3) % len(BODIES)))

    def _flip(self, step: Step) -> None:
        row = self._pick()
        if row is not None:
            step.flips.append((row.uid, not row.digital))
            self._change(step, "same", row, replace(row, digital=not row.digital))

    def _die(self, step: Step) -> None:
        row = self._pick()
        if row is None:
            return
        self.rows.remove(row)
        self.gone.append((row.uid, row))
        step.deaths.append(row.uid)
        if self.ambiguous and self.random.random() < 0.3:
            heir = self.fresh(row.code[:5], row.code)
            self._put(None, replace(heir, body=row.body, provider=row.provider))
            step.births.append(heir.uid)

    def _restore(self, step: Step) -> None:
        old = [item for item in self.gone if item[0] not in step.deaths]
        if not old:
            return
        uid, row = self.random.choice(old)
        self.gone.remove((uid, row))
        back = replace(row, uid=self._uid(), code=row.code if self._free(row.code) else self.code(row.code[:5]))
        self._put(None, back)
        step.restored.append((uid, back.uid))

    def _bear(self, step: Step) -> None:
        home = self.random.choice(self.rows).code[:5]
        row = self.fresh(home)
        self._put(None, row)
        step.births.append(row.uid)

    def _free(self, code: str) -> bool:
        return all(row.code != code for row in self.rows)

    def _uid(self) -> int:
        self.next_uid += 1
        return self.next_uid

    def print(self, number: int, lang: Lang, day: date) -> tuple[list[Entry], dict[int, str]]:
        """The edition as it would be read in one language, typos included, and the keys of its rows."""
        side = 0 if lang is Lang.RU else 1
        noise = Random(f"{number}{lang}{self.typos}")
        entries = []
        for place, row in enumerate(self.rows, 1):
            entries.append(_entry(row, side, (lang, day, place), self._misprint(row.name(side), noise)))
        keys = entry_keys(ACT, day, lang, entries)
        printed = [replace(entry, key=key) for entry, key in zip(entries, keys, strict=True)]
        return printed, {row.uid: entry.key for row, entry in zip(self.rows, printed, strict=True)}

    def _misprint(self, name: str, noise: Random) -> str:
        if noise.random() >= self.typos:
            return name
        at = noise.randrange(2, len(name) - 2)
        kind = noise.randrange(4)
        if kind == 0:
            return name.translate(_TYPOS)
        if kind == 1:
            return name.replace(" ", "\u00a0 ")
        if kind == 2:
            return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        return name[:at] + name[at + 1 :]


def _entry(row: Row, side: int, place: tuple[Lang, date, int], name: str) -> Entry:
    lang, day, ordinal = place
    section, subsection = row.code[:3], row.code[:5]
    forms = {DeliveryForm.PAPER, *([DeliveryForm.PARTIALLY_AUTOMATED] if row.digital else [])}
    return Entry(
        id=ordinal,
        key="",
        act=ACT,
        edition_date=day,
        lang=lang,
        ordinal=ordinal,
        number=str(ordinal),
        code=row.code,
        name=name,
        section_code=section,
        section=(f"Раздел {section}", f"Бөлім {section}")[side],
        subsection_code=subsection,
        subsection=(f"Ситуация {subsection}", f"Жағдай {subsection}")[side],
        recipient=("Физические лица", "Жеке тұлғалар")[side],
        developer=BODIES[row.body][side],
        provider=BODIES[row.provider][side],
        bylaw=("Правила: ", "Қағидалар: ")[side] + str(row.objects[0] * 7 + row.action),
        payment=("Бесплатно", "Тегін")[side],
        forms=frozenset(forms),
        payments=frozenset({Payment.FREE}),
        recipients=frozenset({Recipient.INDIVIDUAL}),
    )


def write_history(
    seed: int, rows: int, amendments: list[dict[str, int]], *, ambiguous: bool = False, typos: float = 0.02
) -> History:
    """A register of so many rows and its amendments, one edition a month, in Russian and Kazakh."""
    writer = Writer(seed, rows, ambiguous=ambiguous, typos=typos)
    history = History({Lang.RU: [], Lang.KK: []}, [], {})
    for number in range(len(amendments) + 1):
        if number:
            history.steps.append(writer.edit(amendments[number - 1]))
        day = date(2020, 2, 1) + timedelta(days=30 * number)
        for lang in (Lang.RU, Lang.KK):
            entries, keys = writer.print(number, lang, day)
            history.editions[lang].append(entries)
            history.keys |= {(lang, number, uid): key for uid, key in keys.items()}
    return history


#: A usual amendment of a large register.
USUAL = {
    "births": 8, "deaths": 6, "splits": 2, "mergers": 2, "renames": 4, "rewordings": 4, "renumberings": 4,
    "moves": 3, "takeovers": 2, "flips": 8, "restorations": 1,
}  # fmt: skip
