"""What a person decides, from the command line to the journal: durable, in
order, each wrong row named; and figures that contradict each other."""
import json
import os
import signal
import time
import unittest

import house
from test_cli import INDICATORS, TARGETS, Cli

COMMISSIONS = """commissions:
  - id: plan
    year: 2024
    text: {nb: Lage en plan}
    for: [nord]
    due: [{what: utkast, on: 2024-04-01, moved: 2024-06-01}]
"""
OTHERS = """  - {id: worst, year: 2024, text: W, indicator: epikrise,
     scope: [trust], require: ["value >= 80 %"], decides: worst}
  - {id: person, year: 2024, text: P, indicator: epikrise, scope: [trust],
     require: ["value >= 80 %"], decides: assessment}
  - {id: seen, year: 2024, text: S, indicator: epikrise, scope: [trust],
     state: report_only}
"""
POSTS = """  - {id: poster, title: {nb: Poster, en: Posts}, measure: count,
     frequency: A, over_periods: last, over_units: sum, by: region,
     better: higher, due: 45 d, decimals: 0, min: 0}
"""
WHO = ("--author", "Kari Nordmann", "--comment", "etter møtet")


class Acts(Cli):
    commissions = COMMISSIONS
    targets = TARGETS + OTHERS

    def lines(self, code, *words):
        return [json.loads(line) for line in
                self.says(code, *words, "--json").splitlines()]

    def test_an_assessment_is_stored_once_however_often_it_is_said(self):
        said = ("assess", "1535", "bodo", "gul", "--year", "2024", *WHO)
        first = self.says(0, *said)
        self.assertIn("vurdert til ! gul – lagret, som journal nr.", first)
        again = self.says(0, *said)
        self.assertIn("lagret fra før", again)
        number = first.split("nr. ")[1].splitlines()[0]
        self.assertEqual(again.split("nr. ")[1], number + "\n")
        other = self.says(0, "assess", "1535", "bodo", "none", "--year",
                          "2024", *WHO)
        self.assertIn("er tatt tilbake", other)
        # said again after something else: it is meant anew
        self.assertIn("– lagret, som journal", self.says(0, *said))

    def until_row(self, target, **wanted):
        house.until(lambda: wanted.items() <= self.lines(
            0, "status", "--year", "2024", "--unit", "bodo", "--target",
            target)[0].items())

    def test_an_assessment_that_does_not_decide_is_said_to_be_so(self):
        self.until_row("1535", own="green")
        for words, why in ((("1535", "bodo", "red"), "figures"),
                           (("worst", "bodo", "green"), "worst"),
                           (("seen", "bodo", "green"), "report_only"),
                           (("1535", "bodo", "green"), None),
                           (("worst", "bodo", "red"), None),
                           (("1535", "tromso", "yellow"), None),
                           (("1535", "bodo", "none"), None),
                           (("person", "bodo", "green"), None),
                           (("plan", "nord", "yellow"), "figures")):
            said = ("assess", *words, "--year", "2024", "--again", *WHO)
            with self.subTest(words=words):
                (row,) = self.lines(0, *said)
                self.assertEqual((row["result"], row.get("no_effect")),
                                 ("accepted", why))
        said = self.says(0, "assess", "1535", "bodo", "red", "--year", "2024",
                         *WHO)
        self.assertIn("den bestemmer ikke statusen nå: tall og frister alene "
                      "gir ✓ grønn, og de går foran", " ".join(said.split()))
        said = self.says(0, "assess", "worst", "bodo", "green", "--year",
                         "2024", "--lang", "en", *WHO)
        self.assertIn("it does not decide the status now: figures and dates "
                      "alone give ✗ red, and the worst one counts",
                      " ".join(said.split()))
        again = ("assess", "worst", "bodo", "green", "--year", "2024", *WHO)
        self.assertNotIn("bestemmer ikke", self.says(0, *again))
        (row,) = self.lines(0, *again)
        self.assertNotIn("no_effect", row)
        self.says(0, "hold", "epikrise", "bodo", *WHO)
        self.until_row("person", held=True)
        (row,) = self.lines(0, "assess", "person", "bodo", "red", "--year",
                            "2024", *WHO)
        self.says(0, "release", "epikrise", "bodo", *WHO)
        self.assertEqual(row["no_effect"], "held")

    def test_an_evaluator_that_hangs_holds_a_sheet_up_only_once(self):
        lock = self.home.dir / "evaluator" / "data" / "owner.lock"
        pid = int(lock.read_text().split()[0])
        sheet = self.home.write("sheet.csv", "mål;enhet;status\n" + "".join(
            f"{target};{unit};gul\n" for target in ("1535", "person")
            for unit in ("bodo", "tromso")))
        self.addCleanup(os.kill, pid, signal.SIGCONT)
        os.kill(pid, signal.SIGSTOP)
        began = time.monotonic()
        rows = self.lines(0, "assess", "--file", sheet, "--year", "2024",
                          "--again", *WHO)
        self.assertEqual([r["result"] for r in rows], ["accepted"] * 4)
        self.assertLess(time.monotonic() - began, 10)  # 5 s is one wait

    def test_all_that_is_wrong_is_told_in_words(self):
        said = self.says(1, "assess", "1535", "bodoo", "red", "--year", "2024",
                         *WHO)
        self.assertIn("mener du `bodo`?", said)
        self.assertIn("avvist; ingenting er lagret", said)
        said = self.says(1, "deliver", "plam", "nord", "--due", "2024-04-01",
                         "--year", "2024", *WHO)
        self.assertIn("mener du `plan`?", said)
        self.assertIn("forfatter mangler", self.says(
            64, "hold", "epikrise", "bodo", "--comment", "x"))
        self.assertIn("noe mangler: maalvakt freeze", self.says(
            64, "freeze", "year", *WHO))

    def test_a_key_without_the_role_is_told_so(self):
        self.assertIn("krever rollen assessor", self.says(
            77, "hold", "epikrise", "bodo", "--key", "bodo", *WHO))

    def test_an_assessor_with_a_unit_speaks_of_what_lies_below_it(self):
        self.says(0, "keys", "new", "bodokari", "--role", "assessor",
                  "--unit", "bodo")
        kari = ("--key", "bodokari", *WHO)
        (row,) = self.lines(0, "hold", "epikrise", "bodo", *kari)
        self.assertEqual(row["result"], "accepted")
        self.assertIn("bodo", self.says(1, "hold", "epikrise", "tromso",
                                        *kari))
        (row,) = self.lines(0, "release", "epikrise", "bodo", *kari)
        self.assertEqual(row["result"], "accepted")

    def test_every_kind_goes_into_the_journal(self):
        for words in (("deliver", "plan", "nord", "--due", "2024-04-01",
                       "--on", "2024-05-30", "--year", "2024"),
                      ("close", "plan", "nord", "--due", "2024-04-01",
                       "--year", "2024"),
                      ("hold", "epikrise", "bodo", "--until", "2025-06-01"),
                      ("release", "epikrise", "bodo"),
                      ("freeze", "halvår", "nord", "--year", "2024"),
                      ("assess", "plan", "nord", "green", "--year", "2024")):
            (row,) = self.lines(0, *words, *WHO)
            self.assertEqual((row["result"], row["author"]),
                             ("accepted", "Kari Nordmann"), words)
        self.assertEqual(row["commission"], "plan")   # found, not said

    def test_a_file_goes_whole_or_not_at_all_and_in_its_order(self):
        good = self.home.write("gode.csv", "mål;enhet;år;status;kommentar\n"
                               "1535;bodo;2024;rød;en\n"
                               "1535;bodo;2024;grønn;to\n"
                               "1535;tromso;2024;gul;tre\n")
        rows = self.lines(0, "assess", "--file", good, "--author", "Kari")
        self.assertEqual([r["comment"] for r in rows], ["en", "to", "tre"])
        seqs = [r["seq"] for r in rows]
        self.assertEqual(seqs, list(range(seqs[0], seqs[0] + 3)))
        bad = self.home.write("vond.csv", good.read_text().replace("rød", "rø"))
        said = self.says(65, "assess", "--file", bad, "--author", "Kari")
        self.assertIn("vond.csv:2: status rø er ikke blant", said)
        self.assertIn("ingenting er sendt", said)

    def test_what_had_no_answer_goes_before_what_is_said_next(self):
        self.says(0, "down", self.home.dir)
        self.says(69, "release", "epikrise", "tromso", *WHO)
        self.says(0, "up", self.home.dir, "--detach")
        self.says(0, "keys", "new", "kari", "--role", "assessor")
        door = ("--key", "kari")
        spool = self.home.dir / "spool" / "kari"
        # put down, never sent: as if it had died before
        self.says(0, "hold", "epikrise", "tromso", *door, *WHO)
        (answer,) = spool.glob("*.answer")
        answer.unlink()
        rows = self.lines(0, "release", "epikrise", "tromso", *door, *WHO)
        self.assertEqual([(r["type"], r["result"]) for r in rows],
                         [("hold", "duplicate"), ("release", "accepted")])
        self.assertLess(rows[0]["seq"], rows[1]["seq"])


class Check(Cli):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home.catalogue("posts", indicators=INDICATORS + POSTS)
        said = cls.home.run("catalogue", "apply", cls.home.path / "posts",
                            "--yes")
        assert said.returncode == 0, said.stderr

    def push(self, name, *figures):
        rows = self.home.write(name, "indikator;enhet;periode;verdi;kilde\n" +
                               "".join(f"poster;{f}\n" for f in figures))
        self.says(0, "push", rows, "--as", "nord")

    def test_two_numbers_for_one_thing_are_shown_with_their_sources(self):
        check = ("check", "figures", "--year", "2024")
        self.assertIn("Ingen tall for 2024", self.says(0, *check))
        self.push("tabell.csv", "nord;2024;388;tabell 1, totalt",
                  "bodo;2024;201;tabell 2", "tromso;2024;187;tabell 2")
        self.says(0, *check)
        self.push("tekst.csv", "nord;2024;387;teksten over tabell 1")
        said = self.says(1, *check)
        self.assertIn("nord, 2024: egne tall sier 387, enhetene under gir 388 "
                      "(2 av 2 enheter); forskjell −1.", said)
        self.assertRegex(said, r"oppgitt +2024 +nord +387 .*teksten over")
        self.assertRegex(said, r"del +2024 +tromso +187 .*tabell 2")
        head, *rows = [json.loads(line) for line in
                       self.says(1, *check, "--json").splitlines()]
        self.assertEqual((head["stated"], head["made"], head["kind"]),
                         ("387", "388", "units"))
        self.assertEqual([(r["unit"], r["stated"]) for r in rows],
                         [("nord", True), ("bodo", False), ("tromso", False)])
        self.says(0, "check", "figures", "bodo", "--year", "2024")

    def test_what_is_not_known_is_named(self):
        said = self.says(1, "check", "figures", "bodoo", "--year", "2024")
        self.assertIn("mener du `bodo`?", said)
        self.assertEqual(said.count("maalvakt:"), 1, said)
        self.assertIn("hva skal prøves?", self.says(64, "check", "tabeller"))


if __name__ == "__main__":
    unittest.main()
