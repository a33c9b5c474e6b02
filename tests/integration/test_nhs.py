"""Three years of real figures beside the second judge, pushed as they came:
A&E attendances in England by provider, month and type of department, each
provider with a key of its own, days passing, the year's rest forecast.

    python3 test_nhs.py --trusts 274        so many of them, and how long"""
import collections
import csv
import datetime
import itertools
import sys
import time
import unittest

import days
import house
import judged
import mvclient
from test_oracle_wire import judged_beside

DATA = house.ROOT / "tests" / "data" / "nhs-ae-2016-2019.csv"
TRUSTS = house.scale(10, 274)
# More than so many are not rolled up at each delivery, where the second judge
# adds up all of them anew, but when a year's last month is in, and at the end
ROLLED_UP = 20
MEMBERS = {"1": "type1", "2": "type2", "other": "other"}
INDICATORS = """indicators:
  - id: four-hours
    title: {nb: Innen fire timer i akuttmottak, en: Within four hours}
    measure: percent
    frequency: M
    better: higher
    dimension: {id: department, total: ratio,
      members: {type1: Major, type2: Single specialty, other: Other}}
    over_periods: ratio
    over_units: ratio
    by: trust
    due: 1 August
    min: 0
    max: 100
    decimals: 1
"""
TARGETS = """targets:
  - {id: standard, years: 2016-2019, text: At least 95 % within four hours,
     indicator: four-hours, scope: [trust],
     require: [value >= 95 %], yellow: [value >= 90 %], forecast: recent(3)}
  - {id: each-type, years: 2016-2019, text: At least 95 % in every type,
     indicator: four-hours, scope: [trust],
     require: ["each department: value >= 95 %"], forecast: recent(3)}
"""


ENGLAND = """  - {id: england, years: 2016-2019, text: In all of England,
     indicator: four-hours, scope: [region],
     require: [value >= 95 %], yellow: [value >= 85 %], forecast: recent(3)}
"""


def figures(trusts):
    """{month: {trust: [row, ...]}}, of so many trusts, spread over all."""
    with open(DATA, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if line[0] != "#"))
    codes = sorted({row["org_code"] for row in rows})
    chosen = set(codes[i * len(codes) // trusts] for i in range(trusts))
    found = collections.defaultdict(lambda: collections.defaultdict(list))
    for row in rows:
        if row["org_code"] not in chosen:
            continue
        year, month, _ = row["period"].split("-")
        seen, late = int(row["attendances"]), int(row["breaches"])
        unit = row["org_code"].lower()
        found[int(year), int(month)][unit].append({
            "indicator": "four-hours", "member": MEMBERS[row["type"]],
            "unit": unit, "period": f"{year}-M{month}",
            "numerator": seen - late, "denominator": seen})
    return {month: found[month] for month in sorted(found)}


def units_of(months):
    return sorted(set(itertools.chain.from_iterable(months.values())))


def units_yaml(units):
    return ("units:\n  - {id: england, name: England, kind: region}\n" +
            "".join(f"  - {{id: {unit}, name: {unit.upper()}, kind: trust, "
                    "parent: england}\n" for unit in units))


def known_on(month):
    """A day of the second month after; some were due by then."""
    year, number = month
    return datetime.date(year + (number + 1) // 12, (number + 1) % 12 + 1, 14)


class Installation:
    def __init__(self, trusts):
        self.months = figures(trusts)
        self.units = units_of(self.months)
        self.clock = days.Days()
        self.home = house.House(units=self.units)
        self.always = trusts <= ROLLED_UP
        self.deliveries = 0

    def __enter__(self):
        self.clock.move(judged.day_ms(datetime.date(2016, 4, 1)))
        try:
            self.begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def begin(self):
        self.home.start("ingest", environment=self.clock.environment)
        self.home.start("evaluator")
        self.pusher = days.Pusher(self.home, self.clock)
        self.apply(self.always)

    def apply(self, england):
        """The catalogue, with or without the target of the region."""
        self.pusher.catalogue({"units.yaml": units_yaml(self.units),
                               "indicators.yaml": INDICATORS,
                               "targets.yaml": TARGETS + ENGLAND * england})

    def __exit__(self, *_):
        self.home.__exit__(None, None, None)
        self.clock.__exit__()

    def push_month(self, number, month):
        """All its trusts at once, each by its own connection."""
        self.clock.move(judged.day_ms(known_on(month)))
        sent = []
        for unit, rows in sorted(self.months[month].items()):
            message = mvclient.delivery("monthly", number, rows)
            client = self.pusher.client(unit)
            client.send(message)
            sent.append((client, message))
        for client, message in sent:
            answer = client.receive()
            while answer["result"] == "retry":
                answer = client.deliver_for_good(message)
            if answer["result"] != "accepted":
                raise AssertionError(answer)
            self.deliveries += 1

    def push(self):
        last = max(self.months)
        for number, month in enumerate(self.months, 1):
            self.push_month(number, month)
            if not self.always and (month[1] == 12 or month == last):
                self.apply(True)
                if month != last:
                    self.apply(False)


def beside(trusts):
    """None, or how the services and the second judge differ; and counts."""
    began = time.monotonic()
    with Installation(trusts) as made:
        made.push()
        pushed = time.monotonic()
        second, groups, statuses = judged_beside(made.home)
        found = judged.difference(second, groups, statuses)
        reader = made.home.control("evaluator")
        for row in judged.paged(reader, "verify", what="statuses"):
            if not row["sound"]:
                found = found or f"verify: {row['text']}"
    changes = [one for group in groups for one in group["changes"]]
    print(f"{len(made.units)} trusts, {made.deliveries} deliveries, "
          f"{len(groups)} groups, {len(changes)} changes, {len(statuses)} "
          f"statuses; pushed in {pushed - began:.0f} s, held beside in "
          f"{time.monotonic() - pushed:.0f} s", flush=True)
    return found, changes, statuses


class Attendances(unittest.TestCase):
    def test_every_status_and_change_is_the_second_judge_s(self):
        found, changes, statuses = beside(TRUSTS)
        self.assertIsNone(found)
        # each trust by both targets, in each of the years; and England
        self.assertEqual(len(statuses), 4 * (2 * TRUSTS + 1))
        rolled_up = {one["year"]: one for one in changes
                     if one["unit"] == "england" and "value" in one}
        self.assertEqual(sorted(rolled_up), [2016, 2017, 2018, 2019])
        self.assertTrue(all(one["of_units"] == TRUSTS
                            for one in rolled_up.values()))
        turned = {(one.get("last_coloured"), one["status"])
                  for one in changes}
        self.assertLessEqual({("green", "yellow"), ("yellow", "red"),
                              ("red", "yellow"), ("yellow", "green")},
                             turned)
        self.assertTrue(any("forecast" in one for one in changes))
        self.assertTrue(any("overdue" in one for one in statuses.values()))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--trusts"]:
        sys.exit(beside(int(sys.argv[2]))[0])
    unittest.main()
