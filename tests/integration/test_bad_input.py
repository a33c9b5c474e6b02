"""Bad input that no other file has (59, 99), and that each number is named
by a test at all."""
import re
import shutil
import time
import unittest

import house
import judged
from ingesting import TARGETS, UNITS, WAITS
from test_ingest import table

# what concerns mail, webhooks (79 to 89) and the monitor (102) is not built
NUMBERS = [n for n in [*range(1, 79), *range(90, 111)] if n != 102]
# by a test's own name, not by a word about one; of a C function that is not
# registered the compiler warns
NAMED = {".c": re.compile(r"\b\w*bad_input_(\d+(?:_(?:and|to)_\d+)*)"
                          r"\w*\(void \*\*state\)"),
         ".py": re.compile(r"def test_\w*bad_input_(\d+(?:_(?:and|to)_\d+)*)")}


def numbers(path):
    """Those that the names of a file's tests hold."""
    found = set()
    for run in NAMED[path.suffix].findall(path.read_text(encoding="utf-8")):
        bounds = [int(n) for n in re.findall(r"\d+", run)]
        found |= set(range(bounds[0], bounds[-1] + 1) if "_to_" in run
                     else bounds)
    return found


class Index(unittest.TestCase):
    def test_every_number_is_named_by_a_test(self):
        named = set()
        for folder in ("unit", "property", "fault", "integration"):
            for path in (house.ROOT / "tests" / folder).rglob("test_*.*"):
                if path.suffix in NAMED:
                    named |= numbers(path)
        self.assertEqual([n for n in NUMBERS if n not in named], [])


class BesideTheLimit(unittest.TestCase):
    def test_bad_input_59_on_the_limit_and_a_millionth_beside_it(self):
        with house.House() as h:
            h.start("ingest", "evaluator")
            h.catalogue(UNITS, WAITS, TARGETS)
            ahus, asker = h.producer("ahus"), h.control("evaluator")
            for number, (value, status) in enumerate((
                    (49.999999, "green"), (50, "red"), (50.000001, "red"),
                    (49.999999, "green"), (50.0, "red")), 1):
                answer = ahus.deliver_for_good(table(number, value))
                self.assertEqual(answer["result"], "accepted")
                judged.follow(asker, answer["seq"])
                row = asker.ask("status", target="t1", unit="ahus",
                                year=2024)[0]
                self.assertEqual(row["status"], status, value)


class AnOlderJournal(unittest.TestCase):
    def test_bad_input_99_a_journal_behind_the_evaluator_is_not_followed(
            self):
        with house.House() as h:
            h.start("ingest", "evaluator")
            h.catalogue(UNITS, WAITS, TARGETS)
            h.stop("ingest")
            shutil.copytree(h.path / "ingest", h.path / "older")
            h.start("ingest")
            seq = h.producer("ahus").deliver_for_good(table(1))["seq"]
            asker = h.control("evaluator")
            judged.follow(asker, seq)
            h.stop("ingest")             # no day passes any more
            seq = asker.ask("state")[0]["seq"]
            shutil.rmtree(h.path / "ingest")
            shutil.move(h.path / "older", h.path / "ingest")
            h.start("ingest")
            until = time.monotonic() + 90
            while "diverged" not in str(asker.ask("health")):
                self.assertLess(time.monotonic(), until)
                time.sleep(0.02)
            # other figures in the same places change nothing there
            h.producer("ahus").deliver_for_good(table(2, 10.5))
            h.producer("ahus").deliver_for_good(table(3, 10.5))
            self.assertEqual(asker.ask("state")[0]["seq"], seq)
            self.assertEqual(asker.ask("status", target="t1", unit="ahus",
                                       year=2024)[0]["status"], "red")


if __name__ == "__main__":
    unittest.main()
