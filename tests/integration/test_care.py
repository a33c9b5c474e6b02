"""What deploy/README.md says of stores that were lost or put back from a copy,
done as an operator does it."""
import json
import shutil
import subprocess
import unittest

import house
from test_cli import FIGURES, Installation


class Care(unittest.TestCase):
    def setUp(self):
        self.home = Installation()
        self.addCleanup(self.home.close)
        self.does("catalogue", "apply", self.home.catalogue("first"))
        self.does("subscribe", "vakt", "--owner", "subscriber")
        self.push("640;1000")

    def does(self, *words, code=0):
        said = self.home.run(*words)
        self.assertEqual(said.returncode, code, said.stdout + said.stderr)
        return " ".join((said.stdout + said.stderr).split())

    def push(self, counts, code=0):
        rows = FIGURES.replace("750;1000", counts)
        return self.does("push", self.home.write("tall.csv", rows),
                         "--as", "bodo", code=code)

    def store(self, service):
        return self.home.dir / service / "data"

    def becomes_well(self):
        house.until(lambda: self.home.run("health").returncode == 0)

    def test_a_lost_evaluator_store_is_read_again_and_nobody_told_twice(self):
        self.assertIn("RØDT", self.does("notices", "vakt", "--key",
                                        "subscriber"))
        self.does("down")
        shutil.rmtree(self.store("evaluator"))
        self.does("up", self.home.dir, "--detach")
        house.until(lambda: "restart-changes" in self.home.run(
            "health", "--lang", "en").stdout)
        self.assertIn("`maalvakt restart-changes`",
                      self.does("health", code=2))
        self.does("restart-changes", "--key", "steward", code=77)
        self.assertIn("leses fra begynnelsen", self.does("restart-changes"))
        self.push("750;1000")
        self.becomes_well()
        said = self.does("notices", "vakt", "--key", "subscriber")
        self.assertEqual((said.count("RØDT"), said.count("GRØNT")), (0, 1))

    def rebuild(self, *options):
        settings = self.home.dir / "evaluator" / "evaluator.conf"
        return subprocess.run(
            [house.BUILD / "bin" / "maalvakt-evaluator", "rebuild",
             "--config", settings, *options], capture_output=True, text=True,
            timeout=120, check=False)

    def test_a_journal_put_back_is_sent_again_and_judged_anew(self):
        self.does("down")
        copy = self.home.path / "copy"
        copy.mkdir(mode=0o700)
        shutil.copy2(self.store("ingest") / "data.mdb", copy)
        self.does("up", self.home.dir, "--detach")
        self.push("650;1000")
        self.push("750;1000")
        self.becomes_well()
        self.does("down")
        shutil.rmtree(self.store("ingest"))
        copy.rename(self.store("ingest"))
        self.does("up", self.home.dir, "--detach")
        house.until(lambda: "maalvakt-evaluator rebuild" in self.home.run(
            "health").stdout)
        self.assertIn("leser ikke journalen (har en annen historie)",
                      self.does("status", "--year", "2024"))
        self.assertIn("en kvittering gjelder", self.does("verify", code=65))
        self.assertIn("levert fra før, som journal nr. 5, men journalen har "
                      "det ikke lenger", self.push("750;1000", code=65))
        self.assertIn("2 rader lagret, 1 fra før, 0 avvist, i 3 leveranser.",
                      self.does("push", "--resync", "--as", "bodo"))
        self.assertIn("1 rad er levert fra før, som journal nr. 5",
                      self.push("750;1000"))
        self.does("down")
        ingest = subprocess.Popen(
            [house.BUILD / "bin" / "maalvakt-ingest", "--config",
             self.home.dir / "ingest" / "ingest.conf"],
            stderr=subprocess.DEVNULL)
        try:
            done = self.rebuild()
        finally:
            ingest.terminate()
            ingest.wait(20)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.does("up", self.home.dir, "--detach")
        self.becomes_well()
        self.does("verify")
        self.assertRegex(self.does("status", "--year", "2024"),
                         "bodo .*✓ grønn")

    def test_settings_of_an_operators_own_hold_behind_the_next_start(self):
        conf = self.home.dir / "ingest" / "ingest.conf"
        self.does("down")
        with open(conf, "a", encoding="utf-8") as f:
            f.write("# more room\nquota = 64 GiB\n")
        self.does("up", self.home.dir, "--detach")
        self.assertIn("# more room\nquota = 64 GiB\n", conf.read_text())
        self.does("down")
        good = conf.read_text()
        conf.write_text(good.replace("64 GiB", "64 GB"))
        ready = self.home.dir / "log" / "notifier.log"
        ready.unlink()
        line = good.splitlines().index("quota = 64 GiB") + 1
        said = self.does("up", self.home.dir, "--detach", code=78)
        self.assertIn(f"ingest.conf: linje {line}: quota: '64 GB' er ikke det "
                      "som hører her: en størrelse (B, KiB, MiB, GiB) fra 1 "
                      "MiB til 16384 GiB", said)
        self.assertFalse(ready.exists(), "nothing is started")
        conf.write_text(good)
        self.does("up", self.home.dir, "--detach")

    def test_a_notice_that_was_given_up_on_says_so(self):
        house.until(lambda: "vakt 0" not in self.does("queues"))
        said = self.does("unsubscribe", "vakt", code=1)
        self.assertIn("likevel: maalvakt unsubscribe vakt --force", said)
        self.does("down")
        with open(self.home.dir / "notifier" / "notifier.conf", "a",
                  encoding="utf-8") as f:
            f.write("give_up = 1 s\n")
        self.does("up", self.home.dir, "--detach")
        house.until(lambda: self.home.run("dead", "--json").stdout)
        dead = json.loads(self.home.run("dead", "--json").stdout)
        said = self.does("dead", "show", dead["id"])
        self.assertRegex(said, r"^Gitt opp 20\d\d-\S+ \S+: [^.]+\. Abonnement "
                         r"vakt\. Varsel 1, .*RØDT")


if __name__ == "__main__":
    unittest.main()
