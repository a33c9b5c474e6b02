"""Days that pass when a test says so, and a case of the generator pushed
for real: every key, every delivery, every answer.

    with Days() as days, house.House(...) as h:
        h.start("ingest", environment=days.environment)
        push(h, days, case)
"""
import os
import pathlib
import struct
import sys
import tempfile
import time

import house
import mvclient

sys.path.insert(0, str(house.ROOT / "tests"))
from oracle import period  # noqa: E402
from oracle.catalogue import Catalogue  # noqa: E402


class Days:
    """What the services' wall clock says, through preload_clock."""

    def __init__(self):
        handle, self.path = tempfile.mkstemp(prefix="mv-clock-")
        os.close(handle)
        self.at_ms = 0
        self._write(0)
        self.environment = house.preload("preload_clock",
                                         MV_CLOCK_FILE=self.path)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pathlib.Path(self.path).unlink(missing_ok=True)

    def _write(self, added_ms):
        with open(self.path, "r+b") as file:
            file.write(struct.pack("=q", added_ms))

    def move(self, to_ms):
        """Never back: a service would doubt its clock, and be right. Whether
        it moved."""
        if to_ms <= self.at_ms:
            return False
        self.at_ms = to_ms
        self._write(to_ms - time.time_ns() // 1_000_000)
        return True


class Refusal(AssertionError):
    """Ingest did not answer as the generator promised."""


class Pusher:
    """The case's keys, each with a connection of its own. `killed`: ingest
    may be, at any time; what was sent and not answered is sent again, and
    may turn out to be a duplicate."""
    TRIES = 200

    def __init__(self, home, days, killed=False):
        self.home, self.days, self.clients = home, days, {}
        self.catalogues, self.auditor = 0, None
        self.known = None           # the catalogue in force
        self.killed = killed
        self.options = {"timeout_s": 0.5} if killed else {}

    def catalogue(self, files):
        self.catalogues += 1
        self.known = Catalogue(files)
        message = {"v": 1, "type": "catalogue", "producer": "git",
                   "number": self.catalogues, "files": files}
        with mvclient.Client(self.home.ready["ingest"]["control"],
                             self.home.keys["ingest"][0],
                             self.home.keys["steward"]) as steward:
            self._expect(message, steward.deliver_for_good(message),
                         "accepted")

    def client(self, unit):
        if unit not in self.clients:
            self.clients[unit] = self.home.producer(unit, **self.options)
        return self.clients[unit]

    def push(self, step):
        """One step of a case; its answer, or None where nothing is sent."""
        moved = self.days.move(step["received_ms"])
        if step["do"] == "delivery":
            step = dict(step, rows=self.of_units_there(step))
        if step["do"] == "clock" or step.get("rows") == []:
            return None
        if moved:
            self.see_the_time()
        message = {"v": 1, "type": step["do"], **(
            step.get("content") or {name: step[name] for name in (
                "producer", "number", "fields", "rows")})}
        speaker = step.get("key_unit") or "assessor"
        answer = self.client(speaker).deliver_for_good(message)
        self._expect(message, answer, *(
            ("duplicate",) if step.get("repeat") else
            ("accepted", "duplicate") if self.killed else ("accepted",)))
        return answer

    def of_units_there(self, step):
        """The rows that ingest takes: of a period with a day of the unit's.
        Cases have others too, which the library judges as it finds them."""
        unit_at, period_at = (step["fields"].index(name)
                              for name in ("unit", "period"))
        return [row for row in step["rows"] if self.there(
            self.known.units[row[unit_at]], period.parse(row[period_at]))]

    @staticmethod
    def there(unit, stretch):
        return unit.first <= unit.last and \
            unit.first <= stretch.last and stretch.first <= unit.last

    def see_the_time(self):
        """What ingest was gathering when the time moved has the one before;
        what comes after an answer is gathered anew."""
        self.auditor = self.auditor or self.home.control(
            "ingest", **self.options)
        for _ in range(self.TRIES if self.killed else 1):
            try:
                self.auditor.genesis("journal")
                return
            except mvclient.Silence:
                self.auditor.connect()
        raise mvclient.Silence("ingest")

    @staticmethod
    def _expect(message, answer, *results):
        if answer["result"] not in results:
            raise Refusal(f"{answer}\n  of {message}")


def keys_of(case):
    return tuple(unit["id"] for unit in case.units
                 if unit["kind"] in ("trust", "region"))


def push_case(home, days, case, pause=lambda: None, killed=False):
    """The whole case; ingest runs under `days`."""
    pusher = Pusher(home, days, killed)
    pusher.push(case.steps[0])
    pusher.catalogue(case.files)
    for step in case.steps[1:]:
        pusher.push(step)
        pause()
    return pusher
