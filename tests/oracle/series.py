"""What a node's value is made of: its own figures, its members, its
children; what is missing of it, and why there is nothing."""
from typing import NamedTuple

from oracle import period
from oracle.forecast import Fill
from oracle.journal import has_number
from oracle.pick import Pick, accumulate, choose, combine, cover
from oracle.stock import Part


class Node(NamedTuple):
    """A unit's indicator, of one member or the total (None)."""
    indicator: str
    unit: str
    member: str = None


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
            found = accumulate(node, picked[node], indicator)
            found.whole = self._whole(node, year, picked[node])
            found.parts = (Part(node.unit, node.unit, found),)
            return found
        values = {}
        for part in nodes:
            if any(leaf in picked for leaf in self.leaves(part, year)):
                values[self.called(kind, part)] = self.tree(
                    part, year, picked)
        how = (indicator.total if kind == "members"
               else indicator.over_units)
        found = combine(how, values, indicator.factor)
        self.name_units(found, kind, values)
        if kind == "members":
            found.parts = (Part(node.unit, node.unit, found),)
        return found

    @staticmethod
    def called(kind, part):
        return part.member if kind == "members" else part.unit

    @staticmethod
    def name_units(found, kind, values):
        if kind == "units":
            found.units = tuple(name for name in values
                                if name not in found.left_out)

    def all_in(self, node, year, filled=None):
        """leaf -> Pick of all that is in, and the forecast of the rest:
        `filled` is (year, how)."""
        return {leaf: self.pick(leaf, year, filled)
                for leaf in self.leaves(node, year)}

    def pick(self, leaf, year, filled=None):
        chosen = choose(self.figures(leaf, year),
                        self.indicator(leaf).frequency)
        fill = self.fill(leaf, year, filled)
        return Pick(chosen, fill.cells if fill else frozenset(), fill)

    def fill(self, leaf, year, filled):
        if not filled or filled[0] != year:
            return None
        key = ("fill", leaf, filled)
        if key not in self.memo:
            self.memo[key] = Fill(
                self.indicator(leaf),
                (year, self.records(leaf, year)),
                (year - 1, self.records(leaf, year - 1)), filled[1],
                self.away(leaf, year))
        return self.memo[key]

    def _whole(self, leaf, year, pick):
        frequency = self.indicator(leaf).frequency
        held = self.held_cells(leaf, year, pick.versions, "M")
        return held | frozenset(pick.cells) >= period.year_cells(
            frequency, year)

    # what is missing -------------------------------------------------

    def nothing_in(self, node, year, within=None):
        """withdrawn, suppressed: why a year's value may be empty."""
        found = set()
        below = self.all_below if within is None else self.looked_at
        for leaf in below(node, year):
            found |= self.why_empty(leaf, year, within)
        return found

    def looked_at(self, node, year):
        """Every series that could count instead of what does."""
        found = [node]
        if self.figures(node, year):
            return found
        found += self.made_of_members(node)
        if not any(self.figures(one, year) for one in found):
            for child in self.made_of_units(node, year):
                found += self.looked_at(child, year)
        return found

    def why_empty(self, leaf, year, within=None):
        found, frequency = set(), self.indicator(leaf).frequency
        for version in self.records(leaf, year):
            if within is not None and not (
                    period.cells(version.period, frequency)
                    & period.cells(within, frequency)):
                continue
            if version.withdrawn:
                found.add("withdrawn")
            elif version.flag == "Q" and not has_number(version):
                found.add("suppressed")
        return found

    def held_cells(self, leaf, year, versions, flags):
        """Cells held by the versions, by nil with those flags, and those
        of a time in which the unit is not there."""
        frequency = self.indicator(leaf).frequency
        nil = [v for v in self.records(leaf, year)
               if not has_number(v) and not v.withdrawn
               and v.flag in flags]
        return (cover(versions, frequency) | cover(nil, frequency)
                | self.away(leaf, year))

    def away(self, node, year):
        return self.catalogue.units[node.unit].away(
            self.indicator(node).frequency, year)

    def missing(self, node, year):
        """The periods of the year that are expected and not in."""
        key = ("missing", node, year)
        if key not in self.memo:
            self.memo[key] = self._missing(node, year)
        return self.memo[key]

    def _known(self, node, year):
        """The series with anything in; else those with any record."""
        return self.leaves(node, year) or [
            leaf for leaf in self.all_below(node, year)
            if self.records(leaf, year)]

    def waived(self, node, year):
        """The cells that no figure is expected in: all that is known of
        the node holds them by a nil with M, or it is not there."""
        frequency = self.indicator(node).frequency
        nil = [self.held_cells(leaf, year, (), "M")
               - cover(choose(self.figures(leaf, year), frequency), frequency)
               for leaf in self._known(node, year)]
        return frozenset.intersection(*nil) if nil else self.away(
            node, year)

    def expects(self, node, year):
        """Whether it is to have any figure of the year."""
        return not self.waived(node, year) >= period.year_cells(
            self.indicator(node).frequency, year)

    def _missing(self, node, year):
        frequency = self.indicator(node).frequency
        leaves = self._known(node, year)
        away = self.away(node, year)
        every = [one for one in period.positions(frequency, year)
                 if not period.cells(one, frequency) <= away]
        if not leaves:
            return every
        gone = set()
        for leaf in leaves:
            chosen = choose(self.figures(leaf, year), frequency)
            held = self.held_cells(leaf, year, chosen, "MQ")
            gone |= {one for one in every
                     if not period.cells(one, frequency) <= held}
        return [one for one in every if one in gone]

    def held(self, node, year):
        """How many periods are in, if every series has the same ones;
        else None."""
        frequency = self.indicator(node).frequency
        covers = {cover(choose(self.figures(leaf, year), frequency),
                        frequency) for leaf in self.leaves(node, year)}
        if len(covers) != 1:
            return None
        only = covers.pop()
        return sum(some <= only
                   for some in period.cells_in_order(frequency, year))

    def is_last_missing(self, node, year):
        """Whether a period that is missing ends after all that is in."""
        frequency = self.indicator(node).frequency
        held = frozenset().union(*(
            cover(choose(self.figures(leaf, year), frequency), frequency)
            for leaf in self.leaves(node, year)))
        return any(max(period.cells(one, frequency)) > max(held)
                   for one in self.missing(node, year))

    def anywhere(self, node, year):
        """The cells that some series of it holds."""
        frequency = self.indicator(node).frequency
        return frozenset().union(*(
            cover(self.figures(leaf, year), frequency)
            for leaf in self.leaves(node, year)))

    def latest(self, node, year):
        """The stretch that ends last (the shortest of those)."""
        frequency = self.indicator(node).frequency
        ends = [v.period for leaf in self.leaves(node, year)
                for v in choose(self.figures(leaf, year), frequency)]
        return max(ends, key=lambda p: (p.last, p.first), default=None)

    def overdue(self, node, year, today, within=None):
        indicator = self.indicator(node)
        before = indicator.late_before(today)
        return [one for one in self.missing(node, year)
                if one.last < before and (
                    within is None or period.cells(
                        one, indicator.frequency) <= period.cells(
                        within, indicator.frequency))]
