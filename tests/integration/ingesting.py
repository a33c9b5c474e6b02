"""One ingest under a small catalogue, and what its tests share.

    class Some(ingesting.Case):
        settings = {"rows_per_second": 10}
        def test_...(self): self.ahus.deliver(ingesting.table(1))

The house, the service and the catalogue stand once for a class: a test takes
numbers of its own from self.number().
"""
import itertools
import os
import time
import unittest

import msgpack

import house
import mvclient

UNITS = """units:
  - {id: hso, name: Region, kind: region}
  - {id: ahus, name: A, kind: trust, parent: hso}
  - {id: ous, name: O, kind: trust, parent: hso}
"""
WAITS = """indicators:
  - {id: wait, title: Wait, measure: days, frequency: M, better: lower,
     over_periods: mean, over_units: none, by: trust, due: 45 d}
"""
INDICATORS = WAITS + """\
  - {id: beds, title: Beds, measure: count, frequency: M, better: higher,
     over_periods: sum, over_units: sum, by: trust, due: 45 d, whole: true}
  - id: letters
    title: Letters
    measure: percent
    frequency: A_3
    better: higher
    dimension: {id: service, members: {som: S, vop: V}, total: none}
    over_periods: ratio
    over_units: ratio
    by: trust
    due: 45 d
    part: true
    min_denominator: 5
    min: 0
    max: 100
    decimals: 1
  - {id: result, title: Result, measure: nok, frequency: A, better: higher,
     over_periods: sum, over_units: sum, by: trust, due: 45 d}
  - {id: budget, title: Budget, measure: nok, frequency: A, better: higher,
     over_periods: sum, over_units: sum, by: trust, due: 45 d, ahead: true}
  - {id: old, title: Old, measure: count, frequency: A, better: higher,
     over_periods: sum, over_units: sum, by: trust, due: 45 d, to: 2022}
  - {id: national, title: National, measure: days, frequency: A,
     better: lower, over_periods: mean, over_units: none, by: region,
     due: 45 d}
  - {id: weekly, title: Weekly, measure: count, frequency: W, better: higher,
     over_periods: sum, over_units: sum, by: trust, due: 45 d}
  - id: daily
    title: Daily
    measure: count
    frequency: D
    better: higher
    dimension: {id: form, members: {%s}, total: sum}
    over_periods: sum
    over_units: sum
    by: trust
    due: 45 d
""" % ", ".join("f%02d: F%02d" % (i, i) for i in range(30))
TARGETS = """targets:
  - {id: t1, year: 2024, text: T, indicator: wait, scope: [trust],
     require: [value < 50 days]}
"""
MARK = "@here@"     # stands where raw bytes are spliced in


def row(**columns):
    """A good row of `wait`, but for the columns given; ... leaves one out."""
    r = {"indicator": "wait", "unit": "ahus", "period": "2024-M01",
         "value": 60.5}
    r.update(columns)
    return {k: v for k, v in r.items() if v is not ...}


def wait(value, month=1, unit="ahus", year=2024):
    return row(value=value, unit=unit, period=f"{year}-M{month:02d}")


def table(number, *rows, producer="m", kind="delivery", **columns):
    return mvclient.delivery(producer, number, list(rows) or [row(**columns)],
                             kind=kind)


def packed(message):
    return msgpack.packb(message, use_bin_type=True)


def spliced(message, raw):
    """The packed message with `raw` where MARK stands."""
    whole, mark = packed(message), packed(MARK)
    assert whole.count(mark) == 1, "one mark"
    return whole.replace(mark, raw)


def codes(answer):
    return [c["code"] for c in answer.get("conflicts", [])]


def own_kib(pid):
    """What it has in memory that no file backs: how much of a store it has
    read depends on what else was asked of it."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
    raise AssertionError("no RssAnon")


def least(measure, below, tries=3):
    """The least of a few, up to the first below that: whatever else goes on
    makes one of them large, what is wrong makes each."""
    found = []
    while not found or found[-1] >= below and len(found) < tries:
        found.append(measure())
    return min(found)


def seconds(act):
    began = time.monotonic()
    act()
    return time.monotonic() - began


class Case(unittest.TestCase):
    """A class of tests on one ingest."""
    settings = {}
    units = ("ahus", "ous")

    @classmethod
    def setUpClass(cls):
        cls.house = house.House({"ingest": cls.settings}, units=cls.units)
        cls.addClassCleanup(cls.house.__exit__)
        cls.numbers = itertools.count(1)
        cls.house.start("ingest", environment=cls.environment())
        answer = cls.house.catalogue(UNITS, INDICATORS, TARGETS)
        assert answer["result"] == "accepted", answer
        cls.ahus = cls.house.producer("ahus")
        cls.ous = cls.house.producer("ous")
        cls.operator = cls.house.control("ingest")

    @classmethod
    def environment(cls):
        return {}

    def number(self):
        return next(type(self).numbers)

    def pid(self):
        return self.house.processes["ingest"].pid

    def counters(self):
        return self.operator.counters()

    def answer_to(self, data, client=None):
        """The next answer after raw bytes."""
        client = client or self.ahus
        client.send_bytes(data)
        return client.receive()

    def expect(self, answer, result, code=None, field=None):
        """Exactly this result; `code` among the conflicts, with its field."""
        self.assertEqual(answer["result"], result, answer)
        if code is None:
            self.assertNotIn("conflicts", answer)
            return
        self.assertIn(code, codes(answer), answer)
        if field is not None:
            self.assertIn((code, field), [(c["code"], c.get("field"))
                                          for c in answer["conflicts"]])

    def journal(self):
        return self.house.journal()

    def head(self):
        return self.operator.ask("head", log="journal")[0]["seq"]


class Stopped(unittest.TestCase):
    """A class of tests on what one ingest left behind: each begins with a
    copy of it."""
    numbers = ()                           # of the deliveries it took

    @classmethod
    def setUpClass(cls):
        cls.house = h = house.House()
        cls.addClassCleanup(h.__exit__)
        cls.data = h.path / "ingest"
        h.start("ingest")
        h.catalogue(UNITS, INDICATORS, TARGETS)
        with h.producer("ahus") as ahus:
            for number in cls.numbers:
                ahus.deliver(table(number))
        cls.records = [r.raw for r in h.journal()]
        assert h.stop("ingest") == 0


def root():
    return os.geteuid() == 0
