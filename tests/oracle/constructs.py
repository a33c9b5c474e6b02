"""Random worlds that use the whole language.

    case = Whole(seed)                          # a generate.Case
    case = Whole(seed, constructs=("rate",))    # these alone, and the plain
"""
import re

from oracle import decimals
from oracle.generate import COMMON, KINDS, YEARS_PUSHED, Case
from oracle.language import OF_CHILDREN, TERMS
from oracle.period import fits, of_months, parse, positions

CONSTRUCTS = ("other", "period", "rate", "children", "share", "path", "terms",
              "formula", "recent", "seasonal", "displayed", "alive", "stock",
              "small", "aim", "state", "crossed", "ahead", "retired",
              "measures", "unnamed", "ids", "said")
BELOW = OF_CHILDREN + ("share",)
OF_ONE = ("value", "latest", "growth", "rate", "rate")
STATES = ("report_only", "under_development")
SPANS = ({"from": 2022}, {"from": 2023}, {"to": 2023}, {"to": 2024},
         {"from": 2022, "to": 2023})
BARE = re.compile(rf"\b({'|'.join(TERMS)})\b(?:\((?!\")|(?!\())")
DAYS = ("2023", "2022-07-01", "2023-05-15", "2024-02-29", "2024-04-30",
        "2024-08-01")
HEIRS = (({"to": "2024-02-29"}, {"from": "2024-03-01"}),
         ({"to": "2024-01-31"}, {"from": "2024-02-15"}),
         ({"to": "2024-02-14"}, {"from": "2024-02-15"}),
         ({"to": "2023-06-30"}, {"from": "2023-07-01"}),
         ({"from": "2023-09-15", "to": "2024-03-15"}, {}))
PEOPLE = (1, 3, 1000, 590_000, 3_076_276)


class Whole(Case):
    def __init__(self, seed, deliveries=40, constructs=CONSTRUCTS):
        self.constructs, self.twins, self.placed = constructs, {}, {}
        self.tiny = set()       # units of few cases, and all below them
        super().__init__(f"whole-{seed}", deliveries)

    def has(self, name, chance=1.0):
        return name in self.constructs and self.random.random() < chance

    def _units(self):
        found, pick = super()._units(), self.random
        if self.has("small", 0.8):
            self._small_ones(found)
        self.stocks = self.has("stock", 0.5)
        if self.stocks:
            found += [dict(self._unit(f"{one['id']}s{n}", "trust", one["id"]),
                           **life)
                      for one in list(found) if one["kind"] == "region"
                      for n, life in enumerate(pick.choice(HEIRS))]
        for one in found:
            years = [year for year in ("2019", "2022", "2023", "2024")
                     if year == "2019" or pick.random() < 0.5]
            if one["id"] == "r0" and self.has("said", 0.2):
                one["org"] = 991324968
            one["population"] = {year: pick.choice(PEOPLE)
                                 for year in years}
            if one["kind"] == "region" or "from" in one or "to" in one:
                continue
            if self.has("alive", 0.2):
                one[pick.choice(("from", "to"))] = pick.choice(DAYS)
            elif self.stocks and one["kind"] == "hospital":
                one.update(pick.choice(HEIRS)[0])
        return found

    # stocks, where units end and begin -------------------------------

    def _measures(self):
        if not self.stocks:
            return list(KINDS if self.has("measures") else COMMON)
        return ["points", "nok", "days"] + (["percent"] * 2 if self.tiny
                                            else [])

    def _frequencies(self):
        return ("M", "M", "M", "M", "Q", "Q", "A_3", "S", "A", "W", "D") \
            if self.stocks else super()._frequencies()

    def _indicator(self, number):
        found = super()._indicator(number)
        self._make_small(found)
        self._make_stock(found)
        if "dimension" in found and self.has("crossed", 0.3):
            found["dimension"].update(id="dim.kind", members={
                f"{one}.{kind}": f"{name}, {kind}" for one, name in
                found["dimension"]["members"].items() for kind in "xy"})
        if self.has("ahead", 0.2):
            found["ahead"] = True
        if self.has("retired", 0.15):
            found.update(self.random.choice(SPANS))
        if self.has("said", 0.3):
            self._say_more(found)
        return found

    def _say_more(self, found):
        """What may be said of it, and judges nothing or little."""
        found.update(better="none", decimals=6, source="S", note="N")
        if found["measure"] == "percent":
            found["part"] = False
            del found["max"]

    def _years_pushed(self, name):
        tree, = (one for one in self.indicators if one["id"] == name)
        every = YEARS_PUSHED + (2025,) * 4 * ("ahead" in tree)
        return [year for year in every
                if tree.get("from", year) <= year <= tree.get("to", year)]

    def _make_stock(self, found):
        if not self.stocks or self.random.random() < 0.2:
            return
        if "min_denominator" in found:
            found["over_periods"] = self.random.choice(("last", "ratio"))
            return
        found["over_periods"] = self.random.choice(("last", "last", "mean"))
        found["by"] = "trust"
        found["over_units"] = "sum"
        if found["measure"] == "days" and found["over_periods"] == "last":
            found["over_units"] = "ratio"
        if "dimension" in found:
            found["dimension"]["total"] = found["over_units"]

    # one that is suppressed beside others that are not ------------------

    def _small_ones(self, units):
        for region in [one for one in units if one["kind"] == "region"]:
            trusts = [one["id"] for one in units
                      if one.get("parent") == region["id"]]
            for number in range(len(trusts), 3):
                trusts.append(f"{region['id']}t{number}")
                units.append(self._unit(trusts[-1], "trust", region["id"]))
            name = self.random.choice(trusts)
            self.tiny |= {name, name + "h0", name + "h1"}

    def _make_small(self, found):
        pick = self.random
        if self.tiny and "ratio" in KINDS[found["measure"]][1] and \
                pick.random() < 0.8:
            found.update(over_periods="ratio", over_units="ratio",
                         min_denominator=pick.choice((4, 10)))
            if pick.random() < 0.15 and "dimension" not in found:
                found["over_units"] = "none"

    def _asked(self):
        small = [one for one in self.indicators if "min_denominator" in one]
        if self.tiny and small and self.random.random() < 0.7:
            return self.random.choice(small)
        return super()._asked()

    def _denominator(self, row):
        if not self.tiny:
            return super()._denominator(row)
        return self.random.choice(
            (1, 1, 1, 2) if row["unit"] in self.tiny else (10, 10, 20, 100))

    # derived indicators ----------------------------------------------

    def _indicators(self):
        found = super()._indicators()
        if self.has("formula", 0.6):
            found.append(self._twin(found[0]))
        for number in range(2):
            if self.has("formula", 0.5):
                one = self._derived(number, found)
                found.append(one)
        return found

    def _twin(self, one):
        """Another like it, that figures come of together with."""
        name, every = one["id"] + "b", one["frequency"]
        if every not in "WD":
            every = self.random.choice((every, every, "M", "Q", "S"))
        self.limits[name] = self.limits[one["id"]]
        self.twins = {one["id"]: name, name: one["id"]}
        return dict(one, id=name, frequency=every)

    def _place(self, speaker):
        """Often the twin of the last one, of the same unit and period."""
        row, last = None, self.placed.get(speaker)
        if last and last["indicator"] in self.twins and \
                self.random.random() < 0.6:
            row = dict(last, indicator=self.twins[last["indicator"]])
            every = self.catalogue.indicators[row["indicator"]].frequency
            if not fits(parse(row["period"]), every):
                row = None
        row = row or super()._place(speaker)
        if row and self.stocks and self._is_away(row) and \
                self.random.random() < 0.85:
            row = None
        self.placed[speaker] = dict(row) if row else None
        return row

    def _is_away(self, row):
        unit, there = self.catalogue.units[row["unit"]], parse(row["period"])
        return there.last < unit.first or unit.last < there.first

    @staticmethod
    def family(indicator):
        return indicator["frequency"] if indicator["frequency"] in "WD" \
            else "M"

    def _derived(self, number, there):
        pick, first = self.random, self.random.choice(there)
        second = pick.choice([
            one for one in there if one["measure"] == first["measure"]
            and self.family(one) == self.family(first)])
        name, a, b = f"d{number}", first["id"], second["id"]
        kind = pick.choice(("over", "sum", "less", "max", "times", "member"))
        formula = {"over": f'"{a}" / "{b}"', "sum": f'"{a}" + "{b}"',
                   "less": f'2 * "{a}" - "{b}"' if
                   not is_percent(first) else f'"{a}" + "{b}"',
                   "max": f'max("{a}", "{b}")',
                   "member": f"({self._named(first)} + "
                             f"{self._named(second)}) / 3",
                   "times": f'"{a}" * 120 %'}[kind]
        found = {"id": name, "title": {"nb": name}, "formula": formula,
                 "measure": "percent" if kind == "over"
                 else first["measure"], "decimals": pick.choice((0, 1, 2)),
                 "frequency": pick.choice(
                     (first["frequency"], second["frequency"]))}
        dims = [one["dimension"] for one in (first, second)
                if "dimension" in one]
        if dims and pick.random() < 0.7:
            found["dimension"] = {"id": dims[0]["id"], "total": "none",
                                  "members": shared_members(dims)}
        base = self.limits[a]
        self.limits[name] = 100 * decimals.MICRO if kind == "over" else base
        return found

    # criteria --------------------------------------------------------

    def _target(self, number):
        pick = self.random
        found = super()._target(number)
        if self.has("aim", 0.4):
            self._aim(found)
        if self.stocks and found["scope"] == ["trust"]:
            found["scope"] = ["region"]
        if self.stocks and "year" in found and pick.random() < 0.7 and \
                "path" not in str(found):
            found["year"] = 2024        # when most of HEIRS end and begin
        if self.tiny and pick.random() < 0.8 and not is_below(found):
            found["scope"] = ["region", "trust"]
            if number % 2 and any(one["kind"] == "hospital"
                                  for one in self.units):
                found["scope"].append("hospital")
        if self.has("displayed", 0.2):
            found["compare"] = "displayed"
        if self.has("recent", 0.3):
            found["forecast"] = f"recent({pick.choice((1, 2, 3, 3, 7))})"
        if self.has("seasonal", 0.2):
            found["forecast"] = "seasonal"
        self._otherwise(found)
        return found

    def _aim(self, target):
        one = self._of_target(target)
        target["aim"] = [
            self._criterion(target, one, self.limits[one["id"]])[0]
            for _ in range(self.random.choice((1, 1, 2)))]

    def _of_target(self, target):
        one, = (one for one in self.indicators
                if one["id"] == target["indicator"])
        return one

    def _otherwise(self, found):
        """The same said in another way, or of other years and units."""
        pick = self.random
        if self._of_target(found).get("ahead") and "year" in found and \
                "path" not in str(found) and pick.random() < 0.3:
            found["year"] = 2025
        if self.has("state", 0.08):
            found["state"] = pick.choice(STATES)
            unjudged(found)
        elif self.has("unnamed", 0.15):
            name_all(found)
        if self.has("ids", 0.15):
            units = [one["id"] for one in self.units
                     if one["kind"] in found["scope"]]
            found["scope"] = pick.sample(units, pick.randint(1, len(units)))
        if self.has("said", 0.2):
            found.update(chapter="3.1", note="N")
            found.setdefault("compare", "exact")
            found.setdefault("forecast", "none")

    def _criterion(self, target, indicator, base):
        plain = super()._criterion
        if self.stocks and self.random.random() < 0.6:
            op = self._op()     # of one year alone, as stocks are settled
            return tuple(f"value {op} {text}"
                         for text in self._texts(indicator, base))
        ways = [getattr(self, f"_{name}") for name in
                ("other", "period", "rate", "children", "share", "share", "path",
                 "path", "terms", "terms", "terms", "terms")
                if name in self.constructs]
        if not ways or self.random.random() < 0.3:
            return plain(target, indicator, base)
        made = self.random.choice(ways)(target, indicator, base)
        if made is None:
            return plain(target, indicator, base)
        each = ""
        if "dimension" in indicator and self.random.random() < 0.5 and \
                self._all_members(indicator, made):
            each = f"each {indicator['dimension']['id']}: "
        return each + made[0], each + made[1]

    def _all_members(self, indicator, made):
        """Whether each other series has every member."""
        of = indicator["dimension"]
        return all(
            f'"{one["id"]}"' not in made[0] + made[1]
            or one.get("dimension", {}).get("id") != of["id"]
            or of["members"].keys() <= one["dimension"]["members"].keys()
            for one in self.indicators)

    def _texts(self, indicator, base):
        slack = max(abs(base) // 20, decimals.MICRO)
        if indicator["measure"] == "count":
            slack -= slack % decimals.MICRO
        return (self._literal(indicator, base),
                self._literal(indicator, base - slack))

    def _named(self, one):
        """A series of it by name, perhaps of one member."""
        members = list(one.get("dimension", {}).get("members", ()))
        if members and self.random.random() < 0.6:
            return f'"{one["id"]}/{self.random.choice(members)}"'
        return f'"{one["id"]}"'

    def _op(self):
        return self.random.choice(("<", "<=", ">", ">=", "="))

    def _other(self, target, indicator, base):
        pick, op = self.random, self._op()
        same = [one for one in self.indicators
                if one["measure"] == indicator["measure"]]
        one = pick.choice(same)
        name = self._named(one)
        far = pick.choice(self.indicators)
        lit, loose = self._texts(far, self.limits[far["id"]])
        return pick.choice((
            (f"value {op} {name}", f"2 * value {op} {name}"),
            (f"value {op} value({name}, -1)", f"latest {op} {name}"),
            (f"growth({name}, -1) {op} growth(-1)",
             f"growth({name}, 2022) {op} 3 %"),
            (f"{name} / value {op} 100 %", f"value / {name} {op} 90 %"),
            (f'value("{far["id"]}") {op} {lit}',
             f'latest("{far["id"]}") {op} {loose}'),
            (f"max(value, {name}, latest) {op} value(-1)",
             f"min(value, latest({name})) {op} {name}"),
            (f"value + {name} {op} {name} * 2", f"value {op} ({name} + value)"),
            (f"-({name} + 2 * value) / 3 {op} value(-1)",
             f"abs(-value) {op} {name} * 90 %")))

    # any term, of any series, of any year or period -------------------

    def _terms(self, target, indicator, base):
        sides = [self._side(indicator, name) for name in
                 (self.random.choice(TERMS),) * 2]
        made = [self._beside(indicator, *one) for one in sides]
        if any(word in text for word in OF_CHILDREN for text in made):
            target["scope"] = ["region"]
        return tuple(made)

    def _side(self, indicator, name):
        """(a term of such a kind, the name, of which indicator)."""
        pick, own = self.random, self.random.random() < 0.25
        one = indicator if own else pick.choice([
            one for one in self.indicators
            if one["measure"] == indicator["measure"]])
        if name == "rate" and KINDS[one["measure"]][2] in (" %", " pp"):
            name = "value"
        more = [] if own else [self._named(one)]
        if name == "rate":
            more.append(pick.choice(("1", "1000", "100000")))
        when = [None, "-1", "2022"] + [self._stretch(one)] * self.has("period")
        more.append(pick.choice(when[name == "growth":]))
        more = [text for text in more if text is not None]
        return name + (f"({', '.join(more)})" if more else ""), name, one

    def _beside(self, indicator, term, name, one):
        """A comparison of it with a number, or with a term of its measure."""
        pick, op = self.random, self._op()
        plain = ("value", "latest")
        if name in OF_CHILDREN:
            plain += ("lowest", "highest")
        alike = plain if name not in ("growth", "rate", "spread") else (name,)
        if pick.random() < 0.4:
            return f"{term} {op} {self._side(indicator, pick.choice(alike))[0]}"
        number = {"growth": "3 %", "rate": "1", "spread": self._gap(one)}.get(
            name) or pick.choice(self._texts(one, self.limits[one["id"]]))
        return f"{term} {op} {number}"

    def _gap(self, one):
        return "5 pp" if is_percent(one) else \
            self._literal(one, 5 * decimals.MICRO)

    def _stretch(self, indicator):
        pick, year = self.random, self.random.choice((2022, 2023, 2024))
        every = positions(indicator["frequency"], year)
        if indicator["frequency"] in "WD":
            return pick.choice(every[:6]).name
        one = pick.choice(every)
        if pick.random() < 0.4:
            one = pick.choice((of_months(year, 1, 6), of_months(year, 1, 3),
                               of_months(year, 5, 8), of_months(year, 1, 11),
                               of_months(year, 1, 4)))
        if indicator["frequency"] == "A":
            return f"{year}-01-01/P12M"     # a year alone is not a period
        whole = fits(one, indicator["frequency"])
        return one.name if whole else f"{year}-S1"

    def _period(self, *args):
        """Of the generator: a row's; of a criterion: its pieces."""
        if len(args) == 1:
            return super()._period(*args)
        _, indicator, base = args
        pick, op = self.random, self._op()
        lit, loose = self._texts(indicator, base)
        at, other = self._stretch(indicator), self._stretch(indicator)
        return pick.choice((
            (f"value({at}) {op} {lit}", f"value({at}) {op} {loose}"),
            (f"latest {op} value({at})", f"latest {op} {loose}"),
            (f"value {op} value({at})", f"value({other}) {op} value({at})"),
            (f"growth({at}) {op} 10 %", f"growth({at}) {op} -10 %"),
            (f"value({at}) {op} value({other})", f"value {op} {loose}"),
            (f"value {op} latest({at})", f"value - latest({at}) {op} " + (
                "0 pp" if is_percent(indicator) else "0"))))

    def _rate(self, target, indicator, base):
        pick, op = self.random, self._op()
        if KINDS[indicator["measure"]][2] in (" %", " pp"):
            return None
        many = pick.choice((1, 1000, 100_000))
        return pick.choice((
            (f"rate({many}) {op} {pick.choice((0, 1, 50))}",
             f"rate({many}) {op} {pick.choice((0, 2, 40))}"),
            (f"rate({many}) {op} rate({many}, -1)",
             f"rate({many}) * 2 {op} rate({many}, -1)"),
            (f"rate({many}, 2022) {op} rate({many})",
             f"rate({many}, {self._when(indicator)}) {op} 3")))

    def _when(self, indicator):
        """A period, where periods are said; else a year."""
        return self._stretch(indicator) if self.has("period") else "2022"

    def _children(self, target, indicator, base):
        pick, op = self.random, self._op()
        target["scope"] = ["region"]
        lit, loose = self._texts(indicator, base)
        gap = self._gap(indicator)
        low = pick.choice(("lowest", "highest"))
        at = self._when(indicator)
        return pick.choice((
            (f"{low} {op} {lit}", f"{low} {op} {loose}"),
            (f"spread {op} {gap}", f"spread * 2 {op} {gap}"),
            (f"spread {op} spread(-1)", f"{low} {op} {low}(2022)"),
            (f"highest - lowest {op} {gap}", f"value {op} {low}"),
            (f"value {op} highest", f"lowest({at}) {op} {loose}"),
            (f"spread({at}) {op} spread", f"spread {op} {gap}")))

    def _share(self, target, indicator, base):
        pick, op = self.random, self._op()
        target["scope"] = ["region"]
        lit, loose = self._texts(indicator, base)
        part = pick.choice(("50 %", "100 %", "66.666667 %", "0 %"))
        most = pick.choice((">=", ">", "<", "="))
        inner = pick.choice((
            f"value {op} {lit}", f"value {op} value(-1)",
            f"latest {op} {loose}", f"value {op} limit",
            f"growth(-1) {op} 3 %"))
        second = f"value {op} {loose}"
        if "terms" in self.constructs and pick.random() < 0.7:
            inner, second = (self._beside(indicator, *self._side(
                indicator, pick.choice(OF_ONE))) for _ in range(2))
        if "limit" in inner:
            if "limits" in target:
                return None
            self._limits(target, indicator, lit, loose)
        return (f"share(units: {inner}) {most} {part}",
                f"share(units: {second}) {most} 33 %")

    def _path(self, target, indicator, base):
        pick, op = self.random, self._op()
        lit, loose = self._texts(indicator, base)
        lines = [(f"value {op} path({lit}, 2020, {loose}, 2026)",
                  f"value {op} path({loose}, 2021, {lit}, 2025)"),
                 (f"value {op} path(value(2022), 2020, {lit}, 2026)",
                  f"value {op} path({lit}, 2021, value(2022) * 90 %, 2027)")]
        if indicator["frequency"] == "D" and "year" in target:
            year = target["year"]
            lines += [(
                f"latest {op} path({lit}, {year}-01-02, {loose}, "
                f"{year}-01-05)", f"latest {op} {loose}")] * 4
        return pick.choice(lines)


def is_percent(indicator):
    return KINDS[indicator["measure"]][2] == " %"


def shared_members(dimensions):
    """Of the first one, those that others of the same name have too."""
    first = dimensions[0]
    return {name: text for name, text in first["members"].items()
            if all(name in one["members"] for one in dimensions
                   if one["id"] == first["id"])}


def lines_of(target):
    return [text for key in ("require", "yellow", "aim")
            for text in target.get(key, ())]


def is_below(target):
    """Whether it asks for what only a unit with children has."""
    return any(word in text for word in BELOW for text in lines_of(target))


def unjudged(target):
    """Its criteria taken away; an aim may stay."""
    for name in ("require", "yellow"):
        target.pop(name, None)
    if "limit" not in str(target.get("aim")):
        target.pop("limits", None)


def name_all(target):
    """Its own indicator named in each term instead, where that says the
    same."""
    lines = lines_of(target)
    if "limits" in target or any(
            "path" in text or ("each" in text and '"' in text)
            for text in lines):
        return
    name = f'"{target.pop("indicator")}"'
    for key in ("require", "yellow", "aim"):
        if key in target:
            target[key] = [BARE.sub(lambda found: f"{found[1]}({name}" + (
                ", " if found[0].endswith("(") else ")"), text)
                for text in target[key]]
