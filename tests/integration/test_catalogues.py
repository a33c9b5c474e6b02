"""What the repository carries as data: the catalogues load, alone and joined,
and the figures, assessments and expectations beside them hold together."""
import collections
import csv
import decimal
import json
import pathlib
import re
import tempfile
import unittest

import yaml

import house
import test_cli
from test_deploy import binary, run

CATALOGUES = sorted((house.ROOT / "deploy" / "catalogue").glob("helse-*"))
DEMO = house.ROOT / "deploy" / "demo"
HALF_YEAR = DEMO / "half-year-2023"
FILES = ("units", "indicators", "targets", "commissions")
# a pushed sum beside pushed parts: of members, and of a region's trusts
OVER_MEMBERS = ("utdanningsstillinger", "laerlinger", "investeringer",
                "investeringer-budsjett")
OVER_TRUSTS = ("utdanningsstillinger", "laerlinger", "intensivsenger",
               "intensivkapasitet")

# so does a note say what is not printed as it stands
ESTIMATE = re.compile(r"regnet ut|om lag|rundt|\bnær\b|anslag|plan om")


def read(directory):
    """Every scalar a text: `on` is no truth value here, as in the service."""
    return {name: yaml.load((directory / f"{name}.yaml").read_text(
        encoding="utf-8"), yaml.BaseLoader)[name] for name in FILES}


def table(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def figures():
    """(indicator, member, unit, period) -> value, where one is printed."""
    return {(r["indicator"], r.get("member") or "", r["unit"], r["period"]):
            decimal.Decimal(r["value"].replace(",", "."))
            for path in (DEMO / "figures").glob("*.csv")
            for r in table(path) if r["value"]}


def check(directory):
    return run(binary("maalvakt"), "catalogue", "check", directory)


class Catalogues(unittest.TestCase):
    def test_each_catalogue_is_in_order(self):
        self.assertEqual(len(CATALOGUES), 2)
        for directory in CATALOGUES:
            said = check(directory)
            self.assertEqual(said.returncode, 0, said.stdout + said.stderr)

    def test_the_years_can_be_joined_into_one_catalogue(self):
        """The same id is the same thing in each; order stays."""
        joined = {name: {} for name in FILES}
        for directory in reversed(CATALOGUES):
            for name, things in read(directory).items():
                for thing in things:
                    key = thing["id"], thing.get("year")
                    was = joined[name].setdefault(key, thing)
                    if name == "indicators":
                        self.assertEqual(was, thing)
        with tempfile.TemporaryDirectory() as home:
            for name, things in joined.items():
                path = pathlib.Path(home) / f"{name}.yaml"
                path.write_text(yaml.safe_dump(
                    {name: list(things.values())}, allow_unicode=True,
                    sort_keys=False), encoding="utf-8")
            said = check(home)
            self.assertEqual(said.returncode, 0, said.stdout + said.stderr)

    def test_every_goal_and_commission_of_the_assignment_is_there(self):
        """Main goal by main goal: 5, 8 and 10; 6, 10 and 11."""
        all_2024 = read(CATALOGUES[-1])
        goals = collections.Counter(t["chapter"] for t in all_2024["targets"]
                                    if t["year"] == "2024")
        tasks = collections.Counter(c["chapter"]
                                    for c in all_2024["commissions"])
        self.assertEqual([goals[n] for n in "123"], [5, 8, 10])
        self.assertEqual([tasks[n] for n in "123"], [6, 10, 11])

    def test_whatever_has_a_title_has_it_in_both_languages(self):
        """But units, which are called by their names."""
        for directory in CATALOGUES:
            everything = read(directory)
            titled = [(t["id"], t["text"]) for name in
                      ("targets", "commissions") for t in everything[name]]
            for indicator in everything["indicators"]:
                titled.append((indicator["id"], indicator["title"]))
                members = indicator.get("dimension", {}).get("members", {})
                titled += [(f"{indicator['id']}/{member}", title)
                           for member, title in members.items()]
            for name, title in titled:
                self.assertEqual(sorted(title), ["en", "nb"], name)
                self.assertNotEqual(title["en"], title["nb"], name)


class HalfYear(unittest.TestCase):
    def test_it_has_the_requirements_in_order_with_the_report_s_count(self):
        expected = table(HALF_YEAR / "expected.csv")
        targets = read(CATALOGUES[0])["targets"]
        self.assertEqual([r["target"] for r in expected],
                         [t["id"] for t in targets])
        self.assertEqual(
            collections.Counter(r["status"].split()[0] for r in expected),
            {"green": 21, "yellow": 12, "red": 4, "none": 2})

    def test_each_coloured_requirement_has_one_assessment_that_says_so(self):
        assessed = [(r["target"], r["year"], r["unit"], r["status"])
                    for r in table(HALF_YEAR / "assessments.csv")]
        coloured = [(r["target"], r["year"], r["unit"], r["status"])
                    for r in table(HALF_YEAR / "expected.csv")
                    if " " not in r["status"]]
        self.assertEqual(assessed, coloured)


def contradicted():
    """(indicator, unit, period) -> the two numbers that the report has."""
    return {tuple(r["check"].split()): {r["value1"], r["value2"]}
            for r in table(DEMO / "contradictions.csv") if r["check"]}


class Figures(unittest.TestCase):
    def hold(self, key, parts, value):
        """Alike, or the two numbers of a contradiction that is known."""
        want = contradicted().get(key)
        if want:
            self.assertEqual({str(parts), str(value)}, want, key)
        else:
            self.assertEqual(parts, value, key)

    def test_a_total_is_the_sum_of_its_members(self):
        seen, got = 0, figures()
        for (indicator, member, unit, period), value in got.items():
            parts = [v for (i, m, u, p), v in got.items()
                     if (i, u, p) == (indicator, unit, period) and m]
            if indicator in OVER_MEMBERS and not member:
                self.hold((indicator, unit, period), sum(parts), value)
                seen += 1
        self.assertEqual(seen, 3 + 8 + 6 + 9 + 2)

    def test_the_region_is_the_sum_of_its_trusts(self):
        seen, got = 0, figures()
        for (indicator, member, unit, period), value in got.items():
            parts = [v for (i, m, u, p), v in got.items()
                     if (i, m, p) == (indicator, member, period)
                     and u != "hso"]
            if indicator in OVER_TRUSTS and unit == "hso" and parts:
                self.hold((indicator, unit, period) if not member else member,
                          sum(parts), value)
                seen += 1
        self.assertEqual(seen, 7 + 9 + 3 + 6)

    def test_large_projects_and_the_rest_are_all_investments(self):
        got = figures()
        for plan in ("", "-budsjett"):
            large, rest, whole = (
                got[indicator + plan, "", "hso", "2024"] for indicator in
                ("byggeprosjekt", "ovrige-investeringer", "investeringer"))
            self.assertEqual(large + rest, whole)

    def test_what_is_worked_out_or_about_is_flagged_an_estimate(self):
        for path in (DEMO / "figures").glob("*.csv"):
            for row in table(path):
                said = ESTIMATE.search(row["note"])
                self.assertEqual(row["flag"] == "E", bool(said), row)

    def test_the_budgets_are_the_limits_and_add_up_to_the_group_s(self):
        budgets = {unit: value for (indicator, _, unit, _), value
                   in figures().items() if indicator == "resultat-budsjett"}
        budgets["hso"] = sum(budgets.values())
        limits = next(t["limits"] for t in read(CATALOGUES[-1])["targets"]
                      if t["id"] == "resultat")
        self.assertEqual({unit: f"{value} nok"
                          for unit, value in budgets.items()}, limits)

    def test_what_is_assessed_or_delivered_is_in_the_catalogue(self):
        of = {name: {(t["id"], t["year"]) for t in things}
              for name, things in read(CATALOGUES[-1]).items()
              if name in ("targets", "commissions")}
        for row in table(DEMO / "assessments.csv"):
            kind = "targets" if row["target"] else "commissions"
            self.assertIn((row["target"] or row["commission"], row["year"]),
                          of[kind])
        dues = {(c["id"], d["on"]) for c
                in read(CATALOGUES[-1])["commissions"]
                for d in c.get("due", [])}
        for row in table(DEMO / "delivered.csv"):
            self.assertIn((row["commission"], row["due"]), dues)

    def test_nobody_is_asked_for_a_result_that_has_none(self):
        """Neither judged by it nor in the sum: `report missing` names both."""
        target = next(t for t in read(CATALOGUES[-1])["targets"]
                      if t["id"] == "resultat")
        sent = {unit for indicator, _, unit, _ in figures()
                if indicator == "arsresultat"}
        units = {u["id"]: u["kind"] for u in read(CATALOGUES[-1])["units"]}
        judged = {unit for unit, kind in units.items()
                  if {unit, kind} & set(target["scope"])}
        self.assertEqual(judged, sent | {"hso"})

    def test_every_commission_has_a_status_that_is_expected(self):
        stated = [r["id"] for r in table(DEMO / "expected-stated.csv")]
        assessed = [r["target"] for r in table(DEMO / "assessments.csv")
                    if r["target"]]
        self.assertEqual(stated, assessed + [
            c["id"] for c in read(CATALOGUES[-1])["commissions"]])


class Told(unittest.TestCase):
    """The year as the demo tells it: figures pushed, then what the report
    concludes and says was delivered. Real has it without persons."""

    @classmethod
    def setUpClass(cls):
        cls.home = home = test_cli.Installation()   # on 15 March 2025
        cls.addClassCleanup(home.close)
        cls.say("catalogue", "apply", CATALOGUES[-1], "--yes")
        cls.say("keys", "new", "hso-own", "--role", "producer", "--unit",
                "hso-own")
        for path in sorted((DEMO / "figures").glob("*.csv")):
            cls.say("push", path, "--as", path.stem)
        cls.say("assess", "--file", DEMO / "assessments.csv")
        cls.say("deliver", "--file", DEMO / "delivered.csv", "--author", "RHF")
        delivered = {r["commission"] for r in table(DEMO / "delivered.csv")}
        house.until(lambda: not any(
            row.get("commission") in delivered and row["status"] == "red"
            for row in cls.statuses()))

    @classmethod
    def say(cls, *words):
        said = cls.home.run(*words)
        assert said.returncode == 0, (words, said.stdout + said.stderr)
        return said.stdout

    @classmethod
    def statuses(cls):
        return [json.loads(line) for year in (2024, 2025) for line in
                cls.say("status", "--year", year, "--json").splitlines()]

    def test_each_status_is_one_that_is_expected(self):
        expected = {(r["target"], r["year"], r["unit"]): r["status"]
                    for r in table(DEMO / "expected.csv")}
        expected |= {(r["id"], r["year"], r["unit"]): r["status"]
                     for r in table(DEMO / "expected-stated.csv")}
        self.assertEqual(
            {(r.get("target") or r["commission"], str(r["year"]), r["unit"]):
             f"{r['status']} {r['reason']}".strip()
             for r in self.statuses()}, expected)

    def test_only_the_region_lacks_figures_and_it_sends_the_rest(self):
        rows = [json.loads(line) for line in self.say(
            "report", "missing", 2024, "--json").splitlines()]
        owed = {(r["unit"], r["indicator"], r.get("members_never"))
                for r in rows if "indicator" in r}
        self.assertEqual(owed, {("hso", "pakkeforlop", 22)} | {
            ("hso", indicator, None) for indicator in (
                "bredspektret-antibiotika", "pakkeforlop", "behandlingsplan",
                "epikrise")})

    def test_in_english_no_member_is_called_by_its_norwegian_title(self):
        norwegian = {title["nb"] for i in read(CATALOGUES[-1])["indicators"]
                     for title in i.get("dimension", {}).get(
                         "members", {}).values() if title["nb"] != title["en"]}
        page = self.say("report", "year", 2024, "hso", "--lang", "en",
                        "--format", "csv")
        cells = {cell for row in csv.reader(page.splitlines()) for cell in row}
        self.assertIn("Primary liver cancer", cells)
        self.assertEqual(cells & norwegian, set())


if __name__ == "__main__":
    unittest.main()
