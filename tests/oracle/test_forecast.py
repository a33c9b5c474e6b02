"""Forecasts and what is needed, each worked by hand."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from oracle.test_whole import months  # noqa: E402
from oracle.world import COUNT, DAYS, PERCENT, World, one  # noqa: E402

QUARTERS = dict(COUNT, frequency="Q")


def quarters(values, year=2024, **more):
    return [dict(more, period=f"{year}-Q{n}", value=value)
            for n, value in enumerate(values, 1) if value is not None]


class Recent(unittest.TestCase):
    def value(self, indicator, rows, how="recent(3)", **more):
        world = World(indicator, {"require": ["value > 0" + {
            "days": " days", "percent": " %"}.get(
                indicator["measure"], "")], "forecast": how}, **more)
        world.push(*rows)
        return world.status()

    def test_a_sum_takes_the_mean_of_the_last_k_for_each_missing(self):
        # (10 + 20 + 30) / 3 = 20 for each of nine
        found = self.value(COUNT, months([10, 20, 30]))
        self.assertEqual(found["value"], "240")
        self.assertEqual(found["forecast"], ("recent", 3))
        # the last two are 20 and 30: 25 for each of nine
        self.assertEqual(self.value(COUNT, months([10, 20, 30]),
                                    "recent(2)")["value"], "285")

    def test_fewer_where_fewer_are_in_and_past_gaps_alike(self):
        # March and May are in: mean 15 for each of the other ten
        found = self.value(COUNT, months([None, None, 10, None, 20]))
        self.assertEqual(found["value"], "180")

    def test_a_complete_year_has_none(self):
        found = self.value(COUNT, months([1] * 12))
        self.assertEqual(found["value"], "12")
        self.assertNotIn("forecast", found)

    def test_a_month_without_an_expected_figure_has_none(self):
        found = self.value(COUNT, months([10] * 10) + [
            dict(period="2024-M11", flag="M")])
        self.assertEqual(found["value"], "110")

    def test_a_mean_is_unweighted_over_what_is_in_and_forecast(self):
        # 8 and 5; the last one, 5, for two more: 23 / 4
        found = self.value(dict(DAYS, frequency="Q"), quarters([8, 5]),
                           "recent(1)")
        self.assertEqual(found["value"], "5.75")

    def test_numerator_and_denominator_each_for_themselves(self):
        # 7/10, 6/20: means 6.5 and 15; 26 of 60
        rows = [dict(period="2024-Q1", pair=(7, 10)),
                dict(period="2024-Q2", pair=(6, 20))]
        found = self.value(dict(PERCENT, frequency="Q"), rows)
        self.assertEqual(found["value"], "43.333333333333")

    def test_thirds_of_a_pair_are_not_rounded(self):
        world = World(dict(PERCENT, frequency="Q"), {
            "require": ["value >= 70 %"], "forecast": "recent(3)"})
        world.push(*(dict(period=f"2024-Q{n}", pair=pair) for n, pair in
                     enumerate(((7, 10), (14, 20), (7, 10)), 1)))
        self.assertEqual(world.colour(), "green")   # 28/40 and a third of it

    def test_a_longer_stretch_gives_each_of_its_periods_a_share(self):
        # half a year of 60: 10 a month; 10 for six more
        found = self.value(COUNT, [dict(period="2024-S1", value=60)])
        self.assertEqual(found["value"], "120")

    def test_what_is_left_of_a_period_is_forecast_by_its_months(self):
        # 11 months of 110 hold T1 and T2 (40 each); T3 lacks December
        found = self.value(dict(COUNT, frequency="A_3"), [
            dict(period="2024-01-01/P11M", value=110)], "recent(1)")
        self.assertEqual(found["value"], "120")

    def test_the_last_value_is_carried_on(self):
        found = self.value(dict(COUNT, over_periods="last"),
                           months([5, 7, 6]))
        self.assertEqual(found["value"], "6")

    def test_children_are_forecast_before_they_are_added_up(self):
        world = World(QUARTERS, {"require": ["value > 0"],
                                 "scope": ["region"],
                                 "forecast": "recent(3)"})
        world.push(*quarters([10, 20]), *quarters([5], unit="b"))
        self.assertEqual(world.status("r")["value"], "80")  # 60 and 20

    def test_what_is_forecast_stays_within_the_range(self):
        # an earlier catalogue let -3 in; the least is now 0
        found = self.value(dict(QUARTERS, min=0), quarters([-3, 9], 2024),
                           "recent(1)")
        self.assertEqual(found["value"], "24")
        found = self.value(dict(QUARTERS, min=0), quarters([9, -3]),
                           "recent(1)")
        self.assertEqual(found["value"], "6")


class Bases(unittest.TestCase):
    def test_last_year_is_whole_where_this_one_is_completed(self):
        world = World(QUARTERS, {"require": ["value > value(-1)"],
                                 "forecast": "recent(3)"})
        world.push(*quarters([10, 20]), *quarters([1, 2, 3, 50], 2023))
        found = world.status()
        self.assertEqual((found["value"], found["limit"]), ("60", "56"))

    def test_a_base_that_is_whole_only_serves_a_sum_now(self):
        world = World(QUARTERS, {"require": ["value > value(-1)"],
                                 "forecast": "recent(3)"})
        world.push(*quarters([10, 20]), dict(period="2023", value=56))
        self.assertEqual(world.colour(), "green")

    def test_where_the_base_has_gaps_the_same_periods(self):
        world = World(QUARTERS, {"require": ["value > value(-1)"],
                                 "forecast": "recent(3)"})
        world.push(*quarters([10, 20]), *quarters([1, None, 3], 2023))
        found = world.status()      # Q1 10 and Q3 15 against 1 and 3
        self.assertEqual((found["value"], found["limit"]), ("25", "4"))

    def test_growth_of_the_completed_year(self):
        world = World(QUARTERS, {"require": ["growth(-1) = 20 %"],
                                 "forecast": "recent(3)"})
        world.push(*quarters([12]), *quarters([10] * 4, 2023))
        self.assertEqual(world.colour(), "green")

    def test_latest_and_periods_are_never_forecast(self):
        world = World(QUARTERS, {
            "require": ["latest = 20", "value(2024-Q3) > 0"],
            "forecast": "recent(3)"})
        world.push(*quarters([10, 20]))
        self.assertEqual([c["status"] for c in world.status()["criteria"]],
                         ["green", "none"])


class Seasonal(unittest.TestCase):
    def value(self, indicator, *rows):
        world = World(indicator, {"require": ["value > 0" + {
            "days": " days", "percent": " %"}.get(
                indicator["measure"], "")], "forecast": "seasonal"})
        world.push(*rows)
        return world.status()["value"]

    def test_last_year_s_period_by_this_year_s_pace(self):
        # 12 + 24 against 10 + 20: 1.2; 30 and 40 become 36 and 48
        self.assertEqual(self.value(
            QUARTERS, *quarters([12, 24]),
            *quarters([10, 20, 30, 40], 2023)), "120")

    def test_a_gap_in_the_past_too(self):
        # 24 and 36 against 20 and 30: 1.2; 10 and 40 become 12 and 48
        self.assertEqual(self.value(
            QUARTERS, *quarters([None, 24, 36]),
            *quarters([10, 20, 30, 40], 2023)), "120")

    def test_without_a_full_last_year_the_last_three(self):
        self.assertEqual(self.value(
            QUARTERS, *quarters([12, 24]),
            *quarters([10, 20, 30], 2023)), "72")

    def test_a_pace_of_nothing_says_nothing(self):
        self.assertEqual(self.value(
            QUARTERS, *quarters([12, 24]),
            *quarters([0, 0, 30, 40], 2023)), "72")

    def test_a_mean_has_its_season(self):
        # 6 and 12 against 5 and 10: 1.2; 15 and 20 become 18 and 24
        self.assertEqual(self.value(
            dict(DAYS, frequency="Q"), *quarters([6, 12]),
            *quarters([5, 10, 15, 20], 2023)), "15")

    def test_pairs_have_two_paces_and_stay_within_the_range(self):
        # numerators 9 against 6: 1.5; denominators 10 against 10: 1
        rows = [dict(period=f"{year}-Q{n}", pair=pair) for year, pairs in (
            (2023, ((6, 10), (8, 10), (4, 10), (5, 10))),
            (2024, ((9, 10),))) for n, pair in enumerate(pairs, 1)]
        # 12 of 10 is held at 10; 6 and 7.5: 32.5 of 40
        found = self.value(dict(PERCENT, frequency="Q", max=100), *rows)
        self.assertEqual(found, "81.25")

    def test_week_53_goes_by_week_52(self):
        weeks = dict(COUNT, frequency="W")
        old = [dict(period=f"2025-W{n:02d}", value=n) for n in range(1, 53)]
        new = [dict(period=f"2026-W{n:02d}", value=n) for n in range(1, 53)]
        world = World(weeks, {"require": ["value > 0"], "year": 2026,
                              "forecast": "seasonal"})
        world.push(*old, *new)
        self.assertEqual(world.status(year=2026)["value"],
                         str(52 * 53 // 2 + 52))


class Needed(unittest.TestCase):
    def test_it_is_asked_of_what_is_in_not_of_the_forecast(self):
        world = World(QUARTERS, {"require": ["value >= 100"],
                                 "forecast": "recent(3)"})
        world.push(*quarters([10, 20]))
        found = world.status()
        self.assertEqual((found["value"], found["needed"]), ("60", "35"))

    def test_against_a_whole_last_year_beside_a_forecast(self):
        for how, needed in (("recent(3)", "13"), ("none", None)):
            world = World(QUARTERS, {"require": ["value >= value(-1)"],
                                     "forecast": how})
            world.push(*quarters([10, 20]),
                       *quarters([14, 14, 14, 14], 2023))
            self.assertEqual(world.status().get("needed"), needed)

    def test_against_a_named_period(self):
        world = World(dict(DAYS, frequency="Q"), {
            "require": ["value <= value(2023-Q4) - 1 days"]})
        world.push(*quarters([8, 8]), *quarters([7], 2023),
                   dict(period="2023-Q4", value=8))
        self.assertEqual(world.status()["needed"], "6")  # (28 - 16) / 2

    def test_needed_is_asked_of_require_whatever_yellow_names(self):
        world = World(DAYS, {"require": ["value < value(-1)"],
                             "yellow": ["value < 9 days"],
                             "forecast": "recent(3)"})
        world.push(one(4, period="2023-T1"), one(8))
        found = world.status()
        self.assertEqual(found["status"], "yellow")
        self.assertNotIn("needed", found)   # the base is not whole

    def test_not_where_the_other_side_moves_with_it(self):
        for require in ("value <= latest * 2", "value > 5 days / 2 + spread",
                        "value < value(-1)"):
            world = World(dict(DAYS, frequency="Q"), {
                "require": [require], "scope": ["region"]})
            world.push(*(dict(row, unit=unit) for unit in "rab" for row in
                         quarters([8, 8]) + quarters([7, 7], 2023)))
            self.assertNotIn("needed", world.status("r"), require)

    def test_what_one_cannot_bring_several_may(self):
        world = World(dict(COUNT, max=40, min=0, frequency="Q"),
                      {"require": ["value >= 200"],
                       "scope": ["region", "trust"]})
        world.push(one(25, period="2024-Q1"),
                   one(25, period="2024-Q1", unit="b"))
        self.assertEqual(world.status("r")["needed"], "50")
        self.assertEqual(world.status()["needed"], "impossible")


if __name__ == "__main__":
    unittest.main()
