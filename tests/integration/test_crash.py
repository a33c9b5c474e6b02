"""A record that ends the evaluator each time it is applied: the third death
stops it with an alarm, `maalvakt skip` lets that one record pass, all others
are applied, and a replay with the skip is the same byte for byte."""
import subprocess
import time
import unittest

import house
import judged
import served
from oracle import generate

DEATHS = 3
REASON = "fault 31, mended in 0.2"


class KilledByARecord(served.Case):
    def setUp(self):
        if not (house.POINTED / "maalvakt-evaluator").exists():
            self.skipTest("this build has no programs with test points")

    def launch(self, name, bad, **settings):
        """An evaluator on a store of its own that dies of record `bad`, and
        is started again each time; (its operator, how often it died)."""
        place = self.home.path / name
        place.mkdir(mode=0o700, exist_ok=True)
        self.home.settings["evaluator"] = {"data_dir": place, **settings}
        for deaths in range(DEATHS + 2):
            self.home.launch("evaluator", {"MV_CRASH_AT": f"applying:{bad}"},
                             binary=house.POINTED / "maalvakt-evaluator")
            if not self.dies():
                return self.home.control("evaluator"), deaths
        raise AssertionError("it is started for ever")

    def dies(self, patience_s=90.0):
        """Until it is dead, or has stopped by itself and says so."""
        process, operator = self.home.processes["evaluator"], None
        until = time.monotonic() + patience_s
        while time.monotonic() < until:
            if process.poll() is not None:
                self.assertEqual(process.returncode, -9)
                return True
            if operator is None and (
                    self.home.path / "evaluator.ready").exists():
                self.home.wait_ready("evaluator")
                operator = self.home.control("evaluator", timeout_s=0.2)
            try:
                if operator and "ended the service" in str(
                        operator.ask("health")):
                    return False
            except judged.mvclient.Silence:
                operator.connect()
            time.sleep(0.005)
        raise AssertionError("neither dead nor stopped: " +
                             self.home.log("evaluator")[-2000:])

    def skip(self, seq):
        """As an operator does it, at a terminal."""
        key = self.home.path / "operator.secret"
        key.touch(mode=0o600)
        key.write_text(self.home.keys["operator"][1].hex() + "\n")
        done = subprocess.run(
            [house.BUILD / "bin" / "maalvakt", "skip", str(seq), "--reason",
             REASON, "--endpoint", self.home.ready["evaluator"]["control"],
             "--server-key", self.home.keys["evaluator"][0].hex(),
             "--key", str(key), "--lang", "en"],
            capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def skipped(self, name, bad, **settings):
        """Dead three times, then let pass; (operator, what it holds)."""
        operator, deaths = self.launch(name, bad, **settings)
        self.assertEqual(deaths, DEATHS)
        alarms = [row["text"] for row in operator.ask("health")
                  if not row["ok"]]
        self.assertIn(f"record {bad} ended the service 3 times",
                      " ".join(alarms))
        self.assertLess(operator.ask("state")[0]["seq"], bad)
        self.skip(bad)
        judged.follow(operator, len(self.records))
        self.assertEqual([(r["seq"], r["kind"], r["reason"], r["by"])
                          for r in judged.paged(operator, "quarantine")],
                         [(bad, "skipped", REASON, "operator")])
        return operator, self.held(operator)

    def test_p12_the_third_death_stops_it_and_a_skip_lets_it_pass(self):
        records = judged.journal_of(generate.Case(23, deliveries=20))
        self.serve(records)
        for bad in (1, len(records) // 2, len(records)):
            with self.subTest(bad=bad):
                operator, held = self.skipped(f"one{bad}", bad)
                self.assertIsNone(self.beside(operator, [bad]))
                self.assertTrue(operator.ask("verify")[0]["sound"])
                self.home.kill("evaluator")
                self.run_it(f"one{bad}")      # what it holds, it keeps
                self.assertEqual(self.held(self.home.control("evaluator")),
                                 held)
                self.home.stop("evaluator")
                for name, items in (("a", 1), ("b", 7)):
                    _, again = self.skipped(f"{name}{bad}", bad,
                                            batch_items=items)
                    self.assertEqual(again, held)
                    self.home.stop("evaluator")


if __name__ == "__main__":
    unittest.main()
