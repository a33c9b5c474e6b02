"""Promise P20, bad input 63 and 104: the wall clock jumps, ingest does not.

The clock of the running service is set by preload_clock, which leaves the
other clocks alone.
"""
import datetime
import struct
import time
import unittest
import zoneinfo

import house
import ingesting
from ingesting import table

OSLO = zoneinfo.ZoneInfo("Europe/Oslo")
YEAR_S = 365.25 * 86400


class Clock(unittest.TestCase):
    def setUp(self):
        self.house = house.House()
        self.addCleanup(self.house.__exit__)
        self.file = self.house.path / "clock"
        self.number = 0
        self.stored = {}
        self.set(0)

    def set(self, off_s):
        """The wall clock is off by so much from now on. In place: the
        service has the file mapped."""
        with open(self.file, "r+b" if self.file.exists() else "w+b") as f:
            f.write(struct.pack("=q", int(off_s * 1000)))
        self.off_s = off_s

    def set_to(self, *when, zone=OSLO):
        moment = datetime.datetime(*when, tzinfo=zone)
        self.set(moment.timestamp() - time.time())

    def start(self):
        self.house.start("ingest", environment=house.preload(
            "preload_clock", MV_CLOCK_FILE=str(self.file),
            MV_CLOCK_JUMPS="1"))

    def begin(self):
        self.start()
        answer = self.house.catalogue(
            ingesting.UNITS, ingesting.INDICATORS, ingesting.TARGETS)
        self.assertEqual(answer["result"], "accepted")

    def deliver(self):
        """One new delivery, once."""
        self.number += 1
        with self.house.producer("ahus") as ahus:
            answer = ahus.deliver(table(self.number, period="2020-M01",
                                        value=self.number))
        if answer["result"] == "accepted":
            self.stored[self.number] = answer["seq"]
        return answer

    def accepted(self):
        answer = self.deliver()
        self.assertEqual(answer["result"], "accepted", answer)

    def distrusted(self):
        answer = self.deliver()
        self.assertEqual((answer["result"], answer.get("reason")),
                         ("retry", "clock"))

    def journal(self):
        return self.house.journal()

    def days(self):
        return [r.message()["day"] for r in self.journal()
                if r.message()["type"] == "clock"]

    def alarms(self):
        with self.house.control("ingest") as operator:
            return str(operator.ask("health"))

    def settled(self):
        """What must hold at the end: what was accepted, and times that only
        grow."""
        records = self.journal()
        times = [r.received_ms for r in records]
        self.assertEqual(times, sorted(times))
        found = {r.message()["number"]: r.seq for r in records
                 if r.message()["type"] == "delivery"}
        self.assertEqual(found, self.stored)
        days = self.days()
        self.assertEqual(days, sorted(set(days)))

    def test_bad_input_104_and_p20_jumps_while_running(self):
        self.begin()
        self.accepted()
        days = self.days()
        for off_s in (-56 * YEAR_S, -10 * YEAR_S, 10 * YEAR_S, 3600, -3600,
                      301, -301):
            with self.subTest(off_s):
                self.set(off_s)
                house.until(lambda: self.deliver()["result"] == "retry",
                                15)
                self.distrusted()
                house.until(lambda: "clock" in self.alarms())
                self.set(0)
                house.until(
                    lambda: self.deliver()["result"] == "accepted")
        self.assertEqual(self.days(), days)       # no clock record for it
        self.settled()

    def test_p20_the_next_delivery_meets_the_clock_as_it_is(self):
        """Nothing has to be waited for: not for the doubt, nor its end."""
        self.begin()
        self.accepted()
        for off_s in (-10 * YEAR_S, 10 * YEAR_S, 3600, -3600, 310, -310):
            with self.subTest(off_s):
                self.set(off_s)
                self.distrusted()
                self.set(0)
                self.accepted()
        self.settled()

    def test_p20_an_hour_back_and_forth(self):
        self.begin()
        for turn in range(house.scale(6, 120)):
            self.set(3600 if turn % 2 else 0)
            self.deliver()
            time.sleep(0.05)
        self.set(0)
        house.until(lambda: self.deliver()["result"] == "accepted")
        self.settled()

    def test_steps_within_five_minutes_are_believed(self):
        self.begin()
        for off_s in (100, -100, 150, 1, 0):      # a leap second among them
            self.set(off_s)
            self.accepted()
        self.settled()

    def test_p20_what_depends_on_the_other_clocks_goes_on(self):
        self.begin()
        self.set(-10 * YEAR_S)
        with self.house.control("ingest") as puller:
            head = puller.ask("head", log="journal")[0]

            def nothing():
                page = puller.pull("journal", head["seq"] + 1, head["hash"])
                self.assertEqual(page["records"], [])
            self.assertLess(ingesting.least(
                lambda: ingesting.seconds(nothing), 2.0), 2.0)

    def test_bad_input_104_a_wrong_clock_at_start(self):
        self.begin()
        self.accepted()
        days = self.days()
        for off_s in (-56 * YEAR_S, -3600, 32 * 86400, 10 * YEAR_S):
            with self.subTest(off_s):
                self.house.stop("ingest")
                self.set(off_s)
                self.start()
                self.distrusted()
                house.until(lambda: "clock" in self.alarms())
                self.assertEqual(self.days(), days)
        self.house.stop("ingest")
        self.set(0)
        self.start()
        self.accepted()
        self.settled()

    def test_an_operator_says_that_the_clock_is_right(self):
        self.begin()
        self.accepted()
        self.set(40 * 86400)
        house.until(lambda: self.deliver()["result"] == "retry")
        right = datetime.datetime.fromtimestamp(time.time() + self.off_s,
                                                OSLO).date()
        wrong = right + datetime.timedelta(days=1)
        with self.house.control("ingest") as operator:
            for day, result in ((wrong, "rejected"), (right, "ok")):
                reply = operator.request("clock-accept", {"day": str(day)})
                self.assertEqual(reply["result"], result, reply)
        house.until(lambda: self.deliver()["result"] == "accepted")
        self.assertEqual(len(self.days()), 41)    # missed days one by one
        self.settled()

    def over_midnight(self, before, days):
        """From two minutes before a local midnight to one after it."""
        self.set_to(*before, 23, 58, 0)
        self.begin()
        self.accepted()
        self.assertEqual(self.days(), days[:1])
        self.set(self.off_s + 60)                 # 23:59
        self.accepted()
        self.assertEqual(self.days(), days[:1])
        self.set(self.off_s + 120)                # 00:01, by small steps
        house.until(lambda: len(self.days()) > 1)   # by the timer
        self.accepted()
        self.assertEqual(self.days(), days)
        self.settled()

    def test_bad_input_63_into_the_day_when_summer_begins(self):
        self.over_midnight((2024, 3, 30), ["2024-03-30", "2024-03-31"])

    def test_bad_input_63_out_of_the_day_when_summer_begins(self):
        self.over_midnight((2024, 3, 31), ["2024-03-31", "2024-04-01"])

    def test_bad_input_63_into_the_day_when_summer_ends(self):
        self.over_midnight((2024, 10, 26), ["2024-10-26", "2024-10-27"])

    def test_bad_input_63_out_of_the_day_when_summer_ends(self):
        self.over_midnight((2024, 10, 27), ["2024-10-27", "2024-10-28"])

    def test_p20_the_29th_of_february(self):
        self.over_midnight((2024, 2, 28), ["2024-02-28", "2024-02-29"])

    def test_bad_input_63_new_year_is_local(self):
        self.set_to(2024, 12, 31, 23, 30, 0, zone=datetime.timezone.utc)
        self.begin()
        self.accepted()
        self.assertEqual(self.days(), ["2025-01-01"])

    def test_bad_input_63_the_hour_that_comes_twice(self):
        self.set_to(2024, 10, 27, 0, 59, 30, zone=datetime.timezone.utc)
        self.begin()
        self.accepted()
        self.set(self.off_s + 60)                 # 02:00 for the second time
        self.accepted()
        self.assertEqual(self.days(), ["2024-10-27"])
        self.settled()


@unittest.skipUnless((house.BUILD / "bin" / "maalvakt-notifier").exists(),
                     "there is no notifier in this build")
class NotifierClock(unittest.TestCase):
    """What waits to be fetched is not given up on by a clock that jumps."""

    def setUp(self):
        self.house = house.House()
        self.addCleanup(self.house.__exit__)
        self.house.add_key("kari", "subscriber")
        self.file = self.house.path / "clock"
        self.set(0)

    set = Clock.set

    def start(self):
        self.house.start("notifier", environment=house.preload(
            "preload_clock", MV_CLOCK_FILE=str(self.file),
            MV_CLOCK_JUMPS="1"))

    def queue(self):
        with self.house.control("notifier") as operator:
            return operator.ask("queues", subscription="told")[0]

    def alarmed(self):
        with self.house.control("notifier") as operator:
            return "clock" in str(operator.ask("health"))

    def waits(self, count):
        row = self.queue()
        self.assertEqual((row["pending"], row["dead"]), (count, 0), row)

    def test_p20_a_jump_makes_no_notice_a_dead_letter(self):
        year = time.localtime().tm_year - 1
        self.house.start("ingest", "evaluator")
        self.start()
        answer = self.house.catalogue(
            ingesting.UNITS, ingesting.WAITS,
            ingesting.TARGETS.replace("2024", str(year)))
        self.assertEqual(answer["result"], "accepted")
        row = self.house.subscribe(id="told", units=["ahus"])

        def push(number, value):
            answer = self.house.producer("ahus").deliver_for_good(
                table(number, ingesting.wait(value, 1, "ahus", year)))
            self.assertEqual(answer["result"], "accepted")
            house.until(lambda: self.queue()["made"] == number)

        push(1, 60.5)
        for number, off_s in enumerate((10 * YEAR_S, -10 * YEAR_S), 2):
            with self.subTest(off_s):
                self.set(off_s)
                house.until(self.alarmed)
                push(number, 30.5 if number % 2 == 0 else 60.5)
                self.waits(number)
                self.set(0)
                house.until(lambda: not self.alarmed())
                self.waits(number)
        for off_s in (10 * YEAR_S, -10 * YEAR_S):
            with self.subTest(f"{off_s} at start"):
                self.house.stop("notifier")
                self.set(off_s)
                self.start()
                house.until(self.alarmed)
                self.waits(3)
                self.set(0)
                house.until(lambda: not self.alarmed())
                self.waits(3)
        for notice in self.house.notices(row, 3):
            self.assertLess(abs(notice["made_ms"] - time.time() * 1000),
                            300_000)

    def test_p20_a_clock_that_was_wrong_is_set_right_by_nobody_else(self):
        """The first start believes it; the next change shows what is."""
        year = time.localtime().tm_year - 1
        self.house.start("ingest", "evaluator")
        self.set(10 * YEAR_S)
        self.start()
        answer = self.house.catalogue(
            ingesting.UNITS, ingesting.WAITS,
            ingesting.TARGETS.replace("2024", str(year)))
        self.assertEqual(answer["result"], "accepted")
        self.house.subscribe(id="told", units=["ahus"])
        self.set(0)
        house.until(self.alarmed)
        answer = self.house.producer("ahus").deliver_for_good(
            table(1, ingesting.wait(60.5, 1, "ahus", year)))
        self.assertEqual(answer["result"], "accepted")
        house.until(lambda: not self.alarmed())
        self.waits(1)


if __name__ == "__main__":
    unittest.main()
