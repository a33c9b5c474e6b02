"""What is not there has no stock: 38 beds of `old` until 30 June, 40 of `new`
from July, 192 of `c`; worked by hand."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from oracle.world import UNITS, World, one, split  # noqa: E402

BEDS = {"id": "i", "measure": "points", "frequency": "Q",
        "over_units": "sum", "due": "45 d"}
LAST = dict(BEDS, over_periods="last")
MEAN = dict(BEDS, over_periods="mean")
OLD = {"id": "old", "name": "O", "kind": "trust", "parent": "r",
       "to": "2024-06-30"}
NEW = {"id": "new", "name": "N", "kind": "trust", "parent": "r",
       "from": "2024-07-01"}
C = {"id": "c", "name": "C", "kind": "trust", "parent": "r"}
TRUSTS = [UNITS[0], OLD, NEW, C]


def quarters(unit, *values, year=2024, **more):
    return [one(value, unit=unit, period=f"{year}-Q{n}", **more)
            for n, value in enumerate(values, 1) if value is not None]


BOTH = (*quarters("old", 38, 38), *quarters("new", None, None, 40, 40),
        *quarters("c", 192, 192, 192, 192))


class Stock(unittest.TestCase):
    def world(self, indicators, require="value >= 250 points", units=None,
              **target):
        return World(indicators, dict({"scope": ["region", "trust"],
                                      "require": [require]}, **target),
                     units=units or TRUSTS)

    def region(self, world):
        """Value, units in and of, periods in."""
        found = world.status("r")["criteria"][0]
        basis = found["basis"]
        return (found["value"], basis["units"], basis["of_units"],
                basis["periods"])

    def left_out(self, world):
        return world.status("r")["criteria"][0]["left_out"]

    # last ------------------------------------------------------------

    def test_an_ended_unit_stands_beside_no_successor(self):
        world = self.world(LAST)
        world.push(*BOTH)
        self.assertEqual(world.colour("r"), "red")      # 270 were green
        self.assertEqual(self.region(world), ("232", 2, 2, 4))
        self.assertEqual(self.left_out(world), ["old"])
        self.assertEqual(world.status("old")["value"], "38")

    def test_it_counts_until_a_later_stretch_is_in(self):
        world = self.world(LAST)
        world.push(*quarters("old", None, 38), *quarters("c", None, 192))
        self.assertEqual(self.region(world), ("230", 2, 3, 1))
        world.push(one(192, unit="c", period="2024"))
        self.assertEqual(self.region(world), ("230", 2, 3, 4))
        world.push(one(40, unit="new", period="2024-S2"))
        self.assertEqual(self.region(world), ("232", 2, 2, 4))

    def test_what_is_pushed_of_after_its_days_counts(self):
        world = self.world(LAST)
        world.push(*BOTH, *quarters("old", None, None, None, 1))
        self.assertEqual(self.region(world), ("233", 3, 3, 4))

    def test_one_that_ended_and_sent_nothing_is_not_waited_for(self):
        world = self.world(LAST)
        world.push(*quarters("c", None, 192))
        self.assertEqual(self.region(world), ("192", 1, 3, 1))
        world.push(*quarters("c", None, None, 192))
        self.assertEqual(self.region(world), ("192", 1, 3, 2))
        world.push(*quarters("new", None, 40))
        self.assertEqual(self.region(world), ("232", 2, 2, 2))

    def test_a_ratio_is_of_those_who_are_there(self):
        world = self.world(dict(LAST, over_units="ratio"))
        world.push(*quarters("old", None, (30, 30)),
                   *quarters("new", None, None, (1, 10)),
                   *quarters("c", None, None, (3, 10)))
        self.assertEqual(self.region(world), ("0.2", 2, 2, 2))

    def test_an_ended_hospital_leaves_its_trust(self):
        world = self.world(LAST, units=[
            UNITS[0], C, dict(C, id="t"),
            dict(OLD, kind="hospital", parent="t"),
            dict(NEW, kind="hospital", parent="t")])
        world.push(*BOTH[:2], *quarters("c", None, None, 192))
        self.assertEqual(self.region(world), ("230", 2, 2, 3))
        world.push(*BOTH)
        self.assertEqual(self.region(world), ("232", 2, 2, 4))
        self.assertEqual(world.status("t")["value"], "40")

    def test_members_follow_their_unit(self):
        world = self.world(dict(LAST, dimension=dict(
            split("xy")["dimension"], total="sum")))
        world.push(*quarters("old", None, 30, member="x"),
                   *quarters("old", 8, member="y"),
                   *quarters("new", None, None, 40, member="x"),
                   *quarters("c", None, None, 192))
        self.assertEqual(self.region(world), ("232", 2, 2, 3))
        world.push(*quarters("old", None, None, 8, member="y"))
        self.assertEqual(self.region(world), ("270", 3, 3, 3))

    def test_where_nobody_has_ended_all_count(self):
        world = self.world(LAST, units=[UNITS[0], dict(C, id="old"),
                                        dict(C, id="new"), C])
        world.push(*BOTH)
        self.assertEqual(self.region(world), ("270", 3, 3, 4))

    # mean ------------------------------------------------------------

    def test_a_mean_weighs_by_where_in_the_year_it_is_there(self):
        world = self.world(MEAN)
        world.push(*BOTH)
        self.assertEqual(self.region(world), ("231", 3, 3, 4))
        self.assertEqual(world.status("new")["value"], "40")

    def test_a_unit_that_begins_weighs_from_there(self):
        world = self.world(MEAN)
        world.push(*quarters("new", None, None, 40),
                   *quarters("c", 192, 192, 192))
        self.assertEqual(self.region(world)[0], "205.333333333333")
        world.push(*quarters("c", None, None, None, 192))
        self.assertEqual(self.region(world)[0], "212")

    def test_a_figure_for_the_year_weighs_by_months(self):
        world = self.world(dict(MEAN, frequency="A"))
        world.push(*(one(value, unit=unit, period="2024") for unit, value
                     in (("old", 38), ("new", 40), ("c", 192))))
        self.assertEqual(self.region(world)[0], "231")

    def test_a_figure_from_outside_its_days_is_where_it_is(self):
        world = self.world(MEAN)
        world.push(*quarters("new", 40))
        self.assertEqual(self.region(world)[0], "40")
        world.push(*quarters("c", 192, 192, 192, 192))
        self.assertEqual(self.region(world)[0], "222")

    def test_what_has_no_mean_has_no_part(self):
        world = self.world(MEAN)
        world.push(*quarters("new", None, None, (0, 0)))
        self.assertEqual(world.colour("r"), "zero_denominator")

    def test_a_forecast_fills_where_each_is_there(self):
        for indicator, value in ((MEAN, "231"), (LAST, "232")):
            world = self.world(indicator, forecast="recent(3)")
            world.push(*(row for row in BOTH if row["period"] != "2024-Q4"))
            self.assertEqual(self.region(world)[0], value)

    def test_what_is_needed_of_the_rest_comes_true(self):
        world = self.world(MEAN, "value >= 235 points")
        world.push(*quarters("old", 38, 38), *quarters("c", 192, 192))
        self.assertEqual(world.status("r")["needed"], "240")
        world.push(*quarters("new", None, None, 48, 48),
                   *quarters("c", None, None, 192, 192))
        self.assertEqual(self.region(world)[0], "235")

    # the edges: when one counts no more ------------------------------

    def steps(self, indicator, units, *steps, **target):
        """(unit, period, value, the region's value after it or None)."""
        world = self.world(indicator, units=units, **target)
        for unit, period, value, found in steps:
            world.push(one(value, unit=unit, period=period))
            if found:
                self.assertEqual(self.region(world)[0], found, (unit, period))
        return world

    @staticmethod
    def merging(last, first):
        return [UNITS[0], dict(OLD, to=last), dict(NEW, **{"from": first}), C]

    def test_a_last_is_what_is_there_where_it_ends(self):
        """40 + 192: the stretch begins in old's days, and ends after them."""
        for frequency, name in (("Q", "2024-Q4"), ("A_3", "2024-T3"),
                                ("A", "2024")):
            self.steps(dict(LAST, frequency=frequency),
                       self.merging("2024-10-31", "2024-11-01"),
                       ("old", name, 38, "38"), ("c", name, 192, "230"),
                       ("new", name, 40, "232"))

    def test_a_week_that_ends_in_the_next_year_ends_nobody(self):
        world = self.world(dict(LAST, frequency="W"), year=2026,
                           units=self.merging("2026-12-31", "2027-01-01"))
        world.record("clock", {"day": "2027-03-01"})
        world.push(one(40, unit="old", period="2026-W53"),
                   one(192, unit="c", period="2026-W53"))
        self.assertEqual(world.status("r", year=2026)["value"], "232")

    def test_one_that_ended_counts_until_its_successor_is_in(self):
        self.steps(LAST, TRUSTS, ("old", "2024-Q2", 38, None),
                   ("c", "2024-Q2", 192, "230"), ("c", "2024-Q3", 192, "230"),
                   ("c", "2024-Q4", 192, "230"),
                   ("new", "2024-Q3", 40, "232"))
        # (38 * 6 + 40 * 6 + 192 * 12) / 12
        self.steps(MEAN, TRUSTS, ("old", "2024-S1", 38, None),
                   ("c", "2024", 192, "230"), ("new", "2024-S2", 40, "231"))

    def test_a_merger_known_in_advance_turns_nothing(self):
        for indicator in (LAST, MEAN):
            self.steps(indicator, TRUSTS, ("old", "2024-Q1", 38, None),
                       ("c", "2024-Q1", 192, "230"), forecast="recent(1)")

    def test_one_without_a_successor_ends_with_its_days(self):
        for more in ([], [dict(NEW, **{"from": "2024-04-01"})],
                     [dict(NEW, **{"from": "2025-01-01"})]):
            units = [UNITS[0], OLD, C, *more]
            self.steps(LAST, units, ("old", "2024-Q2", 38, None),
                       ("c", "2024-Q2", 192, "230"),
                       ("c", "2024-Q3", 192, "192"))
            # 38 / 2 + 192
            self.steps(MEAN, units, ("old", "2024-S1", 38, None),
                       ("c", "2024", 192, "211"))

    def test_who_is_in_no_roll_up_takes_nothing_over(self):
        self.steps(dict(LAST, **{"except": "new"}), TRUSTS,
                   ("old", "2024-Q2", 38, None),
                   ("c", "2024-Q3", 192, "192"))

    def test_one_is_split_into_two(self):
        self.steps(LAST, [UNITS[0], OLD, C, dict(NEW, id="n1"),
                          dict(NEW, id="n2")],
                   ("old", "2024-Q2", 38, None),
                   ("c", "2024-Q3", 192, "230"),
                   ("n1", "2024-Q3", 20, "212"),
                   ("n2", "2024-Q3", 20, "232"))

    def test_hospitals_end_with_their_trust_or_before_it(self):
        def hospital(name, above, **life):
            return dict({"id": name, "name": name, "kind": "hospital",
                         "parent": above}, **life)
        self.steps(LAST, TRUSTS + [hospital("h", "old"),
                                   hospital("k", "new")],
                   ("h", "2024-Q2", 38, None), ("c", "2024-Q3", 192, "230"),
                   ("k", "2024-Q3", 40, "232"))
        self.steps(LAST, TRUSTS + [
            hospital("h", "old", to="2024-03-31"),
            hospital("g", "old", **{"from": "2024-04-01"})],
            ("h", "2024-Q1", 30, None), ("g", "2024-Q2", 38, "38"),
            ("c", "2024-Q3", 192, "230"))

    def test_a_trust_goes_on_without_a_hospital_that_ended(self):
        self.steps(LAST, [
            UNITS[0], C, dict(C, id="t"),
            dict(OLD, id="h", kind="hospital", parent="t"),
            dict(C, id="k", kind="hospital", parent="t")],
            ("h", "2024-Q2", 38, None), ("c", "2024-Q3", 192, "192"),
            ("k", "2024-Q2", 2, "194"))

    # the edges: what each weighs -------------------------------------

    def stretches(self, frequency, units, *stretches):
        """(unit, from, to, value): of months or weeks."""
        world = self.world(dict(MEAN, frequency=frequency), units=units)
        for unit, first, last, value in stretches:
            world.push(*(one(value, unit=unit, period=f"2024-{frequency}{n:02}")
                         for n in range(first, last + 1)))
        return self.region(world)[0]

    def test_a_cell_is_of_who_is_there_where_it_ends(self):
        """Month 5 and week 20, in which 15 May lies, are new's alone:
        (40 * 4 + 40 * 8) / 12, (40 * 19 + 40 * 33) / 52."""
        units = self.merging("2024-05-15", "2024-05-16")
        for frequency, at, end in (("M", 5, 12), ("W", 20, 52)):
            self.assertEqual("40", self.stretches(
                frequency, units, ("old", 1, at, 40), ("new", at, end, 40)))

    def test_a_mean_is_rounded_once(self):
        """(20 * 4 + 20 * 4 + 40 * 8) / 12."""
        ended = dict(OLD, to="2024-04-30")
        units = [UNITS[0], dict(ended, id="x"), dict(ended, id="y"),
                 dict(NEW, **{"from": "2024-05-01"})]
        self.assertEqual("40", self.stretches(
            "M", units, ("x", 1, 4, 20), ("y", 1, 4, 20),
            ("new", 5, 12, 40)))

    def test_where_nobody_is_there_none_is_weighed(self):
        self.assertEqual("40", self.stretches(
            "M", [UNITS[0], dict(C, **{"from": "2024-05-10",
                                       "to": "2024-05-20"})],
            ("c", 5, 5, 40)))

    # several years, several parts ------------------------------------

    def test_years_are_compared_of_what_all_of_them_have(self):
        """38 + 192 against 36 + 190: new has no base."""
        for indicator in (LAST, MEAN):
            world = self.world(indicator, "value > value(-1)")
            world.push(*BOTH, *quarters("old", 36, 36, year=2023),
                       *quarters("c", 190, 190, 190, 190, year=2023))
            found = world.status("r")
            self.assertEqual((found["value"], found["limit"]),
                             ("230", "226"))

    def test_a_year_after_a_merger_is_compared_like_for_like(self):
        """42 + 192 against 40 + 192."""
        world = self.world(MEAN, "value >= value(-1)", year=2025)
        world.record("clock", {"day": "2026-03-01"})
        world.push(*BOTH, *quarters("new", 42, 42, 42, 42, year=2025),
                   one(192, unit="c", period="2025"))
        found = world.status("r", year=2025)
        self.assertEqual((found["value"], found["limit"]), ("234", "232"))

    def test_parts_of_a_derived_number_are_of_the_same_units(self):
        flow = dict(BEDS, id="n", over_periods="sum")
        world = self.world(self.derived(flow), "value > 0 %", indicator="d")
        world.push(*BOTH, *quarters("old", 1000, 1000, indicator="n"),
                   *quarters("new", None, None, 25, 25, indicator="n"),
                   *quarters("c", 25, 25, 25, 25, indicator="n"))
        self.assertEqual(self.region(world)[:3], ("154.666666666667", 2, 2))

    @staticmethod
    def derived(second):
        return [LAST, second,
                {"id": "d", "measure": "percent", "frequency": "Q",
                 "title": {"nb": "d"}, "formula": f'"i" / "{second["id"]}"'}]

    def test_a_mean_beside_a_last_is_of_what_is_left(self):
        world = self.world(self.derived(dict(MEAN, id="m")), "value = 100 %",
                           indicator="d")
        for name in "im":
            world.push(*quarters("old", 38, 38, indicator=name),
                       *quarters("new", None, None, 40, 40, indicator=name))
        self.assertEqual(self.region(world), ("100", 1, 2, 4))

    def test_where_nobody_would_be_left_all_count(self):
        ended = dict(OLD, to="2024-08-31")
        world = self.world(
            self.derived(dict(LAST, id="m")), "value > 0 %",
            [UNITS[0], *(dict(ended, id=name) for name in "xyz")],
            indicator="d")
        world.push(*quarters("x", None, None, 1, 30),
                   one(20, unit="x", period="2024-S2", indicator="m"),
                   one(10, unit="y", period="2024-S2"),
                   *quarters("y", None, None, 1, 20, indicator="m"))
        self.assertEqual(self.region(world), ("100", 2, 3, 2))


if __name__ == "__main__":
    unittest.main()
