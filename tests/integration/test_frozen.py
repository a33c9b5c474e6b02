"""Reports that were decided on: what is another since, and what came."""
import json
import unittest

from test_report import INDICATORS, TARGETS, UNITS, Lived


def changed(text):
    """The lines of a JSON report that say what is another since."""
    return [row for row in map(json.loads, text.splitlines())
            if "changed" in row]


class Frozen(unittest.TestCase):
    """A yearly report that was decided on, and what came after it."""

    @classmethod
    def setUpClass(cls):
        cls.home = home = Lived("2024-02-01")
        cls.addClassCleanup(home.close)
        home.good("catalogue", "apply", home.catalogue(
            "c", UNITS, INDICATORS, TARGETS % "Minst 70 prosent"), "--yes")
        home.until(lambda: home.run("report", "year", 2024, "nord").returncode
                   == 0)
        home.live("2025-02-20")
        home.push("bodo", "2024-T1;75;100", "2024-T2;75;100")
        home.push("tromso", "2024-T1;75;100")
        cls.freeze("half-year", "Halvåret.")
        cls.freeze("year", "Vedtatt.")
        home.live("2025-02-21")
        home.push("bodo", "2024-T1;10;100")
        home.push("tromso", "2024-T2;60;100")
        home.until(lambda: home.head()["seq"] == home.head(
            "--as-of", "2025-02-21")["seq"])

    @classmethod
    def freeze(cls, report, comment):
        cls.home.good("freeze", report, "nord", "--year", 2024, "--author",
                      "Styret", "--comment", comment)

    def test_each_form_says_what_is_another_and_why(self):
        rows = changed(self.home.good("report", "year", 2024, "nord",
                                      "--json"))
        self.assertEqual(
            [(r["changed"], r["what"], r["was"], r["now"]) for r in rows],
            [("1535", "status", "green", "red"),
             ("1535", "value", "75", "55")] +
            [("1535", "status", "green", "red")] * 2)
        of_bodo, of_tromso = (("correction", "bodo", "2024-T1"),
                              ("figure", "tromso", "2024-T2"))
        self.assertEqual(
            [(r.get("unit"), [(c["kind"], c["unit"], c["period"])
                              for c in r["causes"]]) for r in rows],
            [(None, [of_bodo, of_tromso])] * 2 +
            [("bodo", [of_bodo]), ("tromso", [of_tromso])])
        for form, words in (
                ("text", ("Fastsatt 2025-02-20 av Styret", "Endret siden",
                          "✓ grønn", "75,0 %   55,0 %",
                          "rettelse 2025-02-21, journalpost")),
                ("html", ("<section class=\"since\">", ">75,0 %</td>",
                          ">55,0 %</td>", "nye tall 2025-02-21")),
                ("csv", ("\"Endret siden\"", "75,0 % → 55,0 %",
                         "bodo 2024-T1"))):
            text = self.home.good("report", "year", 2024, "nord",
                                  "--format", form)
            for word in words:
                self.assertIn(word, text, form)

    def test_each_figure_is_listed_before_and_after_and_by_whom(self):
        for kind, listed in (
                ("year", [("bodo", "2024-T1", "75", "10", "bodo"),
                          ("tromso", "2024-T2", None, "60", "tromso")]),
                ("half-year", [("bodo", "2024-T1", "75", "10", "bodo")])):
            rows = [row for row in map(json.loads, self.home.good(
                "report", kind, 2024, "nord", "--json").splitlines())
                    if "corrected" in row]
            self.assertEqual(
                [(r["unit"], r["period"], r.get("was", {}).get("value"),
                  r["now"]["value"], r["by"]) for r in rows], listed)
        for form, words in (
                ("text", "75,0 % (75/100)  10,0 % (10/100)\n  årsak: rettelse"),
                ("csv", '"2024-T1";75;75;100;"";10;10;100;"";"%";"rett')):
            self.assertIn(words, self.home.good(
                "report", "half-year", 2024, "nord", "--format", form))

    def test_half_a_year_lists_its_own(self):
        rows = changed(self.home.good("report", "half-year", 2024, "nord",
                                      "--json"))
        self.assertEqual([(r["was"], r["now"],
                           [c["unit"] for c in r["causes"]]) for r in rows],
                         [("green", "red", ["bodo"])])

    def test_on_the_day_itself_nothing_had_changed(self):
        then = self.home.good("report", "year", 2024, "nord", "--as-of",
                              "2025-02-20")
        self.assertIn("Ingenting er endret siden.", then)
        self.assertNotIn("Fastsatt", self.home.good(
            "report", "year", 2024, "bodo"))

    def test_what_others_froze_is_not_read_from_the_journal(self):
        before = self.home.counters("ingest")["records_sent"]
        self.home.good("report", "year", 2024, "bodo")
        self.assertEqual(self.home.counters("ingest")["records_sent"], before)

    def test_a_report_costs_one_reading_of_the_journal(self):
        """Whatever day it is of, and frozen or not: counted by ingest, the
        records that it gave away. The page that holds the last one may hold
        more, so all of them are the most."""
        head = self.home.head()["seq"]
        for words in (("year", 2024, "nord", "--as-of", "2025-02-21"),
                      ("year", 2024, "nord", "--as-of", "2024-06-15"),
                      ("year", 2024, "nord"), ("half-year", 2024, "nord")):
            before = self.home.counters("ingest")
            self.home.good("report", *words)
            after = self.home.counters("ingest")
            read = after["records_sent"] - before["records_sent"]
            self.assertLessEqual(read, head, words)
            self.assertGreater(read, head // 4, words)
            # to find the day's last record, and who sent what
            asked = after["requests"] - before["requests"]
            self.assertLess(asked, 60, words)


if __name__ == "__main__":
    unittest.main()
