"""The whole second judge: records in, changes out.

    oracle = Oracle(files)            # name -> YAML text, or None
    changes = oracle.apply(record)    # in order; a list of dicts
    oracle.statuses()                 # {(target, year, unit): status}
    oracle.commissions()              # {(commission, year, unit): status}

A record is {seq, received_ms, kind, content}; a catalogue record's content
is {files: {name: text}}, or without files those given at the start. With
restrict=False everything is judged again after every record: slow, plain,
and what the other way is held against.
"""
from oracle import decimals
from oracle.acts import Acts, decide, of_dates, over
from oracle.catalogue import Catalogue
from oracle.journal import Journal
from oracle.judge import NUMBERS, Judge
from oracle.period import count_ended
from oracle.series import Series


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
        self.acts, self.was_held = Acts(), set()
        self.reminded, self.reminders = {}, []

    def apply(self, record):
        before = self.journal.today
        touches = self.journal.apply(record)
        about = self.acts.apply(record, self.journal.today)
        if record["kind"] == "catalogue":
            self._catalogue(record["content"])
        self.reminders = []
        if self.catalogue is None:
            return []
        self.series.forget()
        changes = []
        for target, unit in self._touched(record, touches, before, about):
            changes += self._again(target, unit, record, touches)
        for commission, unit in self._commissions(record, before, about):
            changes += self._commission(commission, unit, record)
        if record["kind"] in ("clock", "catalogue"):
            self.reminders = self._remind(record)
        return changes

    def statuses(self):
        """The status of all that the catalogue in force asks for."""
        return {key[1:]: one for key, one in self.now.items()
                if key[0] == "target"}

    def commissions(self):
        return {key[1:]: one for key, one in self.now.items()
                if key[0] == "commission"}

    def _catalogue(self, content):
        self.catalogue = Catalogue((content or {}).get("files")
                                   or self.files)
        self.series = Series(self.catalogue, self.journal)
        self.judge = Judge(self.catalogue, self.series)
        self.now = {}

    # who is judged again ---------------------------------------------

    def _touched(self, record, touches, before, about):
        """(target, unit) in the order of the catalogue."""
        kind, every = record["kind"], self.catalogue.targets
        if kind == "catalogue" or not self.restrict:
            return self._every(every)
        if kind in ("hold", "release"):
            return self._every(t for t in every if record["content"][
                "indicator"] in self.catalogue.names(t))
        if kind == "assessment":
            return [pair for pair in self._every(every)
                    if self._about(*pair) == about]
        if kind == "clock":
            ended = self.acts.ended(before, self.journal.today)
            late = {target.place for target in every
                    if self._due_passed(target, before)}
            return [pair for pair in self._every(every)
                    if pair[0].place in late or self._about(*pair) in ended
                    or self._about(*pair) in self.was_held]
        return self._of_rows(touches)

    @staticmethod
    def _about(target, unit):
        return ("target", target.id, target.year, unit)

    def _commissions(self, record, before, about):
        """(commission, unit) in the order of the file."""
        kind, found = record["kind"], []
        ended = self.acts.ended(before, self.journal.today)
        for commission in self.catalogue.commissions:
            passed = kind == "clock" and any(
                over(dates[-1], self.journal.today)
                and not over(dates[-1], before)
                for dates in commission.due)
            for unit in commission.units:
                key = ("commission", commission.id, commission.year, unit)
                if kind == "catalogue" or not self.restrict or passed \
                        or about == key or (kind == "clock"
                                            and key in ended):
                    found.append((commission, unit))
        return found

    def _every(self, targets):
        return [(target, unit) for target in targets
                for unit in self.catalogue.in_scope(target)]

    def _due_passed(self, target, before):
        after = self.journal.today
        for name in self.catalogue.names(target):
            indicator = self.catalogue.indicators[name]
            edges = [indicator.late_before(day) for day in (before, after)]
            if edges[0] != edges[1] and any(
                    len({count_ended(indicator.frequency, year, edge)
                         for edge in edges}) > 1
                    for year in target.years()):
                return True
        return False

    def _of_rows(self, touches):
        found = {}
        for name, unit, year in {(t.indicator, t.unit, t.period.year)
                                 for t in touches}:
            for target in self.catalogue.targets_of.get(name, ()):
                if not target.may_rest_on(year):
                    continue
                for above in self.catalogue.lineage(unit):
                    found[target.place, above] = target
        order = self.catalogue.unit_order
        return [(target, unit) for (_, unit), target in sorted(
                    found.items(),
                    key=lambda item: (item[0][0], order[item[0][1]]))
                if self._in_scope(target, unit)]

    def _in_scope(self, target, unit):
        return self.catalogue.asked(target, unit)

    # changes ---------------------------------------------------------

    def _again(self, target, unit, record, touches):
        today, key = self.journal.today, self._about(target, unit)
        own = self.judge.status(target, unit, today)
        status = decide(target.decides, own,
                        self.acts.assessed(key, today))
        said = self.published.setdefault(key, Published())
        cause = self._cause(target, unit, record, touches)
        if key in self.was_held and record["kind"] in ("clock", "release"):
            cause = {"seq": record["seq"], "kind": "hold"}
        self.was_held.discard(key)
        if self.acts.held(self.catalogue, target, unit, today):
            self.was_held.add(key)
            status = dict(status, held=True)
            if said.status != "absent":
                status.update(status=said.status, reason=said.reason)
                status.pop("by", None)
            elif status["status"] == "red":     # it waits
                status.update(status="none", reason="not_assessed")
                status.pop("by", None)
        return self._say(key, said, beside(status, own), cause, target)

    def _commission(self, commission, unit, record):
        key = ("commission", commission.id, commission.year, unit)
        met = self.acts.met.get(key[1:], {})
        today = self.journal.today
        own = of_dates(commission, met, today)
        status = decide(commission.decides, own,
                        self.acts.assessed(key, today))
        return self._say(key, self.published.setdefault(key, Published()),
                         beside(status, own), {"seq": record["seq"],
                                               "kind": record["kind"]})

    def _remind(self, record):
        """Dates that are near and not met, each told once as it counts."""
        found, today = [], self.journal.today
        for task in self.catalogue.commissions if today else ():
            for unit in task.units:
                met = self.acts.met.get((task.id, task.year, unit), {})
                for dates in task.due:
                    key = (task.id, task.year, unit, dates[0])
                    days = (dates[-1] - today).days
                    if task.remind and 0 <= days <= task.remind and not \
                            met.keys() & set(dates) and \
                            self.reminded.get(key) != dates[-1]:
                        self.reminded[key] = dates[-1]
                        found.append(self._reminder(key, dates[-1], record))
        return found

    def _reminder(self, key, day, record):
        key = ("commission",) + key[:3]
        said = self.published[key]
        return dict(self.now[key], commission=key[1], year=key[2],
                    unit=key[3], region=self.catalogue.region_of(key[3]),
                    was_status=said.status, was_reason=said.reason,
                    last_coloured=said.last_coloured,
                    changes_this_year=said.changes, reminder=str(day),
                    closed=self.acts.closed(self.catalogue, key[2], key[3],
                                            self.journal.today),
                    cause={"seq": record["seq"], "kind": record["kind"]})

    def _say(self, key, said, status, cause, target=None):
        same = (said.status, said.reason) == (status["status"],
                                              status["reason"])
        told = status if same or target is None else self.judge.told(
            target, key[3], status)
        change = None if same else self._change(key, said, told, cause)
        self.now[key] = dict(plain(status), since=said.since,
                             last_coloured=said.last_coloured,
                             changes_this_year=said.changes)
        return [] if same else [change]

    def _change(self, key, said, status, cause):
        said.changes += 1
        change = dict(
            plain(status), **{key[0]: key[1]}, year=key[2], unit=key[3],
            region=self.catalogue.region_of(key[3]),
            was_status=said.status, was_reason=said.reason,
            last_coloured=said.last_coloured, cause=cause,
            closed=self.acts.closed(self.catalogue, key[2], key[3],
                                    self.journal.today),
            changes_this_year=said.changes)
        said.status, said.reason = status["status"], status["reason"]
        said.since = cause["seq"]
        if said.status != "none":
            said.last_coloured = said.status
        return change

    def _cause(self, target, unit, record, touches):
        kind = {"release": "hold"}.get(record["kind"], record["kind"])
        cause = {"seq": record["seq"], "kind": kind}
        names = self.catalogue.names(target)
        for touch in touches:
            if touch.indicator in names and unit in \
                    self.catalogue.lineage(touch.unit):
                cause["row"] = touch.row
                if record["kind"] == "delivery":
                    cause["kind"] = ("correction" if touch.corrected
                                     else "figure")
                break
        return cause


def beside(status, own):
    """What figures, or dates, say alone stands beside what is said."""
    return dict(status, own=own["status"], own_reason=own["reason"])


def plain(status):
    """Numbers as text, periods as names: what goes over the wire."""
    found = {name: value for name, value in status.items()
             if name not in NUMBERS and name != "criteria"}
    found.update(_numbers(status))
    found["criteria"] = []
    for one in status["criteria"]:
        shown = {name: value for name, value in one.items()
                 if name not in NUMBERS and name != "late"}
        shown["overdue"] = [period.name for period in one["late"]]
        shown.update(_numbers(one))
        found["criteria"].append(shown)
    return found


def _numbers(status):
    return {name: value if isinstance(value, str)
            else decimals.text(value)
            for name in NUMBERS
            if (value := status.get(name)) is not None}
