"""Bad input 1 to 19: peers that do not keep to the wire, and promise P15 (a).

After each of them: the service lives, its memory is as before, a producer who
was there all the while has its answers as fast as before, one counter moved.
"""
import contextlib
import os
import resource
import socket
import struct
import time
import unittest

import zmq

import auditing
import bystander
import house
import ingesting
import mvclient
import rawpeer
from ingesting import table

GROWN_KIB = 4096
IVL_S = 3.0               # HANDSHAKE_IVL
SLOWEST_S = house.scale(0.5, 0.1)   # a machine that does other things too
FILES = 200               # of a service that has few


class Wire(ingesting.Case):
    units = ("ahus", "ous", "third", "fourth", "fifth")

    @classmethod
    def setUpClass(cls):
        most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        super().setUpClass()
        cls.beside = bystander.Pair(cls.house, cls.numbers)
        cls.enterClassContext(cls.beside)

    def endpoint(self):
        return self.house.ready["ingest"]["public"]

    def server_key(self):
        return self.house.keys["ingest"][0]

    def raw(self, timeout_s=8.0):
        peer = rawpeer.RawPeer(self.endpoint(), timeout_s)
        self.addCleanup(peer.close)
        return peer

    def shaken(self, unit="ahus", **how):
        peer = self.raw()
        peer.shake(self.server_key(), self.house.keys[f"{unit}-key"], **how)
        return peer

    @contextlib.contextmanager
    def unharmed(self, counter="handshakes_refused", grown_kib=GROWN_KIB):
        """What must hold around each bad peer."""
        before, had = self.counters(), ingesting.own_kib(self.pid())
        mark = self.beside.mark()
        yield before
        house.until(lambda: self.counters()[counter] > before[counter])
        self.assertLess(ingesting.own_kib(self.pid()) - had,
                        grown_kib * house.SANITIZED)
        slow, normal = self.beside.p99(mark)
        self.assertLess(slow, max(3 * normal, SLOWEST_S * house.SANITIZED))
        self.assertIsNone(auditing.fault_of_counters(self.counters()))

    # ---- before a handshake ----

    def cut_after(self, act):
        """Seconds until a connection is cut whose peer does that; the least
        of a few if it takes long."""
        return ingesting.least(lambda: ingesting.seconds(
            lambda: act(self.raw())), IVL_S + 2)

    def test_bad_input_1_a_connection_that_says_nothing(self):
        with self.unharmed():
            took = self.cut_after(lambda peer: self.assertTrue(peer.is_cut()))
            self.assertGreater(took, IVL_S - 1)
            self.assertLess(took, IVL_S + 2)

    def test_bad_input_2_random_bytes_for_a_greeting(self):
        for seed in range(house.scale(8, 200)):
            with self.unharmed("connections_ended"):
                peer = self.raw()
                peer.send(os.urandom(65536))
                self.assertTrue(peer.is_cut())

    def test_bad_input_3_older_greetings(self):
        old = {"ZMTP 1.0": b"\x01\x00",
               "ZMTP 2.0": b"\xff" + bytes(8) + b"\x7f\x01\x05\x00\x00"}
        for name, greeting in old.items():
            with self.subTest(name), self.unharmed("connections_ended"):
                peer = self.raw()
                peer.send(greeting)
                self.assertTrue(peer.is_cut())

    def test_bad_input_4_a_greeting_of_one_byte_a_second(self):
        whole = rawpeer.GREETING + b"CURVE".ljust(52, b"\0")

        def slowly(peer):
            for i in range(10):
                if not peer.send(whole[i:i + 1]) or peer.is_cut(1.0):
                    break
        with self.unharmed():
            self.assertLess(self.cut_after(slowly), IVL_S + 2)

    def test_bad_input_5_and_6_another_mechanism(self):
        for mechanism in (b"NULL", b"PLAIN", b"GSSAPI", b"", b"X" * 20):
            with self.subTest(mechanism), self.unharmed():
                peer = self.raw()
                try:
                    peer.greet(mechanism)
                    peer.command(b"\x05HELLO\x05admin\x05admin")
                except ConnectionError:
                    continue
                self.assertTrue(peer.is_cut())

    def test_bad_input_7_a_handshake_command_of_a_gibibyte(self):
        with self.unharmed("connections_ended"):
            peer = self.raw()
            peer.greet()
            peer.send(b"\x06" + struct.pack(">Q", 1 << 30) + b"\x05HELLO")
            for _ in range(64):
                if not peer.send(bytes(65536)):
                    break
            self.assertTrue(peer.is_cut())

    def test_bad_input_8_hello_that_is_none(self):
        other = mvclient.new_keys()[0]
        cases = {"another server's key": lambda p: p.hello(other),
                 "199 bytes": lambda p: p.hello(self.server_key())[:-1],
                 "201 bytes": lambda p: p.hello(self.server_key()) + b"\0"}
        for name, hello in cases.items():
            with self.subTest(name), self.unharmed():
                peer = self.raw()
                peer.greet()
                peer.command(hello(peer))
                self.assertTrue(peer.is_cut())

    def test_bad_input_9_a_good_handshake_with_an_unknown_key(self):
        said = len(self.house.log("ingest"))
        with self.unharmed():
            peer = self.raw()
            with self.assertRaises(ConnectionError):
                peer.shake(self.server_key(), mvclient.new_keys())
        house.until(lambda: 'KEY_REFUSED door=public why="unknown key" '
                    "count=1" in self.house.log("ingest")[said:])

    def test_bad_input_19_another_kind_of_socket(self):
        for kind in (b"PUB", b"SUB", b"PUSH", b"ROUTERS", b""):
            with self.subTest(kind), \
                 self.unharmed("connections_ended"):
                peer = self.raw()
                meta = (b"\x0bSocket-Type" + struct.pack(">I", len(kind)) +
                        kind)
                try:
                    peer.shake(self.server_key(),
                               self.house.keys["ahus-key"], meta)
                except ConnectionError:
                    continue
                self.assertTrue(peer.is_cut())

    def test_bad_input_19_a_req_socket_is_told_of_its_framing(self):
        with self.unharmed("framing"):
            s = zmq.Context.instance().socket(zmq.REQ)
            self.addCleanup(s.close, 0)
            s.curve_publickey, s.curve_secretkey = (
                mvclient.z85.encode(k) for k in self.house.keys["third-key"])
            s.curve_serverkey = mvclient.z85.encode(self.server_key())
            s.connect(self.endpoint())
            s.send(ingesting.packed(table(1)))

    # ---- with a key ----

    def test_bad_input_12_routing_ids(self):
        ous = self.ous_id()
        for routing_id in (ous, b"x" * 255, b"a\0b", b"\x01" * 5):
            with self.subTest(routing_id[:8]), self.unharmed("accepted"):
                s = zmq.Context.instance().socket(zmq.DEALER)
                self.addCleanup(s.close, 0)
                s.curve_publickey, s.curve_secretkey = (
                    mvclient.z85.encode(k)
                    for k in self.house.keys["ahus-key"])
                s.curve_serverkey = mvclient.z85.encode(self.server_key())
                s.routing_id = routing_id
                s.connect(self.endpoint())
                s.send(ingesting.packed(table(self.number())))
                if routing_id == ous:   # no answer goes to another, nor here
                    self.assertFalse(s.poll(2000))
                    self.expect(self.other.deliver(table(
                        self.number(), unit="ous")), "accepted")
                    continue
                self.assertTrue(s.poll(90_000))
                answer = mvclient.msgpack.unpackb(s.recv())
                self.assertEqual(answer["result"], "accepted")

    def ous_id(self):
        """A connection of ous under an id of its own choice, kept open."""
        c = self.house.producer("ous")
        c.close()
        c.socket = zmq.Context.instance().socket(zmq.DEALER)
        c.socket.curve_publickey = mvclient.z85.encode(c.public)
        c.socket.curve_secretkey = mvclient.z85.encode(c.secret)
        c.socket.curve_serverkey = mvclient.z85.encode(c.server_key)
        c.socket.routing_id = b"ous-chose-this"
        c.socket.connect(c.endpoint)
        self.expect(c.deliver(table(self.number(), unit="ous")), "accepted")
        self.other = c
        return b"ous-chose-this"

    def test_bad_input_13_a_frame_larger_than_the_door_takes(self):
        with self.unharmed("connections_ended"):
            peer = self.shaken()
            peer.frame(bytes((1 << 20) + 4096))
            self.assertTrue(peer.is_cut())
        with self.unharmed("connections_ended"):
            peer = self.shaken()
            peer.send(b"\x02" + struct.pack(">Q", 1 << 40))
            self.assertTrue(peer.is_cut())

    def test_bad_input_14_frames_too_many_and_none(self):
        client = self.house.producer("third")
        # one is due, and a message of ZMTP has one at least: the fewest that
        # can be sent is an empty one, which is bad input 21
        self.expect(self.framing(client, [b""]), "rejected", "malformed")
        for name, frames in (("framing", [b"", b""]),
                             ("framing", [b""] * 10000),
                             ("suspensions",
                              [ingesting.packed(table(1)), b""])):
            self.assertIsNone(self.suspended())
            with self.unharmed(name):
                self.expect(self.framing(client, frames),
                            "rejected", "framing")
        answer = client.deliver(table(self.number(), unit="third"))
        self.assertEqual((answer["result"], answer["reason"]),
                         ("retry", "suspended"))
        self.assertEqual(self.suspended(), {
            "stage": 3, "name": "suspended", "ok": False,
            "text": "a key sends broken frames: see `keys.resume`"})
        self.assertIn("PEER_SUSPENDED key=third-key", self.house.log("ingest"))
        self.resume(client, "third-key")

    def suspended(self):
        """The alarm; None: there is none."""
        found = [r for r in self.operator.ask("health")
                 if r["name"] == "suspended"]
        return found[0] if found else None

    def test_bad_input_14_a_hundred_thousand_empty_frames(self):
        """Six megabytes on the wire: refused, or cut off before the end."""
        client = self.house.producer("fifth")
        with self.unharmed("connections", grown_kib=32768) as before:
            client.send_bytes(*[b""] * 100000)

            def refused():
                now = self.counters()
                return any(now[name] > before[name]
                           for name in ("framing", "peers_cut"))
            house.until(refused)

    def framing(self, client, frames):
        client.send_bytes(*frames)
        return client.receive()

    def resume(self, client, key):
        reply = self.operator.request("keys.resume", {"name": key})
        self.assertEqual(reply["result"], "ok", reply)
        answer = client.deliver(table(self.number()))
        self.assertNotEqual(answer["result"], "retry")

    def test_bad_input_15_and_p15_a_message_that_never_ends(self):
        peer = self.shaken("fourth")
        with self.unharmed("peers_cut", grown_kib=65536):
            peer.frame(ingesting.packed(table(self.number())))
            sent, part = 0, bytes(65000)
            while sent < 300 << 20 and peer.frame(part, more=True):
                sent += len(part)
            self.assertTrue(peer.is_cut())
            self.assertLess(sent, 64 << 20)
        self.assertIn("fourth-key", self.house.log("ingest"))
        client = self.house.producer("fourth")
        answer = client.deliver(table(1))
        self.assertEqual((answer["result"], answer["reason"]),
                         ("retry", "suspended"))

    def test_bad_input_16_a_client_that_never_reads(self):
        message = table(self.number())
        first = self.ahus.deliver(message)
        large = table(self.number(), *[
            ingesting.row(indicator="daily", unit="nowhere", value=1,
                          member="f%02d" % m, period="2023-01-%02d" % (d + 1))
            for m in range(30) for d in range(31)])
        with self.unharmed("replies_dropped", grown_kib=262144) as before:
            def dropped():
                return (self.counters()["replies_dropped"] >
                        before["replies_dropped"])
            peer = self.shaken()
            peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            packed = ingesting.packed(large)
            # beyond its share of a batch it is answered in few bytes: how many
            # answers fill its way depends on who speaks beside it
            for sent in range(20000):
                if not peer.frame(packed) or (sent % 500 == 499 and dropped()):
                    break
            again = self.ahus.deliver_for_good(message)
            self.assertEqual((again["result"], again["seq"]),
                             ("duplicate", first["seq"]))
            peer.close()

    def test_bad_input_17_connections_that_come_and_go(self):
        many = house.scale(1000, 10000)
        with self.unharmed():
            used = house.cpu_s(self.pid())
            for _ in range(many):
                self.raw().close()
            used = house.cpu_s(self.pid()) - used
        self.assertLess(used / many, 0.001 * house.SANITIZED)    # seen: 0.00001

    def test_bad_input_18_very_many_connections_from_one_address(self):
        many = house.scale(500, 20000)
        with self.unharmed(grown_kib=65536), \
             rawpeer.crowd(self.endpoint(), many):
            self.expect(self.ahus.deliver(table(self.number())), "accepted")
            pids = self.pid(), self.beside.calm.processes["ingest"].pid
            mark, began = self.beside.mark(), [house.cpu_s(p) for p in pids]
            took = ingesting.seconds(lambda: self.beside.answers(mark, 200))
            used, calm = (house.cpu_s(p) - since
                          for p, since in zip(pids, began))
            self.assertLess(used / took, 0.3 * house.SANITIZED)  # seen: 0.09
            self.assertLess(used, 3 * calm)     # however little there is of it

    def test_bad_input_18_more_connections_than_the_process_may_have(self):
        """Who is in is served, the rest wait at the door; neither their
        waiting nor that of the door takes a processor's time."""
        with house.House() as home:
            home.start("ingest", wrapper=("prlimit", f"--nofile={FILES}"))
            operator = home.control("ingest")
            endpoint = home.ready["ingest"]["public"]

            def told():
                return [r["text"] for r in operator.ask("health")
                        if r["name"] == "connections"]
            with rawpeer.crowd(endpoint, 2 * FILES):
                house.until(told)
                self.assertEqual(
                    told(), ["connections cannot be accepted: too many open"])
                used = house.cpu_s(home.processes["ingest"].pid)
                began = time.monotonic()
                while time.monotonic() < began + 1.0:
                    self.assertEqual(operator.request("ping")["result"], "ok")
                    time.sleep(0.1)
                used = house.cpu_s(home.processes["ingest"].pid) - used
            took = time.monotonic() - began
            self.assertLess(used / took, 0.3 * house.SANITIZED)  # seen: 0.03
            with rawpeer.RawPeer(endpoint) as late:     # others have left
                late.greet()


if __name__ == "__main__":
    unittest.main()
