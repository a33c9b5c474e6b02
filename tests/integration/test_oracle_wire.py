"""The services beside the second judge, over the wire: a real year, and
random ones. Every status and every change, to the last digit.

    python3 test_oracle_wire.py --seed 69 [--seed 70 ...]    those alone
    python3 test_oracle_wire.py --whole 69 ...    worlds of the whole language
    ... --stated, --large 69 ...    what persons state too; some 500 figures
"""
import csv
import datetime
import multiprocessing
import os
import pathlib
import sys
import time
import unittest

import days
import house
import judged
from oracle import catalogue, constructs, generate, stated

DEMO = house.ROOT / "deploy" / "demo"
YEAR_2024 = house.ROOT / "deploy" / "catalogue" / "helse-sor-ost-2024"
TODAY = datetime.date(2025, 3, 15)
FIRST_SEED = int(os.environ.get("MV_SEED", "0"))
AT_ONCE = house.scale(2, 4)     # installations: some wait for the disk


def number(text):
    """As people write it: 78,5. A whole number stays one."""
    if not text:
        return None
    text = text.replace(",", ".")
    return float(text) if "." in text else int(text)


def cell(name, text):
    if name in ("value", "numerator", "denominator"):
        return number(text)
    return text or None


def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file, delimiter=";")
    return {"v": 1, "type": "delivery", "producer": "demo", "number": 1,
            "fields": head, "rows": [[cell(name, text) for name, text
                                      in zip(head, row)] for row in rows]}


def judged_beside(home):
    """(beside, groups, statuses) of what the house has by now."""
    auditor, reader = home.control("ingest"), home.control("evaluator")
    while True:
        records = list(auditor.read_log("journal"))
        judged.follow(reader, records[-1].seq)
        groups = judged.groups_seen(reader.read_log("changes"))
        statuses = judged.statuses_seen(reader)
        if reader.ask("state")[0]["seq"] == records[-1].seq:
            return judged.Beside(records), groups, statuses


class Real(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        files = sorted((DEMO / "figures").glob("*.csv"))
        shift = judged.day_ms(TODAY) - time.time_ns() // 1_000_000
        cls.home = house.House({"ingest": {"shift_ms": shift}},
                               units=[path.stem for path in files])
        cls.addClassCleanup(cls.home.__exit__)
        cls.home.start("ingest", "evaluator")
        days.Pusher(cls.home, None).catalogue(catalogue.read(YEAR_2024))
        cls.answers = {path.stem: cls.home.producer(path.stem)
                       .deliver_for_good(table(path)) for path in files}
        cls.beside, cls.groups, cls.statuses = judged_beside(cls.home)

    def test_every_unit_s_figures_are_accepted(self):
        for unit, answer in self.answers.items():
            self.assertEqual(answer["result"], "accepted", (unit, answer))
        self.assertEqual(len(self.answers), 13)

    def test_every_status_is_what_the_report_concludes(self):
        with open(DEMO / "expected.csv", encoding="utf-8") as file:
            expected = list(csv.DictReader(file, delimiter=";"))
        self.assertGreater(len(expected), 30)
        for row in expected:
            seen = self.statuses["target", row["target"],
                                 int(row["year"]), row["unit"]]
            said = " ".join(filter(None, (seen["status"],
                                          seen.get("reason"))))
            self.assertEqual(said, row["status"], row)
        self.assertEqual(
            {("target", row["target"], int(row["year"]), row["unit"])
             for row in expected},
            {key for key in self.statuses if key[0] == "target"})

    def test_the_deviations_are_those_of_the_report_s_table(self):
        """Worked out by a formula; printed in thousands, chapter 3.1."""
        printed = {"ahus": 122_669, "ous": 517_920, "sunnaas": -2_334,
                   "sykehusapotekene": -80_534, "vestfold": 60_891,
                   "innlandet": 98_273, "telemark": -14_805,
                   "ostfold": 96_329, "sykehuspartner": 0,
                   "sorlandet": -43_513, "vestre-viken": -65_329,
                   "hso-own": 1_032_587, "hso": 1_722_154}
        reader = self.home.control("evaluator")
        for unit, thousands in printed.items():
            rows = reader.ask("report", unit=unit, year=2024,
                              target="resultat")
            aim, = [row for row in rows if row["what"] == "aim"]
            self.assertEqual(aim.get("value"), str(thousands * 1000), unit)

    def test_every_status_and_change_is_the_second_judge_s(self):
        self.assertIsNone(judged.difference(self.beside, self.groups,
                                            self.statuses))
        self.assertGreater(len(self.groups), 10)


def run_seed(seed):
    return run_case(generate.Case(seed))


def run_whole(seed):
    """A world that uses all of the language."""
    return run_case(constructs.Whole(seed))


def run_large(seed):
    """Some 500 figures of it."""
    return run_case(constructs.Whole(seed, deliveries=100))


def run_stated(seed):
    """The same, with commissions and what persons state."""
    return run_case(stated.Stated(seed))


def run_case(case):
    """None, or how the services and the oracle differ."""
    with days.Days() as clock, house.House(
            units=days.keys_of(case)) as home:
        clock.move(case.steps[0]["received_ms"])
        home.start("ingest", environment=clock.environment)
        try:
            days.push_case(home, clock, case)
        except days.Refusal as refusal:
            return f"ingest: {refusal}"
        home.start("evaluator")
        found = judged.difference(*judged_beside(home))
        reader = home.control("evaluator")
        for what in ("statuses", "changes"):
            for row in judged.paged(reader, "verify", what=what):
                if not row["sound"]:
                    found = found or f"verify {what}: {row['text']}"
        return found


def told(seed, found, how="--seed"):
    return (f"\nseed {seed}: {found}\nrepeat: "
            f"MV_BUILD={house.BUILD} python3 {pathlib.Path(__file__)} "
            f"{how} {seed}")


def run_one(job):
    """None, or what is to be told of it."""
    how, seed = job
    try:
        found = WAYS[how](seed)
    except Exception as problem:     # its services have ended by now
        found = repr(problem)
    return found and told(seed, found, how)


WAYS = {"--seed": run_seed, "--whole": run_whole, "--large": run_large,
        "--stated": run_stated}


class Worlds(unittest.TestCase):
    """Random ones, in an installation each."""

    def alike(self, how, many):
        jobs = [(how, FIRST_SEED + n) for n in range(many)]
        faults = []
        with multiprocessing.Pool(AT_ONCE) as pool:
            for n, fault in enumerate(pool.imap_unordered(run_one, jobs), 1):
                if fault:
                    faults.append(fault)
                if fault or n % 500 == 0:   # hours, at full length
                    print(f"{n} of {many} worlds, {len(faults)} differ",
                          fault or "", file=sys.stderr, flush=True)
        self.assertEqual(faults, [], "\n".join(faults))


class Figures(Worlds):
    def test_what_a_random_installation_says_is_the_second_judge_s(self):
        self.alike("--seed", house.scale(100, 10_000))


class Language(Worlds):
    def test_the_whole_language_is_judged_alike(self):
        self.alike("--whole", house.scale(100, 10_000))


class Large(Worlds):
    """100,000 figures in 200 catalogues, some 500 each."""

    def test_large_worlds_are_judged_alike(self):
        self.alike("--large", house.scale(3, 200))


class Stated(Worlds):
    def test_what_persons_state_is_judged_alike(self):
        self.alike("--stated", house.scale(12, 2000))


class Live(unittest.TestCase):
    def test_statuses_follow_live_while_days_pass(self):
        """The evaluator beside ingest all the time, record by record."""
        for seed in range(5000, 5000 + house.scale(5, 200)):
            found = self.live(generate.Case(seed, deliveries=15))
            self.assertIsNone(found, told(seed, found))
        for seed in range(5000, 5000 + house.scale(3, 100)):
            found = self.live(stated.Stated(seed, deliveries=15))
            self.assertIsNone(found, told(seed, found, "--stated"))

    @staticmethod
    def live(case):
        with days.Days() as clock, house.House(
                units=days.keys_of(case)) as home:
            clock.move(case.steps[0]["received_ms"])
            home.start("ingest", environment=clock.environment)
            home.start("evaluator")
            auditor = home.control("ingest")
            reader = home.control("evaluator")
            pusher, beside = days.Pusher(home, clock), judged.Beside()
            pusher.catalogue(case.files)
            chain, seq = auditor.genesis("journal"), 0
            for step in case.steps[1:]:
                if pusher.push(step) is None:
                    continue            # a day: written with what comes next
                for record in auditor.read_log("journal", seq + 1, chain):
                    beside.feed([record])
                    chain, seq = record.chain, record.seq
                judged.follow(reader, seq)
                seen = judged.groups_seen(reader.read_log("changes"))
                found = judged.difference(beside, seen,
                                          judged.statuses_seen(reader))
                if found:
                    return f"after record {seq}: {found}"
        return None


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in WAYS:
        how = sys.argv[1]
        seeds = [int(a) for a in sys.argv[2:] if a != how]
        sys.exit("\n".join(fault for seed in seeds if (
            fault := run_one((how, seed)))) or None)
    unittest.main()
