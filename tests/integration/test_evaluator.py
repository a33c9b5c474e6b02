"""The evaluator as those see it who pull, listen and ask: real services."""
import os
import random
import signal
import struct
import subprocess
import time
import unittest

import house
import ingesting
import mvclient
import rawpeer
from ingesting import UNITS, wait

INDICATORS = ingesting.WAITS + """\
  - {id: done, title: Done, measure: percent, frequency: A_3, better: higher,
     over_periods: ratio, over_units: ratio, by: trust, due: 45 d}
"""
TARGETS = """targets:
  - {id: t1, year: 2024, text: Short waits, indicator: wait, scope: [trust],
     require: [value < 50 days]}
  - {id: t2, year: 2024, text: Most done, indicator: done,
     scope: [region, trust], require: [value >= 70 %], yellow: [value >= 60 %]}
"""


def done_row(num, den, third=1, unit="ahus"):
    return {"indicator": "done", "unit": unit, "period": f"2024-T{third}",
            "numerator": num, "denominator": den}


class Evaluator(unittest.TestCase):
    def setUp(self):
        self.house = house.House()
        self.addCleanup(self.house.__exit__)
        self.number = 0

    def begin(self, *services):
        self.house.start(*(services or ("ingest", "evaluator")))
        answer = self.house.catalogue(UNITS, INDICATORS, TARGETS)
        self.assertEqual(answer["result"], "accepted")
        return answer["seq"]

    def push(self, *rows, unit="ahus"):
        self.number += 1
        with self.house.producer(unit) as producer:
            answer = producer.deliver_for_good(
                mvclient.delivery("m", self.number, list(rows)))
        self.assertEqual(answer["result"], "accepted", answer)
        return answer["seq"]

    def state(self):
        with self.house.control("evaluator") as asker:
            return asker.ask("state")[0]

    def caught_up(self, seq, patience_s=90):
        try:
            house.until(lambda: self.state()["seq"] >= seq, patience_s)
        except AssertionError:
            self.fail("the evaluator did not reach %d: %s" %
                      (seq, self.house.log("evaluator")[-2000:]))

    def changes(self):
        """(seq of the cause, change) of every change, groups checked."""
        found = []
        with self.house.control("evaluator") as reader:
            for record in reader.read_log("changes"):
                group = record.message()
                found += [(group["cause"], c) for c in group["changes"]]
        return found

    def watcher(self):
        """Of the trust's one target; it is connected."""
        watcher = mvclient.Watcher(self.house.ready["evaluator"]["live"],
                                   self.house.keys["evaluator"][0],
                                   self.house.keys["operator"],
                                   topics=("change/hso/ahus/t1/",
                                           "heartbeat/"))
        self.addCleanup(watcher.close)
        watcher.receive()
        return watcher

    def digest(self):
        with self.house.control("evaluator") as asker:
            rows, args = [], {}
            while True:
                row = asker.ask("digest", **args)[0]
                rows.append((row["table"], row["rows"], row["hash"]))
                if not row["next_table"]:
                    return rows
                args = {"table": row["next_table"]}
                if row["after"]:
                    args["after"] = row["after"]

    def replayed(self):
        """The digest of an evaluator that begins with nothing."""
        fresh = self.house.path / "evaluator"
        kept = self.house.path / "evaluator.kept"
        seq = self.state()["seq"]
        self.assertEqual(self.house.stop("evaluator"), 0)
        fresh.rename(kept)
        fresh.mkdir(mode=0o700)
        self.house.start("evaluator")
        self.caught_up(seq)
        return self.digest()

    def test_a_figure_becomes_a_change_in_the_log_and_on_the_live_feed(self):
        self.begin()
        watcher = self.watcher()
        seq = self.push(wait(60.5), wait(58, 2))
        while True:
            topic, live = watcher.receive()
            if not topic.startswith("heartbeat/"):
                break
        self.assertEqual(topic, "change/hso/ahus/t1/2024/red/")
        self.assertEqual(live["cause"],
                         {"kind": "figure", "seq": seq, "row": 1})
        cause, change = self.changes()[-1]
        self.assertEqual((cause, change), (live["cause"], live["change"]))
        self.assertEqual(
            {k: change[k] for k in ("target", "year", "unit", "region",
                                    "status", "was_status", "was_reason",
                                    "value", "limit", "margin", "measure")},
            {"target": "t1", "year": 2024, "unit": "ahus", "region": "hso",
             "status": "red", "was_status": "none", "was_reason": "overdue",
             "value": "59.25", "limit": "50", "margin": "-9.25",
             "measure": "days"})
        self.assertEqual(change["basis"]["names"], ["2024-M01", "2024-M02"])

    def test_status_explain_and_series_show_what_stands_behind(self):
        self.begin()
        self.push(done_row(50, 100), done_row(60, 100, unit="ahus", third=2))
        seq = self.push(done_row(65, 100, unit="ous"), unit="ous")
        self.caught_up(seq)
        with self.house.control("evaluator") as asker:
            rows = asker.ask("status", year=2024, target="t2")
            self.assertEqual([(r["unit"], r["status"], r.get("value"))
                              for r in rows],
                             [("hso", "red", "58.333333333333"),
                              ("ahus", "red", "55"), ("ous", "yellow", "65")])
            self.assertEqual(
                [r["unit"] for r in asker.ask("status", status="yellow")],
                ["ous"])
            rows = asker.ask("explain", target="t2", unit="hso", year=2024)
            self.assertEqual([r["what"] for r in rows],
                             ["judgement", "rule", "indicator", "criterion",
                              "term", "weight", "weight"] + 3 * ["figure"])
            self.assertEqual([(r["unit"], r["share"], r["pull"])
                              for r in rows if r["what"] == "weight"],
                             [("ahus", "66.666666666667", "-6.666666666667"),
                              ("ous", "33.333333333333", "3.333333333333")])
            self.assertEqual(rows[-1]["seq"], seq)
            rows = asker.ask("series", indicator="done", unit="ahus")
            self.assertEqual([(r["period"], r["numerator"]) for r in rows],
                             [("2024-T1", "50"), ("2024-T2", "60")])
            self.assertEqual(len(asker.ask("targets")), 2)
            self.assertEqual(
                asker.ask("verify")[0]["sound"], True)
            self.assertEqual(
                asker.ask("verify", what="changes")[0]["sound"], True)
            reply = asker.request("explain", {"target": "t9", "unit": "hso",
                                              "year": 2024})
            self.assertEqual((reply["result"], reply["code"]),
                             ("rejected", "not_found"))
            self.assertEqual(asker.request("skip", {"seq": 1, "reason": "x"})
                             ["code"], "refused")

    def test_bad_input_64_what_is_older_has_no_effect(self):
        """Each with the mean of January's value that is in force after it."""
        self.begin()
        now = int(time.time() * 1000)
        last = {"time": now - 5}
        for value, how, older, held in (
                (41, last, 0, "41"),                        # the correction
                (40, {"time": now - 9}, 1, "41"),           # the original
                (40, {"time": now - 9}, 2, "41"),           # and once more
                (42, last, 2, "42"),                # at the same time: later
                (43, {"flag": "A", "time": now - 3}, 2, "43"),
                (44, {"flag": "P", "time": now - 2}, 3, "43")):
            self.caught_up(self.push({**wait(value), **how}))
            counters = self.house.counters("evaluator")
            self.assertEqual((counters["older"], counters["nothing"]),
                             (older, 0))
            with self.house.control("evaluator") as asker:
                judged, = asker.ask("status", target="t1", unit="ahus")
            self.assertEqual((judged["status"], judged["value"]),
                             ("green", held))

    def test_bad_input_65_a_withdrawal_of_nothing_has_no_effect(self):
        self.begin()
        self.caught_up(self.push(wait(60.5)))
        was, before = self.house.counters("evaluator"), self.changes()
        with self.house.producer("ahus") as producer:
            answer = producer.deliver_for_good(mvclient.delivery(
                "m", 99, [{k: wait(1, 2)[k] for k in (
                    "indicator", "unit", "period")}], kind="withdrawal"))
        self.assertEqual(answer["result"], "accepted", answer)
        self.caught_up(answer["seq"])
        now = self.house.counters("evaluator")
        self.assertEqual([now[k] - was[k] for k in (
            "figures", "older", "nothing", "quarantined")], [1, 0, 1, 0])
        self.assertEqual(self.changes(), before)

    def listener(self):
        """A raw SUB at the live feed, let in."""
        peer = rawpeer.RawPeer(self.house.ready["evaluator"]["live"])
        self.addCleanup(peer.close)
        peer.shake(self.house.keys["evaluator"][0],
                   self.house.keys["operator"], metadata=rawpeer.SUB)
        return peer

    def test_bad_input_20_a_million_subscriptions_and_one_of_a_mebibyte(self):
        """Both are cut off, in bounded memory; another listener hears on."""
        self.begin()
        watcher = self.watcher()
        pid = self.house.processes["evaluator"].pid
        before = ingesting.own_kib(pid)
        long = self.listener()
        long.frame(b"\x01" + bytes(1 << 20))
        self.assertTrue(long.is_cut())
        self.assertEqual(self.house.counters("evaluator")["peers_cut"], 0)
        flood, sent = self.listener(), 0
        while sent < 1000000 and flood.frame(b"\x01" + os.urandom(200)):
            sent += 1
        self.assertLess(sent, 1000000)
        self.assertTrue(flood.is_cut())
        house.until(
            lambda: self.house.counters("evaluator")["peers_cut"] == 1)
        self.assertLess(ingesting.own_kib(pid) - before,
                        (64 << 10) * house.SANITIZED)
        for _ in range(2):    # what libzmq does of the cut one now and then
            self.assertEqual(watcher.receive()[0], "heartbeat/")
        self.assertIsNone(self.house.processes["evaluator"].poll())
        seq = self.push(wait(60.5))
        heard = ("heartbeat/", None)
        while heard[0].startswith("heartbeat/"):
            heard = watcher.receive()
        self.assertEqual(heard[1]["cause"]["seq"], seq)

    def test_kill_dash_nine_changes_nothing_that_a_replay_would_not(self):
        """P5, P6: state, position and changes equal a replay from zero."""
        self.begin()
        rng = random.Random(7)
        seq = 0
        for _ in range(house.scale(12, 200)):
            for _ in range(rng.randrange(1, 6)):
                seq = self.push(wait(rng.randrange(30, 80),
                                         rng.randrange(1, 13)),
                                done_row(rng.randrange(100), 100,
                                         rng.randrange(1, 4)))
            time.sleep(rng.random() * 0.02)
            self.house.kill("evaluator")
            self.house.start("evaluator")
        self.caught_up(seq)
        was = self.digest()
        numbers = [c["seq"] for c, _ in self.changes()]
        self.assertEqual(numbers, sorted(numbers))
        self.assertEqual(self.replayed(), was)

    def test_a_record_that_killed_it_three_times_waits_for_an_operator(self):
        self.begin()
        seq = self.push(wait(40))
        self.caught_up(seq)
        self.house.kill("evaluator")
        bad = self.push(wait(99, 2))
        good = self.push(wait(42, 3))
        (self.house.path / "evaluator" / "applying").write_bytes(
            struct.pack("=12Q", bad, bad, 2, *9 * [0]))
        self.house.start("evaluator")
        with self.house.control("evaluator") as operator:
            text = [r["text"] for r in operator.ask("health") if not r["ok"]]
            self.assertIn(f"record {bad}", "".join(text))
            self.assertEqual(operator.ask("state")[0]["seq"], seq)
            self.assertEqual(
                operator.request("skip", {"seq": bad, "reason": "it hangs"})
                ["result"], "ok")
            self.caught_up(good)
            self.assertEqual(operator.ask("quarantine"),
                             [{"seq": bad, "kind": "skipped",
                               "reason": "it hangs", "by": "operator"}])
            value = operator.ask("status", target="t1", unit="ahus")[0]
            self.assertEqual(value["value"], "41")
            acts = [r.message() for r in operator.read_log("control")]
            self.assertEqual([a["verb"] for a in acts], ["skip"])

    def rebuild(self, *options):
        return subprocess.run(
            [house.PROGRAMS / "maalvakt-evaluator", "rebuild",
             "--config", self.house.path / "evaluator.conf", *options],
            capture_output=True, text=True, timeout=60, check=False)

    def test_rebuild_adds_only_what_differs(self):
        """P26, over a restored journal: the log goes on, nothing twice."""
        self.begin()
        seq = self.push(wait(40))
        self.caught_up(seq)
        self.assertEqual(self.rebuild().returncode, 78)   # it is running
        kept = self.house.path / "ingest.kept"
        self.house.stop("ingest")
        subprocess.run(["cp", "-a", self.house.path / "ingest", kept],
                       check=True)
        self.house.start("ingest")
        seq = self.push(wait(90, 2))
        self.caught_up(seq)
        before = self.changes()
        self.house.stop("ingest")
        (self.house.path / "ingest").rename(self.house.path / "ingest.lost")
        kept.rename(self.house.path / "ingest")
        self.house.stop("evaluator")
        self.house.start("ingest")
        seq = self.push(wait(41, 2))     # the same number, other content
        told = self.rebuild("--dry-run")
        self.assertEqual(told.returncode, 0, told.stderr)
        self.assertIn("t1 2024 ahus: red -> green", told.stdout)
        self.assertIn("1 statuses would turn", told.stdout)
        told = self.rebuild()
        self.assertEqual(told.returncode, 0, told.stderr)
        self.house.start("evaluator")
        after = self.changes()
        self.assertEqual(after[:len(before)], before)
        self.assertEqual([(c["kind"], c["seq"], x["status"])
                          for c, x in after[len(before):]],
                         [("restore", seq, "green")])
        seq = self.push(wait(95, 3))
        self.caught_up(seq)
        self.assertEqual(self.changes()[-1][1]["status"], "red")

    def test_sigterm_ends_it_clean_and_what_it_has_is_kept(self):
        self.begin()
        seq = self.push(wait(40))
        self.caught_up(seq)
        was = self.digest()
        self.assertEqual(self.house.stop("evaluator", signal.SIGTERM), 0)
        self.house.start("evaluator")
        self.assertEqual(self.digest(), was)


if __name__ == "__main__":
    unittest.main()
