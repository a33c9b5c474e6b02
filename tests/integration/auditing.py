"""Promise P19: the books balance at any moment. Every house has an auditor
that reads them, of each service that runs, once a second as long as it stands
and once more at its end; a test that asks for more has one of its own.

    with Auditor(house, every_s=0.02) as auditor:
        ...
    assert auditor.faults == [] and auditor.readings > 3
"""
import pathlib
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import mvclient  # noqa: E402  (beside the C support, found by path)

SERVICES = ("ingest", "evaluator", "notifier")
SAID = "accepted", "duplicate", "rejected", "retried"
ENDS = "delivered", "pending", "dead", "withdrawn"


def fault_of_counters(counters):
    """Of one service: what does not balance, or None."""
    said = sum(counters[name] for name in SAID)
    if counters["received"] != said:
        return f"received {counters['received']}, answered {said}"
    done = counters["applied"] + counters["quarantined"]
    if counters["records"] != done:
        return f"{counters['records']} records, {done} applied or set aside"
    return None


def fault_of_books(row):
    """Of one queue of the notifier, or of all."""
    ended = sum(row[name] for name in ENDS)
    if row["made"] != ended or not row["balanced"] or not row["agrees"]:
        return f"books of '{row['subscription']}': {row}"
    return None


class Reader:
    """What one service says, as often as it is asked; none of its counters
    goes back but at a start."""

    def __init__(self, of, service):
        self.house, self.service = of, service
        self.client, self.process, self.before = None, None, {}

    def may_ask(self):
        """It stands, and knows the operator."""
        h = self.house
        process = h.processes.get(self.service)
        return process is not None and process.poll() is None and \
            self.service in h.ready and "operator" in h.lines

    def read(self):
        """None: it cannot be asked now; else a list of faults."""
        h = self.house
        process = h.processes.get(self.service)
        if not self.may_ask():
            return None
        if self.client is None:
            self.client = mvclient.Client(
                h.ready[self.service]["control"], h.keys[self.service][0],
                h.keys["operator"], timeout_s=0.5)
        try:
            now = self.client.counters()
            books = self.client.ask("books") \
                if self.service == "notifier" else []
        except (mvclient.Silence, mvclient.Refused):
            self.client.connect()
            return None
        if h.processes.get(self.service) is not process:
            return None                   # whose they are is not known
        before = self.before if self.process is process else {}
        self.process, self.before = process, now
        return [f"{self.service}: {fault}" for fault in (
            fault_of_counters(now), *map(fault_of_books, (
                row for row in books if "made" in row)), *(
                f"{name} went back" for name in before
                if now[name] < before[name]
                and not name.startswith("store_"))) if fault]

    def close(self):
        if self.client is not None:
            self.client.close()


class Auditor(threading.Thread):
    def __init__(self, of, services=SERVICES, every_s=1.0, after=1,
                 patience_s=30.0):
        """after: so often more when it is told to end, and for so long if it
        has read nothing."""
        super().__init__(daemon=True)
        self.readers = [Reader(of, service) for service in services]
        self.every_s, self.after = every_s, after
        self.patience_s = patience_s
        self.readings, self.faults = 0, []
        self.over = threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        self.over.set()
        self.join()

    def run(self):
        try:
            self.audit()
        except Exception as why:          # whatever: else nobody would know
            self.faults.append(f"the auditor ended: {why!r}")
        finally:
            for reader in self.readers:
                reader.close()

    def audit(self):
        # once at first, before a test does to the registry what it may
        while not self.over.wait(self.every_s if self.readings else 0.02):
            self.look()
        for _ in range(self.after):
            self.look()
        until = time.monotonic() + self.patience_s
        while self.unread() and time.monotonic() < until:
            self.look()
        if self.unread():
            self.faults.append("the books were never read")

    def unread(self):
        """Nothing at all, though something stands."""
        return not self.readings and \
            any(reader.may_ask() for reader in self.readers)

    def look(self):
        for reader in self.readers:
            found = reader.read()
            if found is not None:
                self.faults += found
                self.readings += 1
