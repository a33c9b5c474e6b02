"""`maalvakt push`: rows that are wrong and what is said of them, the rest that
is delivered all the same, keys that are not let in."""
import json
import os
import re
import signal
import subprocess
import threading
import time
import unittest

import house
from test_cli import FIGURES, INDICATORS, MAALVAKT, UNITS, Cli


class Rows(Cli):
    indicators = INDICATORS + """\
  - {id: utregnet, title: Utregnet, measure: percent, frequency: A,
     formula: '"epikrise" * 50 %'}
  - {id: regional, title: Regional, measure: count, frequency: A,
     over_periods: sum, over_units: sum, by: region}
"""

    def test_rows_of_a_file(self):
        rows = self.home.write("feil.csv", FIGURES.replace("bodo", "boddo"))
        said = self.says(1, "push", rows, "--as", "bodo", "--again")
        self.assertIn("feil.csv:2: enheten boddo er ukjent – mener du `bodo`?",
                      said)
        self.assertIn("(unknown_unit)", said)

    def test_a_unit_that_is_no_more_and_what_to_do(self):
        self.says(0, "catalogue", "apply", "--yes", self.home.catalogue(
            "lukket", indicators=self.indicators, units=UNITS +
            "  - {id: lukket, name: Lukket, kind: hospital, parent: bodo, "
            "to: 2021-06-30}\n"))
        rows = self.home.write("lukket.csv", """indikator;enhet;periode;verdi
epikrise;lukket;2021;70 %
epikrise;lukket;2022;70 %
""")
        for words in (["--dry-run"], []):
            said = self.says(1, "push", rows, "--as", "bodo", *words)
            self.assertIn("lukket.csv:3: lukket er ikke i bruk i den perioden "
                          "(etter den siste dagen, 2021-06-30) (retired)", said)
            self.assertNotIn("lukket.csv:2", said)
            self.assertIn("rett perioden eller utelat den; `from` og `to` i "
                          "katalogen sier når den er i bruk", said)

    def test_who_delivers_an_indicator_and_that_nobody_does(self):
        rows = self.home.write("hvem.csv", """indikator;enhet;periode;verdi
regional;bodo;2022;7
utregnet;bodo;2022;7
""")
        said = self.says(1, "push", rows, "--as", "bodo")
        self.assertIn("hvem.csv:2: indikatoren regional leveres ikke av bodo: "
                      "se `by` i `maalvakt catalogue show regional`", said)
        self.assertIn("hvem.csv:3: indikatoren utregnet regnes ut av andre "
                      "(`formula`), og leveres ikke av noen; utelat den "
                      "(forbidden)", said)

    def test_a_region_has_none_of_what_trusts_deliver_not_its_own(self):
        """As the catalogue's manual says of `by`."""
        for row, word in (("epikrise;nord", "`by`"),
                          ("epikrise;bodo", "`by`"),
                          ("regional;nord", None), ("regional;bodo", None)):
            rows = self.home.write("egen.csv", "indikator;enhet;periode;"
                                   f"verdi\n{row};2022;7\n")
            said = self.says(1 if word else 0, "push", rows, "--as", "nord",
                             "--dry-run")
            self.assertIn(word or "ville blitt lagret", said)

    def test_names_as_people_write_them(self):
        """In capitals, and titles: no ids, and yet it is plain whose."""
        rows = self.home.write("navn.csv", """indikator;enhet;periode;verdi
EPIKRISE;BODO;2022;70 %
Epikriser;Nordlandssykehuset;2022;70 %
epikrise;Ukjent Sted;2022;70 %
""")
        said = self.says(1, "push", rows, "--as", "bodo")
        for line, field, wrote, meant in (
                (2, "indikator", "EPIKRISE", "epikrise"),
                (2, "enhet", "BODO", "bodo"),
                (3, "indikator", "Epikriser", "epikrise"),
                (3, "enhet", "Nordlandssykehuset", "bodo")):
            self.assertIn(
                f"navn.csv:{line}: {field} har et tegn som ikke er tillatt "
                "(a-z 0-9 . _ - og først en bokstav eller et siffer): "
                f"«{wrote}» – mener du `{meant}`? (charset)", said)
        self.assertIn("siffer): «Ukjent Sted» (charset)", said)
        self.assertIn('digit first): "BODO" – do you mean `bodo`? (charset)',
                      self.says(1, "push", rows, "--as", "bodo", "--dry-run",
                                "--lang", "en"))

    def test_faults_of_rows_speak_of_lines_and_in_the_language(self):
        rows = self.home.write("doble.csv", FIGURES + "\n\n" + "".join(
            FIGURES.splitlines(True)[1:]))
        said = self.says(1, "push", rows, "--as", "bodo", "--again")
        self.assertIn("doble.csv:5: det samme tallet står alt på linje 2 (dup",
                      said)
        answer = json.loads(self.home.run(
            "push", rows, "--as", "bodo", "--again", "--json").stdout)
        self.assertEqual([(c["line"], c["same_line"])
                          for c in answer["conflicts"]], [(5, 2)])
        half = self.home.write("halv.csv", FIGURES.replace("750;", "1001,5;"))
        self.assertIn("halv.csv:2: teller 1001,5: ",
                      self.says(1, "push", half, "--as", "bodo"))
        self.assertIn("numerator 1001.5: ", self.says(
            1, "push", half, "--as", "bodo", "--again", "--lang", "en"))

    def test_what_may_be_two_numbers_hides_nothing(self):
        rows = self.home.write("to-tall.csv", """indikator;enhet;periode;verdi
epikrise;bodd;2022;2.234
epikrise;bodo;2021-X;70
""")
        for option in ((), ("--dry-run",), ("--skip-bad",)):
            said = self.says(65, "push", rows, "--as", "bodo", *option)
            self.assertIn("to-tall.csv:2: «2.234» kan være to tall", said)
            self.assertIn("to-tall.csv:2: enheten bodd er ukjent", said)
            self.assertIn("to-tall.csv:3: 2021-X er ikke en periode", said)
            self.assertIn("ingenting er sendt", said)

    def test_a_period_as_people_write_it(self):
        rows = self.home.write("perioder.csv", """indikator;enhet;periode;verdi
epikrise;bodo;31.12.2024;70 %
epikrise;bodo;1950;70 %
""")
        said = self.says(1, "push", rows, "--as", "bodo")
        self.assertIn("perioder.csv:2: 31.12.2024 er ikke en periode (ingen "
                      "slik fra 1990 til 2199) – mener du `2024-12-31`? (per",
                      said)
        self.assertRegex(said, r"perioder.csv:3: 1950 er ikke en periode \(ing"
                         r"en slik fra 1990 til 2199\) \(period\)")

    def test_a_line_break_within_a_cell_is_called_that(self):
        rows = self.home.write("brudd.csv", """indikator;enhet;periode;verdi;note
epikrise;bodo;2023;70 %;"to
linjer"
""")
        self.assertIn("merknad har et tegn som ikke er tillatt (ingen "
                      "linjeskift eller andre usynlige tegn)",
                      self.says(1, "push", rows, "--as", "bodo"))

    def test_skip_bad_delivers_the_rest_whatever_is_wrong_with_a_row(self):
        """Faults of every sort at once: those of the delivery's form and those
        that the catalogue shows are named in one answer."""
        rows = self.home.write("rest.csv", """indikator;enhet;periode;verdi
epikrise;bodo;2022;70 %
epikrise;bodo;2021;
epikrise;Bodø;2021;70 %
epikrise;bodo;2022;71 %
epikrise;bodo;tjuetjue;70 %
epikrise;tromso;2021;70 %
epikrise;bodo;2021;ukjent
epikrise;bodo;2020;71 %
""")
        said = self.says(1, "push", rows, "--as", "bodo", "--skip-bad")
        for line, code in ((3, "missing"), (4, "charset"), (5, "duplicate_row"),
                           (6, "period"), (7, "forbidden")):
            self.assertRegex(said, rf"rest.csv:{line}: .*\({code}\)")
        self.assertRegex(said, "2 rader lagret, som journal nr")
        self.assertIn("2 rader lagret, 6 avvist, i 2 leveranser.", said)

    def pushed(self, name, period, numerator, *more, code=0):
        rows = self.home.write(name, FIGURES.splitlines()[0] + "\n"
                               f"epikrise;bodo;{period};{numerator};1000\n"
                               + "".join(f"{row}\n" for row in more))
        return rows, self.says(code, "push", rows, "--as", "bodo",
                               *["--skip-bad"] * len(more))

    def counts(self, period, numerator):
        said = self.says(0, "explain", "1535", "bodo", "--year", period)
        self.assertIn(f"{numerator} / 1000", said)

    def test_what_was_delivered_before_is_not_in_force_by_itself(self):
        """The same file again is told from a correction back."""
        first, _ = self.pushed("en.csv", "2024", 710)
        self.pushed("to.csv", "2024", 720)
        said = self.says(0, "push", first, "--as", "bodo")
        self.assertIn("levert fra før", said)
        self.assertIn("--again sender det som nytt", said)
        self.counts("2024", 720)
        self.assertIn("lagret", self.says(0, "push", first, "--as", "bodo",
                                          "--again"))
        self.counts("2024", 710)

    def test_what_is_known_is_not_told_where_ingest_is_silent(self):
        rows, _ = self.pushed("taus.csv", "2024", 750)
        lock = self.home.dir / "ingest" / "data" / "owner.lock"
        pid = int(lock.read_text().split()[0])
        self.addCleanup(os.kill, pid, signal.SIGCONT)
        os.kill(pid, signal.SIGSTOP)
        said = self.says(69, "push", rows, "--as", "bodo", "--wait", "2")
        self.assertNotIn("levert fra før", said)
        self.assertIn("ingen svar på 1 leveranse", said)
        self.assertIn("Alt ligger i køen: samme kommando fortsetter", said)

    def test_what_is_left_of_a_file_goes_before_the_next_file(self):
        """Which corrects a row of the first that was good."""
        head = FIGURES.splitlines()[0]
        files = [self.home.write(name, f"{head}\nepikrise;bodo;2024;{n};1000\n"
                                 + more)
                 for name, n, more in (
                     ("forst.csv", 761, "epikrise;bodo;2099;1;1\n"),
                     ("siden.csv", 762, ""))]
        said = self.says(1, "push", *files, "--as", "bodo", "--skip-bad")
        self.assertIn("2 rader lagret, 1 avvist, i 3 leveranser.", said)
        self.counts("2024", 762)

    def test_again_is_so_of_the_rest_too(self):
        bad = "epikrise;bodo;2099;1;1"
        rows, _ = self.pushed("rest1.csv", "2024", 730, bad, code=1)
        self.pushed("rest2.csv", "2024", 740)
        said = self.says(1, "push", rows, "--as", "bodo", "--skip-bad",
                         "--again")
        self.assertNotIn("levert fra før", said)
        self.counts("2024", 730)

    def test_every_row_of_a_file_that_is_not_sent_is_named_at_once(self):
        rows = self.home.write("alt.csv", """indikator;enhet;periode;verdi
epikrise;bodo;2021;NaN
epikrise;bodo;2022;-
indikator;enhet;periode;verdi
epikrise;bodo;2023;ca. 70
epikrise;bodo;2024;70 %
""")
        said = self.says(65, "push", rows, "--as", "bodo")
        for line, what in ((2, "verdi: «NaN» er ikke et tall"),
                           (3, "verdi mangler; .*\\(missing\\)"),
                           (4, "kolonnenavnene står en gang til"),
                           (5, "verdi: «ca. 70» er ikke et tall")):
            self.assertRegex(said, f"alt.csv:{line}: {what}")
        self.assertEqual(said.count("alt.csv:"), 4, said)

    def test_a_number_that_cannot_be_read_hides_no_unknown_name(self):
        rows = self.home.write("begge.csv", """indikator;enhet;periode;verdi
epikrise;boddo;2021;NaN
epikrise;bodo;2o22;71 %
epikrise;bodo;2020;71 %
epikrise;tromso;2021;ca. 3
;bodo;2021;ca. 4
""")
        wrong = (r"begge.csv:2: verdi: «NaN» er ikke et tall",
                 r"begge.csv:2: .*boddo er ukjent.*\(unknown_unit\)",
                 r"begge.csv:3: 2o22 er ikke en periode.*\(period\)",
                 r"begge.csv:5: verdi: «ca. 3» er ikke et tall",
                 r"begge.csv:5: .*\(forbidden\)",
                 r"begge.csv:6: verdi: «ca. 4» er ikke et tall",
                 r"begge.csv:6: indikator er tom")
        before = self.home.run("verify", "--json").stdout
        said = self.says(65, "push", rows, "--as", "bodo")
        for fault in wrong:
            self.assertRegex(said, fault)
        self.assertEqual(said.count("begge.csv:"), len(wrong), said)
        self.assertIn("ingenting er sendt", said)
        self.assertEqual(self.home.run("verify", "--json").stdout, before)
        answers = [json.loads(line) for line in self.home.run(
            "push", rows, "--as", "bodo", "--json").stdout.splitlines()]
        self.assertEqual([a["result"] for a in answers],
                         ["unreadable", "rejected", "rejected"])
        self.assertTrue(all(a["dry_run"] for a in answers[1:]))
        said = self.says(1, "push", rows, "--as", "bodo", "--skip-bad")
        for fault in wrong:
            self.assertRegex(said, fault)
        self.assertIn("1 rad lagret, 4 avvist, i 2 leveranser.", said)

    def test_rows_without_names_leave_room_for_what_ingest_would_say(self):
        """Ingest names a thousand faults, and counts the others."""
        rows = self.home.write("tomme.csv", "indikator;enhet;periode;verdi\n"
                               + "epikrise;;2021;ca. 3\n" * 1500
                               + "epikrisse;bodo;2021;ca. 4\n")
        said = self.says(65, "push", rows, "--as", "bodo")
        self.assertRegex(said, r"tomme.csv:1502: .*epikrisse er ukjent.*"
                               r"\(unknown_indicator\)")
        self.assertEqual(said.count("feil til"), 1, said)   # of the file's own
        answers = [json.loads(line) for line in self.home.run(
            "push", rows, "--as", "bodo", "--json").stdout.splitlines()]
        self.assertEqual([a["result"] for a in answers],
                         ["unreadable", "rejected"])
        self.assertEqual([c["line"] for c in answers[1]["conflicts"]], [1502])

    def test_a_trial_with_skip_bad_says_what_would_be_left_out(self):
        rows = self.home.write("tenkt.csv", """indikator;enhet;periode;verdi
epikrise;bodo;2019;70 %
epikrise;bodo;2018;ukjent
epikrise;boddo;2018;70 %
epikrise;bodo;2017;71 %
""")
        words = ("push", rows, "--as", "bodo", "--skip-bad")
        said = self.says(1, *words, "--dry-run")
        self.assertRegex(said, r"tenkt.csv:3: verdi: «ukjent» er ikke et tall")
        self.assertRegex(said, r"tenkt.csv:4: .*boddo.*\(unknown_unit\)")
        self.assertIn("tenkt.csv: 2 rader ville blitt lagret", said)
        self.assertIn("2 rader ville blitt lagret, 2 avvist.", said)
        self.assertNotIn("er lagret", said)
        told = [json.loads(line) for line in self.home.run(
            *words, "--dry-run", "--json").stdout.splitlines()]
        self.assertEqual([t["result"] for t in told],
                         ["skipped", "rejected", "accepted"])
        self.assertEqual(told[2]["rows"], 2)
        self.assertIn("2 rader lagret, 2 avvist", self.says(1, *words))
        self.assertIn("Ingen leveranser", self.says(
            0, "push", "--resume", "--as", "bodo"))

    def test_of_many_faults_of_one_kind_the_first_are_told_and_a_count(self):
        rows = self.home.write("mange.csv", "indikator;enhet;periode;verdi\n"
                               + "".join(f"epikrise;bodo;{year}-01;70 %\n"
                                         for year in range(1000, 2200)))
        said = self.says(1, "push", rows, "--as", "bodo", "--rows", "50")
        self.assertEqual(said.count("er ikke en periode"), 20)
        self.assertEqual(said.count("(period): skriv"), 1)
        self.assertIn("(period): 1180 feil til av samme slag", said)
        said = self.says(1, "push", rows, "--as", "bodo", "--dry-run")
        self.assertIn("mange.csv: 200 feil til", said)
        self.assertIn("(period): 980 feil til av samme slag", said)

    def test_faults_of_one_kind_are_counted_over_all_files_of_a_run(self):
        """And over what could be read of each and what could not."""
        files = [self.home.write(f"flere{n}.csv", "indikator;enhet;periode;"
                                 "verdi\n" + "".join(
                                     f"epikrise;bodo;{year};{value}\n"
                                     for year in range(1000, 1015)
                                     for value in ("70 %", "ukjent")))
                 for n in range(2)]
        for words, code in (([], 65), (["--skip-bad"], 1)):
            said = self.says(code, "push", *files, "--as", "bodo", *words)
            self.assertEqual(said.count("er ikke en periode"), 20, said)
            self.assertEqual(said.count("(period): skriv"), 1, said)
            self.assertEqual(re.findall(r"\(period\): (\d+) feil til", said),
                             ["40"], said)

    def test_a_value_without_the_pair_that_others_have_is_told(self):
        rows = self.home.write("blandet.csv", """indikator;enhet;periode;\
verdi;teller;nevner
epikrise;bodo;2019;70 %;;
epikrise;bodo;2018;;70;100
""")
        said = self.says(0, "push", rows, "--as", "bodo", "--dry-run")
        self.assertIn("blandet.csv: 1 rad av epikrise har verdi uten teller "
                      "og nevner", said)
        self.assertIn("2 rader ville blitt lagret", said)

    def test_what_to_do_is_said_once_and_of_every_row(self):
        rows = self.home.write("feil.csv", FIGURES + "".join(
            f"epikrise;bodo;{year};7;1000\n" for year in (2031, 2032)))
        said = self.says(1, "push", rows, "--as", "bodo").splitlines()
        coded = [line for line in said if line.endswith("(future)")]
        self.assertEqual(len(coded), 2, said)
        todo = [line for line in said if line.startswith("maalvakt: (future)")]
        self.assertEqual(len(todo), 1, said)
        self.assertGreater(said.index(todo[0]), said.index(coded[1]))

    def test_what_was_only_tried_is_told_to_programs_as_such(self):
        rows = self.home.write("prove.csv", FIGURES)
        for tried in (True, False):
            said = json.loads(self.says(
                0, "push", rows, "--as", "bodo", "--json",
                *["--dry-run"] * tried))
            self.assertEqual(said["result"], "accepted")
            self.assertEqual(said.get("dry_run", False), tried)
            for of_a_delivery in ("seq", "producer", "number"):
                self.assertEqual(of_a_delivery in said, not tried)

    def test_rows_tried_beside_what_is_sent_are_no_delivery(self):
        rows = self.home.write("ved.csv", FIGURES + "epikrise;boddo;2024;x;1\n")
        for words, sent in (([], []), (["--skip-bad", "--again"],
                                       ["accepted"])):
            answers = [json.loads(line) for line in self.home.run(
                "push", rows, "--as", "bodo", "--json", *words
            ).stdout.splitlines()]
            tried = [a for a in answers if a.get("dry_run")]
            self.assertEqual([a["result"] for a in tried], ["rejected"])
            self.assertFalse({"producer", "number"} & tried[0].keys())
            self.assertEqual([a["result"] for a in answers
                              if "number" in a], sent)

    def test_a_file_that_cannot_be_read_is_told_to_programs_too(self):
        bad = self.home.write("bad.csv", FIGURES + "epikrise;bodo;2024;x;1\n")
        for path, line in ((bad, 3), (self.home.path / "none.csv", None)):
            said = self.home.run("push", path, "--as", "bodo", "--json")
            self.assertEqual(said.returncode, 65, said.stderr)
            told = json.loads(said.stdout)
            self.assertEqual((told["file"], told["result"]),
                             (str(path), "unreadable"))
            self.assertEqual(told["faults"][0].get("line"), line)
            self.assertTrue(told["faults"][0]["text"])

    def test_a_file_whose_name_is_no_text_is_told_to_programs_too(self):
        """Its bytes are shown as a terminal shows them."""
        there = os.fsencode(self.home.path / "feil") + b"\xff.csv"
        with open(there, "w", encoding="utf-8") as bad:
            bad.write(FIGURES + "epikrise;bodo;2024;x;1\n")
        for path in (there, os.fsencode(self.home.path / "ingen") + b"\xff"):
            said = subprocess.run(
                [MAALVAKT, "push", path, "--as", "bodo", "--json"],
                capture_output=True, text=True, env=self.home.env, check=False)
            self.assertEqual(said.returncode, 65, said.stderr)
            told = json.loads(said.stdout)
            self.assertEqual(told["file"].encode(),
                             path.replace(b"\xff", b"\\xff"))
            self.assertTrue(told["faults"][0]["text"])


class Stopped(Cli):
    """Ingest does not answer for a while."""

    def setUp(self):
        lock = self.home.dir / "ingest" / "data" / "owner.lock"
        self.ingest = int(lock.read_text().split()[0])
        self.addCleanup(os.kill, self.ingest, signal.SIGCONT)
        self.rows = self.home.write("stans.csv", FIGURES + "epikrise;bodo;"
                                    "2023;x;1\n")
        os.kill(self.ingest, signal.SIGSTOP)

    def test_a_run_that_stores_does_not_say_that_nothing_is_stored(self):
        """What could not be tried is one thing, what is sent another."""
        with subprocess.Popen(
                [MAALVAKT, "push", self.rows, "--as", "bodo", "--skip-bad",
                 "--again", "--wait", "8"], env=self.home.env, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE) as push:
            said = ""
            while "ikke prøvd" not in said:
                line = push.stderr.readline()
                self.assertTrue(line, said)
                said += line
            os.kill(self.ingest, signal.SIGCONT)
            out, rest = push.communicate(timeout=60)
            self.assertEqual(push.returncode, 1, said + rest)
            self.assertIn("1 rad lagret", out)
            self.assertNotIn("ngenting er", said + rest)

    def test_what_was_made_later_is_in_force_whatever_its_name(self):
        """Two that were left behind: by name the older comes last."""
        for name, numerator in (("z.csv", 751), ("a.csv", 752)):
            rows = self.home.write(name, FIGURES.splitlines()[0] + "\n"
                                   f"epikrise;bodo;2024;{numerator};1000\n")
            self.says(69, "push", rows, "--as", "bodo", "--wait", "1")
        os.kill(self.ingest, signal.SIGCONT)
        self.says(0, "push", "--resume", "--as", "bodo")
        self.assertIn("752 / 1000", self.says(0, "explain", "1535", "bodo",
                                              "--year", "2024"))

    def test_what_is_tried_is_waited_for_as_long_as_what_is_sent(self):
        """Six seconds, where the trial was given up after five."""
        back = threading.Timer(6, os.kill, (self.ingest, signal.SIGCONT))
        back.start()
        self.addCleanup(back.join)
        said = self.says(1, "push", self.rows, "--as", "bodo", "--skip-bad",
                         "--again", "--wait", "60")
        self.assertNotIn("ikke prøvd", said)
        self.assertIn("1 rad lagret", said)


class Withdrawn(Cli):
    """What was pushed by mistake is taken back with the file that pushed it.
    Each test leaves the status green, as it found it."""

    def setUp(self):
        """What was told so far, once it is green."""
        house.until(lambda: "grønn" in self.says(0, "status", "--year",
                                                 "2024"))
        self.told = int(re.search(r"det finnes (\d+) endringer", self.says(
            1, "watch", "--from", "99999"))[1])

    def news(self, *due):
        """The next change: status, reason and cause. There was none between."""
        self.told += 1
        change = json.loads(self.says(0, "watch", "--from", str(self.told),
                                      "--once", "1", "--json"))
        self.assertEqual((change["change"]["status"],
                          change["change"].get("reason"),
                          change["cause"]["kind"]), due)

    def push(self, code, *words):
        return self.says(code, "push", "--as", "bodo", *words)

    def test_the_same_file_takes_its_figures_back(self):
        rows = self.home.write("tall.csv", FIGURES)
        self.assertIn("tall.csv: tilbaketrekking av 1 rad ville blitt lagret",
                      self.push(0, "--withdraw", rows, "--dry-run"))
        self.assertRegex(self.push(0, "--withdraw", rows),
                         r"tall.csv: tilbaketrekking av 1 rad lagret, som jo")
        self.news("none", "withdrawn", "withdrawal")
        said = self.says(0, "explain", "1535", "bodo", "--year", "2024")
        self.assertIn("ingen: tall trukket tilbake", said)
        self.assertRegex(said, r"2024 +bodo +– +trukket tilbake")
        self.assertIn("av 1 rad er levert fra før",
                      self.push(0, "--withdraw", rows))
        answer = json.loads(self.push(0, "--withdraw", rows, "--again",
                                      "--json"))
        self.assertEqual((answer["result"], answer["withdrawal"]),
                         ("accepted", True))
        self.assertIn("tall.csv: 1 rad lagret", self.push(0, rows))
        self.news("green", None, "correction")

    def test_a_list_of_another_name_takes_them_back_each_time(self):
        """What the spool knows of each is not news until the other is sent."""
        rows = self.home.write("tall.csv", FIGURES)
        names = self.home.write("bort.ndjson", json.dumps(
            {"indikator": "epikrise", "enhet": "bodo", "periode": "2024"}))
        for turn in range(2):
            said = self.push(0, "--withdraw", names)
            self.assertIn("av 1 rad lagret", said)
            self.assertEqual("trukket tilbake på nytt, også" in said, turn > 0)
            self.news("none", "withdrawn", "withdrawal")
            said = self.push(0, rows)
            self.assertIn("1 rad lagret", said)
            self.assertIn("sendt som nytt, og går foran det andre har", said)
            self.news("green", None, "correction")
        said = self.push(0, rows)
        self.assertIn("levert fra før", said)
        self.assertNotIn("går foran", said)

    def test_what_is_wrong_with_a_row_keeps_the_rest_a_withdrawal(self):
        names = self.home.write("rest.csv", "indikator;enhet;periode;verdi\n"
                                "epikrise;boddo;2019;70,5\n"
                                "epikrise;bodo;2019;70.5\n")
        words = ("--withdraw", names)
        said = self.push(1, *words)
        self.assertRegex(said, r"rest.csv:2: .*boddo.*\(unknown_unit\)")
        self.assertIn("tilbaketrekkingen av 2 rader ble avvist", said)
        self.assertIn("Tilbaketrekking: 1 rad ville blitt lagret, 1 avvist.",
                      self.push(1, *words, "--skip-bad", "--dry-run"))
        said = self.push(1, *words, "--skip-bad")
        self.assertIn("tilbaketrekking av 1 rad lagret", said)
        self.assertIn("Tilbaketrekking: 1 rad lagret, 1 avvist, i 2 lever",
                      said)

    def test_one_that_had_no_answer_goes_on_behind_what_it_takes_back(self):
        wrong = self.home.write("tall-feil.csv", FIGURES.replace("750", "600"))
        names = self.home.write("bort-med-dem.csv", FIGURES)
        lock = self.home.dir / "ingest" / "data" / "owner.lock"
        ingest = int(lock.read_text().split()[0])
        self.addCleanup(os.kill, ingest, signal.SIGCONT)
        os.kill(ingest, signal.SIGSTOP)
        self.push(69, wrong, "--wait", "1")
        self.push(69, "--withdraw", names, "--wait", "1")
        os.kill(ingest, signal.SIGCONT)
        said = self.push(0, "--resume")
        self.assertIn("Fortsetter: 2 leveranser", said)
        self.assertIn("bort-med-dem.csv: tilbaketrekking av 1 rad lagret",
                      said)
        self.news("red", None, "correction")
        self.news("none", "withdrawn", "withdrawal")
        self.push(0, self.home.write("tall.csv", FIGURES))
        self.news("green", None, "correction")


class Revoked(Cli):
    def test_push_with_a_revoked_key_says_so_and_keeps_the_deliveries(self):
        self.says(0, "keys", "new", "bodo-2", "--role", "producer", "--unit",
                  "bodo")
        self.says(0, "keys", "revoke", "bodo-2")
        rows = self.home.write("sist.csv", FIGURES.replace("750", "751"))
        began = time.monotonic()
        said = self.says(77, "push", rows, "--as", "bodo-2")
        self.assertLess(time.monotonic() - began, 20)   # not --wait
        self.assertIn("nøkkelen bodo-2 ble trukket tilbake", said)
        self.assertIn("1 leveranse ligger i", said)
        spool = self.home.dir / "spool" / "bodo-2"
        self.assertIn(f"push --resume --as NAVN --spool {spool}", said)
        said = self.says(0, "push", "--resume", "--as", "bodo",
                         "--spool", spool)
        self.assertIn("1 rad lagret", said)
        self.assertIn("Ingen leveranser venter", self.says(
            0, "push", "--resume", "--as", "bodo", "--spool", spool))

    def test_a_stranger_elsewhere_hears_that_the_key_is_not_let_in(self):
        ready = (self.home.dir / "ingest" / "ready").read_text()
        door = dict(line.split("=", 1) for line in ready.splitlines())
        keys = (self.home.dir / "public-keys").read_text().splitlines()
        server = next(line.split()[0] for line in keys if "name=ingest" in line)
        stranger = self.home.path / "stranger.secret"
        stranger.write_text("5a" * 32 + "\n")
        stranger.chmod(0o600)
        rows = self.home.write("mer.csv", FIGURES.replace("750", "752"))
        said = self.says(77, "push", rows, "--endpoint", door["public"],
                         "--server-key", server, "--key", stranger)
        self.assertIn("slipper ikke inn nøkkelen stranger.secret", said)
        self.assertIn("1 leveranse ligger i", said)


if __name__ == "__main__":
    unittest.main()
