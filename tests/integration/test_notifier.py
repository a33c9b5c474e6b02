"""The notifier as a subscriber sees it: the whole way from a figure to a
notice, kills on the way, and an evaluator that lost its store."""
import random
import shutil
import signal
import time
import unittest

import disk
import house
import ingesting
from ingesting import UNITS, WAITS

# last year: all its months are over, and it is not closed
YEAR = time.localtime().tm_year - 1
TARGETS = ingesting.TARGETS.replace("2024", str(YEAR))


@unittest.skipUnless((house.BUILD / "bin" / "maalvakt-evaluator").exists(),
                     "there is no evaluator in this build")
class Way(unittest.TestCase):
    """From a figure to a notice."""

    def setUp(self):
        self.house = house.House()
        self.addCleanup(self.house.__exit__)
        self.house.add_key("kari", "subscriber")
        self.house.add_key("ola", "subscriber")
        self.number, self.producers = 0, {}

    def begin(self):
        self.house.start()
        self.assertEqual(
            self.house.catalogue(UNITS, WAITS, TARGETS)["result"],
            "accepted")

    def push(self, value, unit="ahus", month=1):
        self.number += 1
        if unit not in self.producers:
            self.producers[unit] = self.house.producer(unit)
        answer = self.producers[unit].deliver_for_good(
            ingesting.table(self.number,
                            ingesting.wait(value, month, unit, YEAR)))
        self.assertEqual(answer["result"], "accepted")

    def queue(self, subscription):
        with self.house.control("notifier") as operator:
            return operator.ask("queues", subscription=subscription)[0]


class NoRoom(Way):
    """P11 after ingest: what cannot be stored waits, and nobody starts it."""

    def full_and_back(self, service, kind):
        room = kind(self, self.house.path / "disk", 24)
        self.house.settings[service] = {"data_dir": room.home(service)}
        self.begin()
        process = self.house.processes[service]
        row = self.house.subscribe(id="told", units=["ahus"])
        operator = self.house.control(service)
        for _ in range(house.scale(2, 50)):
            room.fill()
            house.until(lambda: self.turn_and_look(operator))
            room.free()
            began = time.monotonic()
            self.turn()
            house.until(lambda: self.queue("told")["made"] == self.number)
            self.assertLess(time.monotonic() - began, 5)
        told = self.house.notices(row, self.number)
        self.assertEqual([n["changes"][0]["status"] for n in told],
                         [("green", "red")[n % 2]
                          for n in range(1, self.number + 1)])
        self.assertIs(self.house.processes[service], process)
        self.assertIsNone(process.poll())

    def turn(self):
        """Red with the first figure, back with the second, and so on."""
        self.push((60.5, 30.5)[self.number % 2])

    def turn_and_look(self, operator):
        """Says it that it is full?"""
        self.turn()
        return "no room" in str(operator.ask("health"))

    def test_p11_an_evaluator_without_room_goes_on_where_it_was(self):
        self.full_and_back("evaluator", disk.Disk.tmpfs)

    def test_p11_an_evaluator_on_a_full_ext4_too(self):
        self.full_and_back("evaluator", disk.Disk.ext4)

    def test_p11_a_notifier_without_room_goes_on_where_it_was(self):
        self.full_and_back("notifier", disk.Disk.tmpfs)

    def test_p11_a_notifier_on_a_full_ext4_too(self):
        self.full_and_back("notifier", disk.Disk.ext4)


class Notifier(Way):
    def setUp(self):
        super().setUp()
        self.begin()

    def test_a_figure_becomes_a_notice_and_the_next_one_takes_it_back(self):
        row = self.house.subscribe(id="told", units=["ahus"])
        self.push(60.5)
        self.push(70.5, unit="ous")
        self.push(30.5)
        red, back = self.house.notices(row, 2)
        self.assertEqual([red["number"], back["number"]], [1, 2])
        self.assertEqual(red["changes"][0]["status"], "red")
        self.assertEqual(red["changes"][0]["unit"], "ahus")
        self.assertIn(f"RØDT: T – A, {YEAR}.", red["text"]["nb"])
        self.assertIn("60,5 dager mot 50 dager", red["text"]["nb"])
        self.assertIn("60.5 days against 50 days", red["text"]["en"])
        self.assertEqual(back["changes"][0]["status"], "green")
        # `done` is the acknowledgement, and nothing else is
        self.assertLess(self.queue("told")["delivered"], 2)
        with self.house.client("notifier", "public", "kari") as kari:
            kari.pull("told", 3, row["genesis"])
        house.until(lambda: self.queue("told")["delivered"] == 2)
        self.assertEqual(self.queue("told")["pending"], 0)

    def test_bad_input_90_a_pull_of_anothers_queue_or_beyond_its_end(self):
        row = self.house.subscribe(id="told", units=["ahus"])
        self.push(60.5)
        self.house.notices(row, 1)
        with self.house.client("notifier", "public", "ola") as ola:
            page = ola.pull("told", 1, row["genesis"])
            self.assertEqual(page["code"], "forbidden")
        with self.house.client("notifier", "public", "kari") as kari:
            page = kari.pull("told", 99, row["genesis"])
            self.assertEqual(page["result"], "diverged")
            page = kari.pull("told", 1, bytes(32))
            self.assertEqual(page["result"], "diverged")
            once, again = (kari.pull("told", 1, row["genesis"], done=0)
                           for _ in range(2))
            self.assertEqual(once["records"], again["records"])
            self.assertEqual(len(once["records"]), 1)

    def test_p15_a_subscriber_that_repeats_itself_leaves_no_record(self):
        """Its own subscription a hundred times: the same answer, and nothing
        of it in the control log, which is kept for ever."""
        def control():
            with self.house.control("notifier") as operator:
                return operator.ask("head", log="control")[0]["seq"]
        row = self.house.subscribe(key="ola", id="mine", units=["ahus"])
        before = control()
        with self.house.client("notifier", "public", "ola") as ola:
            for _ in range(100):
                reply = ola.request("subscribe", {"id": "mine",
                                                  "units": ["ahus"]})
                self.assertEqual(reply["result"], "ok")
                self.assertEqual(reply["rows"], [row])
                self.assertNotIn("seq", reply)
            self.assertEqual(control(), before)
            reply = ola.request("unsubscribe", {"id": "mine"})
            self.assertEqual(reply["seq"], before + 1)

    def test_p15_a_subscriber_that_fills_the_store_is_told_to_wait(self):
        """New ones and their ends, as long as it may, with as much in each as
        one holds: of a day. Who is told besides is told."""
        told = self.house.subscribe(id="told", units=["ahus"])
        names = ["ahus", "ous"] * 500
        turns = 0
        with self.house.client("notifier", "public", "ola") as ola:
            reply = {"result": "ok"}
            while reply["result"] == "ok" and turns < 5000:
                reply = ola.request("subscribe", {"id": "mine",
                                                  "units": names})
                if reply["result"] == "ok":
                    ola.ask("unsubscribe", id="mine")
                    turns += 1
        self.assertEqual((reply["result"], reply["code"]),
                         ("retry", "quota"))
        self.assertGreater(reply["after_ms"], 0)
        self.assertIn("wait as long as `after_ms` says", reply["text"])
        self.assertTrue(100 < turns < 1000, turns)
        self.assertLess(self.house.counters("notifier")["store_used_bytes"],
                        8 << 20)
        self.push(60.5)
        self.house.notices(told, 1)

    def test_promise_p8_kills_neither_lose_nor_double_a_notice(self):
        row = self.house.subscribe(id="told", units=["ahus"])
        count, chance = house.scale(100, 900), random.Random(8)
        for i in range(count):       # fewer than those that are merged
            self.push(60.5 if i % 2 == 0 else (30_500 + i) / 1000)
            time.sleep(chance.random() * 0.01)
            self.house.kill("notifier")
            self.house.start("notifier")
        got = self.house.notices(row, count)
        self.assertEqual(len(got), count)
        self.assertEqual(len({n["id"] for n in got}), count)
        named = [(c["target"], c["unit"], c["changes_this_year"])
                 for n in got for c in n["changes"]]
        self.assertEqual(len(set(named)), len(named))
        # the same numbers carry the same ids when they are read again
        again = self.house.notices(row, count)
        self.assertEqual([n["id"] for n in again], [n["id"] for n in got])
        with self.house.control("notifier") as operator:
            books = operator.ask("books", subscription="told")[0]
        self.assertTrue(books["balanced"] and books["agrees"])
        print(f"{count} kills")

    def told_and_lost(self):
        """Three notices, and then the evaluator's store is no more."""
        row = self.house.subscribe(id="told", units=["ahus", "ous"])
        self.push(60.5)
        self.push(30.5)
        self.push(70.5, unit="ous")
        self.house.notices(row, 3)
        self.house.stop("evaluator")
        shutil.rmtree(self.house.path / "evaluator")
        (self.house.path / "evaluator").mkdir(mode=0o700)
        return row

    def test_promise_p26_a_lost_evaluator_store_repeats_no_notice(self):
        row = self.told_and_lost()
        self.house.start("evaluator")
        with self.house.control("notifier") as operator:
            house.until(lambda: "diverged" in str(operator.ask("health")))
            operator.ask("restart-changes")
        self.push(40.5, unit="ous")
        got = self.house.notices(row, 4)
        self.assertEqual(
            [(n["changes"][0]["unit"], n["changes"][0]["status"])
             for n in got],
            [("ahus", "red"), ("ahus", "green"), ("ous", "red"),
             ("ous", "green")])

    def test_promise_p26_an_evaluator_that_is_away_is_not_one_that_is_done(
            self):
        """Nor is one that the notifier has not asked since its own start."""
        self.house.settings["notifier"] = {"restart_quiet": "2 s"}
        row = self.told_and_lost()
        self.house.stop("notifier")
        self.house.start("notifier")
        with self.house.control("notifier") as operator:
            operator.ask("restart-changes")

        def silent():
            with self.house.control("notifier") as operator:
                return "no answer" in str(operator.ask("health"))
        house.until(silent)                          # for three seconds
        self.house.stop("notifier")
        self.house.start("notifier")
        house.until(silent)
        self.house.start("evaluator")
        self.push(40.5, unit="ous")
        got = self.house.notices(row, 4)
        self.assertEqual(
            [(n["changes"][0]["unit"], n["changes"][0]["status"])
             for n in got],
            [("ahus", "red"), ("ahus", "green"), ("ous", "red"),
             ("ous", "green")])

    def say(self, kind, **content):
        """What an assessor states of the indicator at ahus."""
        self.number += 1
        answer = self.house.producer("assessor").deliver_for_good(
            {"v": 1, "type": kind, "producer": "desk", "number": self.number,
             "indicator": "wait", "unit": "ahus", "comment": "c",
             "author": "Kari", **content})
        self.assertEqual(answer["result"], "accepted", answer)

    def test_while_figures_are_held_nobody_is_told(self):
        """Red, held, green and red again, released: one notice. What the end
        of a hold turns is one notice too. The last is another's: nothing
        stands between it and those before."""
        row = self.house.subscribe(id="told", units=["ahus", "ous"])
        self.push(60.5)
        self.say("hold")
        self.push(30.5)
        self.push(61.5)
        self.say("release")
        self.say("hold")
        self.push(31.5)
        self.say("release")             # back from red
        self.say("hold", until=f"{YEAR + 9}-01-01")
        self.push(62.5)
        self.say("release")             # red once more
        self.push(70.5, unit="ous")
        got = self.house.notices(row, 4)
        self.assertEqual(
            [(n["cause"]["kind"], [(c["unit"], c["status"], c["was_status"])
                                   for c in n["changes"]]) for n in got],
            [("figure", [("ahus", "red", "none")]),
             ("hold", [("ahus", "green", "red")]),
             ("hold", [("ahus", "red", "green")]),
             ("figure", [("ous", "red", "none")])])

    def test_a_target_that_comes_in_while_held_is_told_red_at_the_end(self):
        row = self.house.subscribe(id="told", units=["ahus", "ous"])
        self.push(30.5)
        self.say("hold")
        self.push(60.5)
        again = TARGETS.replace("{id: t1", "{id: t9").partition("\n")[2]
        self.assertEqual(self.house.catalogue(
            UNITS, WAITS, TARGETS + again)["result"], "accepted")
        self.say("release")
        self.push(70.5, unit="ous")
        held, other = self.house.notices(row, 2)
        self.assertEqual(held["cause"]["kind"], "hold")
        self.assertEqual([(c["target"], c["was_status"], c.get("was_reason"))
                          for c in held["changes"]],
                         [("t1", "green", None), ("t9", "none", "not_assessed")])
        self.assertEqual({c["unit"] for c in other["changes"]}, {"ous"})

    def test_an_orderly_end_is_clean(self):
        self.assertEqual(self.house.stop("notifier", signal.SIGTERM), 0)


if __name__ == "__main__":
    unittest.main()
