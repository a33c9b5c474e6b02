"""What is reported without a target: its figures are told all the same."""
import csv
import io
import json
import unittest

import house
import test_cli

UNITS = """units:
  - {id: nord, name: Helse Nord, kind: region}
  - {id: bodo, name: Bodo, kind: trust, parent: nord}
  - {id: tromso, name: Tromso, kind: trust, parent: nord}
  - {id: harstad, name: Harstad, kind: trust, parent: nord}
"""
INDICATORS = """indicators:
  - {id: erstatning, title: {nb: Erstatninger}, measure: nok, frequency: Q,
     over_periods: sum, over_units: sum, by: trust, decimals: 0}
  - {id: hver, title: {nb: Klager}, measure: count, frequency: Q,
     dimension: {id: tjeneste, members: {som: Somatikk, tsb: Rus},
     total: none}, over_periods: sum, over_units: sum, by: trust}
"""
TARGETS = """targets:
  - {id: ro, year: 2023, text: {nb: Erstatninger}, indicator: erstatning,
     scope: [trust], state: report_only}
  - {id: dom, year: 2023, text: {nb: Dom}, indicator: erstatning,
     scope: [trust], require: ["value <= 100 nok"]}
  - {id: deler, year: 2023, text: {nb: Klager}, indicator: hver,
     scope: [trust], state: under_development}
"""
FIGURES = {
    # nothing to compare with; a year to compare with; half a year and a whole
    "bodo": ["2023-Q1;20", "2023-Q2;21", "2023-Q3;22", "2023-Q4;23"],
    "tromso": ["2022-Q1;17", "2022-Q2;18", "2022-Q3;17", "2022-Q4;18",
               "2023-Q1;20", "2023-Q2;21", "2023-Q3;22", "2023-Q4;23"],
    "harstad": ["2022;70", "2023-Q1;20", "2023-Q2;21"],
}


class Home(test_cli.Installation):
    def good(self, *words):
        said = self.run(*words)
        assert said.returncode == 0, (words, said.stderr)
        return said.stdout


class Reported(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = home = Home()
        cls.addClassCleanup(home.close)
        home.good("catalogue", "apply",
                  home.catalogue("c", UNITS, INDICATORS, TARGETS), "--yes")
        for unit, rows in FIGURES.items():
            text = "indicator;unit;member;period;value\n" + "".join(
                f"erstatning;{unit};;{row}\n" for row in rows)
            if unit == "bodo":
                text += "hver;bodo;som;2023-Q1;3\n"
            home.good("push", home.write(f"{unit}.csv", text), "--as", unit)
        house.until(lambda: all(
            '"value":' in home.good("report", "year", 2023, unit, "--json")
            for unit in FIGURES))

    def drawn(self, unit, form):
        return self.home.good("report", "year", 2023, unit, "--format", form)

    def sheet(self, unit):
        rows = csv.DictReader(io.StringIO(
            self.drawn(unit, "csv").lstrip("\ufeff")), delimiter=";")
        return {row["ID"]: row for row in rows}

    def cells(self, unit, target):
        row = self.sheet(unit)[target]
        return [row[at] for at in ("verdi", "i år", "i fjor", "hvorfor")]

    def test_a_sheet_has_the_value_of_the_year(self):
        self.assertEqual(self.cells("bodo", "ro"),
                         ["86", "86", "", "bare rapporteres"])
        self.assertEqual(self.cells("tromso", "ro"),
                         ["86", "86", "70", "bare rapporteres"])
        self.assertEqual(
            self.cells("harstad", "ro"),
            ["41", "41", "", "bare rapporteres; tall fra 2 av 4 perioder"])

    def test_it_is_the_value_that_would_be_judged(self):
        for unit in FIGURES:
            self.assertEqual(self.cells(unit, "ro")[:3],
                             self.cells(unit, "dom")[:3])

    def test_text_and_page_have_it(self):
        for unit, shown in (("bodo", "86 kr"), ("tromso", "86 kr"),
                            ("harstad", "41 kr")):
            text = self.drawn(unit, "text")
            lines = text[text.index("ro  "):text.index("dom  ")]
            self.assertIn(shown, lines)
            page = self.drawn(unit, "html")
            article = page[page.index("<h2>ro"):page.index("<h2>dom")]
            self.assertIn(f'<td class="num">{shown}</td>', article)

    def test_what_has_no_total_is_told_by_its_members(self):
        text = self.drawn("bodo", "text")
        self.assertRegex(text[text.index("deler  "):], r"\n  Somatikk +3,0\n")

    def test_status_has_it(self):
        row = json.loads(self.home.good(
            "status", "--year", 2023, "--target", "ro", "--unit", "harstad",
            "--json"))
        self.assertEqual((row["status"], row["reason"], row["reported"]),
                         ("none", "report_only", {
                             "value": "41", "preliminary": False,
                             "forecast": False, "periods": 2,
                             "of_periods": 4}))
        self.assertRegex(self.home.good(
            "status", "--year", 2023, "--target", "ro"),
            r"harstad .*41 kr +bare rapporteres; tall fra 2 av 4 perioder")

    def test_explain_lists_the_figures_and_the_value(self):
        said = self.home.good("explain", "ro", "bodo", "--year", 2023)
        self.assertNotIn("Det er ingen tall bak denne statusen", said)
        self.assertRegex(said, r"verdi +erstatning +bodo +2023 +86 kr")
        for quarter in ("2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"):
            self.assertIn(quarter, said)
        said = self.home.good("explain", "deler", "bodo", "--year", 2023)
        self.assertIn("hver: Somatikk", said)


if __name__ == "__main__":
    unittest.main()
