"""Periods as the producers write them (SDMX), and what a year is made of.

A stretch of days has a year, a first and a last day and a shortest name.
Everything below counts in *cells*: months of the year, or weeks by number
for weekly indicators, or (month, day) for daily ones.
"""
import bisect
import datetime
import functools
import re

FREQUENCIES = ("A", "S", "A_3", "Q", "M", "W", "D")
MONTHS_IN = {"A": 12, "S": 6, "A_3": 4, "Q": 3, "M": 1}
LETTER = {"S": 6, "T": 4, "Q": 3, "M": 1}
FIRST_YEAR, LAST_YEAR = 1901, 2199
PARTS = re.compile(r"([0-9]{4})-(?:([STQ])([1-4])|M([0-9]{2}))", re.ASCII)
WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})", re.ASCII)
DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
RANGE = re.compile(r"([0-9]{4})-([0-9]{2})-01/P([1-9][0-9]?)M", re.ASCII)
YEAR = re.compile(r"[0-9]{4}", re.ASCII)


class BadPeriod(ValueError):
    """Not a period: the answer to a producer is `period`."""


class Period:
    """A stretch of days; equal when the days are."""

    __slots__ = ("year", "first", "last", "week", "key", "hash", "called")

    def __init__(self, year, first, last, week=0):
        self.year, self.first, self.last = year, first, last
        self.week = week
        self.key = (first.toordinal(), last.toordinal())
        self.hash = hash(self.key)
        self.called = None

    def __eq__(self, other):
        return isinstance(other, Period) and self.key == other.key

    def __hash__(self):
        return self.hash

    def __repr__(self):
        return self.name

    @property
    def name(self):
        if self.called is None:
            self.called = self._name()
        return self.called

    def _name(self):
        if self.week:
            return f"{self.year}-W{self.week:02d}"
        if self.first == self.last:
            return self.first.isoformat()
        start, months = self.first.month, self.months
        if months == 12:
            return f"{self.year}"
        if months == 1:
            return f"{self.year}-M{start:02d}"
        for letter, length in LETTER.items():
            if months == length and (start - 1) % length == 0:
                return f"{self.year}-{letter}{(start - 1) // length + 1}"
        return f"{self.first.isoformat()}/P{months}M"

    @property
    def months(self):
        """Whole months in it; 0 for weeks and days."""
        if self.week or self.first == self.last:
            return 0
        return self.last.month - self.first.month + 1


def of_months(year, start, count):
    if not 1 <= start <= 12 or start + count - 1 > 12:
        raise BadPeriod("months beyond the year")
    first = datetime.date(year, start, 1)
    end = start + count
    after = datetime.date(year + end // 13, (end - 1) % 12 + 1, 1)
    return Period(year, first, after - datetime.timedelta(days=1))


def of_week(year, number):
    try:
        first = datetime.date.fromisocalendar(year, number, 1)
    except ValueError as fault:
        raise BadPeriod(str(fault)) from fault
    last = first + datetime.timedelta(days=6)
    return Period(year, first, last, number)


def _year(text):
    year = int(text)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadPeriod("year out of range")
    return year


@functools.lru_cache(maxsize=None)
def parse(text):
    """The stretch that the text names, or BadPeriod."""
    if YEAR.fullmatch(text):
        return of_months(_year(text), 1, 12)
    found = PARTS.fullmatch(text)
    if found:
        year, letter, part, month = found.groups()
        if month:
            return of_months(_year(year), int(month), 1)
        length = LETTER[letter]
        return of_months(_year(year), (int(part) - 1) * length + 1, length)
    found = WEEK.fullmatch(text)
    if found:
        return of_week(_year(found[1]), int(found[2]))
    found = DAY.fullmatch(text)
    if found:
        _year(found[1])
        try:
            day = datetime.date(*map(int, found.groups()))
        except ValueError as fault:
            raise BadPeriod(str(fault)) from fault
        return Period(day.year, day, day)
    found = RANGE.fullmatch(text)
    if found:
        return of_months(_year(found[1]), int(found[2]), int(found[3]))
    raise BadPeriod(text)


@functools.lru_cache(maxsize=None)
def positions(frequency, year):
    """The periods of that frequency which make up the year, in order."""
    if frequency == "W":
        last = datetime.date(year, 12, 28).isocalendar()[1]
        return tuple(of_week(year, n) for n in range(1, last + 1))
    if frequency == "D":
        day, found = datetime.date(year, 1, 1), []
        while day.year == year:
            found.append(Period(year, day, day))
            day += datetime.timedelta(days=1)
        return tuple(found)
    length = MONTHS_IN[frequency]
    return tuple(of_months(year, start, length)
                 for start in range(1, 13, length))


@functools.lru_cache(maxsize=None)
def _ends(frequency, year):
    return tuple(one.last for one in positions(frequency, year))


def count_ended(frequency, year, before):
    """How many of the year's periods end before that day."""
    return bisect.bisect_left(_ends(frequency, year), before)


def _thursday(week):
    return week.first + datetime.timedelta(days=3)


@functools.lru_cache(maxsize=None)
def cells(period, frequency):
    """The cells of its year that the stretch fills."""
    if frequency == "W":
        if period.week:
            return frozenset([period.week])
        return frozenset(
            week.week for week in positions("W", period.year)
            if period.first <= _thursday(week) <= period.last)
    if frequency == "D":
        span = (period.last - period.first).days + 1
        days = [period.first + datetime.timedelta(days=n)
                for n in range(span)]
        return frozenset((day.month, day.day) for day in days
                         if day.year == period.year)
    if not period.months:
        return frozenset()
    return frozenset(range(period.first.month, period.last.month + 1))


@functools.lru_cache(maxsize=None)
def cells_in_order(frequency, year):
    """Of each of the year's periods."""
    return tuple(cells(one, frequency) for one in positions(frequency, year))


@functools.lru_cache(maxsize=None)
def year_cells(frequency, year):
    return frozenset().union(*cells_in_order(frequency, year))


@functools.lru_cache(maxsize=None)
def fits(period, frequency):
    """Whether the stretch holds a whole period of the frequency."""
    if frequency == "W" and period.first == period.last:
        return False
    if frequency == "D" and period.week:
        return (period.first.year == period.last.year == period.year)
    held = cells(period, frequency)
    return any(cells(one, frequency) <= held
               for one in positions(frequency, period.year))


def same_in(period, year):
    """The same stretch of another year, or None (29 February, W53)."""
    try:
        if period.week:
            return of_week(year, period.week)
        if period.first == period.last:
            day = period.first.replace(year=year)
            return Period(year, day, day)
        return of_months(year, period.first.month, period.months)
    except ValueError:
        return None
