"""Promise P13, bad input 9, 10, 11, 94 and 100: only registered keys get in.

The control: a server without the enforced domain, under the same tries, lets
a stranger in; so the tries would be seen.
"""
import contextlib
import datetime
import os
import pathlib
import re
import subprocess
import sys
import threading
import time
import unittest

import zmq

import house
import ingesting
import mvclient
import rawpeer
from ingesting import packed, table

TRACER = """
import ctypes, signal, sys
ptrace = ctypes.CDLL(None).ptrace
ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p,
                   ctypes.c_void_p]
seize, interrupt = 0x4206, 0x4207
for request in (seize, interrupt):
    if ptrace(request, int(sys.argv[1]), None, None) != 0:
        sys.exit(1)
print("held", flush=True)
signal.pause()
"""


@contextlib.contextmanager
def held(thread):
    """That thread alone is stopped, by a tracer of its own."""
    with subprocess.Popen([sys.executable, "-c", TRACER, str(thread)],
                          stdout=subprocess.PIPE) as tracer:
        try:
            if tracer.stdout.readline() != b"held\n":
                raise unittest.SkipTest("may not stop a thread")
            yield
        finally:
            tracer.kill()


def plain(s):
    s.plain_username, s.plain_password = b"ahus-key", b"x"


def curve(keys, server_key):
    def set_on(s):
        s.curve_publickey, s.curve_secretkey = (mvclient.z85.encode(k)
                                                for k in keys)
        s.curve_serverkey = mvclient.z85.encode(server_key)
    return set_on


UNSET = ("MV_ZMQ_UNSET",)      # tests/support/preload_zmq.c
OTHER = ("MV_ZMQ_OTHER",)
BOTH = UNSET + OTHER


class Unset(unittest.TestCase):
    """Hazard 29 and the last two of P13's matrix: a service with an option
    that did not take, or that reads back as another value, does not start,
    and names it."""
    # libzmq's number; its name; how it goes wrong. ROUTER_MANDATORY cannot be
    # read, a door's HEARTBEAT_IVL and RECONNECT_IVL unset are as in the table
    OPTIONS = (
        (55, "ZAP_DOMAIN", BOTH), (93, "ZAP_ENFORCE_DOMAIN", BOTH),
        (47, "CURVE_SERVER", BOTH), (49, "CURVE_SECRETKEY", BOTH),
        (17, "LINGER", BOTH), (22, "MAXMSGSIZE", BOTH),
        (23, "SNDHWM", BOTH), (24, "RCVHWM", BOTH),
        (66, "HANDSHAKE_IVL", BOTH), (75, "HEARTBEAT_IVL", OTHER),
        (76, "HEARTBEAT_TTL", BOTH), (77, "HEARTBEAT_TIMEOUT", BOTH),
        (34, "TCP_KEEPALIVE", BOTH), (35, "KEEPALIVE_CNT", BOTH),
        (36, "KEEPALIVE_IDLE", BOTH), (37, "KEEPALIVE_INTVL", BOTH),
        (80, "TCP_MAXRT", BOTH), (42, "IPV6", BOTH),
        (18, "RECONNECT_IVL", OTHER), (21, "RECONNECT_IVL_MAX", BOTH),
        (19, "BACKLOG", BOTH), (33, "ROUTER_MANDATORY", UNSET))
    CLIENTS = ((39, "IMMEDIATE", BOTH), (48, "CURVE_PUBLICKEY", BOTH),
               (50, "CURVE_SERVERKEY", BOTH), (75, "HEARTBEAT_IVL", UNSET))

    def each(self, service, options, check):
        for option, text, ways in options:
            for how in ways:
                with self.subTest(f"{how} {text}"), house.House() as home:
                    home.launch(service, environment=house.preload(
                        "preload_zmq", **{how: str(option)}))
                    check(home, text)

    def refused(self, home, text):
        with self.assertRaises(house.Failed, msg="it started"):
            home.wait_ready("ingest")
        self.assertEqual(home.stop("ingest"), 78)
        self.assertRegex(home.log("ingest"), rf"socket '\S+': (cannot read "
                         rf"{text}|{text} does not hold)")

    def test_p13_a_service_with_a_door_unlike_the_table_does_not_start(self):
        self.each("ingest", self.OPTIONS, self.refused)

    def test_hazard_29_nobody_is_asked_by_a_socket_unlike_the_table(self):
        """Its own doors are sound: it starts, and raises the alarm."""
        def lost(home, text):
            home.wait_ready("evaluator")
            house.until(lambda: f"upstream.journal text=\"socket 'journal': "
                        f"{text} does not hold" in home.log("evaluator"))
        self.each("evaluator", self.CLIENTS, lost)


class Doubt(unittest.TestCase):
    """Something is wrong with handler or registry: the matrix of P13."""

    def setUp(self):
        self.house = house.House()
        self.addCleanup(self.house.__exit__)
        self.house.start("ingest")
        self.house.catalogue(ingesting.UNITS, ingesting.INDICATORS,
                             ingesting.TARGETS)
        self.context = zmq.Context()
        self.addCleanup(self.context.destroy, 0)

    def tries(self, how, count, endpoint=None, patience_s=0.7):
        """`count` sockets at once that each send a delivery; how many are
        answered, whatever the answer."""
        return self.try_all([how] * count, endpoint, patience_s)

    def try_all(self, hows, endpoint=None, patience_s=0.7,
                witness=lambda: None):
        """How many of these sockets are answered, waiting on from when the
        witness was."""
        endpoint = endpoint or self.house.ready["ingest"]["public"]
        sockets, poller, answered = [], zmq.Poller(), 0
        for number, how in enumerate(hows):
            s = self.context.socket(zmq.DEALER)
            s.linger = 0
            how(s)
            s.connect(endpoint)
            sockets.append(s)
            try:
                s.send(packed(table(1000000 + number)), zmq.DONTWAIT)
            except zmq.Again:       # refused before it could speak
                continue
            poller.register(s, zmq.POLLIN)
        witness()
        until = time.monotonic() + patience_s
        while time.monotonic() < until and answered < len(hows):
            for s, _ in poller.poll(50):
                answered += 1
                poller.unregister(s)
        for s in sockets:
            s.close()
        return answered

    def nobody_unknown(self, count=None, witness=None, patience_s=0.7):
        """While all of them wait, a known key is answered, or what else the
        witness says; so their silence is a refusal, not a slow service."""
        count = count or house.scale(25, 680)   # a context has 1,023
        stranger = curve(mvclient.new_keys(), self.house.keys["ingest"][0])
        self.assertEqual(self.try_all(
            [stranger] * count + [lambda s: None] * (count // 4) +
            [plain] * (count // 4), patience_s=patience_s,
            witness=witness or self.one_known), 0)

    def one_known(self):
        self.assertEqual(self.known(90), 1)

    def time_of_a_known(self):
        """Where nobody can be a witness: how long they are listened to, four
        times what a known key takes to be answered just before."""
        began = time.monotonic()
        self.one_known()
        return max(0.7, 4 * (time.monotonic() - began))

    def known(self, patience_s=0.7):
        """One connection: refused once, it is not answered at all."""
        how = curve(self.house.keys["ahus-key"], self.house.keys["ingest"][0])
        return self.tries(how, 1, patience_s=patience_s)

    def write(self, text):
        fresh = self.house.path / "keys.new"
        fresh.write_text(text, encoding="utf-8")
        fresh.chmod(0o644)
        fresh.rename(self.house.path / "keys")

    def logged(self, word):
        house.until(lambda: word in self.house.log("ingest"))

    def test_p13_a_good_registry(self):
        for _ in range(house.scale(1, 25)):   # a context has 1,023 sockets
            self.nobody_unknown(40)

    def test_p13_an_empty_registry(self):
        patience_s = self.time_of_a_known()
        for text, event in (("maalvakt-keys 1\n", "keys=0"), ("", "KEYS_BAD")):
            with self.subTest(text):
                self.write(text)
                self.logged(event)
                self.nobody_unknown(witness=lambda: None,
                                    patience_s=patience_s)
                self.assertEqual(self.known(patience_s), 0)

    def test_p13_an_unreadable_registry(self):
        inside = self.house.producer("ahus")
        self.assertEqual(inside.deliver(table(1))["result"], "accepted")
        (self.house.path / "keys").unlink()
        (self.house.path / "keys").mkdir()
        self.logged("KEYS_BAD")
        self.nobody_unknown(witness=lambda: self.assertEqual(
            inside.deliver(table(2))["result"], "accepted"))
        self.assertEqual(self.known(), 0)
        (self.house.path / "keys").rmdir()
        self.house.write_keys()
        house.until(self.known)

    def test_p13_and_bad_input_100_garbage_while_running(self):
        inside = self.house.producer("ahus")
        operator = self.house.control("ingest")
        self.assertEqual(inside.deliver(table(1))["result"], "accepted")
        good = (self.house.path / "keys").read_text()
        for bad in ("garbage\n", good + "half a li", good[:-40],
                    good + good.splitlines()[1] + "\n", "\0" * 4096):
            with self.subTest(bad[-20:]):
                before = self.house.log("ingest").count("KEYS_BAD")
                self.write(bad)
                house.until(lambda: self.house.log("ingest").count(
                    "KEYS_BAD") > before)
                self.assertIn("keys", str(operator.ask("health")))
                self.nobody_unknown(8, lambda: self.assertEqual(
                    inside.deliver(table(1))["result"], "duplicate"))
                self.assertEqual(self.known(), 0)
        self.house.write_keys()
        house.until(self.known)

    def test_p13_the_registry_is_replaced_all_the_while(self):
        over = threading.Event()

        def replace():
            while not over.is_set():
                self.house.write_keys()
                time.sleep(0.01)
        thread = threading.Thread(target=replace)
        thread.start()
        try:
            for _ in range(house.scale(3, 84)):
                self.nobody_unknown(8)
        finally:
            over.set()
            thread.join()

    def handler_thread(self):
        """The thread that answers ZAP: not the main one, not libzmq's."""
        pid = self.house.processes["ingest"].pid
        threads = [int(p.name) for p in
                   pathlib.Path(f"/proc/{pid}/task").iterdir()
                   if int(p.name) != pid and
                   not (p / "comm").read_text().startswith("ZMQbg")]
        self.assertEqual(len(threads), 1)
        return threads[0]

    def test_p13_the_handler_hangs(self):
        """It is stopped, the other threads go on."""
        patience_s = self.time_of_a_known()
        process = self.house.processes["ingest"]
        with held(self.handler_thread()):
            self.nobody_unknown(witness=lambda: None, patience_s=patience_s)
            self.assertEqual(self.known(), 0)
            stat = pathlib.Path(f"/proc/{process.pid}/stat")
            house.until(lambda: ") Z " in stat.read_text())
        self.assertEqual(process.wait(5), 74)  # it may be waited for only now
        self.assertIn("FAILED", self.house.log("ingest"))
        self.house.processes.pop("ingest")
        self.house.start("ingest")
        house.until(self.known)

    def test_p13_the_handler_is_gone(self):
        """Its thread ends, at work or before there is a door."""
        patience_s = self.time_of_a_known()
        self.house.stop("ingest")
        gone = self.house.path / "gone"
        how = house.preload("preload_zmq", MV_ZMQ_GONE=str(gone))
        self.house.start("ingest", environment=how)
        self.one_known()
        process = self.house.processes["ingest"]
        thread = self.handler_thread()
        gone.touch()
        house.until(lambda: not pathlib.Path(
            f"/proc/{process.pid}/task/{thread}").exists())
        self.nobody_unknown(
            witness=lambda: self.assertIsNone(process.poll()),
            patience_s=patience_s)
        self.assertEqual(self.known(), 0)
        self.assertEqual(process.wait(60), 74)
        self.assertIn("the ZAP handler does not answer",
                      self.house.log("ingest"))
        with self.assertRaises(house.Failed):
            self.house.start("ingest", environment=how)
        self.assertEqual(self.house.stop("ingest"), 74)
        self.house.start("ingest")
        house.until(self.known)

    def test_control_without_the_enforced_domain_a_stranger_gets_in(self):
        public, secret = mvclient.new_keys()
        for enforced in (0, 1):
            server = self.context.socket(zmq.ROUTER)
            server.linger = 0
            server.curve_server = True
            server.curve_secretkey = mvclient.z85.encode(secret)
            server.zap_domain = b"door"
            server.set(93, enforced)
            port = server.bind_to_random_port("tcp://127.0.0.1")
            over = threading.Event()
            echo = threading.Thread(target=self.echo, args=(server, over))
            echo.start()
            got = self.tries(curve(mvclient.new_keys(), public), 20,
                             f"tcp://127.0.0.1:{port}",
                             0.7 if enforced else 60)
            over.set()
            echo.join()
            server.close()
            self.assertEqual(got, 0 if enforced else 20)

    def echo(self, server, over):
        while not over.is_set():
            if server.poll(50):
                server.send_multipart(server.recv_multipart())


class Validity(unittest.TestCase):
    def setUp(self):
        self.house = house.House()
        self.addCleanup(self.house.__exit__)
        now = datetime.datetime.now(datetime.timezone.utc)
        day = datetime.timedelta(days=1)
        form = "%Y-%m-%dT%H:%M:%SZ"
        self.house.add_key("ended", "producer", "ahus",
                           f" to={(now - day).strftime(form)}")
        self.house.add_key("early", "producer", "ahus",
                           f" from={(now + day).strftime(form)}")
        self.house.add_key("good", "producer", "ahus",
                           f" from={(now - day).strftime(form)}"
                           f" to={(now + day).strftime(form)}")
        self.turns = house.scale(5, 100)
        for turn in range(self.turns):
            self.house.add_key(f"temporary{turn}", "producer", "ahus")
        self.house.start("ingest")

    def test_bad_input_10_a_key_outside_its_time(self):
        for name, why in (("ended", "no longer valid"),
                          ("early", "not valid yet"), ("good", None)):
            with self.subTest(name):
                before = self.house.counters("ingest")
                said = len(self.house.log("ingest"))
                client = self.house.client("ingest", "public", name)
                if why is None:
                    client.send(table(1))
                    client.receive()
                else:
                    with self.assertRaises(mvclient.Silence):
                        client.send(table(1))
                        client.receive(0.7)
                    house.until(lambda: self.house.counters("ingest")[
                        "handshakes_refused"] > before["handshakes_refused"])
                    self.assertIn(why, self.house.log("ingest")[said:])

    def test_of_several_refused_in_one_turn_each_reason_is_told(self):
        """The loop is stopped meanwhile; the handler goes on."""
        strangers = [mvclient.new_keys() for _ in range(2)]
        with held(self.house.processes["ingest"].pid):
            for keys in (strangers[0], self.house.keys["ended"], strangers[1]):
                peer = rawpeer.RawPeer(self.house.ready["ingest"]["public"])
                self.addCleanup(peer.close)
                with self.assertRaises(ConnectionError):
                    peer.shake(self.house.keys["ingest"][0], keys)
        house.until(lambda: self.house.counters("ingest")[
            "handshakes_refused"] == len(strangers) + 1)
        self.assertEqual(
            re.findall("KEY_REFUSED (.*)", self.house.log("ingest")),
            ['door=public why="unknown key" count=2',
             'door=public why="no longer valid" count=1'])

    def test_p13_and_bad_input_11_revoked_within_two_seconds(self):
        self.house.catalogue(ingesting.UNITS, ingesting.INDICATORS,
                             ingesting.TARGETS)
        number = 0
        for turn in range(self.turns):
            name = f"temporary{turn}"
            client = self.house.client("ingest", "public", name)
            client.request("ping")
            self.house.revoke(name)
            since = last = time.monotonic()
            code = None
            while code is None and last - since < 5:
                number, sent = number + 1, time.monotonic()
                answer = client.deliver(table(number, producer="r"))
                if answer["result"] == "accepted":
                    last = sent       # its answer may have waited
                else:
                    code = ingesting.codes(answer)
            self.assertEqual(code, ["unauthorised"],
                             f"accepted after {last - since:.1f} s")
            self.assertLess(last - since, 2.0)
            client.close()


class SecretFiles(unittest.TestCase):
    """Bad input 94: exit 78 and one line that names the file."""

    def setUp(self):
        self.house = house.House()
        self.addCleanup(self.house.__exit__)
        self.house.write_settings("ingest")
        self.secret = self.house.path / "own.secret"
        self.house.settings["ingest"] = {"secret_key_file": self.secret}
        self.text = self.house.keys["ingest"][1].hex() + "\n"

    def refused(self, word):
        with self.assertRaises(house.Failed):
            self.house.start("ingest")
        self.assertEqual(self.house.stop("ingest"), 78)
        self.assertIn(word, self.house.log("ingest"))
        self.assertNotIn(self.text[:16], self.house.log("ingest"))

    def write(self, text, mode=0o600):
        self.secret.write_text(text)
        self.secret.chmod(mode)

    def test_bad_input_94_a_secret_that_others_may_read(self):
        self.write(self.text, 0o644)
        self.refused("own.secret")

    def test_bad_input_94_a_secret_behind_a_link(self):
        real = self.house.path / "real"
        real.write_text(self.text)
        real.chmod(0o600)
        os.symlink(real, self.secret)
        self.refused("own.secret")

    def test_bad_input_94_a_secret_of_31_bytes_and_of_zeros(self):
        for text in (self.text[2:], "0" * 64 + "\n", "", "\n", "x" * 64):
            with self.subTest(text[:4]):
                self.write(text)
                self.refused("own.secret")

    def test_bad_input_94_a_public_key_that_stands_twice(self):
        self.write(self.text)
        public = self.house.keys["ahus-key"][0].hex()
        self.house.lines["twice"] = f"{public} name=twice role=reader"
        self.house.write_keys()
        self.refused("keys")


if __name__ == "__main__":
    unittest.main()
