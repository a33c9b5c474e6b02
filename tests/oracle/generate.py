"""Random catalogues and what trusts push under them, from a seed alone.

    case = Case(seed)
    case.files          # name -> YAML text
    case.steps          # {"do": "clock", "day"} and {"do": "delivery" or
                        #  "withdrawal", "key_unit", "received_ms",
                        #  "producer", "number", "fields", "rows",
                        #  "repeat": True of a duplicate}
    case.records()      # the journal these make

Every step is one that ingest accepts. Values sit on the limits and a
millionth beside them far more often than chance would have it.
"""
import datetime
import json
import random

from oracle import decimals, period
from oracle.catalogue import Catalogue
from oracle.period import of_months, positions

# measure: over_periods, over_units, unit word, limits in millionths
KINDS = {
    "percent": (("ratio", "ratio", "mean"), ("ratio", "none"), " %"),
    "days": (("mean", "ratio", "last"), ("ratio", "none"), " days"),
    "count": (("sum",), ("sum", "none"), ""),
    "nok": (("sum", "last"), ("sum",), " nok"),
    "points": (("last", "mean"), ("none", "sum"), " points"),
    "ddd_per_100_bed_days": (("ratio",), ("ratio",),
                             " ddd_per_100_bed_days"),
    "pp": (("mean", "last"), ("sum", "none"), " pp"),
    "percent_change": (("mean", "ratio", "last"), ("ratio", "none"), " %"),
}
COMMON = tuple(KINDS)[:6]
FREQUENCIES = ("A_3", "A_3", "M", "M", "Q", "S", "A", "W", "D")
OPERATORS = ("<", "<=", ">", ">=", "=")
COLUMNS = ("indicator", "member", "unit", "period", "value", "numerator",
           "denominator", "flag", "time")
YEARS_PUSHED = (2021, 2022) + (2023,) * 5 + (2024,) * 6
FAR = 9 * 10 ** 12      # twice this is beyond 128 bits
DENOMINATORS = (1, 2, 3, 4, 5, 7, 10, 100, 1000)


def milliseconds(day, at=43_200):
    epoch = datetime.date(1970, 1, 1)
    return ((day - epoch).days * 86_400 + at) * 1000


def plain_number(micro):
    """What goes on the wire: a whole number, or a short float."""
    if micro % decimals.MICRO == 0:
        return micro // decimals.MICRO
    return micro / decimals.MICRO


def flow(entries):
    return "".join(f"  - {json.dumps(one)}\n" for one in entries)


class Case:
    ROWS = (1, 1, 3, 10, 40)        # of a delivery
    LEAPS = (1, 5, 40)              # days that pass

    def __init__(self, seed, deliveries=40):
        self.random = random.Random(f"maalvakt-{seed}")
        self.limits = {}
        self.units = self._units()
        self.indicators = self._indicators()
        self.targets = [self._target(n)
                        for n in range(self.random.randint(2, 6))]
        self.commissions = self._commissions()
        self.files = {
            "units.yaml": "units:\n" + flow(self.units),
            "indicators.yaml": "indicators:\n" + flow(self.indicators),
            "targets.yaml": "targets:\n" + flow(self.targets),
            "commissions.yaml": "commissions:" + (
                "\n" + flow(self.commissions) if self.commissions
                else " []\n")}
        self.catalogue = Catalogue(self.files)
        self.day = datetime.date(2024, 6, 1)
        self.quiet = self._quiet()
        self.numbers, self.sent, self.steps = {}, [], []
        self._clock()
        self._deliveries(deliveries)

    # the catalogue ---------------------------------------------------

    @staticmethod
    def _commissions():
        return []

    def _units(self):
        found = []
        for at in range(self.random.choice((1, 1, 2))):
            region = f"r{at}"
            found.append(self._unit(region, "region"))
            for n in range(self.random.randint(1, 4)):
                trust = f"{region}t{n}"
                found.append(self._unit(trust, "trust", region))
                if self.random.random() < 0.3:
                    found += [self._unit(f"{trust}h{k}", "hospital", trust)
                              for k in range(2)]
        return found

    def _indicators(self):
        return [self._indicator(n)
                for n in range(self.random.randint(1, 4))]

    @staticmethod
    def _measures():
        return list(COMMON)

    @staticmethod
    def _frequencies():
        return FREQUENCIES

    @staticmethod
    def _unit(name, kind, parent=None):
        found = {"id": name, "name": f"Unit {name}", "kind": kind}
        if parent:
            found["parent"] = parent
        return found

    def _indicator(self, number):
        pick = self.random
        name, measure = f"i{number}", pick.choice(self._measures())
        periods, units, _ = KINDS[measure]
        found = {
            "id": name, "title": {"nb": name, "en": name},
            "measure": measure, "frequency": pick.choice(self._frequencies()),
            "better": pick.choice(("higher", "lower")),
            "over_periods": pick.choice(periods),
            "over_units": pick.choice(units),
            "by": pick.choice(("trust", "trust", "region"))}
        if found["over_units"] == "ratio" and \
                found["over_periods"] not in ("ratio", "last"):
            found["over_periods"] = "ratio"
        if pick.random() < 0.5:
            members = {f"m{k}": f"Member {k}"
                       for k in range(pick.choice((2, 2, 3)))}
            total = "none"
            if found["over_units"] != "none":
                total = pick.choice(("none", found["over_units"]))
            found["dimension"] = {"id": "dim", "members": members,
                                  "total": total}
        self._edges(found)
        return found

    def _edges(self, found):
        """Due dates, ranges and the numbers to sit on."""
        pick, measure = self.random, found["measure"]
        if pick.random() < 0.8:
            found["due"] = pick.choice(("0 d", "20 d", "45 d", "1 August"))
        if measure == "count":
            found.update(min=0, whole=True)
        elif measure == "percent":
            found.update(min=0, max=100)
        if pick.random() < 0.3 and measure != "count":
            found["min_denominator"] = 5
        if pick.random() < 0.2:
            found["except"] = [pick.choice(
                [u["id"] for u in self.units if u["kind"] != "region"])]
        found["decimals"] = pick.choice((0, 1, 2))
        whole = pick.choice((1, 10, 50, 70, 80))
        part = 0 if measure == "count" else pick.choice((0, 0, 500_000))
        sign = pick.choice((1, 1, -1)) if measure == "nok" else 1
        self.limits[found["id"]] = sign * (whole * decimals.MICRO + part)

    def _literal(self, indicator, micro, unit=None):
        word = KINDS[indicator["measure"]][2] if unit is None else unit
        return decimals.text(micro * 10 ** 6) + word

    def _asked(self):
        """Of what a target is."""
        return self.random.choice(self.indicators)

    def _target(self, number):
        pick = self.random
        indicator = self._asked()
        base = self.limits[indicator["id"]]
        found = {"id": f"t{number}", "text": {"nb": f"Target {number}"},
                 "indicator": indicator["id"], "scope": pick.choice(
                     (["region"], ["trust"], ["region", "trust"])),
                 "combine": pick.choice(("part", "whole"))}
        if pick.random() < 0.2:
            found["years"] = "2022-2024"
        else:
            found["year"] = pick.choice((2022, 2023, 2024, 2024, 2024))
        require, yellow = [], []
        for _ in range(pick.choice((1, 1, 1, 2))):
            one = self._criterion(found, indicator, base)
            require.append(one[0])
            yellow.append(one[1])
        found["require"] = require
        if pick.random() < 0.6:
            found["yellow"] = yellow
        return found

    def _criterion(self, target, indicator, base):
        pick, op = self.random, self.random.choice(OPERATORS)
        unit = KINDS[indicator["measure"]][2]
        lit = self._literal(indicator, base)
        slack = max(abs(base) // 20, decimals.MICRO)
        if indicator["measure"] == "count":
            slack -= slack % decimals.MICRO
        easier = base - slack if op in (">", ">=") else base + slack
        loose = self._literal(indicator, easier)
        gap = self._literal(indicator, slack,
                            " pp" if unit == " %" else unit)
        pairs = (
            (f"value {op} {lit}", f"value {op} {loose}"),
            (f"{lit} {flip(op)} value", f"{loose} {flip(op)} value"),
            (f"latest {op} {lit}", f"latest {op} {loose}"),
            (f"value {op} value(-1)", f"value {op} value(-1) * 95 %"),
            (f"value {op} value(2022)", f"2 * value {op} value(2022)"),
            (f"latest {op} latest(-1)", f"latest {op} {loose}"),
            (f"growth(-1) {op} 10 %", f"growth(-1) {op} -10 %"),
            (f"value - value(-1) {op} {gap}",
             f"value - value(-1) {op} -{gap}"),
            (f"value / value(-1) {op} 110 %",
             f"value / value(-1) {op} 100 %"),
            (f"max(value, latest) {op} {lit}",
             f"min(value, latest) {op} {loose}"),
            (f"abs(value - value(-1)) {op} {gap}",
             f"abs(latest - value) {op} {gap}"),
            (f"value / 3 {op} {lit}", f"(value + value) / 3 {op} {loose}"),
            (f"value * {FAR} * {FAR} {op} {lit}", f"latest {op} {lit}"),
            (f"value {op} limit", f"value * 3 {op} limit"))
        one = pick.choice(pairs[:3] * 5 + pairs[:4] * 2 + pairs)
        if "limit" in one[0]:
            self._limits(target, indicator, lit, loose)
        each = ""
        if "dimension" in indicator and pick.random() < 0.6:
            each = f"each {indicator['dimension']['id']}: "
        return each + one[0], each + one[1]

    def _limits(self, target, indicator, lit, loose):
        members = list(indicator.get("dimension", {}).get("members", ()))
        names = members + [u["id"] for u in self.units]
        table = {name: self.random.choice((lit, loose)) for name in names
                 if self.random.random() < 0.7}
        if members and self.random.random() < 0.5:
            table[self.units[0]["id"]] = {members[0]: loose}
        target["limits"] = table or {names[0]: lit}

    def _quiet(self):
        """Where no number is pushed: years of a unit, by (indicator, unit,
        year), and periods of all units, by (indicator, period)."""
        pick, found = self.random, set()
        for one in self.indicators:
            if "by" not in one:
                continue            # derived
            for year in (2022, 2023):
                found |= {(one["id"], unit["id"], year)
                          for unit in self.units if pick.random() < 0.15}
            for year in (2022, 2023, 2024):
                every = positions(one["frequency"], year)[:6]
                found |= {(one["id"], stretch.name)
                          for stretch in every if pick.random() < 0.1}
        return found

    # what is pushed --------------------------------------------------

    def _clock(self):
        self.steps.append({"do": "clock", "day": self.day.isoformat(),
                           "received_ms": milliseconds(self.day, 0)})

    def _deliveries(self, count):
        for _ in range(count):
            chance = self.random.random()
            if chance < 0.15:
                for _ in range(self.random.choice(self.LEAPS)):
                    self.day += datetime.timedelta(days=1)
                    self._clock()
            if chance > 0.92 and self.sent:
                again = dict(self.random.choice(self.sent), repeat=True)
                self.steps.append(again)
                continue
            step = self._step()
            if step:
                self.sent.append(step)
                self.steps.append(step)

    def _step(self):
        pick = self.random
        kind = "withdrawal" if pick.random() < 0.08 else "delivery"
        keys = [u["id"] for u in self.units
                if u["kind"] in ("trust", "region")]
        speaker = pick.choice(keys)
        rows, seen = [], set()
        for _ in range(pick.choice(self.ROWS)):
            row = self._row(speaker, kind)
            if row is None:
                continue
            key = (row["indicator"], row["unit"], row["member"],
                   period.parse(row["period"]))
            if key not in seen:
                seen.add(key)
                rows.append(row)
        if not rows:
            return None
        number = self.numbers.get(speaker, 0) + 1
        self.numbers[speaker] = number
        fields = [name for name in COLUMNS
                  if any(row.get(name) is not None for row in rows)]
        pick.shuffle(fields)
        return {"do": kind, "key_unit": speaker, "producer": "gen",
                "number": number, "fields": fields,
                "received_ms": milliseconds(self.day),
                "rows": [[row.get(f) for f in fields] for row in rows]}

    def _row(self, speaker, kind):
        row = self._place(speaker)
        if row is None:
            return None
        if self.random.random() < 0.3:
            row["time"] = milliseconds(self.day) - self.random.choice(
                (0, 0, 1000, 86_400_000, 864_000_000, -3_600_000))
        if kind == "delivery" and not self._hush(row):
            self._cells(row, self.catalogue.indicators[row["indicator"]])
        return row

    def _place(self, speaker):
        """A row without numbers."""
        pick = self.random
        by = self.catalogue.units[speaker].kind
        allowed = [one for one in self.indicators if one.get("by") == by]
        if not allowed:
            return None
        tree = pick.choice(allowed)
        indicator = self.catalogue.indicators[tree["id"]]
        units = [u for u in self.catalogue.units
                 if speaker in self.catalogue.lineage(u)]
        member = None
        if indicator.members and pick.random() < 0.9:
            member = pick.choice(indicator.members)
        stretch = self._period(indicator)
        row = dict.fromkeys(COLUMNS)
        row.update(indicator=indicator.id, member=member,
                   unit=pick.choice(units), period=stretch)
        return row if stretch is not None else None

    def _hush(self, row):
        """Of a quiet year or period: M, or Q. Whether it is."""
        pick, name = self.random, row["indicator"]
        year = period.parse(row["period"]).year
        if (name, row["unit"], year) in self.quiet:
            row["flag"] = "M"
            if pick.random() < 0.8:
                row["period"] = of_months(year, 1, 12).name
            return True
        if (name, row["period"]) in self.quiet:
            row["flag"] = pick.choice("MMMQ")
            return True
        return False

    @staticmethod
    def _years_pushed(_):
        return YEARS_PUSHED

    def _period(self, indicator):
        pick = self.random
        year = pick.choice(self._years_pushed(indicator.id))
        every = positions(indicator.frequency, year)
        if indicator.frequency in "WD":
            every = every[:6]
        one = pick.choice(every)
        if indicator.frequency not in "WD" and pick.random() < 0.12:
            months = pick.choice((6, 8, 11, 12))
            start = pick.choice((1, 1, 13 - months))
            one = of_months(year, start, months)
            if not period.fits(one, indicator.frequency):
                return None
        if one.last >= self.day and not indicator.ahead:
            return None
        return one.name

    def _cells(self, row, indicator):
        pick = self.random
        if pick.random() < 0.07:
            row["flag"] = pick.choice("OMLQ")
            return
        row["flag"] = pick.choice(("A",) * 9 + ("P", "E", "B", None))
        ratio = "ratio" in (indicator.over_periods, indicator.over_units)
        if ratio and pick.random() < 0.94:
            self._pair(row, indicator)
        else:
            row["value"] = self._value(indicator)

    def _value(self, indicator):
        pick, base = self.random, self.limits[indicator.id]
        step = decimals.MICRO if indicator.whole else 1
        if indicator.over_periods == "sum":
            base //= pick.choice((1, 1, 2, 3))
        micro = pick.choice((
            base, base, base + step, base - step, base * 11 // 10, 0,
            base + pick.randint(-20, 20) * decimals.MICRO))
        micro -= micro % step
        if indicator.min is not None or indicator.measure == "days":
            micro = max(micro, 0)       # ingest knows that days are not less
        if indicator.max is not None:
            micro = min(micro, 100 * decimals.MICRO)
        return plain_number(micro)

    def _pair(self, row, indicator):
        pick = self.random
        base = self.limits[indicator.id]
        den = self._denominator(row)
        if pick.random() < 0.06:
            row.update(numerator=0, denominator=0)
            return
        exact = base * den // indicator.factor
        num = max(0, exact + pick.choice((0, 0, 0, 1, -1, 1_000_000,
                                          -1_000_000, exact // 10)))
        if indicator.part:
            num = min(num, den * decimals.MICRO)
        row.update(numerator=plain_number(num), denominator=den)

    def _denominator(self, row):
        return self.random.choice(DENOMINATORS)

    # the journal it makes --------------------------------------------

    def records(self, files_inside=False):
        content = {"files": self.files} if files_inside else {}
        made = [self.steps[0],
                {"do": "catalogue", "content": content,
                 "received_ms": self.steps[0]["received_ms"] + 1}]
        made += [step for step in self.steps[1:]
                 if not step.get("repeat")]
        return [record(seq, step) for seq, step in enumerate(made, 1)]


def flip(op):
    return op.translate(str.maketrans("<>", "><"))


def record(seq, step):
    content = step.get("content")
    if content is None:
        content = {name: step[name] for name in
                   ("day", "producer", "number", "fields", "rows")
                   if name in step}
    return {"seq": seq, "received_ms": step["received_ms"],
            "kind": step["do"], "key_unit": step.get("key_unit"),
            "content": content}
