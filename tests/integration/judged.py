"""The services beside the second judge: the same journal, both verdicts.

    beside = Beside(records)          # mvclient.Record, as pulled
    beside.groups                     # what the changes log must hold
    beside.statuses                   # what `status` must say
    difference(...)                   # the first that is not so, as text

What stands here knows only proto/README.md and the oracle; what the oracle
does not say of a change (names, titles) is left out.
"""
import pathlib
import sys
import time

import msgpack

import house
import mvclient

sys.path.insert(0, str(house.ROOT / "tests"))
from oracle import Oracle  # noqa: E402

CRITERIA_MAX, OVERDUE_MAX = 32, 400
RANK = {"red": 0, "yellow": 1, "none": 2, "green": 3}
NUMBERS = ("value", "limit", "margin", "needed", "needed_is", "needed_of",
           "needed_why")
TABLES = ("delivery", "withdrawal")
CHANGE = ("target", "commission", "year", "unit", "region", "status", "reason",
          "was_status", "was_reason", "last_coloured", "since_seq",
          "changes_this_year", "row", "kind", "preliminary", "closed",
          "suppressed", "criteria", "criteria_more", "overdue", "names",
          "periods", "of_periods", "units", "of_units", "whole_base",
          "left_out", "forecast", "hidden",
          "inhabitants", "by", "own", "own_reason", "held",
          "assessment", "reminder") + NUMBERS
STATUS = ("status", "reason", "own", "own_reason", "by", "held",
          "assessment", "value", "limit", "margin", "forecast", "preliminary",
          "overdue", "last_coloured", "since", "changes")


def day_ms(day, at=43_200):
    """Milliseconds of UTC at a second of a date's day."""
    return ((day.toordinal() - 719_163) * 86_400 + at) * 1000


def filled(pairs):
    return {name: value for name, value in pairs.items()
            if value not in (None, [], "")}


def about(row):
    """What a change or a status is of."""
    kind = "target" if "target" in row else "commission"
    return kind, row[kind], row["year"], row["unit"]


# ---- what the oracle says, in the protocol's words ----------------------

def criterion(one):
    return filled({"text": one["text"], "member": one["member"],
                   "status": one["status"], "reason": one["reason"],
                   "hidden": one.get("hidden"),
                   **{name: one.get(name) for name in NUMBERS}})


def criteria(change):
    """Worst first, bounded; none at all if they say nothing more."""
    if [one["member"] for one in change["criteria"]] == [None]:
        return [], 0
    if all(one["status"] == "none" and one["reason"] == change["own_reason"]
           for one in change["criteria"]):
        return [], 0
    found = sorted(change["criteria"], key=lambda c: RANK[c["status"]])
    return ([criterion(one) for one in found[:CRITERIA_MAX]],
            max(0, len(found) - CRITERIA_MAX))


def assessed(one):
    return filled(one["assessment"]) if one.get("assessment") else None


def filled_how(forecast):
    """As the steward wrote it."""
    if forecast is None:
        return None
    return {"recent": f"recent({forecast[1]})",
            "seasonal": "seasonal"}[forecast[0]]


def own_of(change):
    """What figures say alone, where it is not what is said."""
    own = change["own"], change["own_reason"]
    return (None, None) if own == (
        change["status"], change["reason"]) else own


def change_of(change, group_kind, since):
    """One change of the oracle as it should stand in the log."""
    listed, more = criteria(change)
    found = dict(change, criteria=listed, criteria_more=more or None,
                 was_status=change["was_status"].replace("absent", "new"),
                 since_seq=since, row=change["cause"].get("row"),
                 closed=change["closed"] or None,
                 suppressed=change["own_reason"] == "suppressed" or None,
                 hidden=any(one.get("hidden")
                            for one in change["criteria"]) or None,
                 assessment=assessed(change),
                 overdue=change["overdue"][:OVERDUE_MAX])
    if found["row"] is not None:
        found["row"] += 1
    found["own"], found["own_reason"] = own_of(change)
    if "target" in change and (change["was_status"], change["status"]) == (
            "absent", "none"):
        found["overdue"] = []
    if change["cause"]["kind"] != group_kind:
        found["kind"] = change["cause"]["kind"]
    if "target" in change and change["own"] != "none":
        lead = change["criteria"][change["lead"]]
        basis = lead["basis"]
        found.update(basis,
                     whole_base=lead["whole_base"] or None,
                     left_out=bool(lead["left_out"]) or None,
                     forecast=filled_how(lead.get("forecast")),
                     inhabitants=bool(lead.get("inhabitants")) or None)
    return filled({name: found.get(name) for name in CHANGE})


class Beside:
    """The oracle fed with a journal; `aside`: seqs without effect."""

    def __init__(self, records=(), aside=()):
        self.oracle, self.aside = Oracle(), set(aside)
        self.groups, self.since, self.seq = [], {}, 0
        self.feed(records)

    def feed(self, records):
        for record in records:
            self.seq = record.seq
            if record.seq not in self.aside:
                self._apply(record, record.message())

    def _apply(self, record, message):
        changes = self.oracle.apply({
            "seq": record.seq, "received_ms": record.received_ms,
            "kind": message["type"], "content": message})
        changes = changes + self.oracle.reminders
        if not changes:
            return
        first = changes[0]["cause"]
        cause = dict(first)
        if "row" in cause:
            cause["row"] += 1
        today = self.oracle.journal.today
        group = {"cause": cause, "today": str(today or ""),
                 "received_ms": record.received_ms, "changes": []}
        for change in changes:
            key = about(change)
            group["changes"].append(change_of(
                change, first["kind"], self.since.get(key)))
            if "reminder" not in change:
                self.since[key] = record.seq
        self.groups.append(group)

    @property
    def statuses(self):
        """(target or commission, id, year, unit) -> the row of `status`."""
        found = {}
        for key, one in self.oracle.now.items():
            published = self.oracle.published[key]
            one = dict(one, since=published.since,
                       changes=published.changes,
                       last_coloured=published.last_coloured,
                       held=one.get("held", False),
                       assessment=assessed(one),
                       forecast=filled_how(one.get("forecast")),
                       overdue=one["overdue"][:OVERDUE_MAX])
            found[key] = filled({name: one.get(name) for name in STATUS})
        return found


# ---- what the services say, in the same form ---------------------------

def untitled(criteria):
    """The oracle knows members by their ids alone."""
    return [{name: value for name, value in one.items()
             if name != "member_title"} for one in criteria]


def change_seen(change):
    found, basis = dict(change), change.get("basis", {})
    found["criteria"] = untitled(change.get("criteria", ()))
    found.update({name: basis.get(name)
                  for name in ("names", "periods", "of_periods", "units",
                               "of_units")})
    found.update({mark: True for mark in change.get("marks", ())
                  if mark != "own"})        # that is another `own`
    return filled({name: found.get(name) for name in CHANGE})


def groups_seen(records):
    """Whole groups of a changes log; ValueError on a part out of place."""
    found, parts = [], []
    for record in records:
        message = record.message()
        parts.append(message)
        if (message["part"], message["cause"]) != (
                len(parts), parts[0]["cause"]):
            raise ValueError(f"part {message['part']} at {record.seq}")
        if message["part"] == message["parts"]:
            found.append({
                "cause": message["cause"], "today": message["today"],
                "received_ms": record.received_ms,
                "changes": [change_seen(c) for p in parts
                            for c in p["changes"]]})
            parts = []
    if parts:
        raise ValueError("the last group is not whole")
    return found


def paged(client, verb, **args):
    """All rows of a query that ends a page with {next}."""
    while True:
        rows = client.ask(verb, **args)
        more = rows.pop() if rows and set(rows[-1]) == {"next"} else None
        yield from rows
        if more is None:
            return
        args["from"] = more["next"]


def statuses_seen(client):
    return {about(row): filled({name: row.get(name) for name in STATUS})
            for row in paged(client, "status")}


def digest(client):
    """Every slice of `digest`: (table, rows, hash)."""
    found, args = [], {"table": "state"}
    while args["table"]:
        row = client.ask("digest", **args)[0]
        found.append((row["table"], row["rows"], row["hash"]))
        args = {"table": row["next_table"]}
        if row["after"]:
            args["after"] = row["after"]
    return found


def follow(client, head, patience_s=600.0, ended=lambda: True):
    """Until the evaluator has applied the journal's record `head`; a silence
    is borne unless it has `ended`."""
    until = time.monotonic() + patience_s
    while True:
        try:
            state = client.ask("state")[0]
        except mvclient.Silence:
            if ended():
                raise
            client.connect()
            continue
        if state["seq"] >= head:
            return state
        if time.monotonic() > until:
            raise mvclient.Silence(f"still at {state['seq']} of {head}")
        time.sleep(0.002)


# ---- the first difference -----------------------------------------------

def _first(place, expected, seen):
    """Where two of the same shape part, as text; None if they do not."""
    if expected == seen:
        return None
    if isinstance(expected, dict) and isinstance(seen, dict):
        for key in sorted(set(expected) | set(seen), key=str):
            found = _first(f"{place} {key}", expected.get(key),
                           seen.get(key))
            if found:
                return found
    if isinstance(expected, list) and isinstance(seen, list):
        for at, (one, other) in enumerate(zip(expected, seen)):
            found = _first(f"{place}[{at}]", one, other)
            if found:
                return found
        return f"{place}: oracle has {len(expected)}, service {len(seen)}"
    return f"{place}: oracle {expected!r}, service {seen!r}"


def _short(group, other):
    """Its first change that the other has not, without long lists."""
    for change in group["changes"]:
        if change not in other["changes"]:
            return {name: value[:3] if name == "overdue" else value
                    for name, value in change.items()}
    return group["cause"]


def difference(beside, groups, statuses=None):
    for expected, seen in zip(beside.groups, groups):
        found = _first(f"group of record {expected['cause']['seq']}",
                       expected, seen)
        if found:
            return (f"{found[:400]}\n  oracle  {_short(expected, seen)}"
                    f"\n  service {_short(seen, expected)}")
    if len(beside.groups) != len(groups):
        longer = max(beside.groups, groups, key=len)
        return (f"oracle has {len(beside.groups)} groups, service "
                f"{len(groups)}; the first of the rest: "
                f"{longer[min(len(beside.groups), len(groups))]}")
    if statuses is None:
        return None
    return _first("status", beside.statuses, statuses)


# ---- a journal of one's own ----------------------------------------------

def make_journal(directory, records):
    """Records {received_ms, content (map or bytes)[, key]} as ingest's
    store, ingest itself not asked."""
    import subprocess
    made = bytearray()
    for one in records:
        content, key = one["content"], one.get("key", "ingest").encode()
        if not isinstance(content, bytes):
            content = msgpack.packb(content, use_bin_type=True)
        made += len(content).to_bytes(4, "big")
        made += one["received_ms"].to_bytes(8, "big", signed=True)
        made += bytes([len(key)]) + key + content
    pathlib.Path(directory).mkdir(mode=0o700, exist_ok=True)
    subprocess.run([house.BUILD / "tests" / "main_journal", directory],
                   input=bytes(made), check=True)


def journal_of(case):
    """A case's records as `make_journal` takes them."""
    made = []
    for one in case.records(files_inside=True):
        content = {"v": 1, "type": one["kind"]}
        if one["kind"] == "catalogue":
            content.update(producer="git", number=1)
        made.append({"received_ms": one["received_ms"],
                     "key": one["key_unit"] or "ingest",
                     "content": {**content, **one["content"]}})
    return made
