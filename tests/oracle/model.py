"""The whole second judge: records in, changes out.

    oracle = Oracle(files)            # name -> YAML text, or None
    changes = oracle.apply(record)    # in order; a list of dicts
    oracle.statuses()                 # {(target, year, unit): status}

A record is {seq, received_ms, kind, content}; a catalogue record's content
is {files: {name: text}}, or without files those given at the start. With
restrict=False everything is judged again after every record: slow, plain,
and what the other way is held against.
"""
from oracle import decimals
from oracle.catalogue import Catalogue
from oracle.journal import Journal
from oracle.judge import Judge
from oracle.period import positions
from oracle.series import Series

NUMBERS = ("value", "limit", "margin", "needed")


class Published:
    """What was said last of one target, year and unit."""

    def __init__(self):
        self.status, self.reason = "absent", None
        self.last_coloured, self.changes, self.since = None, 0, None


class Oracle:
    def __init__(self, files=None, restrict=True):
        self.files, self.restrict = files, restrict
        self.journal, self.catalogue = Journal(), None
        self.published, self.now = {}, {}
        self.series = self.judge = None

    def apply(self, record):
        before = self.journal.today
        touches = self.journal.apply(record)
        if record["kind"] == "catalogue":
            self._catalogue(record["content"])
        if self.catalogue is None:
            return []
        self.series.forget()
        changes = []
        for target, unit in self._touched(record, touches, before):
            changes += self._again(target, unit, record, touches)
        return changes

    def statuses(self):
        """The status of all that the catalogue in force asks for."""
        return dict(self.now)

    def _catalogue(self, content):
        self.catalogue = Catalogue((content or {}).get("files")
                                   or self.files)
        self.series = Series(self.catalogue, self.journal)
        self.judge = Judge(self.catalogue, self.series)
        self.now = {}

    # who is judged again ---------------------------------------------

    def _touched(self, record, touches, before):
        """(target, unit) in the order of the catalogue."""
        if record["kind"] == "catalogue" or not self.restrict:
            return self._every(self.catalogue.targets)
        if record["kind"] == "clock":
            return self._every(t for t in self.catalogue.targets
                               if self._due_passed(t, before))
        return self._of_rows(touches)

    def _every(self, targets):
        return [(target, unit) for target in targets
                for unit in self.catalogue.in_scope(target)]

    def _due_passed(self, target, before):
        after = self.journal.today
        for name in target.names():
            indicator = self.catalogue.indicators[name]
            if indicator.due is None:
                continue
            for one in positions(indicator.frequency, target.year):
                day = indicator.due_day(one)
                late = before is not None and before > day
                if late != (after > day):
                    return True
        return False

    def _of_rows(self, touches):
        found = {}
        for name, unit in {(t.indicator, t.unit) for t in touches}:
            for target in self.catalogue.targets_of.get(name, ()):
                for above in self.catalogue.lineage(unit):
                    found[target.place, above] = target
        order = self.catalogue.unit_order
        return [(target, unit) for (_, unit), target in sorted(
                    found.items(),
                    key=lambda item: (item[0][0], order[item[0][1]]))
                if self._in_scope(target, unit)]

    def _in_scope(self, target, unit):
        unit = self.catalogue.units[unit]
        return unit.kind in target.scope and unit.alive(target.year)

    # changes ---------------------------------------------------------

    def _again(self, target, unit, record, touches):
        status = self.judge.status(target, unit, self.journal.today)
        key = (target.id, target.year, unit)
        said = self.published.setdefault(key, Published())
        same = (said.status, said.reason) == (status["status"],
                                              status["reason"])
        change = None if same else self._change(
            key, said, status, self._cause(target, unit, record, touches))
        self.now[key] = dict(plain(status), since=said.since,
                             last_coloured=said.last_coloured,
                             changes_this_year=said.changes)
        return [] if same else [change]

    def _change(self, key, said, status, cause):
        said.changes += 1
        change = dict(
            plain(status), target=key[0], year=key[1], unit=key[2],
            region=self.catalogue.region_of(key[2]),
            was_status=said.status, was_reason=said.reason,
            last_coloured=said.last_coloured, cause=cause,
            changes_this_year=said.changes)
        said.status, said.reason = status["status"], status["reason"]
        said.since = cause["seq"]
        if said.status != "none":
            said.last_coloured = said.status
        return change

    def _cause(self, target, unit, record, touches):
        cause = {"seq": record["seq"], "kind": record["kind"]}
        names = target.names()
        for touch in touches:
            if touch.indicator in names and unit in \
                    self.catalogue.lineage(touch.unit):
                cause["row"] = touch.row
                if record["kind"] == "delivery":
                    cause["kind"] = ("correction" if touch.corrected
                                     else "figure")
                break
        return cause


def plain(status):
    """Numbers as text, periods as names: what goes over the wire."""
    found = {name: value for name, value in status.items()
             if name not in NUMBERS and name != "criteria"}
    found.update(_numbers(status))
    found["criteria"] = []
    for one in status["criteria"]:
        shown = {name: value for name, value in one.items()
                 if name not in NUMBERS and name not in ("line", "late")}
        shown["overdue"] = [period.name for period in one["late"]]
        shown.update(_numbers(one))
        found["criteria"].append(shown)
    return found


def _numbers(status):
    return {name: value if isinstance(value, str)
            else decimals.text(value)
            for name in NUMBERS
            if (value := status.get(name)) is not None}
