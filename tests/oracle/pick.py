"""Which stretches count, and what one series' stretches amount to."""
from collections import namedtuple
from dataclasses import dataclass, field

from oracle import decimals, period
from oracle.decimals import Nothing, first_reason
from oracle.journal import PRELIMINARY

# what counts of one series' year: versions, and cells that are forecast
Pick = namedtuple("Pick", "versions cells fill", defaults=((), None))


@dataclass
class Value:
    """A year's value of a node: a pair (exact), or a number in 1e-12."""
    reason: str = None
    n: int = None
    pair: tuple = None          # summed numerators and denominators
    held: int = 0               # the denominators of figures, no forecasts
    is_pair: bool = False       # the value is that pair's ratio
    figures: list = field(default_factory=list)     # (leaf, version)
    cells: frozenset = frozenset()      # of the figures, all that are taken
    units: tuple = None         # the children that count; None: its own
    left_out: list = field(default_factory=list)
    whole_base: bool = False
    forecast: bool = False
    whole: bool = False         # of the whole year, forecasts included
    filled: frozenset = frozenset()     # the cells that are forecast
    taken: list = field(default_factory=list)   # all versions picked
    parts: tuple = ()           # of a roll-up, unit by unit (stock.py)
    over: frozenset = frozenset()       # children that are there no more,
    dropped: frozenset = frozenset()    # and that had a part (stock.py)

    def number(self, factor):
        if self.is_pair:
            num, den = self.pair
            return decimals.quotient(num * factor, den)
        return self.n

    @property
    def adds_up(self):
        """A pair that may be added to others: not one of parts that another
        year has not."""
        return bool(self.pair) and self.reason != "not_computable"

    @property
    def preliminary(self):
        return any(v.flag in PRELIMINARY for _, v in self.figures)


def choose(versions, frequency):
    """The longest first; what overlaps one taken is left out."""
    taken, used = [], set()
    for version in sorted(
            versions, reverse=True,
            key=lambda v: (len(period.cells(v.period, frequency)),
                           v.period.last, v.period.first)):
        held = period.cells(version.period, frequency)
        if not held & used:
            taken.append(version)
            used |= held
    return sorted(taken, key=lambda v: v.period.last)


def cover(versions, frequency):
    return frozenset().union(
        *(period.cells(v.period, frequency) for v in versions))


def single(version, factor):
    """The value of one figure; None of 0/0."""
    if version.num is None:
        return decimals.from_micro(version.value)
    if version.den == 0:
        return None
    return decimals.quotient(version.num * factor, version.den)


def accumulate(leaf, pick, indicator):
    """One series' stretches, none overlapping, in order of time."""
    how, found, versions = indicator.over_periods, Value(), pick.versions
    found.forecast = bool(pick.cells)
    found.filled, found.taken = frozenset(pick.cells), list(versions)
    filled = pick.cells
    if how == "last":
        versions, filled = _last(pick, indicator), ()
    found.figures = [(leaf, v) for v in versions]
    found.cells = cover(pick.versions, indicator.frequency)
    fill = pick.fill.pair(filled) if filled else (0, 0)
    paired = fill is not None and all(v.num is not None for v in versions)
    if paired:
        found.held = sum(v.den for v in versions)
        found.pair = (sum(v.num for v in versions) + fill[0],
                      found.held + fill[1])
    if paired and (how == "ratio" or how == "last"):
        found.is_pair = True
        if found.pair[1] == 0:
            found.reason = "zero_denominator"
        return found
    try:
        found.n = _plain(versions, filled, pick.fill, indicator)
    except Nothing as fault:
        found.reason = first_reason(fault.reasons)
    return found


def _last(pick, indicator):
    """The stretch that ends last, or what is carried on after it."""
    held = cover(pick.versions, indicator.frequency)
    if pick.cells and (not held or max(pick.cells) > max(held)):
        return [pick.fill.carried(max(pick.cells))]
    return pick.versions[-1:]


def _plain(versions, filled, fill, indicator):
    how, frequency = indicator.over_periods, indicator.frequency
    terms = [(single(v, indicator.factor),
              len(period.cells(v.period, frequency))) for v in versions]
    terms = [(n, weight) for n, weight in terms if n is not None]
    if not terms and not filled:
        raise Nothing("zero_denominator")
    more = fill.plain(filled) if filled else 0
    if how in ("sum", "last"):
        return decimals.checked(sum(n for n, _ in terms) + more)
    weights = sum(weight for _, weight in terms) + len(filled)
    total = decimals.checked(sum(n * weight for n, weight in terms))
    return decimals.quotient(total + more, weights * decimals.SCALE)


def combine(how, parts, factor):
    """Members into a total, or children into their parent.
    `parts`: name -> Value."""
    found = Value()
    if how == "ratio":
        used = {name: v for name, v in parts.items() if v.pair}
    else:
        used = {name: v for name, v in parts.items() if not v.reason}
    for name, value in parts.items():
        found.left_out += value.left_out
        if name not in used:
            found.left_out.append(name)
    for value in used.values():
        found.figures += value.figures
        found.taken += value.taken
        found.parts += value.parts
        found.cells |= value.cells
        found.filled |= value.filled
        found.whole_base |= value.whole_base
        found.forecast |= value.forecast
    found.whole = all(value.whole for value in used.values())
    if used and all(v.pair for v in used.values()):
        found.pair = tuple(map(sum, zip(*(v.pair for v in used.values()))))
        found.held = sum(v.held for v in used.values())
    if how == "ratio":
        found.is_pair = True
        found.reason = _ratio_reason(found.pair)
        return found
    if not used:
        found.reason = first_reason([v.reason for v in parts.values()])
        return found
    try:
        found.n = decimals.checked(
            sum(v.number(factor) for v in used.values()))
    except Nothing as fault:
        found.reason = first_reason(fault.reasons)
    return found


def _ratio_reason(pair):
    if pair is None:
        return "not_computable"
    return "zero_denominator" if pair[1] == 0 else None
