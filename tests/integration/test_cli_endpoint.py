"""With --endpoint one service is asked, and speaks of itself alone; what it
cannot know of the others is not said."""
import json
import os
import signal
import socket
import time
import unittest

import house
from test_cli import Cli


class Endpoint(Cli):
    def at(self, service):
        """The options to ask that service alone, as an operator elsewhere."""
        ready = (self.home.dir / service / "ready").read_text()
        door = dict(line.split("=", 1) for line in ready.splitlines())
        keys = (self.home.dir / "public-keys").read_text().splitlines()
        server = next(line.split()[0] for line in keys
                      if f"name={service} " in line + " ")
        return ("--endpoint", door["control"], "--server-key", server,
                "--key", self.home.dir / "keys" / "operator.secret")

    def stopped(self, service):
        lock = self.home.dir / service / "data" / "owner.lock"
        pid = int(lock.read_text().split()[0])
        self.addCleanup(house.until, lambda: self.home.run(
            "health").returncode == 0)
        self.addCleanup(os.kill, pid, signal.SIGCONT)
        os.kill(pid, signal.SIGSTOP)

    def rows(self, code, *words):
        return list(map(json.loads,
                        self.says(code, *words, "--json").splitlines()))

    def test_health_is_that_of_the_one_that_was_asked(self):
        others = {"ingest": "evaluator", "evaluator": "ingest",
                  "notifier": "ingest"}
        for service, other in others.items():
            for stage in "1", "2", "4":
                words = ("health", "--stage", stage, *self.at(service))
                said = self.says(0, *words)
                self.assertIn(f"Bare {service} ble spurt, ikke de andre", said)
                self.assertNotIn(other, said)
                self.assertEqual({row["service"] for row in self.rows(
                    0, *words)}, {service})
        self.assertNotIn("ble spurt", self.says(0, "health", "--stage", "2"))

    def test_health_of_one_that_is_not_there_names_none(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            nobody = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        words = ("health", "--endpoint", nobody, *self.at("ingest")[2:])
        said = self.says(2, *words)
        self.assertIn(f"--endpoint svarer ikke på {nobody}", said)
        for service in "ingest", "evaluator", "notifier":
            self.assertNotIn(service, said)
        row, = (json.loads(line) for line in self.home.run(
            *words, "--json").stdout.splitlines())
        self.assertEqual((row["name"], row["ok"]), ("answers", False))

    def test_verify_looks_at_what_that_one_keeps(self):
        self.assertEqual([row["what"] for row in self.rows(
            0, "verify", *self.at("evaluator"))], ["changes", "statuses"])
        self.assertEqual([row["what"] for row in self.rows(
            0, "verify", *self.at("ingest"))], ["journal"])
        said = self.says(0, "verify", *self.at("evaluator"))
        self.assertNotIn("Journalen", said)
        self.assertIn("Bare evaluator ble spurt, ikke de andre", said)
        self.assertIn("notifier fører ingen logg", self.says(
            1, "verify", *self.at("notifier")))

    def test_queues_are_those_that_one_knows(self):
        self.says(0, "subscribe", "vakt", "--owner", "subscriber")
        self.addCleanup(self.home.run, "unsubscribe", "vakt", "--force")
        known = {"ingest": set(), "evaluator": {"journal > evaluator"},
                 "notifier": {"changes > notifier", "vakt"}}

        def level():
            rows = self.rows(0, "queues")
            return not any(row["ready"] for row in rows
                           if row["kind"] == "stream")
        house.until(level)
        for service, queues in known.items():
            rows = self.rows(0, "queues", *self.at(service))
            self.assertEqual({row["queue"] for row in rows}, queues)
            # its own head, not another's log of another length
            self.assertEqual([row["ready"] for row in rows
                              if row["kind"] == "stream"],
                             [0] * (len(rows) - (service == "notifier")))
            said = self.says(0, "queues", *self.at(service))
            self.assertIn(f"Bare {service} ble spurt, ikke de andre", said)

    def test_a_question_at_anothers_door_names_the_right_one(self):
        asked = self.at("ingest")
        for words in ("status",), ("status", "--json"), ("watch",):
            said = self.says(1, *words, *asked)
            self.assertIn(f"på {asked[1]} svarer ingest, men dette er det "
                          "evaluator som vet: bruk --endpoint", said)
            self.assertNotIn("unknown_verb", said)
        self.assertIn("men dette er det notifier som vet", self.says(
            1, "subscriptions", *self.at("evaluator")))

    def test_a_service_that_is_stopped_is_not_vouched_for_by_another(self):
        asked = self.at("evaluator")
        self.stopped("ingest")
        for words in (("health", "--stage", "2"), ("verify",), ("queues",)):
            began = time.monotonic()
            said = self.says(0, *words, *asked)
            self.assertIn("Bare evaluator ble spurt", said)
            self.assertNotIn("ingest", said.replace("journal > evaluator", ""))
            self.assertLess(time.monotonic() - began, 4)   # ingest's 5 s
        house.until(lambda: "får ikke svar" in self.home.run(
            "health", *asked).stdout)

    def test_a_status_of_an_evaluator_cut_off_says_so(self):
        words = ("status", "--year", "2024")
        self.assertNotIn("leser ikke", self.says(0, *words))
        remote = self.at("evaluator")
        self.stopped("ingest")
        house.until(lambda: "leser ikke" in self.home.run(*words).stdout)
        ready = self.home.dir / "ingest" / "ready"
        ready.rename(ready.with_suffix(".away"))    # `up` would start it: 5 s
        self.addCleanup(ready.with_suffix(".away").rename, ready)
        line = r"journal nr. (\d+)\)\nEvaluator leser ikke journalen \(får " \
            r"ikke svar\): det som kom etter nr. \1, er ikke med"
        for options in (), remote:
            began = time.monotonic()
            said = self.says(0, *words, *options)
            self.assertLess(time.monotonic() - began, 4)
            self.assertRegex(said, line)
            self.assertIn("✓ grønn", said)
            said = self.home.run(*words, *options, "--json", "--lang", "en")
            self.assertEqual(said.returncode, 0)
            self.assertIn("does not read the journal (silent)", said.stderr)
            self.assertEqual({"1535"}, {json.loads(row)["target"]
                                        for row in said.stdout.splitlines()})
        self.assertRegex(self.says(0, *words, "--key", "steward"), line)


if __name__ == "__main__":
    unittest.main()
