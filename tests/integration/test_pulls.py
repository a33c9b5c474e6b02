"""Bad input 71 to 77 and promise P4: what a consumer is answered."""
import shutil
import time
import unittest

import msgpack

import house
import ingesting
import mvclient
from ingesting import table

ZERO = bytes(32)
PARKED_S = 1.0            # at most: then it is answered without records


class Pulls(ingesting.Case):
    def setUp(self):
        while self.head() < 6:
            self.ahus.deliver(table(self.number()))
        self.records = self.journal()
        self.last = self.records[-1]
        self.genesis = self.operator.genesis("journal")

    def chain(self, seq):
        return self.records[seq - 1].chain if seq > 0 else self.genesis

    def pull(self, first, chain=None, client=None, **how):
        if chain is None:
            chain = self.chain(first - 1)
        return (client or self.operator).pull("journal", first, chain, **how)

    def refused(self, reply, result, code):
        self.assertEqual((reply["type"], reply["result"], reply["code"]),
                         ("reply", result, code), reply)

    def send_pull(self, client, number, **keys):
        message = {"v": 1, "type": "pull", "log": "journal", "id": number,
                   "from": 1, "hash": self.genesis, "done": 0,
                   "max_bytes": 1 << 20}
        message.update(keys)
        client.send({k: v for k, v in message.items() if v is not None})

    def test_bad_input_71_from_0_1_last_and_after_it(self):
        self.refused(self.pull(0, ZERO, done=0), "rejected", "range")
        page = self.pull(1)
        self.assertEqual((page["first"], page["head"]), (1, self.last.seq))
        self.assertEqual([mvclient.Record(r).seq for r in page["records"]],
                         list(range(1, self.last.seq + 1)))
        page = self.pull(self.last.seq)
        self.assertEqual([mvclient.Record(r).seq for r in page["records"]],
                         [self.last.seq])
        began = time.monotonic()
        page = self.pull(self.last.seq + 1, self.last.chain)
        self.assertEqual((page["type"], page["records"]), ("records", []))
        self.assertGreater(time.monotonic() - began, 0.8)

    def test_bad_input_72_beyond_the_head_and_what_is_no_number(self):
        self.refused(self.pull(self.last.seq + 2, ZERO, done=0), "diverged",
                     "diverged")
        self.refused(self.pull(1 << 63, ZERO, done=0), "rejected", "range")
        for value, code in ((-1, "range"), ("1", "type"), (1.0, "type"),
                            (None, "missing")):
            self.send_pull(self.operator, 4711, **{"from": value})
            reply = self.operator.receive()
            self.refused(reply, "rejected", code)
            self.assertEqual(reply["id"], 4711)

    def test_bad_input_73_another_pull_while_one_is_parked(self):
        after = {"from": self.last.seq + 1, "hash": self.last.chain}
        self.send_pull(self.operator, 1, **after)
        self.send_pull(self.operator, 2, **after)
        first, second = self.operator.receive(), self.operator.receive()
        self.refused(first, "superseded", "superseded")
        self.assertEqual((first["id"], second["id"]), (1, 2))
        self.assertEqual((second["type"], second["records"]), ("records", []))
        with self.assertRaises(mvclient.Silence):
            self.operator.receive(1.2)           # never a second answer to 1

    def test_a_parked_pull_is_answered_by_the_next_commit(self):
        self.assertLess(ingesting.least(self.parked_for, 0.7), 0.7)

    def parked_for(self):
        """Seconds from a commit to the answer of a pull that waits for it; a
        long time if it did not wait for so long."""
        last = self.journal()[-1]
        self.send_pull(self.operator, 1, **{"from": last.seq + 1,
                                            "hash": last.chain})
        self.operator.request("ping")
        began = time.monotonic()
        self.ahus.deliver(table(self.number()))
        page = self.operator.receive()
        if not page["records"]:
            return PARKED_S
        record, = page["records"]
        self.assertTrue(mvclient.Record(record).follows(last.chain))
        return time.monotonic() - began

    def test_bad_input_74_a_wrong_hash(self):
        for seq in (1, 2, self.last.seq, self.last.seq + 1):
            self.refused(self.pull(seq, b"\x5a" * 32, done=0), "diverged",
                         "diverged")
        for wrong, code in ((ZERO[:31], "length"), (ZERO + b"\0", "length"),
                            ("x" * 32, "type")):
            self.send_pull(self.operator, 9, hash=wrong)
            self.refused(self.operator.receive(), "rejected", code)

    def test_bad_input_75_page_sizes(self):
        self.refused(self.pull(1, max_bytes=0), "rejected", "range")
        page = self.pull(1, max_bytes=1)
        self.assertEqual(len(page["records"]), 1)     # one at least
        page = self.pull(1, max_bytes=1 << 20)
        self.assertEqual(len(page["records"]), self.last.seq)
        page = self.pull(1, max_bytes=1 << 32)        # as the largest
        self.assertEqual(len(page["records"]), self.last.seq)

    def done(self, name):
        rows = self.operator.ask("consumers")
        return [r["done"] for r in rows if r["name"] == name][0]

    def test_bad_input_76_reading_again_and_done(self):
        self.house.add_key("audit1", "auditor")
        audit = self.connect("audit1")
        self.pull(1, client=audit)
        self.pull(4, client=audit, done=4)
        self.assertEqual(self.done("audit1"), 3)
        page = self.pull(1, client=audit, done=1)     # it may read again
        self.assertEqual(page["first"], 1)
        self.assertEqual(self.done("audit1"), 3)      # and keeps its place
        reply = self.pull(1, client=audit, done=self.last.seq + 40)
        self.refused(reply, "rejected", "range")
        self.assertEqual(self.done("audit1"), 3)

    def connect(self, name):
        """A client whose key is known by now."""
        def known():
            client = self.house.control("ingest", name, timeout_s=0.4)
            try:
                client.request("ping")
                return client
            except mvclient.Silence:
                client.close()
                return None
        return house.until(known)

    def test_bad_input_77_two_pullers_with_one_key(self):
        other = self.house.control("ingest")
        after = {"from": self.last.seq + 1, "hash": self.last.chain}
        self.send_pull(self.operator, 1, **after)
        self.operator.request("ping")            # it is parked
        self.operator.socket.poll(0)
        self.send_pull(other, 1, **after)
        self.refused(self.operator.receive(), "superseded", "superseded")
        self.assertEqual(other.receive()["records"], [])

    def test_logs_and_who_may_read_them(self):
        for client, log, code in ((self.operator, "nothing", "unknown_log"),
                                  (self.ous, "journal", None)):
            reply = client.request("head", {"log": log})
            self.assertEqual(reply["result"], "rejected")
            if code is not None:
                self.assertEqual(reply["code"], code)
        self.send_pull(self.ahus, 5)
        reply = self.ahus.receive()
        self.refused(reply, "rejected", "forbidden")


class LargePages(ingesting.Case):
    def test_bad_input_75_no_page_is_larger_than_a_page(self):
        days = ["2022-%02d-%02d" % (1 + d // 28, 1 + d % 28)
                for d in range(300)]
        for _ in range(6):
            rows = [ingesting.row(indicator="daily", member="f%02d" % m,
                                  value=1, period=p, note="x" * 200)
                    for m in range(5) for p in days]
            self.ahus.deliver(table(self.number(), *rows))
        self.operator.send({"v": 1, "type": "pull", "log": "journal",
                            "id": 7, "from": 1, "done": 0,
                            "hash": self.operator.genesis("journal"),
                            "max_bytes": 1 << 32})
        self.assertTrue(self.operator.socket.poll(5000))
        page = self.operator.socket.recv()
        self.assertLess(len(page), (1 << 20) + 4096)
        self.assertGreater(len(msgpack.unpackb(page)["records"]), 2)


class OlderJournal(unittest.TestCase):
    """Promise P4: whoever holds another history is told so."""

    def setUp(self):
        self.house = house.House()
        self.addCleanup(self.house.__exit__)
        self.store = self.house.path / "ingest"
        self.copy = self.house.path / "older"

    def deliver(self, numbers, value):
        with self.house.producer("ahus") as ahus:
            for n in numbers:
                answer = ahus.deliver_for_good(table(n, value=value))
                self.assertEqual(answer["result"], "accepted")
        return answer

    def test_p4_a_consumer_that_is_ahead_is_told_that_it_diverged(self):
        self.house.start("ingest")
        self.house.catalogue(ingesting.UNITS, ingesting.INDICATORS,
                             ingesting.TARGETS)
        number = 0
        for turn in range(house.scale(5, 100)):
            self.deliver(range(number + 1, number + 4), 1 + turn)
            self.assertEqual(self.house.stop("ingest"), 0)
            shutil.rmtree(self.copy, ignore_errors=True)
            shutil.copytree(self.store, self.copy)
            self.house.start("ingest")
            ahead = self.deliver(range(number + 4, number + 7), 2 + turn)
            self.house.kill("ingest")
            shutil.rmtree(self.store)
            shutil.copytree(self.copy, self.store)
            self.house.start("ingest")
            self.consumer_is_ahead(ahead)
            self.deliver(range(number + 4, number + 9), 3 + turn)
            self.consumer_is_ahead(ahead)
            number += 8
            seqs = [r.seq for r in self.house.journal()]
            self.assertEqual(seqs, list(range(1, len(seqs) + 1)))

    def consumer_is_ahead(self, answer):
        with self.house.control("ingest") as consumer:
            reply = consumer.pull("journal", answer["seq"] + 1,
                                  answer["hash"])
            self.assertEqual((reply["type"], reply["result"]),
                             ("reply", "diverged"))
            self.assertGreater(self.house.counters("ingest")["diverged"], 0)


if __name__ == "__main__":
    unittest.main()
