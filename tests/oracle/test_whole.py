"""The whole language, each piece by an example worked by hand."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from oracle.world import (COUNT, DAYS, PERCENT, UNITS, World,  # noqa: E402
                          one, split)

MONTHS = [f"2024-M{n:02d}" for n in range(1, 13)]
PEOPLE = [dict(UNITS[0], population={"2023": 2_000_000}),
          dict(UNITS[1], population={"2024": 500_000, "2020": 400_000}),
          UNITS[2]]


def months(values, year=2024, **more):
    return [dict(more, period=f"{year}-M{n:02d}", value=value)
            for n, value in enumerate(values, 1) if value is not None]


class Names(unittest.TestCase):
    def test_growth_of_one_member_against_another(self):
        world = World(dict(DAYS, measure="nok", **split(("phv", "som"))), {
            "require": ['growth("i/phv", -1) > growth("i/som", -1)']})
        world.push(*(one(value, member=member, period=period)
                     for member, period, value in (
                         ("phv", "2023", 200), ("phv", "2024", 206),
                         ("som", "2023", 100), ("som", "2024", 102))))
        found = world.status()
        self.assertEqual((found["status"], found["value"], found["limit"]),
                         ("green", "3", "2"))

    def test_another_indicator_and_the_member_of_each(self):
        other = dict(DAYS, id="o", **split("xy"))
        world = World([dict(DAYS, **split("xy")), other],
                      {"require": ['each dim: value < "o"']})
        world.push(*(one(value, indicator=name, member=member)
                     for name, member, value in (
                         ("i", "x", 5), ("o", "x", 6), ("i", "y", 5),
                         ("o", "y", 4))))
        self.assertEqual([c["status"] for c in world.status()["criteria"]],
                         ["green", "red"])
        self.assertEqual(world.colour(), "yellow")

    def test_a_figure_of_another_indicator_touches_the_target(self):
        world = World([DAYS, dict(DAYS, id="o")],
                      {"require": ['value < "o"']})
        world.push(one(5))
        self.assertEqual(world.colour(), "overdue")
        change, = world.push(one(6, indicator="o"))
        self.assertEqual((change["status"], change["cause"]["row"]),
                         ("green", 0))


class Periods(unittest.TestCase):
    def test_a_period_is_not_due_until_it_is_in_then_overdue(self):
        world = World(DAYS, {"require": ["value(2024-T2) < 5 days"]},
                      today="2024-10-15")
        self.assertEqual(world.colour(), "not_due")
        world.clock("2024-10-16")
        self.assertEqual(world.colour(), "overdue")
        self.assertEqual(world.status()["overdue"], ["2024-T2"])
        world.push(one(4, period="2024-T2"))
        found = world.status()
        self.assertEqual((found["status"], found["overdue"]), ("green", []))

    def test_a_period_is_made_of_the_shorter_ones_that_fill_it(self):
        world = World(COUNT, {"require": ["value(2024-Q1) = 6"]})
        world.push(*months([1, 2]))
        self.assertEqual(world.colour(), "overdue")
        world.push(*months([1, 2, 3, 100]))
        self.assertEqual(world.status()["value"], "6")

    def test_a_figure_that_is_suppressed_there_says_so(self):
        world = World(COUNT, {"require": ["value(2024-M02) = 6"]})
        world.push(dict(period="2024-M02", flag="Q"), *months([1]))
        self.assertEqual(world.colour(), "suppressed")

    def test_the_last_period_in_against_a_named_one(self):
        world = World(DAYS, {"require": ["latest < value(2023-T3)"]})
        world.push(one(5, period="2023-T3"), one(9), one(4,
                   period="2024-T2"))
        self.assertEqual(world.colour(), "green")

    def test_a_new_series_between_the_two_is_a_break(self):
        world = World(DAYS, {"require": ["latest < value(2023-T3)"]})
        world.push(one(5, period="2023-T3"), one(4, "B"))
        self.assertEqual(world.colour(), "series_break")

    def test_growth_since_a_period(self):
        world = World(DAYS, {"require": ["growth(2023-T3) = -20 %"]})
        world.push(one(5, period="2023-T3"), one(4))
        self.assertEqual(world.colour(), "green")


class Rates(unittest.TestCase):
    def test_per_1000_inhabitants_of_the_year(self):
        world = World(COUNT, {"require": ["rate(1000) = 0.5"]},
                      units=PEOPLE)
        world.push(*months([100, 150]))     # 250 of 500,000
        found = world.status()
        self.assertEqual((found["status"], found["value"]), ("green", "0.5"))
        self.assertNotIn("inhabitants", found["criteria"][0])

    def test_of_the_latest_year_before_and_said_so(self):
        world = World(COUNT, {"require": ["rate(1000) > rate(1000, -1)"]},
                      units=PEOPLE)
        world.push(*months([100]), *months([100], 2023))
        found = world.status()      # 100 of 500,000; of 400,000 (of 2020)
        self.assertEqual((found["value"], found["limit"]), ("0.2", "0.25"))
        self.assertEqual(found["criteria"][0]["inhabitants"], 2020)

    def test_a_unit_without_inhabitants_has_no_rate(self):
        world = World(COUNT, {"require": ["rate(1000) > 1"]}, units=PEOPLE)
        world.push(*months([100], unit="b"))
        self.assertEqual(world.colour("b"), "not_computable")


class Children(unittest.TestCase):
    def region(self, indicator, require, **more):
        return World(indicator, dict(more, require=[require],
                                     scope=["region"]))

    def test_lowest_highest_and_spread(self):
        for require in ("lowest = 4 days", "highest = 9 days",
                        "spread = 5 days", "highest - lowest = spread"):
            world = self.region(DAYS, require)
            world.push(one(4), one(9, unit="b"))
            self.assertEqual(world.colour("r"), "green", require)
        self.assertEqual(world.status("r")["basis"]["units"], 2)

    def test_smaller_spread_than_last_year_child_by_child(self):
        world = self.region(DAYS, "spread < spread(-1)")
        world.push(one(4), one(9, unit="b"), one(3, period="2023-T1"))
        found = world.status("r")
        self.assertEqual(found["value"], "0")       # a alone is in both
        self.assertEqual(found["criteria"][0]["left_out"], ["b"])
        world.push(one(9, unit="b", period="2023-T1"))
        found = world.status("r")
        self.assertEqual((found["value"], found["limit"]), ("5", "6"))

    def test_who_is_excepted_is_not_looked_at(self):
        world = self.region(dict(DAYS, **{"except": ["b"]}),
                            "lowest = 4 days")
        world.push(one(4), one(1, unit="b"))
        self.assertEqual(world.colour("r"), "green")

    def test_the_suppressed_and_the_next_smallest_are_hidden(self):
        units = UNITS + [dict(UNITS[1], id="c")]
        world = World(dict(PERCENT, min_denominator=5), {
            "require": ["lowest > 0 %"], "scope": ["region"]}, units=units)
        world.push(one((1, 4)), one((1, 6), unit="b"),
                   one((4, 8), unit="c"))
        found = world.status("r")
        self.assertEqual(found["value"], "50")
        self.assertEqual(found["criteria"][0]["left_out"], ["a", "b"])
        world.push(one((1, 4), unit="b"))   # two: neither can be told
        self.assertEqual(world.status("r")["criteria"][0]["left_out"],
                         ["a", "b"])
        world.push(one((1, 4), unit="c"))
        self.assertEqual(world.colour("r"), "suppressed")

    def test_a_change_leaves_out_what_would_tell_the_suppressed(self):
        units = UNITS + [dict(UNITS[1], id="c")]
        world = World(dict(PERCENT, min_denominator=5), {
            "require": ["value > 10 %", "value > value(-1)"],
            "scope": ["region", "trust"]}, units=units)
        for year in (2023, 2024):
            changes = {one["unit"]: one for one in world.push(*(
                one(pair, unit=unit, period=f"{year}-T1") for unit, pair in (
                    ("a", (1, 4)), ("b", (5, 10)), ("c", (60, 100)))))}
        self.assertNotIn("value", changes["b"])
        self.assertEqual(changes["c"]["value"], "60")
        plain, years = changes["b"]["criteria"]
        self.assertEqual((plain["status"], plain["limit"]), ("green", "10"))
        self.assertEqual([name for name in ("value", "margin", "needed")
                          if name in plain], [])
        self.assertEqual((years["status"], years["hidden"]), ("red", True))
        self.assertNotIn("limit", years)
        self.assertEqual(world.status("b")["criteria"][0]["value"], "50")

    def test_below_one_that_is_hidden_no_number_is_told(self):
        units = UNITS + [dict(UNITS[1], id="c"), dict(
            UNITS[1], id="bh", kind="hospital", parent="b")]
        world = World(dict(PERCENT, min_denominator=5), {
            "require": ["value > 10 %"], "scope": ["hospital"]}, units=units)
        change, = world.push(*(one(pair, unit=unit) for unit, pair in (
            ("a", (1, 4)), ("bh", (5, 10)), ("c", (60, 100)))))
        self.assertEqual((change["unit"], change["status"], change["limit"]),
                         ("bh", "green", "10"))
        self.assertNotIn("value", change)
        self.assertEqual(world.status("bh")["value"], "50")

    def test_nothing_is_left_out_below_figures_of_its_own(self):
        world = World(dict(PERCENT, min_denominator=5), {
            "require": ["value > 10 %"]})
        world.push(one((50, 90), unit="r"))
        changes = world.push(one((1, 4)), one((5, 10), unit="b"))
        self.assertEqual([one.get("value") for one in changes],
                         [None, "50"])

    def test_nothing_below_is_in(self):
        world = self.region(DAYS, "spread < 5 days")
        self.assertEqual(world.colour("r"), "overdue")
        world.push(one(5, unit="r"))        # its own is no child's
        self.assertEqual(world.colour("r"), "overdue")

    def test_share_of_units_is_exact_and_leaves_out_who_has_nothing(self):
        units = UNITS + [dict(UNITS[1], id=f"u{n}") for n in range(9)]
        world = World(DAYS, {
            "require": ["share(units: value >= limit) >= 70 %"],
            "limits": {unit["id"]: "5 days" for unit in units},
            "scope": ["region"]}, units=units)
        for n, unit in enumerate(units[1:-1]):
            world.push(one(5 if n < 7 else 4, unit=unit["id"]))
        found = world.status("r")
        self.assertEqual((found["status"], found["value"]), ("green", "70"))
        self.assertEqual(found["criteria"][0]["left_out"], ["u8"])
        self.assertEqual((found["basis"]["units"], found["basis"]["of_units"]),
                         (10, 11))

    def test_a_share_of_two_thirds_is_more_than_its_rounded_number(self):
        units = UNITS + [dict(UNITS[1], id="c")]
        world = World(DAYS, {
            "require": ["66.666666666667 % > share(units: value > 3 days)"],
            "scope": ["region"]}, units=units)
        world.push(one(5), one(4, unit="b"), one(3, unit="c"))
        self.assertEqual(world.colour("r"), "green")


class Paths(unittest.TestCase):
    def test_the_straight_line_at_the_target_s_year(self):
        world = World(DAYS, {
            "require": ["value <= path(10 days, 2020, 4 days, 2026)"]})
        world.push(one(6, period="2024"))
        found = world.status()
        self.assertEqual((found["status"], found["limit"]), ("green", "6"))

    def test_from_what_was_to_70_percent_of_it(self):
        world = World(DAYS, {"require": [
            "value < path(value(2023), 2023, value(2023) * 70 %, 2026)"]})
        world.push(one(9, period="2024"), one(10, period="2023"))
        self.assertEqual(world.status()["limit"], "9")
        self.assertEqual(world.colour(), "red")

    def test_between_two_days_at_the_last_day_in(self):
        world = World(dict(DAYS, frequency="D"), {"require": [
            "latest <= path(10 days, 2024-03-01, 0 days, 2024-03-11)"]})
        world.push(one(8, period="2024-03-03"))
        self.assertEqual(world.status()["limit"], "8")
        world.push(one(9, period="2024-02-01"), one(7, period="2024-03-05"))
        self.assertEqual(world.status()["limit"], "6")
        world.push(one(7, period="2024-04-05"))
        self.assertEqual(world.status()["limit"], "0")


class Alike(unittest.TestCase):
    def test_members_of_different_years_do_not_meet_one_level_up(self):
        world = World(dict(PERCENT, frequency="A", dimension=dict(
            split("xy")["dimension"], total="ratio")),
                      {"require": ["value > value(-1)"],
                       "scope": ["trust", "region"]})
        world.push(one(90, member="x", period="2024"),
                   one((8, 10), member="x", period="2023"),
                   one((9, 10), member="y", period="2024"),
                   one(80, member="y", period="2023"))
        self.assertEqual(world.colour("a"), "not_computable")
        self.assertEqual(world.colour("r"), "not_computable")
        world.push(one((8, 10), member="y", period="2023"))
        self.assertEqual(world.colour("r"), "green")

    def test_small_ones_are_suppressed_at_each_level(self):
        world = World(dict(PERCENT, frequency="A", min_denominator=20,
                           dimension=dict(split("xy")["dimension"],
                                          total="ratio")),
                      {"require": ["value > value(-1)"],
                       "scope": ["trust", "region"]})
        world.push(one(90, member="x", period="2024"),
                   one((8, 10), member="x", period="2023"),
                   one((9, 10), member="y", period="2024"),
                   one(80, member="y", period="2023"))
        self.assertEqual(world.colour("a"), "suppressed")
        self.assertEqual(world.colour("r"), "suppressed")


class Derived(unittest.TestCase):
    PARTS = [dict(COUNT, id="n", frequency="A_3"), dict(COUNT, id="m"),
             {"id": "d", "measure": "percent", "frequency": "A_3",
              "formula": '"n" / "m"'}]

    def world(self, require, scope="trust", parts=None):
        return World(parts or self.PARTS, {
            "require": [require], "indicator": "d", "scope": [scope]})

    def test_of_the_stretches_that_all_parts_have(self):
        world = self.world("value = 25 %")
        world.push(one(10, indicator="n"), one(99, period="2024-T2",
                                               indicator="n"),
                   *months([10, 10, 10, 10, 7], indicator="m"))
        self.assertEqual(world.status()["value"], "25")

    def test_of_the_children_that_have_all_parts(self):
        world = self.world("value = 25 %", "region")
        world.push(one(10, indicator="n"),
                   *months([10, 10, 10, 10], indicator="m"),
                   one(50, indicator="n", unit="b"))
        found = world.status("r")
        self.assertEqual(found["value"], "25")
        self.assertEqual(found["criteria"][0]["left_out"], ["b"])

    def test_a_child_that_is_excepted_gives_no_reason_of_its_own(self):
        world = self.world("value = 25 %", "region", [
            dict(self.PARTS[0], **{"except": ["b"]}), *self.PARTS[1:]])
        world.push(one(10, indicator="n"), *months([1], 2023, indicator="m"),
                   dict(indicator="n", unit="b", period="2024-T1", flag="Q"),
                   *months([1], indicator="m", unit="b"))
        self.assertEqual(world.colour("r"), "overdue")

    def test_the_latest_that_all_have_and_the_year_before(self):
        world = self.world("latest > latest(-1)")
        for year, n in ((2023, 10), (2024, 12)):
            world.push(one(n, indicator="n", period=f"{year}-T1"),
                       one(1, indicator="n", period=f"{year}-T2"),
                       *months([10] * 5, year, indicator="m"))
        found = world.status()
        self.assertEqual((found["value"], found["limit"]), ("30", "25"))

    def test_without_a_common_stretch_it_is_overdue(self):
        world = self.world("value > 1 %")
        world.push(one(10, indicator="n"), *months([1, 1], indicator="m"))
        self.assertEqual(world.colour(), "overdue")

    def test_member_by_member_and_lowest_of_units(self):
        parts = [dict(COUNT, id=name, **split("xy")) for name in "nm"]
        parts.append(dict(self.PARTS[2], **split("xy")))
        world = self.world("each dim: lowest >= 50 %", "region", parts)
        for unit, member, n in (("a", "x", 5), ("b", "x", 6), ("a", "y", 4),
                                ("b", "y", 9)):
            world.push(*months([n], indicator="n", member=member,
                               unit=unit),
                       *months([10], indicator="m", member=member,
                               unit=unit))
        self.assertEqual([(c["value"], c["status"]) for c
                          in world.status("r")["criteria"]],
                         [("50", "green"), ("40", "red")])

    def test_a_denominator_of_nothing(self):
        world = self.world("value > 1 %")
        world.push(one(10, indicator="n"),
                   *months([0, 0, 0, 0], indicator="m"))
        self.assertEqual(world.colour(), "zero_denominator")


class Displayed(unittest.TestCase):
    def test_both_sides_as_people_read_them(self):
        world = World(dict(DAYS, decimals=1), {
            "require": ["value < value(-1)"], "compare": "displayed"})
        world.push(one(5.44, period="2023"), one(5.36, period="2024"))
        self.assertEqual(world.colour(), "red") # 5.4 and 5.4
        world.push(one(5.34, period="2024"))
        found = world.status()
        self.assertEqual((found["status"], found["value"],
                          found["margin"]), ("green", "5.3", "0.1"))

    def test_without_an_own_indicator_the_first_that_is_named(self):
        world = World([dict(DAYS, decimals=0), dict(DAYS, id="o",
                                                    decimals=2)],
                      {"indicator": None, "compare": "displayed",
                       "require": ['value("i") = value("o")']})
        world.push(one(5.4), one(4.6, indicator="o"))
        self.assertEqual(world.colour(), "green")


if __name__ == "__main__":
    unittest.main()
