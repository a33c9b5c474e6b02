"""Random worlds in which persons have a say: commissions, assessments,
holds, frozen reports, beside figures in the whole language.

    case = Stated(seed)        # a generate.Case; steps may be statements:
                               # {"do": "hold", "content", "received_ms"}
"""
import datetime

from oracle.constructs import STATES, Whole, unjudged
from oracle.generate import milliseconds

DECIDES = ("figures", "figures", "assessment", "worst")
FIRST_DUE = datetime.date(2024, 6, 2)


class Stated(Whole):
    def __init__(self, seed, deliveries=60):
        self.holds = []
        super().__init__(f"stated-{seed}", deliveries)

    def _target(self, number):
        found, pick = super()._target(number), self.random
        if pick.random() < 0.2:
            found = {name: found[name] for name in
                     ("id", "text", "scope", "year", "years")
                     if name in found}
        if pick.random() < 0.1 and "require" in found:
            found["state"] = pick.choice(STATES)
            unjudged(found)
        found["decides"] = pick.choice(DECIDES)
        return found

    def _commissions(self):
        return [self._task(number) for number in range(
            self.random.choice((0, 1, 2, 4)))]

    def _task(self, number):
        pick, units = self.random, [one["id"] for one in self.units]
        found = {"id": f"c{number}", "text": {"nb": f"Task {number}"},
                 "year": pick.choice((2022, 2023, 2024, 2024)),
                 "for": pick.sample(units, pick.randint(1, min(
                     3, len(units)))),
                 "decides": pick.choice(DECIDES)}
        days = pick.sample(range(120), pick.choice((0, 1, 2, 2, 4)))
        if days:
            found["due"] = [self._due(one) for one in days]
        if pick.random() < 0.5:
            found.update(lead=units[0], chapter="2", note="N")
        if pick.random() < 0.8:
            found["remind"] = f"{pick.choice((0, 1, 10, 30, 30))} d"
        return found

    def _due(self, after):
        on = FIRST_DUE + datetime.timedelta(days=after)
        found = {"on": on.isoformat(), "what": f"part {after}"}
        if self.random.random() < 0.4:
            moved = [on + datetime.timedelta(days=121 + 7 * n + after)
                     for n in range(self.random.choice((1, 1, 2)))]
            found["moved"] = [one.isoformat() for one in moved]
            found["said"] = f"within {after} days"
        return found

    # what persons state ----------------------------------------------

    def _step(self):
        if self.random.random() < 0.5:
            return super()._step()
        kind = self.random.choice(
            ("assessment",) * 5 + ("hold",) * 3 + ("release",) * 2
            + ("delivered",) * 3 + ("closed", "freeze"))
        said = getattr(self, f"_{kind}")()
        if said is None:
            return super()._step()
        number = self.numbers.get("desk", 0) + 1
        self.numbers["desk"] = number
        content = {"producer": "desk", "number": number, "comment": "why",
                   "author": "N. N.", **said}
        return {"do": kind, "received_ms": milliseconds(self.day),
                "content": {name: value for name, value in content.items()
                            if value is not None}}

    def _until(self):
        after = self.random.choice((None, None, 0, 1, 4, 30))
        return after if after is None else (
            self.day + datetime.timedelta(days=after)).isoformat()

    def _assessment(self):
        pick = self.random
        said = {"status": pick.choice(("green", "yellow", "red", "red",
                                       "none")), "until": self._until()}
        task = self._some_task() if pick.random() < 0.4 else None
        if task:
            return {**said, **task}
        target = pick.choice(self.catalogue.targets)
        units = [unit for unit in self.catalogue.in_scope(target)]
        return units and {**said, "target": target.id, "year": target.year,
                          "unit": pick.choice(units)} or None

    def _some_task(self):
        if not self.commissions:
            return None
        task = self.random.choice(self.commissions)
        return {"commission": task["id"], "year": task["year"],
                "unit": self.random.choice(task["for"])}

    def _delivered(self, days=(None, 0, 3, 40)):
        said = self._some_task()
        dues = [one for task in self.commissions for one in
                task.get("due", ()) if said and said["commission"]
                == task["id"]]
        if not dues:
            return None
        due = self.random.choice(dues)
        said["due"] = self.random.choice([due["on"]] + due.get("moved", []))
        before = self.random.choice(days)
        if before is not None:
            said["on"] = (self.day - datetime.timedelta(
                days=before)).isoformat()
        return said

    def _closed(self):
        return self._delivered((None,))

    def _hold(self):
        pick = self.random
        said = {"indicator": pick.choice(self.indicators)["id"],
                "unit": pick.choice(self.units)["id"]}
        self.holds.append(said)
        return {**said, "until": self._until()}

    def _release(self):
        return self.random.choice(self.holds) if self.holds else None

    def _freeze(self):
        """Of what is over: ingest takes no other."""
        years = {"year": (2022, 2023), "half-year": (2022, 2023)}
        if self.day >= datetime.date(2024, 7, 1):
            years["half-year"] += (2024,)
        report = self.random.choice(("year", "half-year"))
        return {"report": report, "year": self.random.choice(years[report]),
                "unit": self.random.choice(self.units)["id"]}
