"""What the missing periods must come to, each worked by hand."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from oracle.world import PERCENT, World, one  # noqa: E402


def needed(status):
    """(how it must compare, with what, why)"""
    return (status["needed_is"], status["needed"], status.get("needed_why"))


class Needed(unittest.TestCase):
    def test_needed_is_impossible_beyond_the_range(self):
        world = World(dict(PERCENT, max=100), {"require": ["value > 90 %"]})
        world.push(one((10, 100)))
        self.assertEqual(world.status()["needed"], "impossible")

    def test_needed_of_a_part_is_of_none_to_all_of_its_whole(self):
        for pair, found in (((10, 100), (">=", "impossible", None)),
                            ((70, 100), (">=", "90", None)),
                            ((160, 100), (">=", "0", "secured"))):
            world = World(dict(PERCENT, frequency="S"),
                          {"require": ["80 % <= value"]})
            world.push(one(pair, period="2024-S1"))
            self.assertEqual(needed(world.status()), found)

    def test_a_strict_limit_at_the_range_cannot_be_reached(self):
        for op, needed in ((">", "impossible"), (">=", "100")):
            world = World(dict(PERCENT, max=100, frequency="S"),
                          {"require": [f"value {op} 75 %"]})
            world.push(one((50, 100), period="2024-S1"))
            self.assertEqual(world.status()["needed"], needed)


if __name__ == "__main__":
    unittest.main()
