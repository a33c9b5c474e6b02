"""What is not there has no stock: of one year alone, the `last` of a roll-up
without the units that ended before its last stretch does, and the mean of one
in which each unit weighs by where in the year it is there. A unit that ended
is there until something is in of one that takes over.

    settle(series, found, unit)     # found: (node, year) -> Value
"""
import datetime
from collections import namedtuple
from fractions import Fraction

from oracle import decimals, period
from oracle.pick import combine

# one unit's value in a roll-up; `whole`: it, or the unit above it that was
# held against the other columns as one
Part = namedtuple("Part", "whole unit value")


def settle(series, found, unit):
    """Changes what is rolled up below `unit`; its own figures stay."""
    one = Rollup(series, found, unit)
    if one.rolled and len({year for _, year in found}) == 1 and all(
            value.parts for value in found.values()):
        one.without_ended()
        one.weighed()


class Rollup:
    def __init__(self, series, found, unit):
        self.series, self.found, self.top = series, found, unit
        self.rolled = [key for key in found
                       if series.parts(*key)[0] == "units"]
        self.catalogue = series.catalogue
        self.units = self.catalogue.units
        self.ended = {}         # key -> the cells of what has ended
        # key -> every unit that something is in of, and all above
        self.is_in = {key: {above for part in value.parts
                            for above in self.catalogue.lineage(part.unit)}
                      for key, value in found.items()}

    def _indicator(self, key):
        return self.series.indicator(key[0])

    # who takes over --------------------------------------------------

    def _there_until(self, key, name):
        """The last day on which it counts as there; None: past the year."""
        (node, year), unit = key, self.units[name]
        if unit.last >= datetime.date(year, 12, 31):
            return None
        above = self.catalogue.lineage(name)
        with_it = [one for one in above[:above.index(self.top)]
                   if self.units[one].last == unit.last]
        beside = self.catalogue.members_below(
            self.units[with_it[-1]].parent, self._indicator(key), year)
        later = {one for one in beside if self.units[one].first > unit.last}
        return None if later and not later & self.is_in[key] else unit.last

    def _is_over(self, key, name, day):
        end = self._there_until(key, name)
        return end is not None and end < day

    # last ------------------------------------------------------------

    def without_ended(self):
        ends = {key: self._last_day(key) for key in self.rolled
                if self._indicator(key).over_periods == "last"}
        gone = {(key, part.unit) for key, day in ends.items()
                for part in self.found[key].parts
                if self._ended(key, part, day)}
        left = {key: [part for part in self.found[key].parts
                      if (key, part.unit) not in gone]
                for key in self.found}
        # who has nothing left in one column counts in none
        whole = set.intersection(*(
            {part.whole for part in parts} for parts in left.values()))
        left = {key: [part for part in parts if part.whole in whole]
                for key, parts in left.items()}
        if not all(left.values()):
            return
        over = frozenset(
            child for child in self.catalogue.children.get(self.top, ())
            for key in ends
            if self._is_over(key, child, max(ends.values())))
        for value in self.found.values():
            value.over = over
        for key in self.rolled:
            parts = self.found[key].parts
            if len(left[key]) < len(parts):
                self.ended[key] = frozenset().union(*(
                    part.value.cells for part in parts
                    if part not in left[key]))
                self.put(key, left[key])

    def _last_day(self, key):
        return max(v.period.last for part in self.found[key].parts
                   for _, v in part.value.figures)

    def _ended(self, key, part, day):
        """A figure from after its days stands for itself."""
        return self._is_over(key, part.unit, day) and not any(
            v.period.first > self.units[part.unit].last
            and v.period.last >= day for _, v in part.value.figures)

    # mean ------------------------------------------------------------

    def weighed(self):
        cells = frozenset.intersection(
            *(period.year_cells(self._indicator(key).frequency, key[1])
              for key in self.found),
            *(frozenset().union(*(part.value.cells | part.value.filled
                                  for part in self.found[key].parts))
              for key in self.rolled))
        for key in self.rolled:
            indicator = self._indicator(key)
            if (indicator.over_periods, indicator.over_units) \
                    == ("mean", "sum"):
                self._weigh(key, cells)

    def _weigh(self, key, cells):
        """Exact, and rounded once; as it is where all are there in all of
        the cells, or nobody is in any."""
        value, factor = self.found[key], self._indicator(key).factor
        weights = [len(cells & self._there(key, part))
                   for part in value.parts]
        if min(weights) == len(cells) or not any(weights):
            return
        self.put_number(value, Fraction(
            sum(part.value.number(factor) * weight
                for part, weight in zip(value.parts, weights)), len(cells)))

    @staticmethod
    def put_number(value, number):
        value.n = decimals.checked(decimals.half_even(number))
        value.is_pair = False

    def _there(self, key, part):
        """The cells on whose last day it is there, and of figures wholly
        outside its days."""
        unit, year = self.units[part.unit], key[1]
        frequency = self._indicator(key).frequency
        if frequency not in "WD":
            frequency = "M"
        days = [period.cells(one, frequency)
                for one in period.positions(frequency, year)
                if unit.first <= one.last
                and not self._is_over(key, part.unit, one.last)]
        held = [period.cells(v.period, frequency) for v in part.value.taken
                if v.period.last < unit.first or v.period.first > unit.last]
        return frozenset().union(*days, *held)

    # what is left ----------------------------------------------------

    def put(self, key, parts):
        old, indicator = self.found[key], self._indicator(key)
        new = combine(indicator.over_units,
                      {part.unit: part.value for part in parts},
                      indicator.factor)
        there = {above for part in parts
                 for above in self.series.catalogue.lineage(part.unit)}
        new.left_out = old.left_out + [
            part.unit for part in old.parts if part not in parts]
        new.units = tuple(one for one in old.units if one in there)
        new.cells |= self.ended.get(key, frozenset())
        new.over = old.over
        new.dropped = frozenset(old.units) - frozenset(new.units)
        new.parts = tuple(parts)
        self.found[key] = new
