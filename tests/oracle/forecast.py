"""Step 2: what the missing periods of a series' year are taken to be.

A Fill stands beside the figures of one series and year. Everything is
counted in cells (months; weeks; days): `cells` are those that no figure
holds and that one is expected for, and `plain` and `pair` say what any of
them amount to.
"""
from fractions import Fraction

from oracle import decimals, period
from oracle.decimals import Nothing
from oracle.journal import has_number
from oracle.pick import choose, cover, single


def share(amount, part, whole):
    """So much of a longer stretch, rounded once if it is not all of it."""
    return amount if part == whole else decimals.half_even(
        Fraction(amount * part, whole))


class Fill:
    def __init__(self, indicator, this_year, last_year, how,
                 away=frozenset()):
        """`this_year`, `last_year`: (year, the versions that count and
        fit); `how`: ("recent", k) or ("seasonal", 3); `away`: the cells
        of a time in which the unit is not there."""
        self.indicator, self.frequency = indicator, indicator.frequency
        (self.year, records), (self.before, old) = this_year, last_year
        self.how, self.last = how
        self.chosen = self._chosen(records)
        self.old = self._chosen(old)
        positions = period.positions(self.frequency, self.year)
        self.each = max(1, 12 // len(positions))        # cells in a period
        self.periods = [self._cells(one) for one in positions]
        nil = [v for v in records if not has_number(v)
               and not v.withdrawn and v.flag in "MQ"]
        self.cells = (period.year_cells(self.frequency, self.year)
                      - cover(self.chosen, self.frequency)
                      - cover(nil, self.frequency) - away)

    def _chosen(self, records):
        return choose([v for v in records if has_number(v)],
                      self.frequency)

    def _cells(self, stretch):
        return period.cells(stretch, self.frequency)

    def _length(self, version):
        return len(self._cells(version.period))

    @property
    def sums(self):
        return self.indicator.over_periods == "sum"

    def carried(self, cell):
        """The figure that a missing cell repeats: the last one in before
        it, else the first one in."""
        before = [v for v in self.chosen
                  if max(self._cells(v.period)) < cell]
        return before[-1] if before else self.chosen[0]

    # the last k periods that are in ----------------------------------

    def _taken(self, versions):
        """The cells of the last k periods in, and how many periods."""
        held = cover(versions, self.frequency)
        whole = [cells for cells in self.periods if cells <= held]
        taken = whole[-self.last:]
        return frozenset().union(*taken), len(taken)

    def recent_plain(self, wanted, values):
        """values: version -> its number. A sum, or of means a number for
        each cell, added up; exact."""
        inside, count = self._taken(list(values))
        total = 0
        for version, n in values.items():
            part = len(self._cells(version.period) & inside)
            total += (share(n, part, self._length(version)) if self.sums
                      else n * part)
        # a period's figure is total / over
        over = count if self.sums else count * self.each
        for bound, beyond in ((self.indicator.min, total.__lt__),
                              (self.indicator.max, total.__gt__)):
            if bound is not None and beyond(bound * over):
                total, over = bound, 1
                break
        if self.sums:
            return decimals.half_even(
                Fraction(total * len(wanted), over * self.each))
        return Fraction(total * len(wanted), over)

    def recent_pair(self, wanted):
        inside, count = self._taken(self.chosen)
        found = []
        for name in ("num", "den"):
            total = sum(Fraction(
                getattr(v, name) * len(self._cells(v.period) & inside),
                self._length(v)) for v in self.chosen)
            found.append(total * len(wanted) / (count * self.each))
        return tuple(found)

    # as last year ----------------------------------------------------

    def _full_last_year(self):
        return self.how == "seasonal" and cover(
            self.old, self.frequency) >= period.year_cells(
                self.frequency, self.before)

    def _then(self, cells):
        """The cells a year before; 29 February and week 53 are the day or
        week before them."""
        known = period.year_cells(self.frequency, self.before)
        return [cell if cell in known else
                cell - 1 if self.frequency == "W" else
                (cell[0], cell[1] - 1) for cell in cells]

    def _amount(self, values, cells):
        """What last year's figures say of these cells."""
        total = 0
        for version, n in values.items():
            held = self._cells(version.period)
            part = sum(cell in held for cell in cells)
            total += (share(n, part, self._length(version)) if self.sums
                      else n * part)
        return total

    def _parts(self, wanted):
        return [cells & wanted for cells in self.periods if cells & wanted]

    def seasonal_plain(self, wanted, values):
        """None: there is no full last year to go by."""
        old = valued(self.old, self.indicator)
        if not self._full_last_year() or len(old) < len(self.old):
            return None
        so_far = sum(n if self.sums else n * self._length(v)
                     for v, n in values.items())
        held = cover(values, self.frequency)
        then = self._amount(old, self._then(held))
        if then == 0:
            return None
        total = 0
        for cells in self._parts(wanted):
            part = self._amount(old, self._then(cells))
            n = decimals.checked(decimals.half_even(
                Fraction(part * so_far, then)))
            total += self._within(n, len(cells))
        return decimals.checked(total)

    def _within(self, n, cells):
        low, high = (None if bound is None else
                     share(bound, cells, self.each) if self.sums
                     else bound * cells
                     for bound in (self.indicator.min, self.indicator.max))
        if low is not None and n < low:
            return low
        return high if high is not None and n > high else n

    def seasonal_pair(self, wanted):
        if not self._full_last_year() or any(
                v.num is None for v in self.old):
            return None
        held, found = cover(self.chosen, self.frequency), []
        sides = []
        for name in ("num", "den"):
            old = {v: decimals.from_micro(getattr(v, name))
                   for v in self.old}
            so_far = sum(decimals.from_micro(getattr(v, name))
                         for v in self.chosen)
            then = self._pair_amount(old, self._then(held))
            if then == 0:
                return None
            sides.append((old, so_far, then))
        for cells in self._parts(wanted):
            found.append(self._pair_within(*(
                decimals.checked(decimals.half_even(Fraction(
                    self._pair_amount(old, self._then(cells)) * so_far,
                    then))) for old, so_far, then in sides)))
        return tuple(Fraction(sum(side), decimals.SCALE // decimals.MICRO)
                     for side in zip(*found))

    def _pair_amount(self, values, cells):
        total = 0
        for version, n in values.items():
            held = self._cells(version.period)
            total += share(n, sum(cell in held for cell in cells),
                           self._length(version))
        return total

    def _pair_within(self, num, den):
        scale = self.indicator.factor * decimals.SCALE
        for bound, sign in ((self.indicator.min, 1), (self.indicator.max,
                                                      -1)):
            if bound is not None and den > 0 and \
                    sign * (num * scale - bound * den) < 0:
                return decimals.half_even(Fraction(bound * den, scale)), den
        return num, den

    # what is asked of it ---------------------------------------------

    def plain(self, wanted):
        """Of sums the sum, of means the number for each cell added up."""
        values = valued(self.chosen, self.indicator)
        if not values:
            raise Nothing("zero_denominator")
        found = self.seasonal_plain(wanted, values)
        return self.recent_plain(wanted, values) if found is None else found

    def pair(self, wanted):
        """Numerator and denominator, in millionths; None: some figure is
        a bare value."""
        if any(v.num is None for v in self.chosen):
            return None
        found = self.seasonal_pair(wanted)
        return self.recent_pair(wanted) if found is None else found


def valued(versions, indicator):
    """version -> its number, those of 0/0 left out."""
    found = {v: single(v, indicator.factor) for v in versions}
    return {v: n for v, n in found.items() if n is not None}
