"""A nation's catalogue: 5,000 indicators x 30 units x 3 years, each row with
its 12 months. The evaluator's memory, how long such a catalogue takes from its
push until it is in force, and what a figure into it costs the evaluator beside
one into a small one."""
import pathlib
import re
import statistics
import time
import unittest

import house
import judged
import mvclient

INDICATORS = house.scale(250, 5000)
SMALL = 10
UNITS, YEARS = 30, (2023, 2024, 2025)   # all of them over
# resident, at its highest; those of the units (deploy/systemd)
MEMORY_MIB = {"evaluator": house.scale(96, 1024) * house.SANITIZED,
              "ingest": house.scale(64, 256) * house.SANITIZED}
IN_FORCE_S = 5.0 * house.SANITIZED
TIMES = 3.0                             # what it costs in a small catalogue
PAIRS = house.scale(40, 200)
PATIENCE_S = 900.0
ROWS = 9600                             # of a delivery

UNITS_YAML = "units:\n  - {id: nation, name: N, kind: region}\n" + "".join(
    f"  - {{id: u{i:02}, name: Trust {i}, kind: trust, parent: nation}}\n"
    for i in range(1, UNITS))


def indicators_yaml(count):
    return "indicators:\n" + "".join(
        f"  - {{id: i{i:04}, title: Indicator {i}, measure: percent, "
        "frequency: M, better: higher, over_periods: ratio, over_units: "
        "ratio, by: trust, due: 45 d}\n" for i in range(count))


def targets_yaml(count, limit):
    return "targets:\n" + "".join(
        f"  - {{id: t{i:04}, years: {YEARS[0]}-{YEARS[-1]}, text: Target {i}, "
        f"indicator: i{i:04}, scope: [region, trust], "
        f"require: [value >= {limit} %]}}\n" for i in range(count))


def row(indicator, unit, year, month, numerator):
    return {"indicator": f"i{indicator:04}", "unit": unit,
            "period": f"{year}-M{month:02}", "numerator": numerator,
            "denominator": 100}


class Installation:
    """Ingest and evaluator under a catalogue of so many indicators."""

    def __init__(self, indicators):
        self.indicators, self.number, self.seq = indicators, 0, 0
        self.units = [f"u{i:02}" for i in range(1, UNITS)]
        self.home = house.House(
            {"ingest": {"quota": "8 GiB", "rows_per_second": 100_000_000},
             "evaluator": {"quota": "8 GiB"}}, units=self.units)
        self.home.start("ingest", "evaluator")
        self.reader = self.home.control("evaluator", timeout_s=120.0)

    def memory_mib(self, name):
        pid = self.home.processes[name].pid
        text = pathlib.Path(f"/proc/{pid}/status").read_text()
        return int(re.search(r"^VmHWM:\s+(\d+) kB", text, re.M)[1]) / 1024

    def catalogue(self, limit):
        """Seconds until it is in force in the evaluator."""
        began = time.monotonic()
        answer = self.home.catalogue(
            UNITS_YAML, indicators_yaml(self.indicators),
            targets_yaml(self.indicators, limit))
        assert answer["result"] == "accepted", answer
        judged.follow(self.reader, answer["seq"], PATIENCE_S)
        return time.monotonic() - began

    def deliver(self, client, rows):
        self.number += 1
        answer = client.deliver_for_good(
            mvclient.delivery("m", self.number, rows))
        assert answer["result"] == "accepted", answer
        self.seq = answer["seq"]

    def fill(self):
        """Every month of every row; how many figures."""
        step, count = ROWS // 12, 0
        for unit in self.units:
            client = self.home.producer(unit, timeout_s=120.0)
            for year in YEARS:
                for at in range(0, self.indicators, step):
                    rows = [row(i, unit, year, m, (i * 7 + m * 3) % 100)
                            for i in range(at, min(at + step, self.indicators))
                            for m in range(1, 13)]
                    self.deliver(client, rows)
                    count += len(rows)
            client.close()
        judged.follow(self.reader, self.seq, PATIENCE_S)
        return count

    def one_figure(self, client, at):
        """Seconds of a processor that the evaluator takes for a figure: what
        else the machine does is not in them."""
        pid = self.home.processes["evaluator"].pid
        before = house.cpu_s(pid)
        self.deliver(client, [row(at * 7 % self.indicators, "u05", 2025, 2,
                                  at % 2 * 90 + 5)])
        judged.follow(self.reader, self.seq, PATIENCE_S)
        return house.cpu_s(pid) - before


class Nation(unittest.TestCase):
    def installation(self, indicators):
        made = Installation(indicators)
        self.addCleanup(made.home.__exit__, None, None, None)
        return made

    def test_a_nation_s_catalogue_is_judged_in_bounded_memory_and_time(self):
        large, small = self.installation(INDICATORS), self.installation(SMALL)
        first = large.catalogue(50)
        changes = large.reader.ask("head", log="changes")[0]["seq"]
        figures = large.fill()
        small.catalogue(50)
        again = large.catalogue(55)
        self.assertGreater(large.reader.ask("head", log="changes")[0]["seq"],
                           changes)
        self.assertEqual(figures,
                         INDICATORS * (UNITS - 1) * len(YEARS) * 12)
        one, other = self.beside(large, small)
        memory = {name: large.memory_mib(name) for name in MEMORY_MIB}
        print(f"{INDICATORS * UNITS * len(YEARS)} rows, {figures} figures; "
              f"in force after {first:.1f} s, with figures {again:.1f} s; "
              f"one figure {one * 1000:.1f} ms, under a small catalogue "
              f"{other * 1000:.1f} ms; at most " + ", ".join(
                  f"{name} {mib:.0f} MiB" for name, mib in memory.items()),
              flush=True)
        for name, mib in memory.items():
            self.assertLess(mib, MEMORY_MIB[name], name)
        self.assertLess(max(first, again), IN_FORCE_S)
        self.assertLess(one, TIMES * other)

    @staticmethod
    def beside(large, small):
        """Medians, the two in turn."""
        clients = [made.home.producer("u05") for made in (large, small)]
        took = [(large.one_figure(clients[0], at),
                 small.one_figure(clients[1], at)) for at in range(PAIRS)]
        return [statistics.median(column) for column in zip(*took)]


if __name__ == "__main__":
    unittest.main()
