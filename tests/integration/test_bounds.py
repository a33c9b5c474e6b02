"""Promise P15: no peer takes a service above its limits, those of its unit
(deploy/systemd), and a producer who was there all the while has its answers.

(a) Peers of five kinds, one after the other, each beside that producer.
(b) Half of what it can take for MV_SLOPE_S seconds: memory, descriptors and
files do not grow. A day is MV_SLOPE_S=86400."""
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

import house
import ingesting
import rawpeer
import test_wire
from ingesting import table

MIB = 1 << 20
UNIT = (house.ROOT / "deploy/systemd/maalvakt-ingest.service").read_text()
MEMORY_MIB = int(re.search(r"^MemoryMax=(\d+)M$", UNIT, re.M)[1])
FILES = int(re.search(r"^LimitNOFILE=(\d+)$", UNIT, re.M)[1])
SANITIZED = 4 if "asan" in str(house.BUILD) else 1
KNOCKERS = 4              # processes
NOISE_S = 0.1             # a machine that does other things too


def memory_kib(pid):
    """(resident, of that not backed by files)."""
    found = dict(re.findall(r"^(VmRSS|RssAnon):\s+(\d+) kB", pathlib.Path(
        f"/proc/{pid}/status").read_text(), re.M))
    return int(found["VmRSS"]), int(found["RssAnon"])


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


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


def knock(endpoint, hello, until):
    """Handshakes begun, never ended, as fast as one process can."""
    begun = 0
    while time.monotonic() < until:
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
        peer.shake(self.house.keys["ingest"][0], self.house.keys[f"{unit}-key"])
        return peer

    def beside(self, what, attack):
        """The attack, a producer beside it, and what must hold. `attack` is
        a generator: it goes on until it has ended and there are answers
        enough to speak of a hundredth of them."""
        quiet, _ = self.watched(iter(()))
        during, highest = self.watched(attack())
        normal, slow = quiet.p99(quiet.took), during.p99(during.took)
        print(f"{what}: {highest >> 10} of {MEMORY_MIB} MiB, p99 "
              f"{slow * 1000:.1f} ms beside it, {normal * 1000:.1f} ms "
              f"before, {len(during.took)} answers", flush=True)
        self.assertIsNone(during.fault)
        self.assertLess(highest, MEMORY_MIB * 1024 * SANITIZED)
        self.assertLess(slow, max(3 * normal, NOISE_S * SANITIZED))
        self.assertIsNone(house.books_balance(self.counters()))
        journal = {r.message()["number"] for r in self.journal()
                   if r.key_name == "ous-key"}
        self.assertLessEqual(set(during.numbers_had), journal)

    def watched(self, attack):
        client = self.house.producer("ous")
        beside = Beside(client, self.numbers)
        with Highest(self.pid()) as highest:
            beside.start()
            ingesting.until(lambda: len(beside.took) > 50 or beside.fault)
            del beside.took[:]
            for _ in attack:
                if beside.fault:
                    break
            ingesting.until(lambda: len(beside.took) > 300 or beside.fault)
            beside.over.set()
            beside.join()
        client.close()
        return beside, highest.kib

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
                    self.assertLess(sent, 64 * MIB)
                    yield
        self.beside("messages that never end", attack)

    def test_p15_silent_connections(self):
        many = house.scale(2000, 10000)

        def attack():
            peers = []
            for _ in range(many):
                try:
                    peers.append(self.raw(2.0))
                except OSError:
                    pass
                yield
            self.assertGreater(len(peers), many * 9 // 10)
            for peer in peers:
                self.assertTrue(peer.is_cut())
                peer.close()
                yield
        self.beside(f"{many} silent connections", attack)

    def test_p15_handshakes_that_are_never_ended(self):
        seconds = house.scale(3, 20)
        with self.raw() as peer:
            hello = peer.hello(self.house.keys["ingest"][0])

        def attack():
            until = time.monotonic() + seconds
            with multiprocessing.get_context("fork").Pool(KNOCKERS) as pool:
                begun = sum(pool.starmap(knock, [
                    (self.house.ready["ingest"]["public"], hello, until)
                ] * KNOCKERS))
            print(f"{begun / seconds:.0f} handshakes/s", flush=True)
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


class Beside(test_wire.Bystander):
    """Which of its deliveries were accepted, too."""

    def __init__(self, client, numbers):
        super().__init__(client, self.noted(numbers))
        self.numbers_had = []

    def noted(self, numbers):
        for number in numbers:
            yield number
            if self.fault is None:
                self.numbers_had.append(number)


if __name__ == "__main__":
    unittest.main()
