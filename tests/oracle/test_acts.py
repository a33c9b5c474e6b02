"""Assessments, holds, commissions, and the days that pass."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from oracle.world import DAYS, PERCENT, World, one  # noqa: E402


class Assessments(unittest.TestCase):
    def test_a_target_without_require_is_judged_by_a_person(self):
        world = World(DAYS, {})
        self.assertEqual(world.colour(), "not_assessed")
        change, = world.act("assessment", status="yellow")
        self.assertEqual((change["status"], change["cause"]["kind"],
                          change["by"]),
                         ("yellow", "assessment", "assessment"))
        change, = world.act("assessment", status="green")   # the last one
        self.assertEqual(change["was_status"], "yellow")
        change, = world.act("assessment", status="none")
        self.assertEqual(change["reason"], "not_assessed")

    def test_who_decides(self):
        for how, figure, person, status in (
                ("figures", 6, "red", "green"),
                ("figures", None, "red", "red"),
                ("assessment", 6, "red", "red"),
                ("assessment", 6, None, "green"),
                ("worst", 6, "yellow", "yellow"),
                ("worst", 4, "green", "red"),
                ("worst", None, "green", "green")):
            world = World(DAYS, {"require": ["value > 5 days"],
                                 "decides": how})
            if figure:
                world.push(one(figure))
            if person:
                world.act("assessment", status=person)
            self.assertEqual(world.colour(), status, (how, figure, person))

    def test_both_are_shown(self):
        world = World(DAYS, {"require": ["value > 5 days"],
                             "decides": "assessment"})
        world.push(one(6))
        world.act("assessment", status="red", comment="Too few beds")
        found = world.status()
        self.assertEqual((found["status"], found["value"]), ("red", "6"))
        self.assertEqual(found["assessment"]["comment"], "Too few beds")

    def test_it_ends_after_its_last_day(self):
        world = World(DAYS, {})
        world.act("assessment", status="red", until="2025-03-02")
        self.assertEqual(world.clock("2025-03-02"), [])
        change, = world.clock("2025-03-03")
        self.assertEqual((change["reason"], change["cause"]["kind"],
                          change["last_coloured"]),
                         ("not_assessed", "clock", "red"))

    def test_it_gives_no_colour_to_what_is_only_reported(self):
        world = World(DAYS, {"state": "report_only"})
        world.act("assessment", status="red")
        self.assertEqual(world.colour(), "report_only")


class Holds(unittest.TestCase):
    def world(self):
        world = World(PERCENT, {"require": ["value > 50 %"],
                                "scope": ["region", "trust"]})
        world.push(one((60, 100)), one((60, 100), unit="b"))
        return world

    def test_the_published_colour_stays_until_the_release(self):
        world = self.world()
        world.act("hold", indicator="i")
        self.assertEqual(world.push(one((1, 100))), [])
        self.assertEqual((world.colour(), world.status()["held"]),
                         ("green", True))
        changes = world.act("release", indicator="i")
        self.assertEqual([(c["unit"], c["status"], c["cause"]["kind"])
                          for c in changes],
                         [("r", "red", "hold"), ("a", "red", "hold")])
        self.assertNotIn("held", world.status())

    def test_others_are_judged_as_ever(self):
        world = self.world()
        world.act("hold", indicator="i")
        change, = world.push(one((1, 100), unit="b"))
        self.assertEqual((change["unit"], change["status"]), ("b", "red"))

    def test_of_a_region_it_holds_all_below(self):
        world = self.world()
        world.act("hold", indicator="i", unit="r")
        self.assertEqual(world.push(one((1, 100), unit="b")), [])

    def test_it_ends_after_its_last_day(self):
        world = self.world()
        world.act("hold", indicator="i", until="2025-03-10")
        world.push(one((1, 100)))
        self.assertEqual(world.clock("2025-03-10"), [])
        changes = world.clock("2025-03-11")
        self.assertEqual({c["cause"]["kind"] for c in changes}, {"hold"})
        self.assertEqual(world.colour(), "red")

    @staticmethod
    def anew(world):
        """The change that the target makes if it comes in only now."""
        world.oracle.published.clear()
        changes = world.record("catalogue", {})
        return next(c for c in changes if c["unit"] == "a")

    def test_a_first_red_waits_for_the_end_of_the_hold(self):
        for person in (False, True):
            world = World(PERCENT, {"require": ["value > 50 %"],
                                    "decides": "worst"})
            world.act("hold", indicator="i")
            if person:
                world.act("assessment", status="red")
            world.push(one((60 if person else 1, 100)))
            change = self.anew(world)
            self.assertEqual((change["reason"], change["held"],
                              "by" in change), ("not_assessed", True, False))
            self.assertEqual(change["own"], "green" if person else "red")
            change, = world.act("release", indicator="i")
            self.assertEqual((change["was_reason"], change["status"],
                              change["cause"]["kind"]),
                             ("not_assessed", "red", "hold"))

    def test_a_first_green_does_not(self):
        world = World(PERCENT, {"require": ["value > 50 %"]})
        world.push(one((60, 100)))
        world.act("hold", indicator="i")
        change = self.anew(world)
        self.assertEqual((change["status"], change["held"]), ("green", True))

    def test_what_went_and_came_back_is_no_change(self):
        world = self.world()
        world.act("hold", indicator="i")
        world.push(one((1, 100)))
        world.push(one((70, 100)))
        self.assertEqual(world.act("release", indicator="i"), [])


class Commissions(unittest.TestCase):
    def world(self, *due, **more):
        return World(DAYS, commissions=[dict(
            {"id": "c", "year": 2024, "for": ["r"], "due": list(due)},
            **more)])

    def done(self, world, due, kind="delivered", **more):
        return world.act(kind, commission="c", unit="r", due=due, **more)

    def test_all_in_time_is_green(self):
        world = self.world({"on": "2025-04-01"}, {"on": "2025-05-01"})
        self.assertEqual(world.commission(), "not_due")
        self.assertEqual(self.done(world, "2025-04-01"), [])
        change, = self.done(world, "2025-05-01", "closed")
        self.assertEqual((change["status"], change["cause"]["kind"],
                          change["commission"]), ("green", "closed", "c"))

    def test_overdue_is_red_and_late_is_yellow(self):
        world = self.world({"on": "2025-03-02"})
        self.assertEqual(world.clock("2025-03-02"), [])
        change, = world.clock("2025-03-03")
        self.assertEqual((change["status"], change["overdue"]),
                         ("red", ["2025-03-02"]))
        change, = self.done(world, "2025-03-02")
        self.assertEqual(change["status"], "yellow")
        change, = self.done(world, "2025-03-02", on="2025-03-01")
        self.assertEqual(change["status"], "green")

    def test_a_moved_date_counts(self):
        world = self.world({"on": "2025-03-02",
                            "moved": ["2025-03-05", "2025-03-09"]})
        world.clock("2025-03-09")
        self.assertEqual(world.commission(), "not_due")
        self.done(world, "2025-03-02")
        self.assertEqual(world.commission(), "green")

    def test_before_that_a_person_says(self):
        world = self.world({"on": "2025-03-02"})
        world.act("assessment", commission="c", unit="r", status="yellow")
        self.assertEqual(world.commission(), "yellow")
        world.clock("2025-03-03")
        self.assertEqual(world.commission(), "red")

    def test_without_a_date_only_a_person_says(self):
        world = self.world()
        self.assertEqual(world.commission(), "not_assessed")
        world.act("assessment", commission="c", unit="r", status="green")
        self.assertEqual(world.commission(), "green")


if __name__ == "__main__":
    unittest.main()
