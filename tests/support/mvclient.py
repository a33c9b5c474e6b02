"""A client of maalvakt's protocol, made from proto/README.md alone.

Debian's pyzmq and msgpack, nothing of the C code: where this and the services
disagree, the page is wrong or one of them is. Used by tests/integration.
"""
import collections
import hashlib
import secrets
import struct
import time

import msgpack
import zmq
from zmq.utils import z85

HEADER = struct.Struct(">4sHHIIQq32s32sB")
MAGIC = b"MVR1"


class Silence(Exception):
    """No answer in time."""


class Refused(Exception):
    """A reply that is not `ok`; the reply itself is args[0]."""


def key_bytes(key):
    """32 bytes from bytes, 64 hex digits or Z85."""
    if isinstance(key, bytes) and len(key) == 32:
        return key
    text = key.decode() if isinstance(key, bytes) else key
    return bytes.fromhex(text) if len(text) == 64 else z85.decode(text)


def new_keys():
    """A key pair as (public, secret), 32 bytes each."""
    public, secret = zmq.curve_keypair()
    return z85.decode(public), z85.decode(secret)


def blake2b(*parts):
    h = hashlib.blake2b(digest_size=32)
    for part in parts:
        h.update(part)
    return h.digest()


class Record:
    """A log record taken apart; ValueError if it is not one."""

    def __init__(self, raw):
        if len(raw) < HEADER.size:
            raise ValueError("shorter than a header")
        (magic, version, zero, length, self.epoch, self.seq, self.received_ms,
         self.content_hash, self.chain, name_len) = HEADER.unpack_from(raw)
        if magic != MAGIC or version != 1 or zero != 0:
            raise ValueError("not a record of version 1")
        at = HEADER.size + name_len
        self.raw = raw
        self.key_name = raw[HEADER.size:at].decode()
        self.content = raw[at:]
        self.linked = raw[:64] + raw[96:at]
        if len(self.content) != length:
            raise ValueError("length is %d, not %d" %
                             (len(self.content), length))
        if blake2b(self.content) != self.content_hash:
            raise ValueError("content of %d is not what was hashed" % self.seq)

    def follows(self, previous_chain):
        return blake2b(previous_chain, self.linked) == self.chain

    def message(self):
        return msgpack.unpackb(self.content, raw=False)


def messages(frame):
    """Those of a frame: several are answers, one after the other."""
    unpacker = msgpack.Unpacker(raw=False, max_buffer_size=len(frame))
    unpacker.feed(frame)
    found, end = [], 0
    for message in unpacker:
        found.append(message)
        end = unpacker.tell()
    if end != len(frame) or not all(isinstance(m, dict) for m in found):
        raise ValueError("not whole messages")
    if len(found) != 1 and {m.get("type") for m in found} != {"answer"}:
        raise ValueError("%d messages in a frame" % len(found))
    return found


class Client:
    """One DEALER with one key at one service's socket."""

    def __init__(self, endpoint, server_key, keys, timeout_s=10.0,
                 context=None):
        self.endpoint = endpoint
        self.server_key = key_bytes(server_key)
        self.public, self.secret = (key_bytes(k) for k in keys)
        self.timeout_s = timeout_s
        self.context = context or zmq.Context.instance()
        self.next_id = secrets.randbelow(1 << 32)
        self.socket = None
        self.had = collections.deque()    # came in one frame, not yet asked for
        self.connect()

    def connect(self):
        """A new connection; what was under way on the old one is lost."""
        self.close()
        s = self.context.socket(zmq.DEALER)
        s.curve_publickey = z85.encode(self.public)
        s.curve_secretkey = z85.encode(self.secret)
        s.curve_serverkey = z85.encode(self.server_key)
        s.linger = 1000
        s.sndtimeo = int(self.timeout_s * 1000)
        s.set(zmq.HANDSHAKE_IVL, 3000)
        s.set(zmq.HEARTBEAT_IVL, 5000)
        s.connect(self.endpoint)
        self.socket = s

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # ---- frames ----

    def send_bytes(self, *frames):
        """Anything at all: tests send what a client should not. Silence:
        there is no way out, as after a refusal."""
        try:
            self.socket.send_multipart(frames)
        except zmq.Again:
            raise Silence(self.endpoint) from None

    def send(self, message):
        self.send_bytes(msgpack.packb(message, use_bin_type=True))

    def receive(self, timeout_s=None):
        """The next message, or Silence."""
        if self.had:
            return self.had.popleft()
        left = self.timeout_s if timeout_s is None else timeout_s
        if not self.socket.poll(max(0, int(left * 1000))):
            raise Silence(self.endpoint)
        frames = self.socket.recv_multipart()
        if len(frames) != 1:
            raise ValueError("%d frames in an answer" % len(frames))
        self.had.extend(messages(frames[0]))
        return self.had.popleft()

    def receive_where(self, wanted, timeout_s=None):
        """The next message for which wanted(message); others are dropped."""
        until = time.monotonic() + (timeout_s or self.timeout_s)
        while True:
            message = self.receive(until - time.monotonic())
            if wanted(message):
                return message

    # ---- producers ----

    def deliver(self, message, timeout_s=None):
        """Sends a delivery or record; returns its answer."""
        self.send(message)
        return self.receive_where(
            lambda m: m.get("type") == "answer" and
            m.get("number", message.get("number")) == message.get("number"),
            timeout_s)

    def deliver_for_good(self, message, patience_s=60.0):
        """The same until it is answered otherwise than `retry`."""
        until = time.monotonic() + patience_s
        wait_s = 0.05
        while True:
            try:
                answer = self.deliver(message, min(5.0, self.timeout_s))
                if answer["result"] != "retry":
                    return answer
                wait_s = max(wait_s, answer.get("after_ms", 0) / 1000)
            except Silence:
                self.connect()
            if time.monotonic() + wait_s > until:
                raise Silence("no final answer in %s s" % patience_s)
            time.sleep(wait_s * (0.5 + secrets.randbelow(500) / 1000))
            wait_s = min(2 * wait_s, 2.0)

    # ---- requests ----

    def request(self, verb, args=None, timeout_s=None):
        """The reply, whatever it says."""
        self.next_id += 1
        message = {"v": 1, "type": "request", "id": self.next_id,
                   "verb": verb}
        if args is not None:
            message["args"] = args
        self.send(message)
        return self.receive_where(
            lambda m: m.get("type") == "reply" and m["id"] == message["id"],
            timeout_s)

    def ask(self, verb, **args):
        """The rows of a reply that must be `ok`."""
        reply = self.request(verb, args or None)
        if reply["result"] != "ok":
            raise Refused(reply)
        return reply.get("rows", [])

    def counters(self):
        return {row["name"]: row["value"] for row in self.ask("counters")}

    # ---- pulling ----

    def genesis(self, log):
        return self.ask("head", log=log)[0]["genesis"]

    def pull(self, log, first, chain, done=None, max_bytes=1 << 20,
             timeout_s=None):
        """One `records` or the `reply` in its place."""
        self.next_id += 1
        wanted = self.next_id
        self.send({"v": 1, "type": "pull", "log": log, "id": wanted,
                   "from": first, "hash": chain,
                   "done": first if done is None else done,
                   "max_bytes": max_bytes})
        return self.receive_where(
            lambda m: m.get("type") in ("records", "reply") and
            m["id"] == wanted, timeout_s)

    def read_log(self, log, first=1, chain=None, max_bytes=1 << 20):
        """Records from `first` to the head, each checked against the chain.

        Raises ValueError at the first that does not follow, Refused on
        anything but records.
        """
        chain = self.genesis(log) if chain is None else chain
        while True:
            page = self.pull(log, first, chain, max_bytes=max_bytes)
            if page["type"] != "records":
                raise Refused(page)
            if not page["records"]:
                return
            for raw in page["records"]:
                record = Record(raw)
                if record.seq != first or not record.follows(chain):
                    raise ValueError("record %d does not follow" % first)
                yield record
                first, chain = first + 1, record.chain
            if first > page["head"]:
                return

    def read_queue(self, subscription, genesis, first=1):
        """A subscription's notices from `first` on; `done` says they are had."""
        while True:
            page = self.pull(subscription, first, genesis)
            if page["type"] != "records":
                raise Refused(page)
            for raw in page["records"]:
                notice = msgpack.unpackb(raw, raw=False)
                if notice["number"] != first:
                    raise ValueError("notice %d where %d is due" %
                                     (notice["number"], first))
                yield notice
                first += 1
            if first > page["head"]:
                return


FIELDS = ("indicator", "member", "unit", "period", "value", "numerator",
          "denominator", "flag", "time", "note")


def delivery(producer, number, rows, fields=None, kind="delivery"):
    """A table from rows that are dicts (their columns) or lists (fields)."""
    if fields is None:
        fields = [f for f in FIELDS if any(f in row for row in rows)]
        rows = [[row.get(f) for f in fields] for row in rows]
    return {"v": 1, "type": kind, "producer": producer, "number": number,
            "fields": list(fields), "rows": rows}


class Watcher:
    """A SUB on the live socket: (topic, message) pairs; it may lose."""

    def __init__(self, endpoint, server_key, keys, topics=("",),
                 context=None):
        self.socket = (context or zmq.Context.instance()).socket(zmq.SUB)
        self.socket.curve_publickey = z85.encode(key_bytes(keys[0]))
        self.socket.curve_secretkey = z85.encode(key_bytes(keys[1]))
        self.socket.curve_serverkey = z85.encode(key_bytes(server_key))
        self.socket.linger = 0
        for topic in topics:
            self.socket.subscribe(topic)
        self.socket.connect(endpoint)

    def receive(self, timeout_s=10.0):
        if not self.socket.poll(int(timeout_s * 1000)):
            raise Silence("live")
        topic, body = self.socket.recv_multipart()
        return topic.decode(), msgpack.unpackb(body, raw=False)

    def close(self):
        self.socket.close()
