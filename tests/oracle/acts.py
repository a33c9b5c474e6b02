"""What is not a figure: assessments, holds, commissions delivered and
closed, and the days on which each of them ends or falls due."""
import datetime
from collections import namedtuple


ACTS = ("assessment", "delivered", "closed", "hold", "release", "freeze")
WORST = ("red", "yellow", "green")
Assessment = namedtuple("Assessment",
                        "status comment author until seq time")


def day(text):
    return text and datetime.date.fromisoformat(text)


class Acts:
    def __init__(self):
        self.assessments = {}   # (what, id, year, unit) -> the last one
        self.holds = {}         # (indicator, unit) -> until, or None
        self.met = {}           # (commission, year, unit) -> date -> day
        self.frozen = {}        # (report, year, unit) -> seq

    def apply(self, record, today):
        """Takes the record in: ("target" or "commission", id, year, unit)
        of what it is about, or None."""
        kind, content = record["kind"], record["content"]
        if kind == "assessment":
            what = "target" if content.get("target") else "commission"
            about = (what, content[what], content["year"], content["unit"])
            self.assessments[about] = Assessment(
                content["status"], content["comment"], content["author"],
                day(content.get("until")), record["seq"],
                record["received_ms"])
            return about
        if kind in ("delivered", "closed"):
            about = (content["commission"], content["year"],
                     content["unit"])
            met = self.met.setdefault(about, {})
            met.pop(day(content["due"]), None)      # the last stands last
            met[day(content["due"])] = day(content.get("on")) or today
            return ("commission",) + about
        if kind == "hold":
            self.holds[content["indicator"], content["unit"]] = day(
                content.get("until"))
        elif kind == "release":
            self.holds.pop((content["indicator"], content["unit"]), None)
        elif kind == "freeze":
            self.frozen[content["report"], content["year"],
                        content["unit"]] = record["seq"]
        return None

    def assessed(self, about, today):
        """The assessment in force, or None."""
        found = self.assessments.get(about)
        if found is None or found.status == "none" or over(
                found.until, today):
            return None
        return found

    def held(self, catalogue, target, unit, today):
        """Whether figures that it uses are under correction: of the unit,
        of one below it, or of all below one above it."""
        names = catalogue.names(target)
        return any(
            name in names and not over(until, today)
            and (unit in catalogue.lineage(where)
                 or where in catalogue.lineage(unit))
            for (name, where), until in self.holds.items()
            if where in catalogue.units)

    def closed(self, catalogue, year, unit, today):
        """Whether nobody is told any more: an old year, or one of which the
        yearly report is frozen for the unit or one above it."""
        return (today is not None and year < today.year - 1) or any(
            ("year", year, above) in self.frozen
            for above in catalogue.lineage(unit))

    def ended(self, before, today):
        """What no longer counts because of the days that passed."""
        return [about for about, one in self.assessments.items()
                if over(one.until, today) and not over(one.until, before)]


def over(until, today):
    return until is not None and today is not None and today > until


def decide(how, status, assessed):
    """The status that the figures (or the dates) and a person give."""
    if assessed is None:
        return status
    found = dict(status, assessment={
        name: value if name != "until" else value and str(value)
        for name, value in assessed._asdict().items()})
    theirs, ours = assessed.status, status["status"]
    takes = ours == "none" or how == "assessment" or (
        how == "worst" and WORST.index(theirs) < WORST.index(ours))
    if status["reason"] in ("under_development", "report_only"):
        takes = False
    if takes:
        found.update(status=theirs, reason=None, by="assessment")
    return found


def of_dates(commission, met, today):
    """A commission's status by its due dates alone."""
    found = {"status": "none", "reason": "not_assessed", "criteria": [],
             "preliminary": False, "overdue": []}
    late, waiting = False, []
    for dates in commission.due:
        done = [when for name, when in met.items() if name in dates]
        if not done:
            waiting.append(dates[-1])
        elif done[-1] is not None and done[-1] > dates[-1]:
            late = True
    passed = sorted(one for one in waiting if over(one, today))
    if passed:
        found.update(status="red", reason=None,
                     overdue=[str(one) for one in passed])
    elif waiting:
        found["reason"] = "not_due"
    elif commission.due:
        found.update(status="yellow" if late else "green", reason=None)
    return found


