"""Promise P26, the evaluator's share: another engine, another history or a
lost store rewrite nothing; what differs is appended once, with its cause."""
import random
import shutil
import subprocess
import time
import unittest

import house
import judged
import served
from oracle import generate

LASTING = ("status", "reason", "value", "limit", "margin", "preliminary",
           "overdue", "forecast")


class Rebuilt(served.Case):
    """`store` is the evaluator's directory in the house."""

    def prepare(self, records):
        self.serve(records)
        self.run_it("store")
        reader = self.home.control("evaluator")
        judged.follow(reader, len(self.records))
        self.old = list(reader.read_log("changes"))
        self.home.kill("evaluator")

    @property
    def store(self):
        return self.home.path / "store"

    def engine(self, number, count):
        done = subprocess.run(
            [house.BUILD / "tests" / "main_engine", self.store, str(number),
             str(count)], check=True, capture_output=True, text=True)
        return int(done.stdout)

    def rebuild(self, *options, environment=None):
        """(exit code, output)."""
        self.home.write_settings("evaluator")
        done = subprocess.run(
            [house.PROGRAMS / "maalvakt-evaluator", "rebuild",
             "--config", self.home.path / "evaluator.conf", *options],
            env=environment, capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout + done.stderr

    def start(self):
        """The reader, or None if it refuses to serve another's store."""
        try:
            self.run_it("store")
        except house.Failed as failed:
            self.assertIn("rebuild", failed.args[0])
            self.assertEqual(self.home.stop("evaluator"), 78)
            return None
        reader = self.home.control("evaluator")
        judged.follow(reader, len(self.records))
        return reader

    def appended(self, reader, old=None):
        """What stands in the log after what stood there, which it must."""
        old = self.old if old is None else old
        log = list(reader.read_log("changes"))
        self.assertEqual([r.raw for r in log[:len(old)]],
                         [r.raw for r in old])
        return judged.groups_seen(log[len(old):])

    def same_as_the_oracle(self, reader):
        def lasting(rows):
            return {key: {name: row.get(name) for name in LASTING}
                    for key, row in rows.items()}
        self.assertEqual(
            lasting(judged.statuses_seen(reader)),
            lasting(judged.Beside(self.records).statuses))
        for what in ("statuses", "changes"):
            for row in judged.paged(reader, "verify", what=what):
                self.assertTrue(row["sound"], row)

    def told_once(self, reader, cause, count):
        """One group that turns so many; again it would be none."""
        groups = self.appended(reader)
        self.assertEqual([(g["cause"]["kind"], g["cause"]["seq"],
                           len(g["changes"])) for g in groups],
                         [(cause, len(self.records), count)] if count else [])
        self.same_as_the_oracle(reader)
        self.home.kill("evaluator")
        code, said = self.rebuild()
        self.assertEqual((code, said.splitlines()[0][:18]),
                         (0, "0 statuses turned,"), said)
        reader = self.start()
        self.assertEqual(self.appended(reader), groups)
        self.home.kill("evaluator")


class Engine(Rebuilt):
    def test_p26_another_engine_serves_nothing_before_it_is_rebuilt(self):
        for seed in range(700, 700 + house.scale(6, 1000)):
            with self.subTest(seed=seed):
                self.one(generate.Case(seed, deliveries=20))

    def one(self, case):
        self.prepare(judged.journal_of(case))
        count = self.engine(77, random.Random(1).randint(0, 9))
        self.assertIsNone(self.start())
        code, would = self.rebuild("--dry-run")
        self.assertEqual(code, 0, would)
        self.assertIn(f"{count} statuses would turn", would)
        for line in would.splitlines()[:count]:
            self.assertRegex(line, r"^\S+ \d{4} \S+: ")
        self.assertIsNone(self.start())
        shutil.copytree(self.store, self.home.path / "kept")
        code, did = self.rebuild()
        self.assertEqual(code, 0, did)
        self.assertEqual(did.splitlines()[:count],
                         would.splitlines()[:count])
        self.told_once(self.start(), "engine", count)
        killed = self.killed_at(random.Random(len(self.records)).randrange(40))
        self.rebuilt_after(killed, count)
        self.home.__exit__()

    def rebuilt_after(self, killed, count):
        """Whether it had done with the store before it was killed."""
        reader = self.start()
        if reader is None:
            self.assertTrue(killed)
            code, said = self.rebuild()
            self.assertEqual(code, 0, said)
            self.told_once(self.start(), "engine", count)
            return False
        self.told_once(reader, "engine", count)
        return True

    def test_p26_a_kill_at_each_write_of_a_rebuild(self):
        self.prepare(judged.journal_of(generate.Case(701, deliveries=20)))
        self.engine(77, 5)
        shutil.copytree(self.store, self.home.path / "kept")
        point, before, after = 0, 0, 0
        while self.killed_at(point):
            if self.rebuilt_after(True, 5):
                after += 1
            else:
                before += 1
            point += house.scale(3, 1)
        self.assertGreater(before, 3)
        self.assertGreater(after, 0)

    def killed_at(self, point):
        shutil.rmtree(self.store)
        shutil.copytree(self.home.path / "kept", self.store)
        code, said = self.rebuild(environment=house.preload(
            "preload_io", MV_IO_KILL=str(point)))
        self.assertIn(code, (0, -9), said)
        return code == -9


class History(Rebuilt):
    def another(self, tail):
        """Ingest restored from a backup, and gone another way since."""
        self.home.kill("ingest")
        shutil.rmtree(self.home.path / "ingest")
        shutil.copytree(self.home.path / "backup",
                        self.home.path / "ingest", dirs_exist_ok=True)
        judged.make_journal(self.home.path / "ingest", tail)
        self.start_ingest(tail)
        auditor = self.home.control("ingest")
        self.records = list(auditor.read_log("journal"))

    def one(self, seed):
        whole = judged.journal_of(generate.Case(seed, deliveries=40))
        cut = random.Random(seed).randrange(len(whole) // 3, len(whole) - 2)
        self.home = house.House()
        self.addCleanup(self.home.__exit__)
        judged.make_journal(self.home.path / "backup", whole[:cut])
        shutil.copytree(self.home.path / "backup",
                        self.home.path / "ingest", dirs_exist_ok=True)
        judged.make_journal(self.home.path / "ingest", whole[cut:])
        self.start_ingest(whole)
        self.records = list(
            self.home.control("ingest").read_log("journal"))
        self.run_it("store")
        reader = self.home.control("evaluator")
        judged.follow(reader, len(whole))
        self.old = list(reader.read_log("changes"))
        said = judged.statuses_seen(reader)
        self.home.kill("evaluator")
        self.another(whole[cut + 1:])
        self.restored(said)

    def restored(self, said):
        code, text = self.rebuild()
        self.assertEqual(code, 0, text)
        beside = judged.Beside(self.records).statuses
        differ = {key for key in beside
                  if (said[key].get("status"), said[key].get("reason")) !=
                  (beside[key].get("status"), beside[key].get("reason"))}
        reader = self.start()
        groups = self.appended(reader)
        self.assertEqual({judged.about(c) for g in groups for c in g["changes"]}, differ)
        self.told_once(reader, "restore", len(differ))
        self.home.__exit__()

    def test_p26_a_restored_journal_s_differences_are_told_once(self):
        for seed in range(800, 800 + house.scale(6, 500)):
            with self.subTest(seed=seed):
                self.one(seed)

    def test_p26_a_lost_store_begins_a_new_log_with_the_same_contents(self):
        self.prepare(judged.journal_of(generate.Case(702, deliveries=40)))
        genesis = self.start().genesis("changes")
        self.home.kill("evaluator")
        shutil.rmtree(self.store)
        reader = self.start()
        self.assertNotEqual(reader.genesis("changes"), genesis)
        self.assertEqual([(r.seq, r.received_ms, r.content)
                          for r in reader.read_log("changes")],
                         [(r.seq, r.received_ms, r.content)
                          for r in self.old])
        self.same_as_the_oracle(reader)

    def test_another_history_is_not_followed_without_a_rebuild(self):
        whole = judged.journal_of(generate.Case(703, deliveries=40))
        self.prepare(whole)
        self.home.kill("ingest")
        shutil.rmtree(self.home.path / "ingest")
        judged.make_journal(self.home.path / "ingest", whole[:-5])
        self.home.start("ingest")
        self.run_it("store")
        reader = self.home.control("evaluator")
        until, health = time.monotonic() + 90, ""
        while "diverged" not in health:
            self.assertLess(time.monotonic(), until, health)
            health = str(reader.ask("health"))
        self.assertEqual(reader.ask("state")[0]["seq"], len(whole))
        self.assertEqual(self.appended(reader), [])


if __name__ == "__main__":
    unittest.main()
