"""Promises P5, P6, P7: what the evaluator holds is a function of the journal,
whatever the batches, the machine and the kills."""
import os
import pathlib
import queue
import random
import shutil
import signal
import struct
import subprocess
import threading
import time
import unittest

import zmq

import days
import house
import judged
import mvclient
import served
from oracle import generate, stated

STRANGE = {"LC_CTYPE": "tr_TR.UTF-8", "LC_NUMERIC": "de_DE.UTF-8",
           "LANG": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati",
           "POSIXLY_CORRECT": "1"}
UMASK = ("sh", "-c", "umask 0777; umask 0002; exec \"$@\"", "sh")


def strange_locales(directory):
    """Where a program that asks for its locale finds those of STRANGE: a
    machine may have none of them made."""
    environment = {**STRANGE, "LOCPATH": str(directory)}
    for name in ("de_DE", "tr_TR"):
        subprocess.run(["localedef", "-i", name, "-f", "UTF-8",
                        directory / f"{name}.UTF-8"], check=True)
    said = subprocess.run(["locale", "decimal_point"], check=True, text=True,
                          env={**os.environ, **environment},
                          capture_output=True)
    assert said.stdout == ",\n", said
    return environment


class Wide(generate.Case):
    """Some hundred figures a delivery. No month without a record: an ingest
    that begins then doubts its clock, and is right (P20)."""
    ROWS = (100, 150, 250)
    LEAPS = (1, 2, 5)

    def _indicators(self):
        return [self._indicator(number) for number in range(8)]


class P5(served.Case):
    PAGES, COMMITS, CPU_S = 4, 4, 0.5    # seen: 1, 1, 0.02

    def test_p5_what_persons_state_is_the_same_at_any_batch(self):
        self.serve(judged.journal_of(stated.Stated(
            6, deliveries=house.scale(150, 2000))))
        reader, first = self.evaluator("first")
        self.assertIsNone(self.beside(reader))
        self.home.stop("evaluator")
        for items in (1, 7):
            with self.subTest(batch_items=items):
                reader, again = self.evaluator(f"of{items}",
                                               batch_items=items)
                self.assertEqual(again, first)
                self.home.stop("evaluator")

    def test_p5_replay_from_zero_is_the_same_byte_for_byte(self):
        case = generate.Case(3, deliveries=house.scale(150, 3000))
        self.serve(judged.journal_of(case))
        reader, first = self.evaluator("first")
        self.assertIsNone(self.beside(reader))
        self.assertGreater(len(first[1]), 10)
        self.home.stop("evaluator")
        chance = random.Random(5)
        strange = strange_locales(self.home.path)
        self.same_again(first, [
            ("seven", None, {"batch_items": 7}),
            ("strange", {"environment": strange, "wrapper": UMASK}, {})] + [
                (f"random{n}", None, {"batch_items": chance.randint(2, 500)})
                for n in range(house.scale(3, 50))])

    def test_p5_a_million_figures_pushed_under_kills_are_the_same_again(self):
        case = Wide(1, deliveries=house.scale(50, 12_000))
        figures = sum(len(step["rows"]) for step in case.steps
                      if step["do"] == "delivery" and "repeat" not in step)
        kills = self.push_under_kills(case, house.scale(8, 200))
        reader, first = self.evaluator("live")
        self.assertIsNone(self.beside(reader))
        print(f"{figures} figures in {len(self.records)} records, "
              f"{len(first[1])} groups, {kills} kills")
        self.assertGreater(figures, house.scale(4000, 1_000_000))
        self.assertEqual(figures, sum(
            len(record.message()["rows"]) for record in self.records
            if record.message()["type"] == "delivery"))
        self.home.stop("evaluator")
        self.same_again(first)

    def push_under_kills(self, case, lives):
        """As it is pushed the evaluator is killed so often, and ingest a
        fourth as often; all that was killed."""
        self.home = house.House(units=days.keys_of(case))
        self.addCleanup(self.home.__exit__)
        clock = self.enterContext(days.Days())
        clock.move(case.steps[0]["received_ms"])
        self.home.start("ingest", environment=clock.environment)
        steps, fault = len(case.steps) - 1, []
        allowed = queue.Queue(steps // lives)    # that far it may be behind
        pushing = threading.Thread(target=pushed, args=(
            self.home, clock, case, lambda: allowed.get(timeout=60), fault,
            True))
        pushing.start()
        chance, kills, given = random.Random(5), 0, 0
        for life in range(1, lives + 1):
            self.run_it("live")
            for given in range(given + 1, steps * life // lives + 1):
                try:
                    allowed.put(None, timeout=120)
                except queue.Full:
                    self.fail(f"nobody pushes: {fault}, in life {life}")
            time.sleep(chance.random() * 0.05)
            kills += pushing.is_alive()
            self.home.kill("evaluator")
            if life % 4 == 0:
                self.home.kill("ingest")
                self.home.start("ingest", environment=clock.environment)
                kills += pushing.is_alive()
        pushing.join(600)
        self.assertEqual(fault, [])
        self.records = list(self.home.control("ingest").read_log("journal"))
        self.assertGreaterEqual(kills, lives)
        return kills

    def same_again(self, first, ways=()):
        """From zero in these ways, one by one, a page at once, with little
        memory, and of every other build."""
        others = [(pathlib.Path(one).name, {
            "binary": f"{one}/bin/maalvakt-evaluator"}, {})
            for one in os.environ.get("MV_BUILD2", "").split()]
        for name, launch, settings in [
                ("one", None, {"batch_items": 1}),
                ("page", None, {"batch_items": 4096}),
                ("little", None, {"cache": "1 MiB"}), *ways, *others]:
            _, again = self.evaluator(name, launch, **settings)
            self.assertEqual(again[0], first[0], f"another state: {name}")
            self.assertEqual(again[1], first[1], f"another log: {name}")
            self.home.stop("evaluator")

    def test_p5_catching_up_is_work_and_no_waiting(self):
        """However patient a test must be with a slow machine: what it waits
        for is counted, in pages, commits and a processor's seconds."""
        self.serve(judged.journal_of(generate.Case(3, deliveries=150)))
        ingest = self.home.control("ingest")    # to come in takes a while,
        before = ingest.counters()              # and each second takes a page
        self.run_it("first")
        reader = self.home.control("evaluator")
        judged.follow(reader, len(self.records))
        used = house.cpu_s(self.home.processes["evaluator"].pid)
        pages = ingest.counters()["pages"] - before["pages"]
        commits = self.home.counters("evaluator")["commits"]
        print(f"{len(self.records)} records: {pages} pages, {commits} "
              f"commits, {used:.2f} s of a processor")
        self.assertLessEqual(pages, self.PAGES)
        self.assertLessEqual(commits, self.COMMITS)
        self.assertLess(used, self.CPU_S)


class Poison(served.Case):
    UNKNOWN = {"v": 1, "type": "delivery", "producer": "p", "number": 1,
               "fields": ["indicator", "unit", "period", "value"],
               "rows": [["nobody", "r0", "2024", 1]]}
    KINDS = (UNKNOWN, b"\xc1", b"", {"v": 1, "type": "hullabaloo"},
             {"v": 1, "type": "clock", "day": "2024-02-30"},
             {**UNKNOWN, "rows": [["i0", "r0", "2024", float("nan")]]},
             {"v": 1, "type": "catalogue", "producer": "g", "number": 9,
              "files": {"units.yaml": "units: ["}})

    def test_p12_poison_is_set_aside_and_the_rest_goes_on(self):
        for number, bad in enumerate(self.KINDS):
            with self.subTest(bad=bad):
                self.poisoned(generate.Case(19 + number, deliveries=15),
                              bad)

    def poisoned(self, case, bad):
        records = judged.journal_of(case)
        places = (0, len(records) // 2, len(records))
        for place in reversed(places):
            stamp = records[min(place, len(records) - 1)]["received_ms"]
            records.insert(place, {"received_ms": stamp, "content": bad})
        aside = [place + at + 1 for at, place in enumerate(places)]
        self.serve(records)
        reader, held = self.evaluator("poisoned")
        self.assertEqual([row["seq"] for row in
                          judged.paged(reader, "quarantine")], aside)
        self.assertIsNone(self.beside(reader, aside))
        self.assertEqual(reader.ask("state")[0]["quarantined"], 3)
        counters = self.home.counters("evaluator")  # P19; nothing lags here
        self.assertEqual(counters["applied"] + counters["quarantined"],
                         self.home.control("ingest").ask(
                             "head", log="journal")[0]["seq"])
        self.assertIn("quarantine", str(reader.ask("health")))
        self.home.stop("evaluator")
        _, again = self.evaluator("again", batch_items=1)
        self.assertEqual(again, held)
        self.home.stop("evaluator")
        self.home.stop("ingest")


class P6(served.Case):
    """Kills, at every write and at any moment."""

    def write_points(self, case):
        """How many writes and barriers an undisturbed run makes."""
        place = self.home.path / "points"
        self.evaluator("counted", {"environment": house.preload(
            "preload_io", MV_IO_RECORD=str(place))}, batch_items=case)
        self.home.kill("evaluator")
        data, at, count = place.read_bytes(), 0, 0
        while at < len(data):
            kind, _, size, _ = struct.unpack_from("=4Q", data, at)
            at, count = at + 32 + size, count + (kind in (1, 2, 3))
        return count

    def test_p6_a_kill_at_any_write_leaves_state_and_log_together(self):
        case = generate.Case(21, deliveries=house.scale(60, 400))
        self.serve(judged.journal_of(case))
        reader, held = self.evaluator("calm")
        self.assertIsNone(self.beside(reader))
        self.home.kill("evaluator")
        points = self.write_points(2)
        self.assertGreater(points, house.scale(100, 2000))
        step = max(1, points // house.scale(60, 2000))
        self.dead, asked = 0, range(0, points, step)
        for point in asked:
            shutil.rmtree(self.home.path / "hit", ignore_errors=True)
            self.killed_at(point)
            reader, after = self.evaluator("hit")
            self.assertEqual(after, held, f"killed at write {point}")
            reader.close()      # a context has no room for thousands
            self.home.kill("evaluator")
        self.assertGreater(self.dead, len(asked) * 9 // 10)

    def killed_at(self, point):
        """Killed there, be it at a write of its start; or, if it made fewer
        this time, when it has all."""
        try:
            self.caught_up("hit", {"environment": house.preload(
                "preload_io", MV_IO_KILL=str(point))}, timeout_s=0.05,
                batch_items=2).close()
        except house.Failed:
            self.dead += 1
        self.home.kill("evaluator")

    def test_p6_what_a_kill_left_is_the_oracle_s_at_that_position(self):
        case, amid = Wide(8, deliveries=house.scale(60, 150)), 0
        whole, self.dead = judged.journal_of(case), 0
        cuts = random.Random(6).sample(range(8, len(whole)),
                                       house.scale(8, 100))
        for cut in cuts:
            self.serve(whole[:cut])
            _, clean = self.evaluator("clean")
            self.home.kill("evaluator")
            self.killed_at(random.Random(cut).randrange(
                20, self.write_points(2)))
            amid += 0 < self.as_left() < cut
            reader, after = self.evaluator("hit")
            self.assertIsNone(self.beside(reader), f"cut at {cut}")
            self.assertEqual(after, clean)
            self.home.__exit__()
        print(f"{self.dead} killed in {len(cuts)}, {amid} of them amid")
        self.assertGreater(amid, len(cuts) // 2)

    def as_left(self):
        """The position of what was killed: its statuses and its log, before
        any record more, are those of the journal so far."""
        ingest = self.home.processes["ingest"]
        ingest.send_signal(signal.SIGSTOP)
        self.run_it("hit")
        with self.home.control("evaluator") as reader:
            seq = reader.ask("state")[0]["seq"]
            self.assertIsNone(judged.difference(
                judged.Beside(self.records[:seq]),
                judged.groups_seen(reader.read_log("changes")),
                judged.statuses_seen(reader)), f"as left at {seq}")
        self.home.kill("evaluator")
        ingest.send_signal(signal.SIGCONT)
        return seq


def pushed(home, clock, case, pause, fault, killed=False):
    """In a thread of its own; what goes wrong is told by the main one."""
    try:
        days.push_case(home, clock, case, pause, killed)
    except Exception as problem:
        fault.append(problem)


class UnderLoad(unittest.TestCase):
    def test_p6_p7_kills_while_figures_stream_in(self):
        self.ended_again_and_again(
            generate.Case(3, deliveries=house.scale(700, 20_000)),
            house.scale(100, 1000), lambda home, _: home.kill("evaluator"))

    def test_p21_sigterm_while_figures_stream_in(self):
        self.ended_again_and_again(
            generate.Case(3, deliveries=house.scale(200, 5000)),
            house.scale(10, 250), self.stopped)

    def stopped(self, home, turn):
        self.assertEqual(home.stop_cleanly("evaluator", twice=turn % 3 == 0),
                         0, "not stopped cleanly")

    def ended_again_and_again(self, case, turns, end):
        chance = random.Random(67)
        with days.Days() as clock, house.House(
                units=days.keys_of(case)) as home:
            clock.move(case.steps[0]["received_ms"])
            home.start("ingest", environment=clock.environment)
            fault, allowed = [], threading.Semaphore(0)
            pushing = threading.Thread(target=pushed, args=(
                home, clock, case, allowed.acquire, fault))
            pushing.start()
            busy = 0
            for turn in range(turns):    # the figures end with half of them
                allowed.release(1 + 2 * len(case.steps) // turns)
                home.start("evaluator")
                time.sleep(chance.random() * 0.05)
                end(home, turn)
                busy += pushing.is_alive()
            pushing.join(600)
            self.assertEqual(fault, [])
            home.start("evaluator")
            self.same_as_the_oracle_and_as_a_calm_replay(home)
            self.assertGreater(busy, turns // 3)

    def same_as_the_oracle_and_as_a_calm_replay(self, home):
        records = list(home.control("ingest").read_log("journal"))
        reader = home.control("evaluator")
        judged.follow(reader, len(records))
        groups = judged.groups_seen(reader.read_log("changes"))
        self.assertIsNone(judged.difference(
            judged.Beside(records), groups, judged.statuses_seen(reader)))
        causes = [group["cause"]["seq"] for group in groups]
        self.assertEqual(len(set(causes)), len(causes))
        killed = served.Case.held(reader)
        home.stop("evaluator")
        home.settings["evaluator"] = {"data_dir": home.path / "calm"}
        (home.path / "calm").mkdir(mode=0o700)
        home.start("evaluator")
        reader = home.control("evaluator")
        judged.follow(reader, len(records))
        self.assertEqual(served.Case.held(reader), killed)


class Gaps:
    """A reader of the live socket that knows what it did not get."""

    def __init__(self):
        self.got, self.parts, self.whole = set(), set(), set()
        self.seq, self.at, self.of = 0, 0, 0

    def take(self, seq, at, of):
        if seq > self.seq:
            self._missed(seq)
            self.at = 0
        self.parts |= {(seq, n) for n in range(self.at + 1, at)}
        self.got.add((seq, at))
        self.seq, self.at, self.of = seq, at, of

    def heard_of(self, last):
        """A heartbeat."""
        self._missed(last + 1)

    def _missed(self, seq):
        self.parts |= {(self.seq, n) for n in range(self.at + 1, self.of + 1)}
        self.whole |= set(range(self.seq + 1, seq))

    def noticed(self, log):
        """Of a log {seq: how many changes}."""
        return self.parts | {(seq, at + 1) for seq in self.whole
                             for at in range(log[seq])}


class Puller:
    """A consumer of the changes log: what it took, and how far that is, it
    keeps; its connection and what it asked for end with each of its lives."""
    ENDS = ("asked", "early", "early", "page")

    def __init__(self, home, chance):
        self.home, self.chance = home, chance
        self.asked, self.amid = 0, 0    # lives that ended there
        with self.client() as client:
            self.chain = client.genesis("changes")
        self.seq, self.taken = 0, []

    def client(self):
        return mvclient.Client(
            self.home.ready["evaluator"]["control"],
            self.home.keys["evaluator"][0], self.home.keys["operator"])

    def take(self, raw):
        record = mvclient.Record(raw)
        if record.seq != self.seq + 1 or not record.follows(self.chain):
            raise ValueError(f"{record.seq} after {self.seq}")
        self.taken.append(record)
        self.seq, self.chain = record.seq, record.chain

    def live(self):
        """One page, or a part of it, or not even that."""
        end = self.chance.choice(self.ENDS)
        wanted = {"log": "changes", "first": self.seq + 1,
                  "chain": self.chain, "done": self.seq + 1,
                  "max_bytes": self.chance.choice((1, 200_000, 1 << 20))}
        with self.client() as client:
            if end == "asked":
                wanted["from"] = wanted.pop("first")
                wanted["hash"] = wanted.pop("chain")
                client.send({"v": 1, "type": "pull", "id": 1, **wanted})
                self.asked += 1
                return
            page = client.pull(**wanted)
        if page.get("result") == "superseded":
            return      # by what an earlier life had asked, come late
        if page["type"] != "records":
            raise mvclient.Refused(page)
        records = page["records"]
        takes = len(records)
        if end == "early" and records:
            takes = self.chance.randrange(len(records))
            self.amid += takes > 0
        for raw in records[:takes]:
            self.take(raw)

    def catch_up(self, head):
        with self.client() as client:
            for record in client.read_log("changes", self.seq + 1, self.chain):
                self.take(record.raw)
        assert self.seq == head, (self.seq, head)


class Live(unittest.TestCase):
    TARGETS, UNITS = 100, 60

    def test_p7_a_puller_made_anew_500_times_has_each_change_once(self):
        """While changes come, and a reader of the live socket is stalled."""
        made = self.journal(house.scale(60, 850), targets=2)[1:]
        lives, chance = house.scale(40, 500), random.Random(7)
        after = sorted(chance.randrange(len(made)) for _ in range(lives))
        with house.House() as home:
            home.start("ingest", "evaluator")
            watcher = self.stalled(home)
            puller = Puller(home, chance)
            for at, one in enumerate(made):
                home.catalogue(*(one["content"]["files"][f"{name}.yaml"]
                                 for name in ("units", "indicators",
                                              "targets")))
                for _ in range(after.count(at)):
                    puller.live()
            records = home.journal()
            reader = home.control("evaluator")
            judged.follow(reader, len(records))
            puller.catch_up(reader.ask("head", log="changes")[0]["seq"])
            self.assertEqual([record.seq for record in puller.taken],
                             list(range(1, puller.seq + 1)), "pulled")
            gaps, there = self.noticed(watcher, puller.taken)
        print(f"{len(there)} changes in {len(puller.taken)} records; of "
              f"{lives} lives {puller.asked} ended having asked, "
              f"{puller.amid} amid a page; {len(gaps.got)} heard live")
        self.assertEqual(len(there), len(made) * 2 * self.UNITS)
        self.assertGreater(min(puller.asked, puller.amid), 0)
        self.assertIsNone(judged.difference(
            judged.Beside(records), judged.groups_seen(puller.taken)))

    def journal(self, catalogues, targets):
        units = [{"id": "r", "name": "R", "kind": "region"}] + [
            {"id": f"u{n}", "name": "U", "kind": "trust", "parent": "r"}
            for n in range(self.UNITS)]
        indicator = [{"id": "i", "title": "I", "measure": "days",
                      "frequency": "A", "better": "lower", "by": "trust",
                      "over_periods": "mean", "over_units": "none"}]
        made = [{"v": 1, "type": "clock", "day": "2024-06-01"}]
        for n in range(catalogues):
            wanted = [{"id": f"t{n}-{k}", "year": 2024, "text": "T" * 200,
                        "indicator": "i", "scope": ["trust"],
                        "require": ["value < 5 days"]}
                       for k in range(targets)]
            made.append({"v": 1, "type": "catalogue", "producer": "g",
                         "number": n + 1, "files": {
                             "units.yaml": "units:\n" + generate.flow(units),
                             "indicators.yaml": "indicators:\n" +
                             generate.flow(indicator),
                             "targets.yaml": "targets:\n" +
                             generate.flow(wanted)}})
        return [{"received_ms": 1_717_243_200_000 + at, "content": content}
                for at, content in enumerate(made)]

    def test_p7_a_stalled_reader_notices_all_that_it_lost(self):
        with house.House() as home:
            home.start("ingest")
            home.kill("ingest")
            shutil.rmtree(home.path / "ingest")
            judged.make_journal(home.path / "ingest", self.journal(
                house.scale(6, 40), self.TARGETS))
            home.start("evaluator")
            watcher = self.stalled(home)
            home.start("ingest")
            auditor, reader = home.control("ingest"), home.control("evaluator")
            judged.follow(reader, len(list(auditor.read_log("journal"))))
            gaps, there = self.noticed(watcher, reader.read_log("changes"))
        self.assertEqual(len(there),
                         house.scale(6, 40) * self.TARGETS * self.UNITS)
        self.assertGreater(len(there - gaps.got), 1000)
        self.assertGreater(len(gaps.got), 100)
        self.assertTrue(gaps.parts)     # some records came in part

    def noticed(self, watcher, records):
        """(Gaps, all that there is): what it did not get, it knows of."""
        log = {record.seq: len(record.message()["changes"])
               for record in records}
        gaps = self.read_on(watcher, max(log))
        watcher.close()
        self.context.term()
        there = {(seq, at + 1) for seq in log for at in range(log[seq])}
        self.assertEqual(gaps.noticed(log), there - gaps.got,
                         "lost, and not noticed")
        return gaps, there

    def stalled(self, home):
        """Subscribed (a heartbeat came), with as little room as can be."""
        self.context = context = zmq.Context()
        context.setsockopt(zmq.RCVHWM, 1)
        context.setsockopt(zmq.RCVBUF, 4096)
        watcher = mvclient.Watcher(
            home.ready["evaluator"]["live"], home.keys["evaluator"][0],
            home.keys["operator"], context=context)
        topic, _ = watcher.receive(60)
        assert topic == "heartbeat/", topic
        return watcher

    @staticmethod
    def read_on(watcher, last):
        gaps = Gaps()
        while True:
            topic, message = watcher.receive(60)
            if topic != "heartbeat/":
                gaps.take(message["seq"], message["at"], message["of"])
            elif message["seq"] == last:
                gaps.heard_of(last)
                return gaps


if __name__ == "__main__":
    unittest.main()
