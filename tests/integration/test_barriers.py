"""Promise P2: no `accepted` before both barriers; a failed commit is `retry`.

Recorded by preload_io: every write and barrier of the store, and what is
given to libzmq, in one order.
"""
import errno
import shutil
import signal
import struct
import time
import unittest

import msgpack

import house
import ingesting
import mvclient
from ingesting import table

WRITE, WRITE_THROUGH, BARRIER, MARK, SENT = range(1, 6)
EVENT = struct.Struct("=QQQQ")
RECORD = struct.Struct(">4sHHIIQ")


def preloaded(**settings):
    return house.preload("preload_io", **{
        "MV_IO_" + k: str(v) for k, v in settings.items()})


def events(path):
    data, at = path.read_bytes(), 0
    while at < len(data):
        kind, _, length, _ = EVENT.unpack_from(data, at)
        at += EVENT.size
        has = kind in (WRITE, WRITE_THROUGH, SENT)
        yield kind, data[at:at + length] if has else b""
        at += length if has else 0


def records_in(data):
    """The numbers of the log records whose heads stand in a write."""
    at = data.find(b"MVR1\0\1\0\0")
    while at >= 0:
        if at + RECORD.size <= len(data):
            yield RECORD.unpack_from(data, at)[5]
        at = data.find(b"MVR1\0\1\0\0", at + 4)


class Order:
    """Which answers left before what they say was safe."""

    def __init__(self):
        self.acks, self.early = 0, []
        self.stage = {}        # seq -> 0 written, 1 behind a barrier, 2 safe
        self.dirty = []        # numbers written since the last barrier
        self.synced = []       # behind a barrier, their meta page not yet

    def take(self, kind, data):
        if kind == WRITE:
            for seq in records_in(data):
                if self.stage.setdefault(seq, 0) == 0:
                    self.dirty.append(seq)
        elif kind == BARRIER:
            self.synced += self.dirty
            self.dirty = []
        elif kind == WRITE_THROUGH:
            for seq in self.synced:
                self.stage[seq] = 2
            self.synced = []
        elif kind == SENT:
            self.sent(data)

    def sent(self, data):
        try:
            messages = mvclient.messages(data)
        except (ValueError, msgpack.UnpackException):
            return                     # a routing id
        for message in messages:
            if message.get("result") == "accepted":
                self.acks += 1
                if self.stage.get(message["seq"]) != 2:
                    self.early.append(message["seq"])


class NoEarlyAck(unittest.TestCase):
    def recorded(self, acks, **broken):
        h = house.House()
        self.addCleanup(h.__exit__)
        recording = h.path / "recording"
        h.start("ingest", environment=preloaded(RECORD=recording, **broken))
        h.catalogue(ingesting.UNITS, ingesting.INDICATORS, ingesting.TARGETS)
        ahus, waiting = h.producer("ahus"), 0
        for number in range(1, acks + 1):
            ahus.send(table(number))
            waiting += 1
            while waiting > number % 200:      # batches of all sizes
                self.assertEqual(ahus.receive()["result"], "accepted")
                waiting -= 1
        while waiting:
            self.assertEqual(ahus.receive()["result"], "accepted")
            waiting -= 1
        self.assertEqual(h.stop("ingest"), 0)
        order = Order()
        for kind, data in events(recording):
            order.take(kind, data)
        self.assertGreater(order.acks, acks)   # and the catalogue's
        return order

    def test_p2_every_ack_has_both_barriers_before_it(self):
        order = self.recorded(house.scale(3000, 100000))
        self.assertEqual(order.early, [], "answered before both barriers")

    def test_control_without_the_meta_barrier_every_ack_is_early(self):
        order = self.recorded(200, NO_META=1)
        self.assertEqual(len(order.early), order.acks)

    def test_control_without_the_data_barrier_every_ack_is_early(self):
        order = self.recorded(200, NO_SYNC=1)
        self.assertEqual(len(order.early), order.acks)


class FaultPoints(ingesting.Stopped):
    """The k-th write or barrier fails, for every k until none does."""
    DELIVERIES = 3
    numbers = (1000,)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.base = cls.house.path / "base"
        shutil.copytree(cls.data, cls.base)

    def restore(self):
        shutil.rmtree(self.data)
        shutil.copytree(self.base, self.data)

    def alive(self):
        return self.house.processes["ingest"].poll() is None

    def one_answer(self, client):
        """An answer, or None when the service ended instead."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            gone = not self.alive()
            try:
                return client.receive(0.02)
            except mvclient.Silence:
                if gone:
                    return None
        self.fail("neither an answer nor an end within 30 s")

    def faulty_run(self, env):
        """(answers by number, exit code)."""
        answers = {}
        try:
            self.house.start("ingest", environment=env)
        except house.Failed:
            return answers, self.house.stop("ingest")
        with self.house.producer("ahus") as ahus:
            ahus.socket.linger = 0         # nothing reaches the next start
            for number in range(1, self.DELIVERIES + 1):
                ahus.send(table(number))
                answer = self.one_answer(ahus)
                if answer is None:
                    break
                self.assertEqual(answer["number"], number)
                answers[number] = answer
        whole = [a["result"] for a in answers.values()]
        if whole == ["accepted"] * self.DELIVERIES:
            return answers, self.house.stop("ingest", signal.SIGTERM)
        if len(answers) < self.DELIVERIES:
            return answers, self.house.processes["ingest"].wait(5)
        self.house.kill("ingest")             # it went on, and refused some
        return answers, None

    def check_after(self, answers):
        """Accepted is there, the rest wholly or not at all, once."""
        h = self.house
        h.start("ingest")
        records = h.journal()
        self.assertEqual([r.raw for r in records][:len(self.records)],
                         self.records)
        there = {r.message()["number"]: r for r in records
                 if r.message()["type"] == "delivery"}
        for number, answer in answers.items():
            self.assertIn(answer["result"], ("accepted", "retry"))
            if answer["result"] == "accepted":
                self.assertEqual((there[number].seq, there[number].chain),
                                 (answer["seq"], answer["hash"]))
        with h.producer("ahus") as ahus:
            for number in range(1, self.DELIVERIES + 1):
                again = ahus.deliver(table(number))
                self.assertEqual(again["result"], "duplicate"
                                 if number in there else "accepted")
        h.kill("ingest")

    def every_point(self, on, error, sticky, *says):
        refused, reasons = 0, set()
        for k in range(60):
            self.house.kill("ingest")      # if the point before failed
            with self.subTest(on=on, error=error, sticky=sticky, k=k):
                self.restore()
                env = preloaded(FAIL=k, ON=on, ERROR=error,
                                **({"STICKY": 1} if sticky else {}))
                answers, code = self.faulty_run(env)
                results = [a["result"] for a in answers.values()]
                self.assertIn(code, (0, 74, 78, None))
                self.check_after(answers)
                reasons |= {a["reason"] for a in answers.values()
                            if a["result"] == "retry"}
                if code == 0 and results == ["accepted"] * self.DELIVERIES:
                    break
                refused += 1
        else:
            self.fail("never ran without a fault")
        self.assertGreater(refused, 5)        # the faults were there
        self.assertEqual(reasons, set(says))

    def test_p2_and_bad_input_70_a_barrier_that_fails_with_eio(self):
        self.every_point("sync", errno.EIO, False, "storage")

    def test_p2_barriers_that_fail_from_then_on(self):
        self.every_point("sync", errno.EIO, True, "storage")

    def test_p2_a_write_that_finds_no_room(self):
        """`full`; if it was a meta page's: how much is stored is in doubt."""
        self.every_point("write", errno.ENOSPC, False, "full", "storage")

    def test_p2_writes_that_find_no_room_from_then_on(self):
        self.every_point("write", errno.ENOSPC, True, "full", "storage")

    def test_p2_a_short_write(self):
        self.every_point("write", 0, False, "storage")

    def test_p2_short_writes_from_then_on(self):
        self.every_point("write", 0, True, "storage")


if __name__ == "__main__":
    unittest.main()
