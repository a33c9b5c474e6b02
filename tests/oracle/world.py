"""A small catalogue and journal for tests, a line per fact."""
import json

from oracle import Oracle, decimals
from oracle.generate import flow

UNITS = [{"id": "r", "name": "R", "kind": "region"},
         {"id": "a", "name": "A", "kind": "trust", "parent": "r"},
         {"id": "b", "name": "B", "kind": "trust", "parent": "r"}]
PERCENT = {"id": "i", "measure": "percent", "frequency": "A_3",
           "over_periods": "ratio", "over_units": "ratio", "due": "45 d"}
DAYS = {"id": "i", "measure": "days", "frequency": "A_3",
        "over_periods": "mean", "over_units": "none", "due": "45 d"}
COUNT = {"id": "i", "measure": "count", "frequency": "M",
         "over_periods": "sum", "over_units": "sum", "due": "10 d"}
DAY_MS = 86_400_000
JUNE_2024 = 1_717_200_000_000
COLUMNS = ("indicator", "member", "unit", "period", "value", "numerator",
           "denominator", "flag", "time")


def split(members):
    return {"dimension": {"id": "dim", "total": "none",
                          "members": {m: m for m in members}}}


class World:
    def __init__(self, indicator, *targets, units=UNITS, today="2025-03-01",
                 commissions=(), **oracle):
        indicators = indicator if isinstance(indicator, list) else [
            indicator]
        made = [dict({"id": "t", "year": 2024, "scope": ["trust"],
                      "indicator": indicators[0]["id"]}, **target)
                for target in targets]
        made = [{name: value for name, value in one.items()
                 if value is not None} for one in made]
        self.files = {"units.yaml": "units:\n" + flow(units),
                      "indicators.yaml": "indicators:\n" + flow(indicators),
                      "targets.yaml": "targets:\n" + flow(made),
                      "commissions.yaml": "commissions:\n" + (
                          flow(commissions) or "  []\n")}
        self.name = indicators[0]["id"]
        self.seq, self.changes = 0, []
        self.oracle = Oracle(self.files, **oracle)
        if today:
            self.clock(today)
        self.record("catalogue", {})

    def record(self, kind, content):
        self.seq += 1
        self.changes = self.oracle.apply(json.loads(json.dumps(
            {"seq": self.seq, "received_ms": JUNE_2024 + self.seq,
             "kind": kind, "content": content})))
        return self.changes

    def clock(self, day):
        return self.record("clock", {"day": day})

    def push(self, *rows, kind="delivery"):
        """A row: {period, value or pair, ...}; unit a, the indicator."""
        cells = []
        for row in rows:
            row = dict({"indicator": self.name, "unit": "a"}, **row)
            if "pair" in row:
                row["numerator"], row["denominator"] = row["pair"]
            cells.append([row.get(name) for name in COLUMNS])
        return self.record(kind, {"fields": COLUMNS, "rows": cells})

    def withdraw(self, *rows):
        return self.push(*rows, kind="withdrawal")

    def act(self, kind, **content):
        """An assessment, hold, release ...: unit a, target t of 2024."""
        content = dict({"unit": "a", "year": 2024, "comment": "c",
                        "author": "N. N."}, **content)
        if kind == "assessment" and "commission" not in content:
            content.setdefault("target", "t")
        return self.record(kind, content)

    def commission(self, name="c", unit="r", year=2024):
        found = self.oracle.commissions()[name, year, unit]
        return found["reason"] or found["status"]

    def status(self, unit="a", target="t", year=2024):
        return self.oracle.statuses()[target, year, unit]

    def colour(self, *where, **names):
        found = self.status(*where, **names)
        return found["reason"] or found["status"]


def one(value=None, flag=None, period="2024-T1", **more):
    """A row of unit a for the first tertial."""
    row = dict(more, period=period)
    if value is not None:
        row["pair" if isinstance(value, tuple) else "value"] = value
    if flag:
        row["flag"] = flag
    return row


def text(number):
    return decimals.text(number)
