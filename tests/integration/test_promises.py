"""Promises P3, P11, P14 and P21 of ingest, audited all the while (P19)."""
import random
import signal
import subprocess
import time
import unittest

import auditing
import disk
import house
import ingesting
import mvclient
from ingesting import table


class Promise(unittest.TestCase):
    settings = {}

    def setUp(self):
        self.house = house.House({"ingest": self.settings})
        self.addCleanup(self.house.__exit__)

    def begin(self):
        self.house.start("ingest")
        answer = self.house.catalogue(
            ingesting.UNITS, ingesting.INDICATORS, ingesting.TARGETS)
        self.assertEqual(answer["result"], "accepted")

    def audited(self):
        auditor = auditing.Auditor(self.house, ["ingest"], every_s=0.02,
                                   after=5)

        def look():
            self.assertEqual(auditor.faults, [])
            self.assertGreater(auditor.readings, 3)
        self.addCleanup(look)
        return auditor

    def deliveries(self):
        """number -> record; each number must be there once only."""
        found, records = {}, self.house.journal()
        for r in records:
            m = r.message()
            if m["type"] == "delivery":
                key = r.key_name, m["producer"], m["number"]
                self.assertNotIn(key, found)
                found[key] = r
        self.assertEqual([r.seq for r in records],
                         list(range(1, len(records) + 1)))
        return found


class OneEffect(Promise):
    """P3, over connections and restarts."""

    def test_p3_however_often_and_in_whatever_order(self):
        self.begin()
        chance = random.Random(self.seed())
        many, restarts = house.scale((400, 5), (20000, 50))
        sends = [n for n in range(1, many + 1)
                 for _ in range(chance.randrange(1, 6))]
        chance.shuffle(sends)
        first, slices = {}, restarts + 1
        with self.audited():
            for i in range(slices):
                self.send_all(chance, sends[i::slices], first)
                if i < restarts:
                    self.house.stop("ingest", chance.choice(
                        (signal.SIGTERM, signal.SIGKILL)))
                    self.house.start("ingest")
            self.conflicts(chance, many)
        found = {n: r.seq for (_, _, n), r in self.deliveries().items()}
        self.assertEqual(found, first)
        self.assertEqual(set(found), set(range(1, many + 1)))

    def seed(self):
        seed = random.randrange(1 << 32)
        print("seed", seed, flush=True)
        return seed

    def send_all(self, chance, numbers, first):
        """On four connections; the first answer of each number is kept."""
        clients = [self.house.producer("ahus") for _ in range(4)]
        for at in range(0, len(numbers), 100):
            sent = dict.fromkeys(range(4), 0)
            for n in numbers[at:at + 100]:
                i = chance.randrange(4)
                clients[i].send(table(n, value=n))
                sent[i] += 1
            for i, count in sent.items():
                for _ in range(count):
                    self.take(clients[i].receive(), first)
        for c in clients:
            c.close()

    def take(self, answer, first):
        n = answer["number"]
        self.assertIn(answer["result"], ("accepted", "duplicate"))
        if answer["result"] == "accepted":
            self.assertNotIn(n, self.accepted, "accepted for a second time")
            self.accepted.add(n)
        self.assertEqual(first.setdefault(n, answer["seq"]), answer["seq"])

    def setUp(self):
        super().setUp()
        self.accepted = set()

    def conflicts(self, chance, many):
        with self.house.producer("ahus") as ahus:
            for _ in range(house.scale(100, 1000)):
                n = chance.randrange(1, many + 1)
                answer = ahus.deliver(table(n, value=n + 1))
                self.assertEqual(answer["result"], "rejected")
                self.assertEqual(ingesting.codes(answer), ["conflict"])


class NoRoom(Promise):
    """P11: on a file system that fills up, and at a quota."""

    def full_and_back(self, place, turns):
        self.disk = place
        self.house.settings["ingest"] = {"data_dir": place.home("ingest")}
        self.begin()
        accepted, self.last = set(), 0
        with self.audited(), self.house.producer("ahus") as ahus:
            for _ in range(turns):
                self.assertLess(ingesting.least(
                    lambda: self.turn(ahus, accepted), 2), 2)
        self.assertEqual({n for _, _, n in self.deliveries()}, accepted)

    def turn(self, ahus, accepted):
        """Full, and refused from then on; the seconds from the first free
        space to the next acceptance."""
        self.disk.fill()
        number = self.last = self.until_refused(ahus, self.last, accepted)
        for again in range(3):
            self.refused(ahus, number + again)
        self.disk.free()
        began = time.monotonic()
        house.until(lambda: ahus.deliver(table(number))["result"] ==
                        "accepted", step_s=0)
        accepted.add(number)
        return time.monotonic() - began

    def answered(self, ahus, message):
        """The answer, within a second."""
        answers = []
        self.assertLess(ingesting.least(lambda: ingesting.seconds(
            lambda: answers.append(ahus.deliver(message))), 1), 1)
        return answers[-1]

    def until_refused(self, ahus, number, accepted):
        """The first number that is answered `retry`."""
        while True:
            number += 1
            answer = self.answered(ahus, table(number, note="x" * 250))
            if answer["result"] == "retry":
                self.assertEqual(answer["reason"], "full")
                return number
            self.assertIn(answer["result"], ("accepted", "duplicate"))
            accepted.add(number)

    def refused(self, ahus, number):
        answer = self.answered(ahus, table(number))
        self.assertEqual((answer["result"], answer.get("reason")),
                         ("retry", "full"))

    def test_p11_and_bad_input_70_a_full_tmpfs(self):
        self.full_and_back(disk.Disk.tmpfs(self, self.house.path / "disk", 8),
                           house.scale(4, 500))

    def test_p11_a_full_ext4(self):
        self.full_and_back(disk.Disk.ext4(self, self.house.path / "disk", 24),
                           house.scale(2, 500))

    def test_p11_the_quota(self):
        self.house.settings["ingest"] = {"quota": "2 MiB"}
        self.begin()
        with self.audited(), self.house.producer("ahus") as ahus:
            accepted = set()
            number = self.until_refused(ahus, 0, accepted)
            self.assertGreater(number, 10)
            self.refused(ahus, number)
            with self.house.control("ingest") as operator:
                house.until(
                    lambda: "space" in str(operator.ask("health")))
            duplicate = ahus.deliver(table(number - 1, note="x" * 250))
            self.assertIn(duplicate["result"], ("duplicate", "retry"))
        self.assertEqual({n for _, _, n in self.deliveries()}, accepted)


class WhoSpeaks(Promise):
    def test_p14_a_trust_speaks_only_for_itself(self):
        self.begin()
        wanted = house.scale(300, 10000)
        ous = self.house.producer("ous")
        ours = {n: ous.deliver(table(n, unit="ous", producer="theirs"))
                for n in range(1, 11)}
        ahus = self.house.producer("ahus")
        with self.audited():
            for i in range(wanted):
                number = 1 + i % 20           # ous's numbers among them
                unit = ("ous", "hso")[i % 2]
                answer = ahus.deliver(table(number, unit=unit,
                                            producer="theirs", value=i))
                self.assertEqual(answer["result"], "rejected",
                                 "spoke for " + unit)
                self.assertEqual(ingesting.codes(answer), ["forbidden"])
                with self.assertRaises(mvclient.Silence):
                    ous.receive(0)
            with self.house.control("ingest") as operator:
                seq = operator.ask("head", log="journal")[0]["seq"]
            for answer in ours.values():
                self.assertLessEqual(answer["seq"], seq)
        self.assertEqual(set(self.deliveries()),
                         {("ous-key", "theirs", n) for n in ours})

    def test_p14_anothers_indicator(self):
        """That only a region reports: not of itself, nor of its region."""
        self.begin()
        with self.audited(), self.house.producer("ahus") as ahus:
            for i in range(house.scale(50, 10000)):
                unit, field = (("ahus", "indicator"), ("hso", "unit"))[i % 2]
                answer = ahus.deliver(table(
                    1 + i, indicator="national", unit=unit, period="2024",
                    value=i))
                self.assertEqual(answer["result"], "rejected",
                                 "spoke for a region")
                self.assertEqual(
                    [(c["code"], c["field"]) for c in answer["conflicts"]],
                    [("forbidden", field)])
        self.assertEqual(self.deliveries(), {})

    def under(self, key, routing_id):
        """A client with a routing id of its choice."""
        public, secret = self.house.keys[key]
        c = mvclient.Client(self.house.ready["ingest"]["public"],
                            self.house.keys["ingest"][0], (public, secret))
        c.close()
        s = c.context.socket(mvclient.zmq.DEALER)
        s.curve_publickey = mvclient.z85.encode(c.public)
        s.curve_secretkey = mvclient.z85.encode(c.secret)
        s.curve_serverkey = mvclient.z85.encode(c.server_key)
        s.routing_id, s.linger = routing_id, 0
        s.connect(c.endpoint)
        c.socket = s
        self.addCleanup(c.close)
        return c

    def test_p14_another_trusts_routing_id(self):
        self.begin()
        ous = self.under("ous-key", b"ous")
        self.assertEqual(ous.deliver(table(1, unit="ous"))["result"],
                         "accepted")
        ahus = self.under("ahus-key", b"ous")
        for number in range(2, house.scale(50, 10000)):
            try:
                ahus.socket.send(ingesting.packed(table(number, unit="ahus")),
                                 mvclient.zmq.DONTWAIT)
            except mvclient.zmq.Again:
                pass
            answer = ous.deliver(table(number, unit="ous"))
            self.assertEqual((answer["number"], answer["result"]),
                             (number, "accepted"))
            with self.assertRaises(mvclient.Silence):
                ahus.receive(0)
        keys = {k for k, _, _ in self.deliveries()}
        self.assertEqual(keys, {"ous-key"})


class CleanStop(Promise):
    """P21: SIGTERM at random points, also twice, also during the start."""

    def test_p21_sigterm_at_random_points(self):
        self.begin()
        chance = random.Random(20240101)
        accepted, number = {}, 0
        for turn in range(house.scale(12, 500)):
            with self.house.producer("ahus") as ahus:
                ahus.request("ping")
                for _ in range(chance.randrange(1, 200)):
                    number += 1
                    ahus.send(table(number, value=number))
                time.sleep(chance.random() * 0.02)
                process = self.house.processes["ingest"]
                process.send_signal(signal.SIGTERM)
                if turn % 3 == 0:
                    process.send_signal(signal.SIGTERM)
                began = time.monotonic()
                self.assertEqual(process.wait(10), 0, "not stopped cleanly")
                self.assertLess(time.monotonic() - began, 10)
                self.take(ahus, accepted)
            self.house.processes.pop("ingest")
            self.house.start("ingest")
        found = {n: (r.seq, r.chain)
                 for (_, _, n), r in self.deliveries().items()}
        for n, witness in accepted.items():
            self.assertEqual(found[n], witness)
        self.assertGreater(len(accepted), 0)

    def take(self, client, accepted):
        while True:
            try:
                answer = client.receive(0.05)
            except mvclient.Silence:
                return
            if answer["result"] == "accepted":
                accepted[answer["number"]] = answer["seq"], answer["hash"]
            else:
                self.assertEqual((answer["result"], answer["reason"]),
                                 ("retry", "stopping"))

    def test_bad_input_70_while_stopping_it_says_so(self):
        self.begin()
        answer = self.asked_while_stopping()
        for _ in range(2):       # it may be over before this test's next turn
            if answer is None:
                self.house.start("ingest")
                answer = self.asked_while_stopping()
        self.assertIsNotNone(answer)
        self.assertEqual((answer["result"], answer["reason"]),
                         ("retry", "stopping"))

    def asked_while_stopping(self):
        """What a delivery is answered; None: it had ended already."""
        stops = self.house.log("ingest").count("STOPPING")
        process = self.house.processes["ingest"]
        with self.house.producer("ahus") as ahus:
            ahus.deliver(table(1))
            process.send_signal(signal.SIGTERM)
            house.until(
                lambda: self.house.log("ingest").count("STOPPING") > stops)
            ahus.send(table(2))
            self.assertEqual(process.wait(10), 0)
            self.house.processes.pop("ingest")
            try:
                return ahus.receive(1)
            except mvclient.Silence:
                return None

    def test_p21_and_bad_input_103_sigterm_during_the_start(self):
        self.begin()
        self.house.stop("ingest")
        chance = random.Random(7)
        for turn in range(house.scale(20, 500)):
            self.house.launch("ingest")
            time.sleep(chance.random() * 0.06)
            code = self.house.stop("ingest", signal.SIGTERM, 10)
            self.assertIn(code, (0, -signal.SIGTERM))
        self.house.start("ingest")

    def test_bad_input_103_many_sighups_and_a_long_stop(self):
        self.begin()
        process = self.house.processes["ingest"]
        with self.house.producer("ahus") as ahus:
            def loads():
                before = self.house.counters("ingest")["keys_loaded"]
                for n in range(1000):
                    process.send_signal(signal.SIGHUP)
                for n in range(1, 20):
                    self.assertIn(ahus.deliver(table(n))["result"],
                                  ("accepted", "duplicate"))
                return self.house.counters("ingest")["keys_loaded"] - before
            self.assertLess(ingesting.least(loads, 5), 5)
            process.send_signal(signal.SIGSTOP)
            for n in range(20, 40):
                ahus.send(table(n))
            time.sleep(house.scale(2, 60))
            process.send_signal(signal.SIGCONT)
            got = set()
            while got != set(range(20, 40)):
                try:
                    got.add(ahus.receive(2)["number"])
                except mvclient.Silence:      # its peer gave it up
                    for n in set(range(20, 40)) - got:
                        ahus.send(table(n))
        self.assertEqual({n for _, _, n in self.deliveries()},
                         set(range(1, 40)))


if __name__ == "__main__":
    unittest.main()
