"""What the missing periods must come to, each worked by hand."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from oracle.world import COUNT, DAYS, PERCENT, World, one  # noqa: E402


def said(status):
    """(how it must compare, with what, why)"""
    return (status["needed_is"], status["needed"], status.get("needed_why"))


def decided(status):
    _, number, why = said(status)
    return number if number == "impossible" else why


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
            self.assertEqual(said(world.status()), found)

    def test_a_strict_limit_at_the_range_cannot_be_reached(self):
        for op, needed in ((">", "impossible"), (">=", "100")):
            world = World(dict(PERCENT, max=100, frequency="S"),
                          {"require": [f"value {op} 75 %"]})
            world.push(one((50, 100), period="2024-S1"))
            self.assertEqual(world.status()["needed"], needed)

    def test_of_displayed_numbers_it_is_what_is_shown_so(self):
        for require, first, found in (
                ("value < 100 %", 990, ("<", "100", None)),
                ("value < 100 %", 989, ("<", "100.1", "secured")),
                ("value >= 100 %", 994, (">=", "99.6", None)),
                ("value >= 100 %", 989, (">=", "impossible", None)),
                ("value > 99.4 %", 990, (">=", "100", None)),
                ("99.4 % >= value", 990, ("<", "100", None)),
                ("value = 100 %", 990, ("=", "101", None)),
                ("value = 100 %", 989, ("=", "impossible", None))):
            world = World(dict(PERCENT, frequency="S", decimals=0),
                          {"require": [require], "compare": "displayed"})
            world.push(one((first, 1000), period="2024-S1"))
            self.assertEqual(said(world.status()), found, require)

    def test_half_a_unit_is_shown_as_the_farther_from_zero(self):
        for require, found in (("value <= -1 days", ("<=", "2", "secured")),
                               ("value > -1 days", (">", "impossible", None)),
                               ("value < 0 days", ("<=", "2", "secured")),
                               ("value = 0 days", ("=", "impossible", None))):
            world = World(dict(DAYS, frequency="S", decimals=0, min=-9,
                               max=2),
                          {"require": [require], "compare": "displayed"})
            world.push(one(-3, period="2024-S1"))
            self.assertEqual(said(world.status()), found, require)

    def test_one_figure_may_fill_several_periods(self):
        many = dict(DAYS, frequency="Q", over_periods="sum", min=10)
        less = dict(many, max=-10, measure="nok")
        del less["min"]
        for of, require, first, found in (
                (many, "value <= 40 days", 15, None),
                (many, "value >= 35 days", 12, None),
                (many, "value >= 12 days", 12, "secured"),
                (many, "value <= 40 days", 41, "impossible"),
                (less, "value >= -40 nok", -15, None),
                (less, "value <= -35 nok", -12, None)):
            world = World(of, {"require": [require],
                               "forecast": "recent(3)"})
            world.push(one(first, period="2024-Q1"))
            self.assertEqual(decided(world.status()), found, require)

    def test_what_is_counted_cannot_fall(self):
        counts = dict(COUNT, frequency="Q")
        for of, require, found in (
                (counts, "value <= 100", "impossible"),
                (counts, "value >= 100", "secured"),
                (dict(counts, min=-11), "value >= 100", None),
                (dict(counts, measure="nok"), "value >= 100 nok", None)):
            world = World(of, {"require": [require]})
            world.push(one(130, period="2024-Q1"))
            self.assertEqual(decided(world.status()), found, (of, require))

    def test_the_side_that_names_figures_is_the_value(self):
        for require, found in (("30 <= value", ("27", "30", "-3")),
                               ("limit > value", ("27", "20", "-7")),
                               ("value(-1) <= value", ("25", "27", "2")),
                               ("value >= 30", ("27", "30", "-3"))):
            world = World(COUNT, {"require": [require],
                                  "limits": {"a": 20}}
                          if "limit" in require else {"require": [require]})
            world.push(one(25, period="2023-M01"), one(27, period="2024-M01"))
            status = world.status()
            self.assertEqual(tuple(status[name] for name in (
                "value", "limit", "margin")), found, require)

    def test_what_a_value_is_rounded_by_decides_nothing(self):
        for require, part, found in (
                ("value >= 50 %", 100, (">=", "100", None)),
                ("value > 50 %", 200, (">", "0", None)),
                ("value >= 50 %", 200, (">=", "0", "secured"))):
            world = World(dict(PERCENT, frequency="Q"), {"require": [require]})
            world.push(*(one((part, 300), period=f"2024-Q{quarter}")
                         for quarter in (1, 2, 3)))
            self.assertEqual(said(world.status()), found, require)

    def test_it_is_told_of_what(self):
        for of, require, figure, taken in (
                (PERCENT, "value >= 50 %", (1, 2), "together"),
                (PERCENT, "value >= 50 %", 50, "average"),
                (dict(COUNT, over_periods="last"), "value > 9", 1, "last"),
                (COUNT, "value > 9", 1, "average")):
            world = World(dict(of, frequency="Q"), {"require": [require]})
            world.push(one(figure, period="2024-Q1"))
            self.assertEqual(world.status()["needed_of"], taken)

    def test_of_a_last_one_that_is_in_nothing_is_asked(self):
        for quarter, told in ((3, (">=", "50", None)),
                              (4, (None, None, None))):
            world = World(dict(COUNT, over_periods="last", frequency="Q"),
                          {"require": ["value >= 50"]})
            world.push(one(10, period="2024-Q1"),
                       one(20, period=f"2024-Q{quarter}"))
            status = world.status()
            self.assertEqual((status.get("needed_is"), status.get("needed"),
                              status.get("needed_why")), told)

    def test_where_the_units_hold_other_periods_there_is_no_answer(self):
        world = World(COUNT, {"require": ["value > 9"], "scope": ["region"]})
        world.push(one(1, period="2024-M01"))
        self.assertEqual(world.status("r")["needed_of"], "average")
        world.push(one(1, period="2024-M02", unit="b"))
        self.assertEqual(world.status("r")["needed_why"], "unlike")
        self.assertNotIn("needed", world.status("r"))


if __name__ == "__main__":
    unittest.main()
