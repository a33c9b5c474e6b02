"""The second judge against the worked examples and every reason."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from oracle import decimals, language, period  # noqa: E402
from oracle.world import (COUNT, DAYS, PERCENT, UNITS, World,  # noqa: E402
                          one, split)


class Periods(unittest.TestCase):
    def test_what_is_no_period_is_refused(self):
        for text in ("1900", "2023-02-29", "2024-T4", "2024-S3",
                     "2024-M13", "2024-M00", "2024-W53", "2024-D366",
                     "2023-D366", "2024M01", "2024-m01", "2024-q1",
                     "２０２４", "2024-01-15/P1M", "2023-11-01/P4M",
                     "2024-01-01/P0M", "2024-01-01/P13M", "2024-Q5",
                     "", "2024-W00", "2024-01-01/P01M", "2024 "):
            with self.assertRaises(period.BadPeriod, msg=text):
                period.parse(text)

    def test_names_come_back_in_their_shortest_form(self):
        for text, name in (("2020-W53", "2020-W53"), ("2024", "2024"),
                           ("2024-01-01/P12M", "2024"),
                           ("2024-01-01/P11M", "2024-01-01/P11M"),
                           ("2024-05-01/P4M", "2024-T2"),
                           ("2024-12-31", "2024-12-31"),
                           ("2024-10-01/P3M", "2024-Q4")):
            self.assertEqual(period.parse(text).name, name)

    def test_a_stretch_fits_when_it_holds_a_whole_period(self):
        for text, frequency, fits in (
                ("2024-M01", "A_3", False), ("2024-T1", "A_3", True),
                ("2024-01-01/P11M", "A_3", True), ("2024", "A_3", True),
                ("2024-02-01/P5M", "A_3", False),
                ("2024-03-04", "M", False), ("2024-W01", "M", False),
                ("2024", "W", True), ("2024-M02", "D", True),
                ("2024-01-01", "W", False)):
            self.assertEqual(period.fits(period.parse(text), frequency),
                             fits, (text, frequency))

    def test_a_year_has_its_weeks_and_days(self):
        self.assertEqual(len(period.positions("W", 2020)), 53)
        self.assertEqual(len(period.positions("W", 2024)), 52)
        self.assertEqual(len(period.positions("D", 2024)), 366)
        whole = period.cells(period.parse("2020"), "W")
        self.assertEqual(whole, period.year_cells("W", 2020))


class Decimals(unittest.TestCase):
    def test_halves_go_to_the_even_side(self):
        # 5e-13 and 15e-13 lie between two numbers of 12 decimals
        self.assertEqual(decimals.quotient(1, 2 * 10 ** 12), 0)
        self.assertEqual(decimals.quotient(3, 2 * 10 ** 12), 2)
        self.assertEqual(decimals.quotient(-1, 2 * 10 ** 12), 0)

    def test_beyond_128_bits_is_not_computable(self):
        with self.assertRaises(decimals.Nothing):
            decimals.times(decimals.LIMIT, 2 * decimals.SCALE)
        self.assertEqual(decimals.checked(-decimals.LIMIT),
                         -decimals.LIMIT)

    def test_floats_are_read_as_their_shortest_decimal(self):
        self.assertEqual(decimals.micro(78.5), 78_500_000)
        self.assertEqual(decimals.micro(75.400001), 75_400_001)
        for number in (78.49999999999999, 1e-7, 9.3e12, float("nan")):
            with self.assertRaises(ValueError):
                decimals.micro(number)

    def test_text_is_plain(self):
        self.assertEqual(decimals.text(-3_100_000_000_000), "-3.1")
        self.assertEqual(decimals.text(0), "0")
        self.assertEqual(decimals.text(-1), "-0.000000000001")

    def test_half_a_unit_is_shown_away_from_zero(self):
        from fractions import Fraction
        self.assertEqual(decimals.displayed(Fraction(-1, 20), 1),
                         -decimals.SCALE // 10)


class Language(unittest.TestCase):
    def test_precedence_and_units(self):
        found = language.criterion("each dim: 1 + 2 * 3 days - 4 <= -5 %")
        self.assertEqual(found.each, "dim")
        self.assertEqual(found.left.op, "-")
        self.assertEqual(found.left.left.right.op, "*")
        self.assertEqual(found.left.left.right.right.type, "days")
        self.assertEqual(found.right.of.type, "percent")

    def test_faults_are_refused(self):
        for text in ("value", "value > ", "value > 1 2 3", "a > 1",
                     "value(-1", "growth > 1 %", "value >> 1",
                     "1 < value < 2"):
            with self.assertRaises(language.BadText, msg=text):
                language.criterion(text)


class Worked(unittest.TestCase):
    """The examples of 2024."""

    def test_waiting_time_above_last_years_is_red_by_the_difference(self):
        world = World(DAYS, {"require": ["value < value(-1)"]})
        world.push(one(75.4, period="2023"), one(78.5, period="2024"))
        found = world.status()
        self.assertEqual((found["status"], found["margin"]),
                         ("red", "-3.1"))
        self.assertEqual((found["value"], found["limit"]),
                         ("78.5", "75.4"))

    def test_letters_below_the_goal_but_above_yellow_are_yellow(self):
        world = World(PERCENT, {"require": ["value >= 70 %"],
                                "yellow": ["value >= 66.5 %"]})
        world.push(one(66.7, period="2024"))
        self.assertEqual(world.colour(), "yellow")
        self.assertEqual(world.status()["margin"], "-3.3")

    def test_plans_keep_their_red_while_later_tertials_are_overdue(self):
        world = World(PERCENT, {"require": ["value >= 80 %"]})
        world.push(one((46, 100)))
        found = world.status()
        self.assertEqual(found["status"], "red")
        self.assertEqual(found["overdue"], ["2024-T2", "2024-T3"])
        self.assertEqual(found["needed"], "97")

    def test_eight_of_24_pathways_are_yellow_and_16_are_named(self):
        forms = [f"form{n}" for n in range(24)]
        world = World(dict(PERCENT, **split(forms)),
                      {"require": ["each dim: value >= 70 %"]})
        world.push(*(one((70 if n < 8 else 69, 100), member=form,
                         period="2024") for n, form in enumerate(forms)))
        found = world.status()
        self.assertEqual(found["status"], "yellow")
        red = [c for c in found["criteria"] if c["status"] == "red"]
        self.assertEqual(len(red), 16)

    def test_one_of_four_services_reduced_is_red_as_a_whole(self):
        services = ("som", "vop", "bup", "tsb")
        world = World(dict(DAYS, **split(services)),
                      {"require": ["each dim: value < value(-1)"],
                       "combine": "whole"})
        for at, name in enumerate(services):
            world.push(one(50, member=name, period="2023"),
                       one(49 if at == 0 else 51, member=name,
                           period="2024"))
        self.assertEqual(world.colour(), "red")


class Reasons(unittest.TestCase):
    """Each reason for none, by the shortest way to it."""

    def reason(self, indicator, require, *rows, **target):
        world = World(indicator, dict(target, require=[require]))
        if rows:
            world.push(*rows)
        self.assertEqual(world.status()["status"], "none")
        return world.colour()

    def test_states_and_no_require(self):
        for state in ("report_only", "under_development"):
            world = World(DAYS, {"state": state})
            self.assertEqual(world.colour(), state)
        self.assertEqual(World(DAYS, {}).colour(), "not_assessed")

    def test_withdrawn(self):
        world = World(DAYS, {"require": ["value > 1 days"]})
        world.push(one(5))
        self.assertEqual(world.colour(), "green")
        change, = world.withdraw(one())
        self.assertEqual(change["reason"], "withdrawn")
        self.assertEqual(change["last_coloured"], "green")
        self.assertEqual(change["cause"],
                         {"seq": 4, "kind": "withdrawal", "row": 0})

    def test_suppressed_by_flag_and_by_denominator(self):
        self.assertEqual(self.reason(DAYS, "value > 1 days",
                                     one(flag="Q")), "suppressed")
        few = dict(PERCENT, min_denominator=5)
        self.assertEqual(self.reason(few, "value > 1 %", one((4, 4))),
                         "suppressed")
        world = World(few, {"require": ["value > 1 %"],
                            "scope": ["region"]})
        world.push(one((4, 4)), one((4, 4), unit="b"))
        self.assertEqual(world.colour("r"), "green")

    def test_the_least_denominator_itself_is_shown(self):
        world = World(dict(PERCENT, min_denominator=5),
                      {"require": ["value > 1 %"]})
        world.push(one((4, 5)))
        self.assertEqual(world.colour(), "green")

    def test_no_total_is_made_where_none_is_asked_for(self):
        world = World(dict(DAYS, **split("xy")),
                      {"require": ["value > 1 days"]})
        world.push(one(5, member="x"))
        self.assertEqual(world.colour(), "overdue")

    def test_zero_denominator_and_not_computable(self):
        self.assertEqual(self.reason(PERCENT, "value > 1 %", one((0, 0))),
                         "zero_denominator")
        self.assertEqual(self.reason(
            DAYS, "value * 9000000000000 * 9000000000000 > 1 days",
            one(9)), "not_computable")

    def test_bare_ratios_have_no_roll_up(self):
        world = World(PERCENT, {"require": ["value > 1 %"],
                                "scope": ["region"]})
        world.push(one(50), one(60, period="2024-T2"))
        self.assertEqual(world.colour("r"), "not_computable")
        world.push(one((7, 10), unit="b"))
        found = world.status("r")
        self.assertEqual((found["status"], found["value"]), ("green", "70"))
        self.assertEqual(found["criteria"][0]["left_out"], ["a"])
        self.assertEqual((found["basis"]["units"], found["basis"]["of_units"]),
                         (1, 2))

    def test_series_break(self):
        rows = (one(5, period="2023-T1"), one(4, "B"))
        self.assertEqual(self.reason(DAYS, "value < value(-1)", *rows),
                         "series_break")
        world = World(DAYS, {"require": ["value < value(-1)"]})
        world.push(one(5, "B", period="2023-T1"), one(4))
        self.assertEqual(world.colour(), "green")

    def test_no_limit_comes_before_missing_figures(self):
        self.assertEqual(self.reason(DAYS, "value < limit",
                                     limits={"b": "3 days"}), "no_limit")

    def test_no_base(self):
        self.assertEqual(self.reason(DAYS, "value < value(-1)", one(4)),
                         "no_base")
        self.assertEqual(self.reason(
            DAYS, "growth(-1) < 5 %", one(4), one(0, period="2023-T1")),
            "no_base")

    def test_days_passing_turn_not_due_into_overdue(self):
        world = World(DAYS, {"require": ["value > 1 days"]},
                      today="2024-06-14")
        self.assertEqual(world.colour(), "not_due")
        change = world.clock("2024-06-15")[0]
        self.assertEqual((change["was_reason"], change["reason"]),
                         ("not_due", "overdue"))
        self.assertEqual(change["overdue"], ["2024-T1"])
        self.assertEqual(change["cause"], {"seq": 3, "kind": "clock"})

    def test_a_period_without_expected_figure_is_never_overdue(self):
        world = World(dict(DAYS, frequency="A"),
                      {"require": ["value > 1 days"]})
        self.assertEqual(world.colour(), "overdue")
        world.push(one(flag="M", period="2024"))
        self.assertEqual(world.colour(), "not_due")

    def test_the_first_reason_in_the_order_wins(self):
        world = World(dict(DAYS, **split("xyz")),
                      {"require": ["each dim: value > 1 days"]})
        world.push(one(flag="Q", member="y"), one(3, member="z"))
        world.withdraw(one(member="z"))
        self.assertEqual(world.colour(), "withdrawn")


class Criteria(unittest.TestCase):
    MEASURES = (("percent", "%"), ("percent_change", "%"), ("pp", "pp"),
                ("days", "days"), ("count", ""), ("nok", "nok"),
                ("points", "points"), ("minutter", "minutter"),
                ("ddd_per_100_bed_days", "ddd_per_100_bed_days"))

    def test_exactly_on_the_limit_for_every_operator_and_measure(self):
        for measure, unit in self.MEASURES:
            for limit in (70, 0, 0.000001, -3.5, -70):
                self.beside_the_limit(measure, unit, limit)

    def beside_the_limit(self, measure, unit, limit):
        step = 0.000001
        for op, below, on, above in (
                ("<", 1, 0, 0), ("<=", 1, 1, 0), (">", 0, 0, 1),
                (">=", 0, 1, 1), ("=", 0, 1, 0)):
            world = World(dict(DAYS, measure=measure), {
                "require": [f"value {op} {limit:.6f} {unit}"]})
            for value, holds in ((limit - step, below), (limit, on),
                                 (limit + step, above)):
                world.push(one(round(value, 6)))
                self.assertEqual(world.colour(), "green" if holds else "red",
                                 (measure, op, value))

    def test_seven_of_ten_is_exactly_seventy_percent(self):
        world = World(PERCENT, {"require": ["value >= 70 %"]})
        world.push(one((7, 10)))
        self.assertEqual(world.colour(), "green")
        big = 3_000_000_000_000
        for require, colour in (("66.666666666667 % > value", "green"),
                                ("value = 66.666666666667 %", "red"),
                                ("value + 0 pp = 66.666666666667 %",
                                 "green")):
            world = World(PERCENT, {"require": [require]})
            world.push(one((big * 2 // 3, big)))
            self.assertEqual(world.colour(), colour, require)

    def test_percent_arithmetic(self):
        for require in ("value(-1) * 110 % = value",
                        "value / value(-1) = 110 %",
                        "growth(-1) = 10 %", "value - 2 days = 9 days",
                        "min(value, 5 days) = abs(-5 days)",
                        "max(value, latest) = 11 days",
                        "value / 2 = 5.5 days", "2 * value = 22 days"):
            world = World(DAYS, {"require": [require]})
            world.push(one(10, period="2023"), one(11, period="2024"))
            self.assertEqual(world.colour(), "green", require)

    def test_a_yellow_without_its_base_gives_no_colour(self):
        world = World(DAYS, {"require": ["value > 5 days"],
                             "yellow": ["value > value(-1)"]})
        world.push(one(4))
        self.assertEqual(world.colour(), "no_base")
        world.push(one(6))
        self.assertEqual(world.colour(), "green")

    def test_a_none_line_ends_green_only(self):
        require = ["value > 5 days", "value > value(-1)"]
        world = World(DAYS, {"require": require, "combine": "whole"})
        world.push(one(6))
        self.assertEqual(world.colour(), "no_base")
        world.push(one(4))
        self.assertEqual(world.colour(), "red")

    def test_a_none_member_is_left_out(self):
        world = World(dict(DAYS, **split("xy")),
                      {"require": ["each dim: value > 5 days"]})
        world.push(one(6, member="x"))
        self.assertEqual(world.colour(), "green")
        named = world.status()["criteria"][1]
        self.assertEqual((named["member"], named["reason"]),
                         ("y", "overdue"))

    def test_the_member_nearest_its_limit_leads(self):
        world = World(dict(DAYS, **split("xyz")), {
            "require": ["each dim: value > limit", 'value("i/x") >= 9 days'],
            "limits": {"x": "5 days", "y": "5 days", "z": "6 days"}})
        world.push(one(9, member="x"), one(6, member="y"), one(7, member="z"))
        status = world.status()  # by 4, 1 and 1; the second line by 0
        self.assertEqual((status["value"], status["margin"]), ("6", "1"))
        world.push(one(4, member="x"), one(2, member="z"))
        self.assertEqual(world.status()["margin"], "-4")  # not -5, of x

    def test_limits_by_member_and_unit(self):
        world = World(dict(DAYS, **split("xy")), {
            "require": ["each dim: value <= limit"],
            "limits": {"x": "5 days", "a": {"y": "7 days"}}})
        rows = [one(6, member=m, unit=u) for m in "xy" for u in "ab"]
        world.push(*rows)
        shown = [(c["status"], c.get("limit"))
                 for unit in "ab" for c in world.status(unit)["criteria"]]
        self.assertEqual(shown, [("red", "5"), ("green", "7"),
                                 ("red", "5"), ("none", None)])

    def test_displayed_numbers_round_half_away_from_zero(self):
        world = World(dict(DAYS, decimals=1), {
            "require": ["value >= 2.5 days"], "compare": "displayed"})
        world.push(one(2.45))
        self.assertEqual(world.colour(), "green")


class Basis(unittest.TestCase):
    COUNT = dict(COUNT, frequency="Q")

    def counted(self, world, unit="r"):
        found = world.status(unit)["basis"]
        return (found["periods"], found["of_periods"], found["units"],
                found["of_units"], found["names"])

    def test_what_is_not_expected_is_not_counted_of_a_unit(self):
        world = World(self.COUNT, {"require": ["value > 0"]})
        world.push(one(5, period="2024-Q1"), one(flag="M", period="2024-Q2"),
                   one(flag="Q", period="2024-Q3"))
        self.assertEqual(self.counted(world, "a"),
                         (1, 3, 1, 1, ["2024-Q1"]))

    def test_a_region_counts_what_any_unit_has_or_is_to_have(self):
        world = World(self.COUNT, {"require": ["value > 0"],
                                   "scope": ["region"]})
        world.push(one(5, period="2024-Q1"), one(flag="M", period="2024-Q2"),
                   one(flag="M", period="2024-Q3"),
                   one(flag="M", period="2024", unit="b"))
        self.assertEqual(self.counted(world), (1, 2, 1, 1, ["2024-Q1"]))
        world.push(one(5, period="2024-Q2", unit="b"),
                   one(flag="Q", period="2024-Q4", unit="b"))
        self.assertEqual(self.counted(world),
                         (2, 3, 2, 2, ["2024-Q1", "2024-Q2"]))

    def test_of_units_below_each_is_counted_that_is_to_have_some(self):
        for require, periods in (("lowest > 0", (1, 4)),
                                 ("share(units: value > 0) > 0 %", (0, 0))):
            world = World(self.COUNT, {"require": [require],
                                       "scope": ["region"]})
            world.push(one(5, period="2024-Q1"))
            self.assertEqual(self.counted(world),
                             (*periods, 1, 2, ["2024-Q1"]))
            world.push(one(flag="M", period="2024", unit="b"))
            self.assertEqual(self.counted(world),
                             (*periods, 1, 1, ["2024-Q1"]))


class Stretches(unittest.TestCase):
    def test_a_longer_stretch_counts_instead_of_the_shorter(self):
        world = World(COUNT, {"require": ["value = 100"]})
        world.push(one(40, period="2024-M01"), one(9, period="2024-M12"),
                   one(91, period="2024-01-01/P11M"))
        self.assertEqual(world.colour(), "green")
        self.assertEqual(world.status()["basis"]["names"],
                         ["2024-01-01/P11M", "2024-M12"])
        self.assertEqual(world.status()["overdue"], [])

    def test_only_periods_that_both_years_have_are_compared(self):
        world = World(COUNT, {"require": ["value > value(-1)"]})
        world.push(one(5, period="2024-M02"), one(50, period="2023-M01"),
                   one(4, period="2023-M02"), one(9, period="2024-M03"))
        found = world.status()
        self.assertEqual((found["value"], found["limit"]), ("5", "4"))

    def test_a_base_of_a_whole_year_serves_all_but_sums(self):
        for kind, colour in ((DAYS, "red"), (COUNT, "no_base")):
            world = World(dict(kind, frequency="A_3"),
                          {"require": ["value > value(-1)"]})
            world.push(one(5), one(9, period="2023"))
            self.assertEqual(world.colour(), colour)
        world.push(one(10, period="2024"))
        self.assertEqual(world.colour(), "green")

    def test_a_base_of_less_than_a_year_is_none(self):
        world = World(DAYS, {"require": ["value > value(-1)"]})
        world.push(one(5), one(9, period="2023-01-01/P8M"))
        self.assertEqual(world.colour(), "no_base")

    def test_last_is_the_stretch_that_ends_last(self):
        world = World(dict(DAYS, over_periods="last"),
                      {"require": ["value = 3 days"]})
        world.push(one(3, period="2024-T2"), one(5))
        self.assertEqual(world.colour(), "green")

    def test_latest_of_a_region_is_the_shortest_that_ends_last(self):
        world = World(COUNT, {"require": ["latest = 5"],
                              "scope": ["region"]})
        world.push(one(99, period="2024"),
                   one(5, period="2024-M12", unit="b"))
        self.assertEqual(world.colour("r"), "green")

    def test_latest_and_the_same_period_a_year_before(self):
        world = World(DAYS, {"require": ["latest < latest(-1)"]})
        world.push(one(5), one(3, period="2024-T2"),
                   one(4, period="2023-T2"), one(9, period="2023-T3"))
        found = world.status()
        self.assertEqual((found["value"], found["limit"]), ("3", "4"))

    def test_a_mean_weighs_a_longer_stretch_by_its_length(self):
        world = World(dict(DAYS, frequency="M"),
                      {"require": ["value = 6.5 days"]})
        world.push(one(9, period="2024-M01"), one(4, period="2024-M02"),
                   one(6.5, period="2024-01-01/P11M"))
        self.assertEqual(world.colour(), "green")
        world.push(one(12.5, period="2024-M12"))
        self.assertEqual(world.status()["value"], "7")


class RollUps(unittest.TestCase):
    def region(self, indicator, require):
        return World(indicator, {"require": [require],
                                 "scope": ["region"]})

    def test_own_figures_count_alone(self):
        world = self.region(COUNT, "value = 30")
        jan = {"period": "2024-M01"}
        world.push(dict(jan, value=10), dict(jan, value=20, unit="b"))
        self.assertEqual(world.colour("r"), "green")
        world.push(dict(jan, value=31, unit="r"))
        self.assertEqual(world.status("r")["value"], "31")

    def test_child_by_child_over_the_periods_it_has_in_both(self):
        world = self.region(COUNT, "value > value(-1)")
        world.push(one(5, period="2024-M01"), one(4, period="2023-M01"),
                   one(70, period="2023-M02"),
                   one(900, period="2024-M01", unit="b"))
        found = world.status("r")
        self.assertEqual((found["value"], found["limit"]), ("5", "4"))
        self.assertEqual(found["criteria"][0]["left_out"], ["b"])

    def test_a_child_whose_base_is_unusable_is_left_out_of_both(self):
        world = self.region(COUNT, "value > value(-1)")
        rows = [one((5, 1), period="2024-M01"),
                one((4, 1), period="2023-M01"),
                one((9, 1), period="2024-M01", unit="b"),
                one((0, 0), period="2023-M01", unit="b")]
        world.push(*rows)
        found = world.status("r")
        self.assertEqual((found["value"], found["limit"]), ("5", "4"))
        self.assertEqual(found["criteria"][0]["left_out"], ["b"])

    def test_own_base_against_this_years_roll_up(self):
        world = self.region(PERCENT, "value > value(-1)")
        world.push(one((6, 10)), one((8, 10), unit="b"),
                   one((65, 100), unit="r", period="2023"))
        found = world.status("r")
        self.assertEqual((found["value"], found["limit"]), ("70", "65"))
        self.assertTrue(found["criteria"][0]["whole_base"])

    def test_one_childs_break_is_the_regions(self):
        world = self.region(COUNT, "value > value(-1)")
        for unit, flag in (("a", "A"), ("b", "B")):
            world.push(one(5, flag, period="2024-M01", unit=unit),
                       one(4, period="2023-M01", unit=unit))
        self.assertEqual(world.colour("r"), "series_break")

    def test_totals_are_pushed_or_made(self):
        made = dict(COUNT, dimension={
            "id": "dim", "total": "sum", "members": {"x": "x", "y": "y"}})
        world = self.region(made, "value = 3")
        jan = {"period": "2024-M01"}
        world.push(dict(jan, value=1, member="x"),
                   dict(jan, value=2, member="y"))
        self.assertEqual(world.colour("r"), "green")
        world.push(dict(jan, value=7))
        self.assertEqual(world.status("r")["value"], "7")

    def test_excepted_units_are_left_out_but_judged(self):
        world = World(dict(COUNT, **{"except": ["b"]}), {
            "require": ["value = 1"], "scope": ["region", "trust"]})
        jan = {"period": "2024-M01"}
        world.push(dict(jan, value=1), dict(jan, value=2, unit="b"))
        self.assertEqual((world.colour("r"), world.colour("b")),
                         ("green", "red"))

    def test_hospitals_make_their_trust(self):
        units = UNITS + [{"id": f"h{n}", "name": "H", "kind": "hospital",
                          "parent": "a"} for n in range(2)]
        world = World(COUNT, {"require": ["value = 3"],
                              "scope": ["region", "trust"]}, units=units)
        jan = {"period": "2024-M01"}
        world.push(dict(jan, value=1, unit="h0"),
                   dict(jan, value=2, unit="h1"))
        self.assertEqual((world.colour("r"), world.colour("a")),
                         ("green", "green"))


class Versions(unittest.TestCase):
    def test_final_before_preliminary_then_time_then_seq(self):
        world = World(DAYS, {"require": ["value > 5 days"]})
        world.push(one(9, "P", time=50))
        self.assertTrue(world.status()["preliminary"])
        world.push(one(1, time=20))
        self.assertFalse(world.status()["preliminary"])
        for flag, time, value in (("P", 99, 8), ("A", 19, 8)):
            self.assertEqual(world.push(one(value, flag, time=time)), [])
        change, = world.push(one(7, time=20))
        self.assertEqual(change["cause"]["kind"], "correction")
        self.assertEqual(change["status"], "green")
        self.assertEqual(change["last_coloured"], "red")

    def test_an_earlier_years_correction_turns_both_years(self):
        world = World(DAYS, {"require": ["value < 6 days"], "id": "t"},
                      {"require": ["value < 6 days"], "year": 2023},
                      {"require": ["value < value(-1)"], "id": "u"})
        world.push(one(5, period="2023-T1"), one(4))
        changes = world.push(one(3, period="2023-T1"),
                             one(7, period="2023-T1", time=1))
        self.assertEqual([(c["target"], c["year"]) for c in changes],
                         [("u", 2024)])
        changes = world.push(one(8, period="2023-T1"))
        self.assertEqual([(c["target"], c["year"], c["status"])
                          for c in changes],
                         [("t", 2023, "red"), ("u", 2024, "green")])

    def test_the_same_colour_is_no_change_and_changes_are_counted(self):
        world = World(DAYS, {"require": ["value > 5 days"]})
        self.assertEqual(world.changes[0]["was_status"], "absent")
        world.push(one(9))
        self.assertEqual(world.push(one(8)), [])
        change, = world.push(one(2))
        self.assertEqual((change["changes_this_year"], change["region"]),
                         (3, "r"))
        world.withdraw(one())
        change, = world.push(one(1))
        self.assertEqual((change["status"], change["last_coloured"]),
                         ("red", "red"))


if __name__ == "__main__":
    unittest.main()
