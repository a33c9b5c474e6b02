"""A producer that never rests, and a door that lets nothing through until one
more of its deliveries is judged: whoever asks twice finds another evaluator.
"""
import socket
import threading

import house
import mvclient

WHOLE = 100_000


class Stream(threading.Thread):
    """One figure of bodo, corrected again and again. `said`: the numerator of
    each, by the journal's number."""

    def __init__(self, client):
        super().__init__(daemon=True)
        self.client, self.said = client, {}
        self.over, self.fault = threading.Event(), None

    def run(self):
        try:
            while not self.over.is_set():
                self.push(len(self.said) + 1)
        except Exception as fault:    # told by who waits for it
            self.fault = fault

    def push(self, number):
        numerator = 70_000 + number
        answer = self.client.deliver_for_good(mvclient.delivery(
            "bodo", number, [{"indicator": "epikrise", "unit": "bodo",
                              "period": "2024-T1", "numerator": numerator,
                              "denominator": WHOLE}]))
        assert answer["result"] == "accepted", answer
        self.said[answer["seq"]] = numerator

    def percent(self, seq):
        """What was true at that record; its answer may be on its way yet."""
        house.until(lambda: max(list(self.said)) >= seq or self.fault)
        last = max(at for at in list(self.said) if at <= seq)
        return 100 * self.said[last] / WHOLE

    def close(self):
        self.over.set()
        self.join()
        self.client.close()
        assert self.fault is None, self.fault


class Turnstile:
    """Stands before the evaluator; `asker` knows how far that has come."""

    def __init__(self, endpoint, asker):
        self.to = endpoint.removeprefix("tcp://").rsplit(":", 1)
        self.asker, self.one = asker, threading.Lock()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.endpoint = "tcp://127.0.0.1:%d" % self.door.getsockname()[1]
        self.open = [self.door]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                near = self.door.accept()[0]
            except OSError:
                return
            far = socket.create_connection((self.to[0], int(self.to[1])))
            self.open += [near, far]
            for ends in ((near, far, self.await_record),
                         (far, near, lambda: None)):
                threading.Thread(target=self.carry, args=ends,
                                 daemon=True).start()

    @staticmethod
    def carry(near, far, before):
        try:
            while data := near.recv(1 << 16):
                before()
                far.sendall(data)
            far.shutdown(socket.SHUT_WR)
        except OSError:
            pass    # one of them has closed

    def seq(self):
        return self.asker.ask("state")[0]["seq"]

    def await_record(self):
        with self.one:
            now = self.seq()
            house.until(lambda: self.seq() > now)

    def close(self):
        for one in self.open:
            one.close()
        with self.one:
            self.asker.close()
