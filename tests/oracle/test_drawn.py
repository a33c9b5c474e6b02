"""That random worlds make every construct: what none makes is held against
no service."""
import collections
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from oracle import drawn  # noqa: E402
from oracle.constructs import Whole  # noqa: E402
from oracle.stated import Stated  # noqa: E402

STATED = {"commissions." + key for key in (
    "id", "year", "text", "chapter", "note", "lead", "for", "due", "remind",
    "decides")} | {"targets.decides"}
SAID = {f"a {kind}" for kind in (
    "assessment", "hold", "release", "delivered", "closed", "freeze")}


def used(cases):
    found = collections.Counter()
    for case in cases:
        found.update(drawn.uses(case))
    return found


class Drawn(unittest.TestCase):
    """In the worlds that CI holds against the services or the library."""

    def test_every_construct_is_drawn_in_the_worlds_of_ci(self):
        found = used(Whole(seed) for seed in range(140))
        wanted = drawn.of_language() | drawn.of_words() | (
            drawn.of_manual() - STATED)
        self.assertEqual(wanted - found.keys(), set())

    def test_the_manual_is_read(self):
        self.assertLess(STATED | {"targets.aim", "indicators.ahead",
                                  "units.population", "indicators.whole"},
                        drawn.of_manual())

    def test_every_statement_is_drawn_in_the_first_twelve_worlds(self):
        found = used(Stated(seed) for seed in range(12))
        wanted = STATED | SAID | {"no criteria"} | {
            f"decides: {one}" for one in drawn.WORDS["decides"].split()} | {
            f"state: {one}" for one in drawn.WORDS["state"].split()}
        self.assertEqual(wanted - found.keys(), set())


if __name__ == "__main__":
    unittest.main()
