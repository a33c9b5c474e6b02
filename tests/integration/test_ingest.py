"""Ingest as a trust sees it: real sockets, real commits, real kills."""
import random
import signal
import time
import unittest

import auditing
import house
import ingesting
import mvclient
from ingesting import TARGETS, UNITS, WAITS


def table(number, value=60.5, unit="ahus", month=1):
    return ingesting.table(number, ingesting.wait(value, month, unit))


def months(number, unit, rows):
    """One delivery with a row for each of so many months."""
    return mvclient.delivery("m", number, [
        {"indicator": "wait", "unit": unit,
         "period": f"{2019 + i // 12}-M{i % 12 + 1:02d}", "value": number}
        for i in range(rows)])


class Ingest(unittest.TestCase):
    def setUp(self):
        self.house = house.House()
        self.addCleanup(self.house.__exit__)

    def begin(self):
        self.house.start("ingest")
        self.assertEqual(
            self.house.catalogue(UNITS, WAITS, TARGETS)["result"],
            "accepted")

    def journal(self):
        return self.house.journal()

    def test_an_accepted_delivery_is_in_the_journal_under_its_chain(self):
        self.begin()
        answer = self.house.producer("ahus").deliver(table(1))
        self.assertEqual(answer["result"], "accepted")
        record = self.journal()[answer["seq"] - 1]
        self.assertEqual(record.chain, answer["hash"])
        self.assertEqual(record.key_name, "ahus-key")

    def test_a_damaged_record_is_found_from_whatever_number_below(self):
        """Also from 0: no record has that number, the first one is 1."""
        self.begin()
        ahus = self.house.producer("ahus")
        rows = [{"indicator": "wait", "unit": "ahus", "period": "2024-M01",
                 "value": 60, "note": "a note that stands nowhere else"}]
        bad = ahus.deliver(mvclient.delivery("m", 1, rows))["seq"]
        ahus.deliver(table(2))
        self.house.stop("ingest")
        data = self.house.path / "ingest" / "data.mdb"
        content = data.read_bytes()
        self.assertIn(b"stands nowhere", content)
        data.write_bytes(content.replace(b"stands nowhere", b"stands anywher"))
        self.house.start("ingest")
        with self.house.control("ingest") as auditor:
            for start in (0, 1, bad):
                row = auditor.ask("verify", **{"from": start})[0]
                self.assertEqual((row["sound"], row["bad"]), (False, bad))
            reply = auditor.request("verify", {"from": row["head"] + 2})
            self.assertEqual(reply["code"], "range")
            reply = auditor.request("record", {"seq": row["head"] + 1})
            self.assertEqual((reply["code"], reply["text"]), (
                "not_found", "the journal has no record %d: it ends at %d"
                % (row["head"] + 1, row["head"])))

    def test_a_catalogue_that_is_damaged_is_not_said_to_be_missing(self):
        self.begin()
        data = self.house.path / "ingest" / "data.mdb"
        with self.house.control("ingest") as auditor:
            text = auditor.ask("catalogue", file="units.yaml")[0]["bytes"]
            with data.open("r+b") as under:  # while it serves
                content = under.read()
                self.assertIn(text, content)
                under.seek(0)
                under.write(content.replace(text, text.swapcase()))
            reply = auditor.request("catalogue", {"file": "units.yaml"})
            self.assertEqual(reply["code"], "damaged")
            self.assertIn("record 2", reply["text"])

    def test_a_trust_speaks_only_for_itself(self):
        self.begin()
        answer = self.house.producer("ahus").deliver(table(1, unit="ous"))
        self.assertEqual(answer["result"], "rejected")
        self.assertEqual(answer["conflicts"][0]["code"], "forbidden")

    def test_a_key_without_the_role_hears_which_it_lacks(self):
        self.begin()
        stated = {"v": 1, "type": "assessment", "number": 2}
        for door, key, message, text in (
                ("public", "operator", table(1),
                 "'delivery' of the key 'operator' needs one of the roles "
                 "producer, assessor"),
                ("public", "assessor-key", table(1),
                 "'delivery' of the key 'assessor-key' needs the role "
                 "producer"),
                ("public", "ahus-key", stated,
                 "'assessment' of the key 'ahus-key' needs the role assessor"),
                ("control", "ahus-key", table(1),
                 "'delivery' of the key 'ahus-key' needs the role steward")):
            with self.subTest(door=door, key=key):
                client = self.house.client("ingest", door, key)
                client.send(message)
                conflict = client.receive(5.0)["conflicts"][0]
                client.close()
                self.assertEqual(
                    (conflict["code"], conflict["text"]),
                    ("not_allowed", "the key may not do this (%s)" % text))

    def test_a_key_that_nobody_registered_gets_no_answer(self):
        self.begin()
        stranger = mvclient.Client(self.house.ready["ingest"]["public"],
                                   self.house.keys["ingest"][0],
                                   mvclient.new_keys())
        with self.assertRaises(mvclient.Silence):
            stranger.send(table(1))
            stranger.receive(1.0)
        stranger.close()

    def test_bad_input_11_a_revoked_key_is_refused_within_two_seconds(self):
        self.begin()
        ahus = self.house.producer("ahus")
        self.assertEqual(ahus.deliver(table(1))["result"], "accepted")
        self.house.revoke("ahus-key")
        since, number, sent = time.monotonic(), 2, 0
        while sent - since < 10:
            last, sent = sent, time.monotonic()
            try:
                answer = ahus.deliver(table(number), 2.0)
            except mvclient.Silence:
                break
            if answer["result"] == "rejected":
                self.assertEqual(answer["conflicts"][0]["code"],
                                 "unauthorised")
                break
            number += 1
        self.assertLess(last - since, 2.0)    # when the last good one left

    def test_p1_what_was_accepted_survives_every_kill(self):
        """Four clients, deliveries of 1 to 64 rows, a kill at any moment."""
        self.begin()
        chance, kills = random.Random(20240115), house.scale(100, 1000)
        sent, accepted = {}, {}       # (key, number) -> rows; -> seq, chain
        for _ in range(kills):
            self.a_life(chance, sent, accepted)
        self.all_there(sent, accepted)
        self.assertGreater(len(accepted), kills)
        self.assertIsNone(auditing.fault_of_counters(self.house.counters("ingest")))
        print(f"{kills} kills, {len(sent)} deliveries sent, {len(accepted)} "
              "accepted")

    def a_life(self, chance, sent, accepted):
        """Some deliveries, some of the answers, a kill, a start."""
        clients = {u + str(i): self.house.producer(u)
                   for u in ("ahus", "ous") for i in (1, 2)}
        for _ in range(chance.randrange(1, 64)):
            name = chance.choice(list(clients))
            number, rows = len(sent) + 1, chance.randrange(1, 65)
            sent[f"{name[:-1]}-key", number] = rows
            clients[name].send(months(number, name[:-1], rows))
        if chance.random() < 0.9:        # it is at work: an answer is there
            house.until(lambda: any(
                c.socket.poll(0) for c in clients.values()), step_s=0.0005)
        time.sleep(chance.random() * 0.01)
        if chance.random() < 0.2:
            self.assertIsNone(auditing.fault_of_counters(
                self.house.counters("ingest")))
        self.house.kill("ingest")
        for name, client in clients.items():
            self.take(client, f"{name[:-1]}-key", accepted)
        for client in clients.values():
            client.close()
        self.house.start("ingest")

    @staticmethod
    def take(client, key, accepted):
        """All the answers that reached this side."""
        while True:
            try:
                answer = client.receive(0)
            except mvclient.Silence:
                return
            if answer["result"] == "accepted":
                accepted[key, answer["number"]] = (answer["seq"],
                                                   answer["hash"])

    def all_there(self, sent, accepted):
        """No gap, nothing missing, no other content."""
        journal = self.journal()
        self.assertEqual([r.seq for r in journal],
                         list(range(1, len(journal) + 1)))
        found = {(r.key_name, r.message()["number"]): r for r in journal
                 if r.message()["type"] == "delivery"}
        self.assertEqual([k for k in accepted if k not in found], [],
                         "accepted, and not in the journal")
        for known, record in found.items():
            self.assertEqual([row[-1] for row in record.message()["rows"]],
                             [known[1]] * sent[known])
        for known, witness in accepted.items():
            self.assertEqual((found[known].seq, found[known].chain), witness)

    def test_p21_a_clean_stop_answers_or_leaves_unanswered(self):
        self.begin()
        for _ in range(house.scale(10, 500)):
            ahus = self.house.producer("ahus")
            for number in range(1, 50):
                ahus.send(table(number, value=number))
            began = time.monotonic()
            self.assertEqual(self.house.stop("ingest", signal.SIGTERM), 0)
            self.assertLess(time.monotonic() - began, 10)
            ahus.close()
            self.house.start("ingest")

    def test_p19_the_books_balance(self):
        self.begin()
        ahus = self.house.producer("ahus")
        for number in range(1, 60):
            ahus.send(table(number % 20 + 1, value=number % 3))
            ahus.send_bytes(b"\xc1")
        for _ in range(118):
            ahus.receive()
        counters = self.house.counters("ingest")
        self.assertIsNone(auditing.fault_of_counters(counters))
        self.assertEqual(counters["received"], 119)


if __name__ == "__main__":
    unittest.main()
