"""What the journal means: every version of every figure, and which one
counts. Records come in order and were accepted; nothing is refused here."""
import datetime
from collections import namedtuple

from oracle import decimals, period

Version = namedtuple(
    "Version", "final time seq row withdrawn value num den flag period")
Touch = namedtuple("Touch", "row indicator unit corrected period")

FIELDS = ("indicator", "member", "unit", "period", "value", "numerator",
          "denominator", "flag", "time", "note")
PRELIMINARY = ("P", "E")


def rank(version):
    return (version.final, version.time, version.seq)


def has_number(version):
    return not version.withdrawn and (
        version.value is not None or version.num is not None)


class Journal:
    def __init__(self):
        self.today = None
        self.head = 0
        self.versions = {}      # (indicator, unit, member, key) -> [...]
        self.current = {}       # (indicator, unit, member) -> year ->
        #                          stretch -> the version that counts

    def apply(self, record):
        """Takes the record in; returns the Touches that took effect."""
        self.head = record["seq"]
        kind, content = record["kind"], record["content"]
        if kind == "clock":
            self.today = datetime.date.fromisoformat(content["day"])
        elif kind in ("delivery", "withdrawal"):
            return self._table(record, kind == "withdrawal")
        return []

    def _table(self, record, withdrawn):
        content, touched = record["content"], []
        for number, cells in enumerate(content["rows"]):
            row = dict(zip(content["fields"], cells))
            found = self._row(record, number, row, withdrawn)
            if found:
                touched.append(found)
        return touched

    def _row(self, record, number, row, withdrawn):
        stretch = period.parse(row["period"])
        version = self._version(record, number, row, stretch, withdrawn)
        series = (row["indicator"], row["unit"], row.get("member"))
        self.versions.setdefault(series + stretch.key, []).append(version)
        year = self.current.setdefault(series, {}).setdefault(
            stretch.year, {})
        before = year.get(stretch.key)
        if before is not None and rank(before) > rank(version):
            return None
        year[stretch.key] = version
        return Touch(number, series[0], series[1], before is not None,
                     stretch)

    @staticmethod
    def _version(record, number, row, stretch, withdrawn):
        numbers = [None if row.get(name) is None
                   else decimals.micro(row[name])
                   for name in ("value", "numerator", "denominator")]
        if withdrawn:
            numbers = [None] * 3
        flag = row.get("flag") or "A"
        time = row.get("time")
        return Version(
            withdrawn or flag not in PRELIMINARY,
            record["received_ms"] if time is None else time,
            record["seq"], number, withdrawn, *numbers, flag, stretch)

    def year(self, series, year):
        """The versions that count of a series' year."""
        return self.current.get(series, {}).get(year, {}).values()
