"""The catalogue's YAML files as plain objects. Scalars stay text until
here, so that 0123 is a name and 66.50 no float. It trusts what it reads:
naming a steward's faults is the loader's work, not the judge's."""
import datetime
import functools
import pathlib
import re
from dataclasses import dataclass, field

import yaml

from oracle import decimals, language
from oracle.period import Period, cells, positions

LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
FILES = ("units.yaml", "indicators.yaml", "targets.yaml",
         "commissions.yaml")
MONTH_NAMES = ("January February March April May June July August "
               "September October November December").split()
DEFAULT_OVER_PERIODS = {"percent": "ratio", "count": "sum"}
DEFAULT_OVER_UNITS = {"percent": "ratio", "count": "sum"}


@functools.lru_cache(maxsize=None)
def _away(first, last, frequency, year):
    return frozenset().union(*(
        cells(one, frequency) for one in positions(frequency, year)
        if first > last or one.last < first or last < one.first))


@dataclass
class Unit:
    id: str
    kind: str
    parent: str = None
    first: datetime.date = datetime.date.min
    last: datetime.date = datetime.date.max
    population: dict = field(default_factory=dict)

    def alive(self, year):
        return (self.first <= self.last
                and self.first.year <= year <= self.last.year)

    def within(self, above):
        """It is there only while what it belongs to is."""
        self.first = max(self.first, above.first)
        self.last = min(self.last, above.last)

    def away(self, frequency, year):
        """The cells of the periods in which it is not there at all."""
        return _away(self.first, self.last, frequency, year)

    def inhabitants(self, year):
        """(on 1 January of which year, how many), or None."""
        known = [y for y in self.population if y <= year]
        return (max(known), self.population[max(known)]) if known else None


@dataclass
class Indicator:
    id: str
    measure: str
    frequency: str
    members: tuple = ()
    dimension: str = None
    total: str = "none"
    over_periods: str = "mean"
    over_units: str = "none"
    by: str = "trust"
    due: object = None
    min_denominator: int = None
    min: int = None
    max: int = None
    decimals: int = 0
    ahead: bool = False
    whole: bool = False
    part: bool = False
    outside: tuple = ()
    formula: object = None

    @property
    def factor(self):
        if self.measure in ("percent", "percent_change"):
            return 100
        per = re.search(r"_per_([0-9]+)_", self.measure)
        return int(per[1]) if per else 1

    @property
    def least(self):
        """What no figure may be below; None: it may be any."""
        natural = self.measure in ("count", "days")
        return 0 if self.min is None and natural else self.min

    @property
    def type(self):
        return language.unit_type(self.measure)

    def late_before(self, today):
        """Periods that end before this day are due, and it is past: no day
        is so early if none is ever due, or today is not known."""
        if self.due is None or today is None:
            return datetime.date.min
        if isinstance(self.due, int):
            return today - datetime.timedelta(days=self.due)
        day, month = self.due
        passed = today > datetime.date(today.year, month, day)
        return datetime.date(today.year if passed else today.year - 1, 1, 1)


@dataclass
class Target:
    id: str
    year: int
    place: int
    indicator: str = None
    scope: tuple = ()
    require: tuple = ()
    yellow: tuple = ()
    aim: tuple = ()             # said beside it: nothing rests on it
    combine: str = "part"
    state: str = None
    limits: dict = field(default_factory=dict)
    compare: str = "exact"
    decides: str = "figures"
    forecast: tuple = None      # ("recent", k) or ("seasonal", 3)

    @property
    def key(self):
        return (self.id, self.year)

    def named(self):
        """Every indicator that its criteria name."""
        found = {self.indicator}
        for one in self.require + self.yellow:
            for side in (one.left, one.right):
                for term in language.terms(side):
                    found.add(term.ref[0] if term.ref else self.indicator)
        return found - {None}

    def terms(self):
        return [term for one in self.require + self.yellow
                for side in (one.left, one.right)
                for term in language.terms(side)]

    def years(self):
        """Its own, and those of the periods that it names."""
        return {self.year} | {term.when.year for term in self.terms()
                              if isinstance(term.when, Period)}

    def may_rest_on(self, year):
        """Whether figures of that year may turn it."""
        return self.year == year or self.forecast is not None or any(
            term.when is not None for term in self.terms())

    def limit(self, unit, member):
        """The Number for it, or None."""
        own = self.limits.get(unit)
        if isinstance(own, dict) and member in own:
            return own[member]
        if own is not None and not isinstance(own, dict):
            return own
        found = self.limits.get(member)
        return None if isinstance(found, dict) else found


@dataclass
class Commission:
    id: str
    year: int
    place: int
    units: tuple = ()
    due: tuple = ()             # of each date: as given, then as moved
    decides: str = "figures"
    remind: int = 0             # days before each date


class Catalogue:
    def __init__(self, files):
        """`files`: name -> YAML text."""
        trees = {name: yaml.load(files.get(name) or "{}", LOADER) or {}
                 for name in FILES}
        self.units = {one["id"]: _unit(one)
                      for one in trees["units.yaml"].get("units", [])}
        self.indicators = {
            one["id"]: _indicator(one)
            for one in trees["indicators.yaml"].get("indicators", [])}
        self.targets = []
        for one in trees["targets.yaml"].get("targets", []):
            for year in _years(one):
                self.targets.append(_target(one, year, len(self.targets)))
        self.unit_order = {name: at for at, name in enumerate(self.units)}
        self.children = {}
        for unit in self.units.values():
            self.children.setdefault(unit.parent, []).append(unit.id)
            for above in self.lineage(unit.id)[1:]:
                unit.within(self.units[above])
        self.commissions = [
            _commission(one, at) for at, one in enumerate(
                trees["commissions.yaml"].get("commissions") or [])]
        self.targets_of = {}
        self.names_of = {target.place: frozenset(self._names(target))
                         for target in self.targets}
        for target in self.targets:
            for name in self.names(target):
                self.targets_of.setdefault(name, []).append(target)

    def names(self, target):
        """The pushed indicators that a target rests on, and derived ones."""
        return self.names_of[target.place]

    def _names(self, target):
        found, waiting = set(), list(target.named())
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                tree = self.indicators[name].formula
                waiting += [term.ref[0] for term in
                            (language.terms(tree) if tree else ())]
        return found

    def in_scope(self, target):
        return [unit.id for unit in self.units.values()
                if self.asked(target, unit.id)]

    def asked(self, target, unit):
        one = self.units[unit]
        return one.alive(target.year) and (
            one.kind in target.scope or one.id in target.scope)

    def members_below(self, unit, indicator, year):
        """The child units that count in the roll-up, in order."""
        return [child for child in self.children.get(unit, ())
                if child not in indicator.outside
                and self.units[child].alive(year)]

    def lineage(self, unit):
        """The unit and all above it."""
        found = []
        while unit in self.units and unit not in found:
            found.append(unit)
            unit = self.units[unit].parent
        return found

    def region_of(self, unit):
        for above in self.lineage(unit):
            if self.units[above].kind == "region":
                return above
        return None


def read(directory):
    """The catalogue's texts in a directory."""
    return {name: path.read_text(encoding="utf-8")
            for name in FILES
            if (path := pathlib.Path(directory, name)).exists()}


def _list(value):
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _yes(value):
    return value == "true"


def _unit(tree):
    people = {int(year): int(count) for year, count in
              (tree.get("population") or {}).items()}
    return Unit(tree["id"], tree["kind"], tree.get("parent"),
                _bound(tree, "from", datetime.date.min, "-01-01"),
                _bound(tree, "to", datetime.date.max, "-12-31"), people)


def _bound(tree, key, otherwise, of_year):
    """A day, or the first or last one of a year."""
    text = tree.get(key)
    if text is None:
        return otherwise
    return datetime.date.fromisoformat(
        text if len(text) > 4 else text + of_year)


def _due(text):
    if text is None:
        return None
    days = re.fullmatch(r"([0-9]+) d", text)
    if days:
        return int(days[1])
    day, month = text.split()
    return int(day), MONTH_NAMES.index(month) + 1


def _micro(text):
    if text is None:
        return None
    return decimals.literal(text)


def _indicator(tree):
    dimension = tree.get("dimension") or {}
    measure = tree["measure"]
    lowest = tree.get("min_denominator")
    return Indicator(
        id=tree["id"], measure=measure, frequency=tree["frequency"],
        members=tuple(dimension.get("members", ())),
        dimension=dimension.get("id"), total=dimension.get("total", "none"),
        over_periods=tree.get(
            "over_periods", DEFAULT_OVER_PERIODS.get(measure, "mean")),
        over_units=tree.get(
            "over_units", DEFAULT_OVER_UNITS.get(measure, "none")),
        by=tree.get("by", "trust"), due=_due(tree.get("due")),
        min_denominator=None if lowest is None
        else decimals.literal(lowest) // 10 ** 6,
        min=_micro(tree.get("min")), max=_micro(tree.get("max")),
        decimals=int(tree.get("decimals", 0)),
        ahead=_yes(tree.get("ahead")), whole=_yes(tree.get("whole")),
        part=_yes(tree.get("part", str(measure == "percent").lower())),
        outside=_list(tree.get("except")),
        formula=language.formula(tree["formula"])
        if "formula" in tree else None)


def _years(tree):
    if "year" in tree:
        return [int(tree["year"])]
    first, _, last = str(tree["years"]).partition("-")
    return range(int(first), int(last or first) + 1)


def _limits(tree):
    return {key: _limits(value) if isinstance(value, dict)
            else language.number(value)
            for key, value in (tree or {}).items()}


def _target(tree, year, place):
    return Target(
        id=tree["id"], year=year, place=place,
        indicator=tree.get("indicator"),
        scope=_list(tree.get("scope", ["region", "trust"])),
        require=tuple(map(language.criterion, _list(tree.get("require")))),
        yellow=tuple(map(language.criterion, _list(tree.get("yellow")))),
        aim=tuple(map(language.criterion, _list(tree.get("aim")))),
        combine=tree.get("combine", "part"), state=tree.get("state"),
        limits=_limits(tree.get("limits")),
        compare=tree.get("compare", "exact"),
        decides=tree.get("decides", "figures"),
        forecast=_forecast(tree.get("forecast", "none")))


def _forecast(text):
    if text == "none":
        return None
    if text == "seasonal":
        return ("seasonal", 3)
    return ("recent", int(re.fullmatch(r"recent\(([0-9]+)\)", text)[1]))


def _day(text):
    return datetime.date.fromisoformat(text)


def _commission(tree, place):
    due = []
    for one in tree.get("due") or ():
        dates = [_day(one["on"])] + [
            _day(moved) for moved in _list(one.get("moved"))]
        due.append(tuple(dates))
    return Commission(tree["id"], int(tree["year"]), place,
                      _list(tree.get("for")), tuple(due),
                      tree.get("decides", "figures"),
                      int(tree.get("remind", "0 d").split()[0]))
