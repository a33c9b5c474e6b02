"""Promise P15: no peer takes a service above its limits, those of its unit
(deploy/systemd), and a producer who was there all the while has its answers.

(a) Peers of five kinds, one after the other, each beside that producer.
(b) Half of what it can take for MV_SLOPE_S seconds: memory, descriptors and
files do not grow. A day is MV_SLOPE_S=86400.
(c) Who asks and does not read."""
import multiprocessing
import os
import pathlib
import re
import resource
import socket
import struct
import threading
import time
import unittest

import auditing
import bystander
import house
import ingesting
import rawpeer
from ingesting import table

MIB = 1 << 20
UNIT = (house.ROOT / "deploy/systemd/maalvakt-ingest.service").read_text()
MEMORY_MIB = int(re.search(r"^MemoryMax=(\d+)M$", UNIT, re.M)[1])
FILES = int(re.search(r"^LimitNOFILE=(\d+)$", UNIT, re.M)[1])
KNOCKERS = 4              # processes
GONE_S = 30 + 8           # of a peer that vanished; the kernel's timers
NOISE_S = house.scale(0.5, 0.1)   # a machine that does other things too


def memory_kib(pid):
    """(resident, of that not backed by files)."""
    found = dict(re.findall(r"^(VmRSS|RssAnon):\s+(\d+) kB", pathlib.Path(
        f"/proc/{pid}/status").read_text(), re.M))
    return int(found["VmRSS"]), int(found["RssAnon"])


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def connected_to(port):
    """Peers' ports of the connections that this end of them still has."""
    found = set()
    for path in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in pathlib.Path(path).read_text().splitlines()[1:]:
            here, there, state = line.split()[1:4]
            if int(here.rsplit(":")[1], 16) == port and state == "01":
                found.add(int(there.rsplit(":")[1], 16))
    return found


class Highest(threading.Thread):
    """The most memory that a process had."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.kib, self.over = pid, 0, threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()

    def run(self):
        while not self.over.wait(0.01):
            self.kib = max(self.kib, memory_kib(self.pid)[0])


def knock(endpoint, hello, until, least):
    """Handshakes begun, never ended, as fast as one process can, until then
    and until they are so many."""
    begun = 0
    while time.monotonic() < until or begun < least:
        if time.monotonic() > until + 60:
            break
        try:
            peer = rawpeer.RawPeer(endpoint, 2.0)
            peer.send(rawpeer.GREETING + b"CURVE".ljust(20, b"\0") +
                      bytes(32) + b"\x06" + struct.pack(">Q", len(hello)) +
                      hello)
            peer.read(64 + 2 + 168)          # greeting and WELCOME
            begun += 1
            peer.close()
        except OSError:
            continue
    return begun


class Hostile(ingesting.Case):
    """(a)"""
    units = ("ahus", "ous", "third", "fourth", "fifth")

    @classmethod
    def setUpClass(cls):
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        launch = house.House.launch

        def limited(self, name, **how):
            how["wrapper"] = ("prlimit", f"--nofile={FILES}")
            launch(self, name, **how)
        house.House.launch = limited
        try:
            super().setUpClass()
        finally:
            house.House.launch = launch

    def raw(self, timeout_s=8.0):
        return rawpeer.RawPeer(self.house.ready["ingest"]["public"],
                               timeout_s)

    def shaken(self, unit):
        peer = self.raw()
        try:
            peer.shake(self.house.keys["ingest"][0],
                       self.house.keys[f"{unit}-key"])
        except BaseException:
            peer.close()
            raise
        return peer

    def beside(self, what, attack):
        """The attack, a producer beside it, and what must hold. `attack` is
        a generator: it goes on until it has ended and there are answers
        enough to speak of a hundredth of them."""
        with bystander.Pair(self.house, self.numbers) as pair, \
             Highest(self.pid()) as highest:
            mark = pair.mark()
            for _ in attack():
                if pair.fault:
                    break
            slow, normal = pair.p99(mark, 300)
        print(f"{what}: {highest.kib >> 10} of {MEMORY_MIB} MiB, p99 "
              f"{slow * 1000:.1f} ms beside it, {normal * 1000:.1f} ms "
              f"elsewhere, {pair.mark()} answers", flush=True)
        self.assertIsNone(auditing.fault_of_counters(self.counters()))
        journal = {r.message()["number"] for r in self.journal()
                   if r.key_name == "ous-key"}
        self.assertLessEqual(set(pair.of[0].accepted), journal)
        self.assertLess(highest.kib, MEMORY_MIB * 1024 * house.SANITIZED)
        self.assertLess(slow, max(3 * normal, NOISE_S * house.SANITIZED))

    def test_p15_a_handshake_frame_of_a_gibibyte(self):
        def attack():
            for _ in range(house.scale(20, 200)):
                with self.raw() as peer:
                    peer.greet()
                    peer.send(b"\x06" + struct.pack(">Q", 1 << 30) +
                              b"\x05HELLO")
                    sent = 0
                    while sent < 1 << 30 and peer.send(bytes(65536)):
                        sent += 65536
                    self.assertLess(sent, 64 * MIB)
                    yield
        self.beside("1 GiB handshake frames", attack)

    def test_p15_messages_that_never_end(self):
        def attack():
            part = bytes(65000)
            for unit in ("third", "fourth", "fifth"):
                with self.shaken(unit) as peer:
                    sent = 0
                    while sent < 1 << 30 and peer.frame(part, more=True):
                        sent += len(part)
                    self.assertLess(sent, 64 * MIB, "was not cut")
                    yield
        self.beside("messages that never end", attack)

    def test_p15_silent_connections(self):
        many = house.scale(2000, 10000)

        def attack():
            peers = []
            for _ in range(many):
                try:
                    peers.append(self.raw())
                except OSError:
                    pass
                yield
            self.assertGreater(len(peers), many * 9 // 10)
            for peer in peers:
                self.assertTrue(peer.is_cut())
                peer.close()
                yield
        self.beside(f"{many} silent connections", attack)

    def test_p15_peers_that_vanish(self):
        """No FIN, no RST, no ACK any more: what is left of them goes within
        half a minute, whether something was under way to them or not."""
        idle, asking = self.shaken("third"), self.shaken("fourth")
        ports = {peer.socket.getsockname()[1] for peer in (idle, asking)}
        port = int(self.house.ready["ingest"]["public"].rsplit(":", 1)[1])
        self.assertEqual(ports - connected_to(port), set())

        def attack():
            for peer in (idle, asking):
                peer.vanish()
            self.assertTrue(asking.frame(ingesting.packed(table(1))))
            until = time.monotonic() + GONE_S
            while ports & connected_to(port):
                self.assertLess(time.monotonic(), until, "still there")
                time.sleep(0.2)
                yield
        self.beside("peers that vanish", attack)
        for peer in (idle, asking):
            peer.close()

    def test_p15_handshakes_that_are_never_ended(self):
        seconds = house.scale(3, 20)
        with self.raw() as peer:
            hello = peer.hello(self.house.keys["ingest"][0])

        def attack():
            until = time.monotonic() + seconds
            with multiprocessing.get_context("fork").Pool(KNOCKERS) as pool:
                begun = sum(pool.starmap(knock, [
                    (self.house.ready["ingest"]["public"], hello, until,
                     1 + 100 * seconds // KNOCKERS)] * KNOCKERS))
            took = time.monotonic() - until + seconds
            print(f"{begun / took:.0f} handshakes/s", flush=True)
            self.assertGreater(begun, 100 * seconds)
            yield
        self.beside("handshakes", attack)

    def test_p15_reconnects_with_full_queues(self):
        """As many deliveries as may be in flight, no answer ever read."""
        first = self.number()
        queue = [ingesting.packed(table(first, *[
            ingesting.row(period="2024-M%02d" % (m + 1), value=n)
            for m in range(12)], producer="again%d" % n)) for n in range(256)]

        def attack():
            for _ in range(house.scale(50, 1000)):
                with self.shaken("ahus") as peer:
                    peer.socket.setsockopt(socket.SOL_SOCKET,
                                           socket.SO_RCVBUF, 4096)
                    for delivery in queue:
                        if not peer.frame(delivery):
                            break
                    yield
        self.beside("reconnects with full queues", attack)

    def test_p15_a_key_that_closes_no_connection(self):
        """One for each delivery: its own oldest go, nobody else's."""
        message = ingesting.packed(table(self.number(), ingesting.row()))
        before = descriptors(self.pid()), self.counters()["peers_cut"]

        def attack():
            peers = []
            for _ in range(house.scale(200, 2000)):
                peers.append(self.shaken("fifth"))
                self.assertTrue(peers[-1].frame(message))
                self.assertTrue(peers[-1].read(1), "no answer")
                yield
            self.assertLess(descriptors(self.pid()) - before[0], 64 + 16)
            for peer in peers[:-64]:
                self.assertTrue(peer.is_cut())
            house.until(lambda: self.counters()["peers_cut"] - before[1] ==
                        len(peers) - 64)
            self.assertIn("KEY_CROWDS", self.house.log("ingest"))
            with self.house.control("ingest") as operator:
                self.assertIn("more than 64 connections", str(
                    operator.ask("health")))
            for peer in peers:
                peer.close()
        self.beside("a key that closes no connection", attack)

    def test_p15_reconnects_with_large_deliveries(self):
        """What waits of connections that are gone is bounded too: who comes
        back meanwhile is cut, and may try again."""
        rows = [ingesting.row(period="2024-M%02d" % (m + 1), value=m)
                for m in range(12)] * 300
        large = ingesting.packed(table(self.number(), *rows))

        def attack():
            for _ in range(house.scale(25, 1000)):
                try:
                    with self.shaken("third") as peer:
                        for _ in range(256):
                            if not peer.frame(large):
                                break
                except ConnectionError:
                    pass
                yield
        self.beside("reconnects with large deliveries", attack)


class Unread(unittest.TestCase):
    """(c) Replies that one key asks for and does not read, by as many
    connections as it likes. libzmq's own mark is 512 messages on each of
    them, however large: 130 MiB of these."""
    GROWN_MIB = 80            # 32 that wait, and what the kernel holds

    def test_p15_replies_that_nobody_reads(self):
        with house.House() as h:
            h.add_key("kari", "reader")
            h.add_key("rita", "reader")
            h.start("ingest", "evaluator", "notifier")
            pid = h.processes["notifier"].pid
            with h.control("notifier", "operator") as operator:
                for n in range(900):    # more than one may make by itself
                    operator.ask("subscribe", id=f"s{n:04}" + "x" * 50,
                                 owner="kari", all=True, name="n" * 128)
            before = memory_kib(pid)[1]
            question = ingesting.packed({"v": 1, "type": "request", "id": 1,
                                         "verb": "subscriptions"})
            peers, asked = [], 900
            for _ in range(3):
                peers.append(rawpeer.RawPeer(h.ready["notifier"]["public"]))
                peers[-1].shake(h.keys["notifier"][0], h.keys["kari"])
                for n in range(600):
                    self.assertTrue(peers[-1].frame(question))
                    if n % 100 == 99:    # 1,024 may wait for their turn
                        asked += 100
                        house.until(lambda: h.counters("notifier")["requests"]
                                    >= asked)
            with h.client("notifier", "public", "rita") as rita:
                self.assertEqual(rita.ask("subscriptions"), [])
            grown = (memory_kib(pid)[1] - before) >> 10
            dropped = h.counters("notifier")["replies_dropped"]
            print(f"1,800 replies unread: {grown:+d} MiB, {dropped} dropped",
                  flush=True)
            for peer in peers:
                peer.close()
            self.assertLess(grown, self.GROWN_MIB * house.SANITIZED)
            self.assertGreater(dropped, 0)
            self.assertIsNone(auditing.fault_of_counters(h.counters("notifier")))


class Slope(unittest.TestCase):
    """(b), all three services: one producer whose figures turn statuses red
    and back, sends again what it sent, and a subscriber who reads."""
    SECONDS = float(os.environ.get("MV_SLOPE_S", house.scale(20, 600)))
    PAUSE_S = 0.01            # half of what one producer can send in turn
    GROWN_KIB = 1024          # an hour, and what one sample may be off

    def setUp(self):
        self.house = house.House()
        self.addCleanup(self.house.__exit__)
        self.house.add_key("kari", "subscriber")
        self.house.start()
        year = time.localtime().tm_year - 1
        answer = self.house.catalogue(
            ingesting.UNITS, ingesting.INDICATORS,
            ingesting.TARGETS.replace("2024", str(year)))
        self.assertEqual(answer["result"], "accepted")
        self.period = f"{year}-M01"
        self.ahus = self.house.producer("ahus")

    def subscribe(self):
        row = self.house.subscribe(id="k", units=["ahus"])
        return self.house.client("notifier", "public", "kari"), row["genesis"]

    def turn(self, number):
        """A new figure, red or green in turn; nine times again."""
        message = table(number, period=self.period,
                        value=60.5 if number % 2 else 30.5)
        for again in range(10):
            answer = self.ahus.deliver(message)
            self.assertEqual(answer["result"],
                             "duplicate" if again else "accepted", answer)
            time.sleep(self.PAUSE_S / 10)

    def sample(self):
        """service -> (memory not backed by files, descriptors, file)."""
        return {name: (memory_kib(p.pid)[1], descriptors(p.pid),
                       (self.house.path / name / "data.mdb").stat().st_size)
                for name, p in self.house.processes.items()}

    def test_p15_half_of_the_peak_for_long_takes_no_more(self):
        kari, genesis = self.subscribe()
        samples, number, had = [], 0, 0
        began = time.monotonic()
        while time.monotonic() - began < self.SECONDS:
            for _ in range(20):
                number += 1
                self.turn(number)
            page = kari.pull("k", had + 1, genesis, done=had + 1)
            had += len(page.get("records", ()))
            samples.append((time.monotonic() - began, self.sample()))
        self.assertGreater(had, number // 2)
        self.flat([s for s in samples if s[0] > self.SECONDS / 3], number)
        for name in house.SERVICES:
            self.assertIsNone(auditing.fault_of_counters(self.house.counters(name)))

    def flat(self, samples, number):
        hours = max(1.0, self.SECONDS / 3600)
        for name in house.SERVICES:
            at = [one[name] for _, one in samples]
            third = max(1, len(at) // 3)

            def middle(of, which):
                return sorted(v[which] for v in of)[len(of) // 2]
            grown = middle(at[-third:], 0) - middle(at[:third], 0)
            fds = {v[1] for v in at}
            print(f"{name}: {grown:+d} KiB in {self.SECONDS * 2 / 3:.0f} s of "
                  f"{at[0][0]} KiB, {min(fds)} to {max(fds)} descriptors, "
                  f"file {at[-1][2] >> 10} KiB after {number} figures",
                  flush=True)
            self.assertLess(grown, self.GROWN_KIB * hours, name + " grows")
            self.assertLessEqual(max(fds) - min(fds), 4)
            # what is kept of a figure, its change and its notice
            self.assertLess(at[-1][2], (4 << 20) + number * 4096)


if __name__ == "__main__":
    unittest.main()
