"""A peer without libzmq, for what libzmq will not send.

ZMTP 3.0 (RFC 23) and CurveZMQ (RFC 26) by hand, over libsodium: greetings that
are none, handshakes that stop half-way, messages that never end.
"""
import contextlib
import ctypes
import multiprocessing
import os
import socket
import struct

import mvclient

SO_ATTACH_FILTER = 26   # linux/socket.h
sodium = ctypes.CDLL("libsodium.so.23")
GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x00"
DEALER = (b"\x0bSocket-Type" + struct.pack(">I", 6) + b"DEALER" +
          b"\x08Identity" + struct.pack(">I", 0))
CROWD = 500               # of a crowd in each process
SUB = b"\x0bSocket-Type" + struct.pack(">I", 3) + b"SUB"


def box(plain, nonce, public, secret):
    out = ctypes.create_string_buffer(len(plain) + 16)
    assert sodium.crypto_box_easy(out, plain, ctypes.c_ulonglong(len(plain)),
                                  nonce, public, secret) == 0
    return out.raw


def unbox(sealed, nonce, public, secret):
    out = ctypes.create_string_buffer(len(sealed) - 16)
    if sodium.crypto_box_open_easy(out, sealed,
                                   ctypes.c_ulonglong(len(sealed)), nonce,
                                   public, secret) != 0:
        raise ConnectionError("cannot be opened")
    return out.raw


class RawPeer:
    """A TCP connection; mechanism, metadata and all that follows by hand."""

    def __init__(self, endpoint, timeout_s=8.0):
        host, port = endpoint.removeprefix("tcp://").rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout_s)
        self.nonce = 3

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        """False: the other end is gone, or takes no more."""
        try:
            self.socket.sendall(data)
            return True
        except (BrokenPipeError, ConnectionResetError, TimeoutError):
            return False

    def read(self, length):
        data = b""
        while len(data) < length:
            more = self.socket.recv(length - len(data))
            if not more:
                raise ConnectionError("ended after %d bytes" % len(data))
            data += more
        return data

    def is_cut(self, timeout_s=8.0):
        """True when the other end closes within that time."""
        self.socket.settimeout(timeout_s)
        try:
            while self.socket.recv(65536):
                pass
            return True
        except ConnectionResetError:
            return True
        except TimeoutError:
            return False

    def vanish(self):
        """As if its cable was cut: the kernel drops what comes in before it
        is acknowledged (a socket filter that takes nothing)."""
        code = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
        self.socket.setsockopt(
            socket.SOL_SOCKET, SO_ATTACH_FILTER,
            struct.pack("HxxxxxxP", 1, ctypes.addressof(code)))

    # ---- ZMTP ----

    def greet(self, mechanism=b"CURVE", head=GREETING):
        self.send(head + mechanism.ljust(20, b"\0") + bytes(32))
        return self.read(64)

    def command(self, body):
        return self.send(b"\x06" + struct.pack(">Q", len(body)) + body)

    def read_command(self):
        flags, length = self.read(2)
        if flags != 4:
            raise ConnectionError("flags %d" % flags)
        return self.read(length)

    # ---- CurveZMQ ----

    def hello(self, server_key):
        self.brief = mvclient.new_keys()
        counter = struct.pack(">Q", 1)
        sealed = box(bytes(64), b"CurveZMQHELLO---" + counter,
                     server_key, self.brief[1])
        return (b"\x05HELLO\x01\x00" + bytes(72) + self.brief[0] + counter +
                sealed)

    def shake(self, server_key, keys, metadata=DEALER):
        """The whole handshake; ConnectionError if it is not let in."""
        self.greet()
        self.command(self.hello(server_key))
        welcome = self.read_command()
        plain = unbox(welcome[24:], b"WELCOME-" + welcome[8:24], server_key,
                      self.brief[1])
        self.server_brief, cookie = plain[:32], plain[32:]
        tail = os.urandom(16)
        vouch = box(self.brief[0] + server_key, b"VOUCH---" + tail,
                    self.server_brief, keys[1])
        counter = struct.pack(">Q", 2)
        sealed = box(keys[0] + tail + vouch + metadata,
                     b"CurveZMQINITIATE" + counter, self.server_brief,
                     self.brief[1])
        self.command(b"\x08INITIATE" + cookie + counter + sealed)
        ready = self.read_command()
        if not ready.startswith(b"\x05READY"):
            raise ConnectionError(repr(ready[:16]))

    def frame(self, body, more=False):
        counter = struct.pack(">Q", self.nonce)
        self.nonce += 1
        sealed = box(bytes([more]) + body, b"CurveZMQMESSAGEC" + counter,
                     self.server_brief, self.brief[1])
        out = b"\x07MESSAGE" + counter + sealed
        return self.send(b"\x02" + struct.pack(">Q", len(out)) + out)


def _hold(endpoint, many, pipe):
    with contextlib.ExitStack() as held:
        for _ in range(many):
            held.enter_context(RawPeer(endpoint))
        pipe.send(many)
        pipe.recv()


@contextlib.contextmanager
def crowd(endpoint, many):
    """So many connections that say nothing, however few one process may have:
    there are that many when it begins, and they end with it."""
    forks = multiprocessing.get_context("fork")
    begun = []
    try:
        for at in range(0, many, CROWD):
            ours, theirs = forks.Pipe()
            process = forks.Process(target=_hold, args=(
                endpoint, min(CROWD, many - at), theirs))
            process.start()
            theirs.close()
            begun.append((process, ours))
        assert sum(ours.recv() for _, ours in begun) == many
        yield
    finally:
        for process, ours in begun:
            with contextlib.suppress(OSError):
                ours.send(None)
            ours.close()
            process.join()
