"""What is not there has no stock: the `last` of a roll-up without the units
that ended before its last stretch, and the mean of one in which each unit
weighs by where in the year it is there.

    settle(series, found, unit)     # found: (node, year) -> Value
"""
from collections import namedtuple
from fractions import Fraction

from oracle import decimals, period
from oracle.decimals import Nothing
from oracle.pick import combine

# one unit's value in a roll-up; `whole`: it, or the unit above it that was
# held against the other columns as one
Part = namedtuple("Part", "whole unit value")


def settle(series, found, unit):
    """Changes what is rolled up below `unit`; its own figures stay."""
    one = Rollup(series, found, unit)
    if one.rolled and all(value.parts for value in found.values()):
        one.without_ended()
        one.weighed()


class Rollup:
    def __init__(self, series, found, unit):
        self.series, self.found, self.top = series, found, unit
        self.rolled = [key for key in found
                       if series.parts(*key)[0] == "units"]
        self.units = series.catalogue.units
        self.ended = {}         # key -> the cells of what has ended

    def _indicator(self, key):
        return self.series.indicator(key[0])

    # last ------------------------------------------------------------

    def without_ended(self):
        begins = {key: self._last_begins(key) for key in self.rolled
                  if self._indicator(key).over_periods == "last"}
        gone = {(key, part.unit) for key, day in begins.items()
                for part in self.found[key].parts
                if self._ended(part, day)}
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
        for value in self.found.values():
            value.since = max(begins.values(), default=None)
        for key in self.rolled:
            parts = self.found[key].parts
            if len(left[key]) < len(parts):
                self.ended[key] = frozenset().union(*(
                    part.value.cells for part in parts
                    if part not in left[key]))
                self.put(key, left[key])

    def _last_begins(self, key):
        return max((v.period for part in self.found[key].parts
                    for _, v in part.value.figures),
                   key=lambda p: (p.last, p.first)).first

    def _ended(self, part, day):
        """A figure from after its days stands for itself."""
        end = self.units[part.unit].last
        return end < day and not any(
            v.period.first > end and v.period.last >= day
            for _, v in part.value.figures)

    # mean ------------------------------------------------------------

    def weighed(self):
        means = [key for key in self.rolled
                 if self._indicator(key).over_periods == "mean"
                 and self._indicator(key).over_units == "sum"]
        if not means:
            return
        cells = frozenset.intersection(
            *(period.year_cells(self._indicator(key).frequency, key[1])
              for key in self.found),
            *(frozenset().union(*(part.value.cells | part.value.filled
                                  for part in self.found[key].parts))
              for key in self.rolled))
        shared = {part.whole: cells & self._shared(part.whole)
                  for parts in self.found.values() for part in parts.parts}
        apart = {whole for whole, held in shared.items() if not held}
        if apart >= set(shared):
            raise Nothing("no_base", *frozenset().union(*(
                value.lost for value in self.found.values())))
        for key in self.rolled:
            parts = [part for part in self.found[key].parts
                     if part.whole not in apart]
            changed = len(parts) < len(self.found[key].parts)
            for part in parts:
                there = shared[part.whole] & self._there(
                    key, part.unit, [part])
                if key in means and there != cells:
                    self._scale(part.value, len(there), len(cells),
                                self._indicator(key))
                    changed = True
            if changed:
                self.put(key, parts)

    @staticmethod
    def _scale(value, part, whole, indicator):
        value.n = decimals.half_even(Fraction(
            value.number(indicator.factor) * part, whole))
        value.is_pair = False

    def _shared(self, whole):
        """Where in the year a unit is there in every column; of the one
        that all is of it is not asked."""
        if whole == self.top:
            return frozenset().union(*(
                period.year_cells(self._indicator(key).frequency, key[1])
                for key in self.found))
        return frozenset.intersection(*(
            self._there(key, whole, [part for part in value.parts
                                     if part.whole == whole])
            for key, value in self.found.items()))

    def _there(self, key, unit, parts):
        """The cells of its days, and of figures wholly outside them."""
        frequency = self._indicator(key).frequency
        if frequency not in "WD":
            frequency = "M"
        days = period.year_cells(frequency, key[1]) \
            - self.units[unit].away(frequency, key[1])
        held = [period.cells(v.period, self._indicator(key).frequency)
                for part in parts for v in part.value.taken]
        return days.union(*(one for one in held if not one & days))

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
        new.since, new.lost = old.since, old.lost
        new.parts = tuple(parts)
        self.found[key] = new
