"""From figures to a unit's value: which stretches count, accumulating
over periods, totals over members, rolling up over units, and the periods
that two years have in common."""
from dataclasses import dataclass, field

from oracle import decimals, period
from oracle.decimals import Nothing, first_reason
from oracle.journal import PRELIMINARY, has_number


@dataclass
class Value:
    """A year's value of a node: a pair (exact), or a number in 1e-12."""
    reason: str = None
    n: int = None
    pair: tuple = None          # summed numerators and denominators
    is_pair: bool = False       # the value is that pair's ratio
    figures: list = field(default_factory=list)     # (leaf, version)
    units_in: int = 1
    units_of: int = 1
    left_out: list = field(default_factory=list)
    whole_base: bool = False

    def number(self, factor):
        if self.is_pair:
            num, den = self.pair
            return decimals.quotient(num * factor, den)
        return self.n

    @property
    def preliminary(self):
        return any(v.flag in PRELIMINARY for _, v in self.figures)


@dataclass(frozen=True)
class Node:
    """A unit's indicator, of one member or the total (None)."""
    indicator: str
    unit: str
    member: str = None


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


def accumulate(leaf, versions, indicator):
    """One series' stretches, none overlapping, in order of time."""
    how, found = indicator.over_periods, Value()
    if how == "last":
        versions = versions[-1:]
    found.figures = [(leaf, v) for v in versions]
    paired = all(v.num is not None for v in versions)
    if paired:
        found.pair = (sum(v.num for v in versions),
                      sum(v.den for v in versions))
    if paired and (how == "ratio" or how == "last"):
        found.is_pair = True
        if found.pair[1] == 0:
            found.reason = "zero_denominator"
        return found
    try:
        found.n = _plain(versions, how, indicator)
    except Nothing as fault:
        found.reason = first_reason(fault.reasons)
    return found


def _plain(versions, how, indicator):
    terms = [(single(v, indicator.factor),
              len(period.cells(v.period, indicator.frequency)))
             for v in versions]
    terms = [(n, weight) for n, weight in terms if n is not None]
    if not terms:
        raise Nothing("zero_denominator")
    if how in ("sum", "last"):
        return decimals.checked(sum(n for n, _ in terms))
    weights = sum(weight for _, weight in terms)
    total = decimals.checked(sum(n * weight for n, weight in terms))
    return decimals.quotient(total, weights * decimals.SCALE)


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
        found.whole_base |= value.whole_base
    if used and all(v.pair for v in used.values()):
        found.pair = tuple(map(sum, zip(*(v.pair for v in used.values()))))
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


class Series:
    """Reads the journal through a catalogue; keeps nothing."""

    def __init__(self, catalogue, journal):
        self.catalogue, self.journal = catalogue, journal
        self.memo = {}

    def forget(self):
        self.memo = {}

    def indicator(self, node):
        return self.catalogue.indicators[node.indicator]

    def records(self, node, year):
        """The versions that count and fit, with a number or not."""
        frequency = self.indicator(node).frequency
        series = (node.indicator, node.unit, node.member)
        return [v for v in self.journal.year(series, year)
                if period.fits(v.period, frequency)]

    def figures(self, node, year):
        key = (node, year)
        if key not in self.memo:
            self.memo[key] = [v for v in self.records(node, year)
                              if has_number(v)]
        return self.memo[key]

    # what a node is made of ------------------------------------------

    def made_of_members(self, node):
        indicator = self.indicator(node)
        if node.member is not None or indicator.total == "none":
            return []
        return [Node(node.indicator, node.unit, member)
                for member in indicator.members]

    def made_of_units(self, node, year):
        indicator = self.indicator(node)
        if indicator.over_units == "none":
            return []
        return [Node(node.indicator, child, node.member) for child in
                self.catalogue.members_below(node.unit, indicator, year)]

    def parts(self, node, year):
        """("own", []), ("members", nodes), ("units", nodes): what counts
        in that year, only nodes with anything in; None if nothing is."""
        key = ("parts", node, year)
        if key not in self.memo:
            self.memo[key] = self._parts(node, year)
        return self.memo[key]

    def _parts(self, node, year):
        if self.figures(node, year):
            return ("own", [])
        members = [m for m in self.made_of_members(node)
                   if self.figures(m, year)]
        if members:
            return ("members", members)
        units = [child for child in self.made_of_units(node, year)
                 if self.parts(child, year)]
        return ("units", units) if units else None

    def leaves(self, node, year):
        """The series whose figures count in that year."""
        form = self.parts(node, year)
        if form is None:
            return []
        if form[0] == "own":
            return [node]
        return [leaf for part in form[1]
                for leaf in self.leaves(part, year)]

    def all_below(self, node, year):
        """Every series that could count."""
        found = [node] + self.made_of_members(node)
        for child in self.made_of_units(node, year):
            found += self.all_below(child, year)
        return found

    # values ----------------------------------------------------------

    def tree(self, node, year, picked):
        """The node's value from what was picked for each leaf."""
        indicator, (kind, nodes) = self.indicator(node), self.parts(
            node, year)
        if kind == "own":
            return accumulate(node, picked[node], indicator)
        values = {}
        for part in nodes:
            if any(leaf in picked for leaf in self.leaves(part, year)):
                values[self.called(kind, part)] = self.tree(
                    part, year, picked)
        how = (indicator.total if kind == "members"
               else indicator.over_units)
        found = combine(how, values, indicator.factor)
        self.count_units(found, kind, node, year, values)
        return found

    @staticmethod
    def called(kind, part):
        return part.member if kind == "members" else part.unit

    def count_units(self, found, kind, node, year, values):
        if kind == "units":
            found.units_of = len(self.made_of_units(node, year))
            out = sum(name in found.left_out for name in values)
            found.units_in = len(values) - out

    def plain(self, node, year):
        """All that is in, in one year."""
        frequency = self.indicator(node).frequency
        picked = {leaf: choose(self.figures(leaf, year), frequency)
                  for leaf in self.leaves(node, year)}
        return self.tree(node, year, picked)

    def compare(self, node, years, within=None):
        """year -> Value over the periods that all the years have, the
        first being the target's; `within`: only that stretch. Nothing in
        for one of them: raises Nothing, in roll-ups only if no child is
        left."""
        years = list(dict.fromkeys(years))
        self._anything(node, years)
        kinds = {self.parts(node, year)[0] for year in years}
        if len(years) == 1 and within is None:
            return {years[0]: self.plain(node, years[0])}
        if len(kinds) > 1 or kinds == {"own"}:
            return self._joint(node, years, within)
        return self._by_child(node, years, kinds.pop(), within)

    def _anything(self, node, years):
        reasons = set()
        for year in years:
            if self.parts(node, year) is None:
                reasons |= self.nothing_in(node, year)
                if year != years[0]:
                    reasons.add("no_base")
        if reasons or any(self.parts(node, y) is None for y in years):
            raise Nothing(*(reasons or {"not_due"}))

    def _by_child(self, node, years, kind, within):
        indicator = self.indicator(node)
        made_of = {year: self.parts(node, year)[1] for year in years}
        nodes = list(dict.fromkeys(
            part for year in years for part in made_of[year]))
        each = {year: {} for year in years}
        reasons, out = set(), []
        for part in nodes:
            name = self.called(kind, part)
            try:
                self._a_part(kind, part, made_of)
                found = self.compare(part, years, within)
            except Nothing as fault:
                if "series_break" in fault.reasons:
                    raise
                reasons |= fault.reasons
                out.append(name)
                continue
            for year in years:
                each[year][name] = found[year]
        if not each[years[0]]:
            raise Nothing(*reasons)
        how = (indicator.total if kind == "members"
               else indicator.over_units)
        return self._together(node, years, kind, how, each, out)

    def _a_part(self, kind, part, made_of):
        """Raises Nothing unless it is a part in every year."""
        reasons, series = set(), [part]
        for at, (year, parts) in enumerate(made_of.items()):
            if part in parts:
                continue
            reasons.add("no_base" if at else "not_due")
            if kind == "units":
                series = self.all_below(part, year)
            for leaf in series:
                reasons |= self._why_empty(leaf, year)
        if reasons:
            raise Nothing(*reasons)

    def _together(self, node, years, kind, how, each, out):
        factor = self.indicator(node).factor
        usable = [name for name in each[years[0]]
                  if all(self._usable(each[y][name], how) for y in years)]
        dropped = [n for n in each[years[0]] if n not in usable]
        if usable:
            each = {y: {n: each[y][n] for n in usable} for y in years}
            out = out + dropped
        result = {}
        for year in years:
            value = combine(how, each[year], factor)
            if not usable and any(self._usable(one, how)
                                  for one in each[year].values()):
                value.reason = "not_computable"     # other parts each year
            self.count_units(value, kind, node, year, each[year])
            value.left_out += out
            result[year] = value
        return result

    @staticmethod
    def _usable(value, how):
        return bool(value.pair) if how == "ratio" else not value.reason

    # the periods in both ---------------------------------------------

    def _joint(self, node, years, within):
        frequency = self.indicator(node).frequency
        leaves = {year: self.leaves(node, year) for year in years}
        if within is None:
            picked = self._shared(leaves, frequency)
        else:
            picked = self._stretch(leaves, within, frequency)
        whole = False
        if picked is None:
            picked, whole = self._whole_base(node, leaves, frequency), True
        self._breaks(node, leaves, picked)
        result = {}
        for year in years:
            result[year] = self.tree(node, year, picked[year])
            result[year].whole_base = whole and year != years[0]
        return result

    def _shared(self, leaves, frequency):
        """year -> leaf -> versions over the cells that all hold."""
        both = frozenset.intersection(
            *(period.year_cells(frequency, year) for year in leaves))

        def inside(leaf, year, limit):
            found = []
            for version in self.figures(leaf, year):
                held = period.cells(version.period, frequency) & both
                if held and (limit is None or held <= limit):
                    found.append(version)
            return choose(found, frequency)

        limit = None
        while True:
            picked = {year: {leaf: inside(leaf, year, limit)
                             for leaf in leaves[year]} for year in leaves}
            shared = frozenset.intersection(*(
                cover(versions, frequency) & both
                for one in picked.values() for versions in one.values()))
            if not shared:
                return None
            if shared == limit:
                return picked
            limit = shared

    def _stretch(self, leaves, within, frequency):
        """The one stretch, of those that have it in every year."""
        picked = {}
        for year in leaves:
            same = period.same_in(within, year)
            if same is None:
                raise Nothing("no_base")
            wanted = period.cells(same, frequency)
            picked[year] = {}
            for leaf in leaves[year]:
                inside = choose(
                    [v for v in self.figures(leaf, year)
                     if period.cells(v.period, frequency) <= wanted],
                    frequency)
                if inside and cover(inside, frequency) == wanted:
                    picked[year][leaf] = inside
            if not picked[year]:
                raise Nothing("no_base")
        return picked

    def _whole_base(self, node, leaves, frequency):
        if self.indicator(node).over_periods == "sum":
            raise Nothing("no_base")
        picked = {}
        for at, year in enumerate(leaves):
            picked[year] = {leaf: choose(self.figures(leaf, year),
                                         frequency)
                            for leaf in leaves[year]}
            for leaf, versions in picked[year].items():
                if at and not self._complete(leaf, year, versions):
                    raise Nothing("no_base")
        return picked

    def _complete(self, leaf, year, versions):
        frequency = self.indicator(leaf).frequency
        return self._held(leaf, year, versions, "M") >= period.year_cells(
            frequency, year)

    def _held(self, leaf, year, versions, flags):
        """Cells held by the versions, and by nil with those flags."""
        frequency = self.indicator(leaf).frequency
        nil = [v for v in self.records(leaf, year)
               if not has_number(v) and not v.withdrawn
               and v.flag in flags]
        return cover(versions, frequency) | cover(nil, frequency)

    def _breaks(self, node, leaves, picked):
        """A flag B between the older year's figures and the newer's."""
        years = sorted(picked)
        series = {leaf for one in leaves.values() for leaf in one}
        starts = sorted(
            v.period.first for leaf in series
            for year in range(years[0], years[-1] + 1)
            for v in self.figures(leaf, year) if v.flag == "B")
        if not starts:
            return
        for older, newer in zip(years, years[1:]):
            first = min(v.period.first
                        for vs in picked[older].values() for v in vs)
            last = max(v.period.first
                       for vs in picked[newer].values() for v in vs)
            if any(first < start <= last for start in starts):
                raise Nothing("series_break")

    # what is missing -------------------------------------------------

    def nothing_in(self, node, year):
        """withdrawn, suppressed: why a year's value may be empty."""
        found = set()
        for leaf in self.all_below(node, year):
            found |= self._why_empty(leaf, year)
        return found

    def _why_empty(self, leaf, year):
        found = set()
        for version in self.records(leaf, year):
            if version.withdrawn:
                found.add("withdrawn")
            elif version.flag == "Q" and not has_number(version):
                found.add("suppressed")
        return found

    def missing(self, node, year):
        """The periods of the year that are expected and not in."""
        frequency = self.indicator(node).frequency
        leaves = self.leaves(node, year) or [
            leaf for leaf in self.all_below(node, year)
            if self.records(leaf, year)]
        every = period.positions(frequency, year)
        if not leaves:
            return list(every)
        gone = set()
        for leaf in leaves:
            chosen = choose(self.figures(leaf, year), frequency)
            held = self._held(leaf, year, chosen, "MQ")
            gone |= {at for at, one in enumerate(every)
                     if not period.cells(one, frequency) <= held}
        return [every[at] for at in sorted(gone)]

    def held(self, node, year):
        """How many periods are in, if every series has the same ones;
        else None."""
        frequency = self.indicator(node).frequency
        covers = {cover(choose(self.figures(leaf, year), frequency),
                        frequency) for leaf in self.leaves(node, year)}
        if len(covers) != 1:
            return None
        only = covers.pop()
        return sum(period.cells(one, frequency) <= only
                   for one in period.positions(frequency, year))

    def latest(self, node, year):
        """The stretch that ends last (the shortest of those)."""
        frequency = self.indicator(node).frequency
        ends = [v.period for leaf in self.leaves(node, year)
                for v in choose(self.figures(leaf, year), frequency)]
        return max(ends, key=lambda p: (p.last, p.first), default=None)

    def overdue(self, node, year, today):
        indicator = self.indicator(node)
        if today is None or indicator.due is None:
            return []
        return [one for one in self.missing(node, year)
                if today > indicator.due_day(one)]
