"""What is asked for twice, too early, or of what cannot be, is a no that says
so."""
import json
import os
import re
import signal
import socket
import subprocess
import time
import unittest

import house
from test_cli import FIGURES, MAALVAKT, Cli


class Refused(Cli):
    def test_a_key_is_revoked_once(self):
        self.says(0, "keys", "new", "engang", "--role", "reader")
        self.assertIn("innen to sekunder",
                      self.says(0, "keys", "revoke", "engang"))
        self.assertRegex(self.says(1, "keys", "revoke", "engang"),
                         r"engang er stengt ute alt, siden \d{4}-\d\d-\d\d")
        self.assertIn("maskinens dato", self.says(0, "keys", "list"))

    def test_a_region_is_a_unit_that_is_one(self):
        for words in (("status", "--region", "bodo"),
                      ("watch", "--region", "bodo", "--once", "1"),
                      ("status", "--region", "bodo", "--json")):
            self.assertIn("det finnes ingen region `bodo`",
                          self.says(1, *words))
        self.says(0, "status", "--region", "nord", "--year", "2024")

    def test_a_change_that_is_yet_to_come_is_not_waited_for_by_number(self):
        self.assertRegex(self.says(1, "watch", "--from", "999"),
                         r"--from 999: det finnes \d+ endringer så langt")

    def test_names_and_ids_that_none_could_have_are_faults_of_the_line(self):
        for words in (("subscribe", "X Y"), ("dead", "show"),
                      ("dead", "show", "deadbeef"),
                      ("dead", "requeue", "deadbeef")):
            self.assertIn("`maalvakt dead` viser" if "dead" in words
                          else "små bokstaver", self.says(64, *words))
        said = self.says(64, "dead", "show")
        self.assertNotIn("--all", said)
        self.says(1, "dead", "show", "0" * 32)

    def test_health_that_a_key_may_not_ask_for_is_no_fault_of_services(self):
        for key in ("steward", "subscriber"):
            for words in (("health",), ("health", "--stage", "1", "--json")):
                said = self.says(77, *words, "--key", key)
                self.assertIn(f"nøkkelen {key} har ikke lov til dette", said)
                self.assertIn("operator, reader, auditor", said)
                self.assertEqual(len(said.splitlines()), 1, said)
        self.says(0, "keys", "new", "gammel", "--role", "reader")
        self.says(0, "keys", "revoke", "gammel")

        def refused():      # of the services, each within two seconds
            said = self.home.run("health", "--stage", "1", "--key", "gammel")
            return said.returncode == 77 and said.stdout + said.stderr
        said = house.until(refused)
        self.assertIn("nøkkelen gammel", said)
        self.assertNotIn("se etter i loggen", said)

    def test_health_names_the_service_that_does_not_answer(self):
        lock = self.home.dir / "ingest" / "data" / "owner.lock"
        pid = int(lock.read_text().split()[0])
        self.addCleanup(os.kill, pid, signal.SIGCONT)
        os.kill(pid, signal.SIGSTOP)
        began = time.monotonic()
        rows = [json.loads(row)
                for row in self.says(2, "health", "--json").splitlines()]
        self.assertLess(time.monotonic() - began, 9)  # waited for once: 5 s
        wrong = {(row["service"], row["name"], row["stage"]): row["text"]
                 for row in rows if not row["ok"]}
        self.assertIn("se etter i loggen", wrong["ingest", "answers", 1])
        self.assertEqual(wrong["evaluator", "journal", 4],
                         "er ikke kjent: ingest oppgir det ikke")
        self.assertNotIn(("notifier", "changes", 4), wrong)

    def test_a_changes_log_that_is_followed_is_not_begun_anew(self):
        house.until(lambda: "asking" in self.says(
            0, "health", "--stage", "3", "--json"))
        self.assertIn("det trengs ikke", self.says(1, "restart-changes"))
        self.says(77, "restart-changes", "--key", "bodo")


class Pulled(Cli):
    """A queue that is empty, or paused, and is pulled all the same."""

    def setUp(self):
        self.says(0, "subscribe", "vakt", "--owner", "subscriber")
        self.addCleanup(self.home.run, "unsubscribe", "vakt")

    def queue(self):
        row, = [row for row in map(json.loads, self.says(
            0, "queues", "--json").splitlines()) if row["queue"] == "vakt"]
        return row

    def test_a_pull_of_an_empty_queue_is_a_pull(self):
        self.assertEqual(self.queue()["seen_ms"], 0)
        self.assertIn("ingenting hentet ennå", self.says(0, "queues"))
        self.assertIn("Ingen nye varsler", self.says(
            0, "notices", "vakt", "--key", "subscriber"))
        self.assertGreater(self.queue()["seen_ms"], 0)
        self.assertIn("hentet for", self.says(0, "queues"))

    def test_notices_are_in_the_language_of_the_subscription(self):
        asked = {"norsk": ("nb", (), "RØDT"), "engelsk": ("en", (), "RED"),
                 "annet": ("en", ("--lang", "nb"), "RØDT")}
        for name, (lang, _, _) in asked.items():
            self.says(0, "subscribe", name, "--owner", "subscriber",
                      "--lang", lang)
            self.addCleanup(self.home.run, "unsubscribe", name, "--force")
        self.says(0, "push", self.home.write(
            "rod.csv", FIGURES.replace("750", "640")), "--as", "bodo")
        for name, (_, option, word) in asked.items():
            said = house.until(lambda: self.told(name, *option))
            self.assertIn(word, said, name)

    def told(self, name, *option):
        """What its queue has, once it has any."""
        said = self.says(0, "notices", name, "--key", "subscriber", *option)
        return None if "Ingen nye varsler" in said else said

    def test_a_paused_queue_is_said_to_be_so_and_not_that_it_is_anothers(self):
        self.says(0, "pause", "vakt")
        row = self.queue()
        self.assertEqual(row["paused_by"], "operator")
        self.assertGreater(row["paused_ms"], 0)
        said = self.says(75, "notices", "vakt", "--key", "subscriber")
        self.assertRegex(said, r"køen vakt er stanset 2025-03-15 [0-9:]{8} "
                               r"av operator")
        self.assertIn("maalvakt resume vakt", " ".join(said.split()))
        self.assertNotIn("--key", said)
        self.assertRegex(self.says(0, "queues"),
                         r"stanset 2025-03-15 [0-9:]{8} av operator")
        self.says(0, "resume", "vakt")
        self.assertNotIn("paused_by", self.queue())
        self.assertIn("Ingen nye varsler", self.says(
            0, "notices", "vakt", "--key", "subscriber"))

    def test_an_empty_queue_behind_a_door_that_is_silent_is_not_waited_for(
            self):
        """The control door answers, and what is at the other does not."""
        ready = self.home.dir / "notifier" / "ready"
        text = ready.read_text()
        with socket.create_server(("127.0.0.1", 0)) as deaf:
            door = f"tcp://127.0.0.1:{deaf.getsockname()[1]}"
            ready.write_text(re.sub(r"(?m)^public=.*$", f"public={door}",
                                    text))
            self.addCleanup(ready.write_text, text)
            self.assertIn(f"notifier svarer ikke på {door}", self.says(
                69, "notices", "vakt", "--key", "subscriber"))

    def test_a_paused_queue_of_another_is_anothers(self):
        """Of an operator, who may see that it is paused, and pull none."""
        self.says(0, "pause", "vakt")
        for follow in ([], ["--follow"]):
            said = self.says(77, "notices", "vakt", *follow)
            self.assertIn("--key EIER", said)
            self.assertNotIn("stanset", said)
        self.says(0, "resume", "vakt")

    def test_who_follows_a_paused_queue_waits_until_it_goes_on(self):
        self.says(0, "pause", "vakt")
        with subprocess.Popen(
                [MAALVAKT, "notices", "vakt", "--key", "subscriber",
                 "--follow"], env=self.home.env, text=True,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as follows:
            self.assertIn("køen vakt er stanset", follows.stderr.readline())
            asked = self.queue()["seen_ms"]
            house.until(lambda: self.queue()["seen_ms"] > asked)
            follows.send_signal(signal.SIGINT)
            self.assertNotIn("er stanset", follows.stderr.read())
            self.assertEqual(follows.wait(30), 0)
        self.says(0, "resume", "vakt")


if __name__ == "__main__":
    unittest.main()
