"""The command line as people meet it: an installation made by `up`, small
files, wrong words, narrow terminals, both languages."""
import fcntl
import json
import os
import pathlib
import pty
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import threading
import time
import unicodedata
import unittest

import house

MAALVAKT = house.BUILD / "bin" / "maalvakt"

UNITS = """units:
  - {id: nord, name: Helse Nord, kind: region}
  - {id: bodo, name: Nordlandssykehuset, kind: trust, parent: nord}
  - {id: tromso, name: Universitetssykehuset, kind: trust, parent: nord}
"""
INDICATORS = """indicators:
  - {id: epikrise, title: {nb: Epikriser, en: Letters}, measure: percent,
     frequency: A, over_periods: ratio, over_units: ratio, by: trust,
     better: higher, due: 45 d, decimals: 1}
"""
TARGETS = """targets:
  - id: "1535"
    year: 2024
    text: {nb: Minst 70 prosent innen én dag, en: At least 70 per cent}
    indicator: epikrise
    scope: [trust]
    require: ["value >= 70 %"]
"""
COMMISSIONS = """commissions:
  - {id: plan, year: 2024, text: {nb: En plan, en: A plan}, lead: nord,
     for: [nord], due: [{what: plan, on: 2024-06-30}], remind: 30 d}
"""
FIGURES = """indikator;enhet;periode;teller;nevner
epikrise;bodo;2024;750;1000
"""


class Installation:
    """`maalvakt up` in a directory of its own, ended with it."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="mv-cli-"))
        self.dir = self.path / "inst"
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith(("MAALVAKT", "COLUMNS"))}
        self.env.update(MAALVAKT_DIR=str(self.dir), NO_COLOR="1",
                        XDG_STATE_HOME=str(self.path / "state"))
        said = self.run("up", self.dir, "--today", "2025-03-15", "--detach")
        assert said.returncode == 0, said.stderr

    def run(self, *words, text=None):
        return subprocess.run(
            [str(w) for w in (MAALVAKT, *words)], capture_output=True,
            text=True, input=text or "", env=self.env, timeout=120,
            check=False)

    def screen(self, columns, *words, seconds=30, seen=None):
        """Lines as a terminal of that width gets them, and the exit code.
        seen: is called with all that there is so far."""
        pid, fd = pty.fork()
        size = struct.pack("HHHH", 40, columns, 0, 0)
        if pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            os.execve(MAALVAKT, [str(w) for w in (MAALVAKT, *words)], self.env)
        out, end = b"", time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([fd], [], [], 0.2)[0]:
                try:
                    out += os.read(fd, 65536)
                except OSError:
                    break
                if seen is not None:
                    seen(out.decode(errors="replace"))
        status = os.waitpid(pid, 0)[1]
        os.close(fd)
        return out.decode().splitlines(), os.waitstatus_to_exitcode(status)

    def write(self, name, text):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def catalogue(self, name, units=UNITS, indicators=INDICATORS,
                  targets=TARGETS):
        self.write(f"{name}/units.yaml", units)
        self.write(f"{name}/indicators.yaml", indicators)
        return self.write(f"{name}/targets.yaml", targets).parent

    def close(self):
        self.run("down", self.dir)
        shutil.rmtree(self.path)


def columns(line):
    return sum(not unicodedata.combining(c) for c in line)


class Cli(unittest.TestCase):
    """One installation, with a catalogue and figures, for a class."""
    commissions = None
    indicators, targets, figures = INDICATORS, TARGETS, FIGURES

    @classmethod
    def setUpClass(cls):
        cls.home = Installation()
        cls.addClassCleanup(cls.home.close)
        cls.in_force = cls.home.catalogue(
            "first", indicators=cls.indicators, targets=cls.targets)
        if cls.commissions:
            cls.home.write("first/commissions.yaml", cls.commissions)
        said = cls.home.run("catalogue", "apply", cls.in_force)
        assert said.returncode == 0, said.stderr
        said = cls.home.run("push", cls.home.write("tall.csv", cls.figures),
                            "--as", "bodo")
        assert said.returncode == 0, said.stderr

    def says(self, code, *words, text=None):
        said = self.home.run(*words, text=text)
        self.assertEqual(said.returncode, code, said.stdout + said.stderr)
        return said.stdout + said.stderr


class Parts(Cli):
    """A target of which each member is judged."""
    indicators = INDICATORS.replace(
        "due: 45 d", "due: 45 d, dimension: {id: tjeneste, members: "
        "{som: Somatikk, vop: {nb: Voksne, en: Adults}}}")
    targets = TARGETS.replace("value >=", "each tjeneste: value >=")
    figures = """indikator;enhet;periode;medlem;teller;nevner
epikrise;bodo;2024;som;750;1000
epikrise;bodo;2024;vop;650;1000
"""

    def test_watch_tells_from_the_beginning_what_members_decided(self):
        said = self.says(0, "watch", "--from", "1", "--once", "3", "--json")
        last = json.loads(said.splitlines()[-1])["change"]
        self.assertEqual(last["status"], "yellow")
        self.assertEqual(
            [(one["member_title"]["nb"], one["status"])
             for one in last["criteria"]],
            [("Voksne", "red"), ("Somatikk", "green")])


class Catalogue(Cli):
    def higher(self):
        return self.home.catalogue(
            "higher", targets=TARGETS.replace(">= 70", ">= 80"))

    def test_diff_says_which_statuses_would_turn(self):
        said = self.says(0, "catalogue", "diff", self.higher())
        self.assertIn("require: value >= 70 % → value >= 80 %", said)
        self.assertIn("Statuser som ville snu: 1 av 2.", said)
        self.assertRegex(
            said, r"1535 +2024 +bodo +✓ grønn +✗ rød +75,0 % mot 80,0 %")

    def test_diff_turns_nothing_by_being_asked(self):
        before = self.says(0, "status", "--year", "2024", "--json")
        self.says(0, "catalogue", "diff", self.higher())
        self.assertEqual(
            self.says(0, "status", "--year", "2024", "--json"), before)

    def test_diff_in_json_has_a_line_for_each_turn(self):
        said = self.home.run("catalogue", "diff", self.higher(), "--json")
        turns = [row for row in map(json.loads, said.stdout.splitlines())
                 if row["kind"] == "turn"]
        self.assertEqual([(t["unit"], t["was"], t["becomes"]) for t in turns],
                         [("bodo", "green", "red")])

    def test_apply_tells_the_same_and_asks_before_it_does_it(self):
        said = self.says(1, "catalogue", "apply", self.higher())
        self.assertIn("Statuser som ville snu: 1 av 2.", said)
        self.assertIn("--yes", said)
        self.assertIn("grønn", self.says(0, "status", "--year", "2024"))

    def test_apply_then_turns_what_diff_said(self):
        home = Installation()
        self.addCleanup(home.close)
        def done(*words):
            said = home.run(*words)
            self.assertEqual(said.returncode, 0, said.stdout + said.stderr)
            return said.stdout
        done("catalogue", "apply", home.catalogue("first"))
        done("push", home.write("tall.csv", FIGURES), "--as", "bodo")
        higher = home.catalogue(
            "higher", targets=TARGETS.replace(">= 70", ">= 80"))
        self.assertIn("ville snu: 1 av 2", done("catalogue", "diff", higher))
        done("catalogue", "apply", higher, "--yes")
        self.assertRegex(done("status", "--year", "2024"), "bodo .*✗ rød")
        self.assertIn("Ingen forskjell", done("catalogue", "diff", higher))


class Meant(Cli):
    """What is not known is answered with what was probably meant."""
    commissions = COMMISSIONS

    def test_help_that_nobody_asked_for_is_no_answer(self):
        said = self.home.run()
        self.assertEqual((said.returncode, said.stdout), (64, ""))
        self.assertIn("Kommandoer:", said.stderr)
        self.assertIn("Kommandoer:", self.home.run("--help").stdout)

    def test_commands_and_options(self):
        self.assertIn("mener du `status`?", self.says(64, "statsu"))
        self.assertIn("do you mean `--year`?",
                      self.says(64, "status", "--yera", "1", "--lang", "en"))

    def test_an_indicator_where_a_target_is_expected(self):
        self.assertIn("målene som bruker den: `1535` (2024)", self.says(
            1, "explain", "epikrise", "bodo", "--year", "2024"))

    def test_units_targets_and_years(self):
        self.assertIn("det finnes ingen enhet `bood` – mener du `bodo`?",
                      self.says(1, "explain", "1535", "bood", "--year", "2024"))
        self.assertIn("det finnes ikke noe mål `1553` – mener du `1535`?",
                      self.says(1, "explain", "1553", "bodo"))
        self.assertIn("finnes for 2024: bruk --year",
                      self.says(1, "explain", "1535", "bodo"))
        self.assertIn("mener du `tromso`?",
                      self.says(1, "status", "--unit", "tromsoe"))
        self.assertIn("mener du `epikrise`?",
                      self.says(1, "catalogue", "show", "epikrisa"))

    def test_a_name_that_is_not_known_is_a_no_whatever_it_names(self):
        """One code for all of them: 1, as man maalvakt has it."""
        self.says(0, "subscribe", "navn", "--owner", "subscriber")
        self.addCleanup(self.home.run, "unsubscribe", "navn", "--force")
        rows = self.home.write("navn.csv", FIGURES)
        who = ("--year", "2024", "--comment", "x", "--author", "y")
        for meant, words in (
                ("bodo", ("keys", "revoke", "bood")),
                ("bodo", ("keys", "resume", "bood")),
                ("bodo", ("status", "--key", "bood")),
                ("bodo", ("push", rows, "--as", "bood")),
                ("bodo", ("status", "--unit", "bood")),
                ("bodo", ("status", "--unit", "bood", "--json")),
                ("nord", ("status", "--region", "norf")),
                ("1535", ("status", "--target", "1553")),
                ("plan", ("status", "--commission", "plam")),
                ("bodo", ("check", "figures", "bood")),
                ("bodo", ("report", "year", "2024", "bood")),
                ("bodo", ("report", "missing", "bood")),
                ("bodo", ("watch", "--unit", "bood", "--once", "1")),
                ("1535", ("watch", "--target", "1553", "--once", "1")),
                ("bodo", ("subscribe", "x", "--unit", "bodo,bood")),
                ("subscriber", ("subscribe", "x", "--owner", "subscribr")),
                ("navn", ("unsubscribe", "navm")),
                ("navn", ("notices", "navm", "--key", "subscriber")),
                ("navn", ("pause", "navm")), ("navn", ("resume", "navm")),
                ("navn", ("dead", "list", "--subscription", "navm")),
                ("navn", ("dead", "requeue", "--subscription", "navm")),
                ("1535", ("assess", "1553", "bodo", "green", *who)),
                ("plan", ("deliver", "plam", "nord", "--due", "2024-06-30",
                          *who)),
                ("plan", ("close", "plam", "nord", "--due", "2024-06-30",
                          *who)),
                ("epikrise", ("hold", "epikrisa", "bodo", *who[2:])),
                ("epikrise", ("release", "epikrisa", "bodo", *who[2:])),
                ("bodo", ("freeze", "year", "bood", *who)),
                ("targets", ("catalogue", "show", "targetz")),
                ("plan", ("catalogue", "show", "plam")),
                ("1535", ("catalogue", "show", "targets", "1553"))):
            for lang, sentence in (("nb", "mener du"), ("en", "do you mean")):
                said = self.says(1, *words, "--lang", lang)
                self.assertIn(f"{sentence} `{meant}`?", said, words)

    def test_a_key_that_is_not_known_is_a_no_wherever_it_is_named(self):
        for words in (("unsubscribe", "navn"), ("pause", "navn"),
                      ("resume", "navn"), ("dead", "--subscription", "navn"),
                      ("dead", "requeue", "--subscription", "navn")):
            self.assertIn("mener du `bodo`?",
                          self.says(1, *words, "--key", "bood"), words)

    def test_a_unit_that_is_there_is_not_a_list(self):
        self.assertIn("ingen enhet `bodo,tromso`",
                      self.says(1, "status", "--unit", "bodo,tromso"))

    def test_a_key_that_is_taken_is_not_made_again(self):
        before = self.says(0, "keys", "list")
        said = self.says(1, "keys", "new", "bodo", "--role", "reader")
        self.assertIn("det finnes alt en nøkkel `bodo`", said)
        self.assertEqual(self.says(0, "keys", "list"), before)
        self.says(78, "keys", "list", "--dir", self.home.path)
        self.says(78, "keys", "revoke", "bodo", "--dir", self.home.path)

    def test_what_the_catalogue_shows_is_listed_where_nothing_is_near(self):
        said = self.says(1, "catalogue", "show", "nonsens")
        self.assertIn("enheter, indikatorer, mål, oppdrag, eller en id", said)
        for kind in ("enheter", "units", "unit"):
            self.assertIn("Nordlandssykehuset",
                          self.says(0, "catalogue", "show", kind))
        self.assertIn("enheter\n", self.says(0, "catalogue", "show"))
        self.assertIn("units\n",
                      self.says(0, "catalogue", "show", "--lang", "en"))
        self.says(1, "catalogue", "show", "nonsens", "1535")

    def test_a_target_of_another_year_is_not_proposed_as_itself(self):
        self.assertIn("målet 1535 er ukjent i 2025 – finnes for 2024: bruk "
                      "--year (unknown_target)", self.says(
                          1, "assess", "1535", "bodo", "green", "--comment",
                          "x", "--author", "y"))

    def test_what_is_refused_for_its_state_is_not_proposed_as_itself(self):
        self.says(0, "subscribe", "vakt", "--owner", "subscriber")
        said = self.says(1, "resume", "vakt")
        self.assertIn("det er ikke stanset", said)
        self.assertNotIn("mener du", said)
        self.assertIn("slipper den inn om et par sekunder", self.says(
            0, "keys", "new", "kort", "--role", "reader"))
        self.says(0, "keys", "revoke", "kort")
        self.assertIn("nøkkelen kort er trukket tilbake for godt",
                      self.says(1, "keys", "resume", "kort"))

    def test_a_key_sees_of_the_queues_what_is_its_own_to_see(self):
        self.says(0, "subscribe", "egen", "--owner", "subscriber")
        said = self.says(0, "queues", "--key", "subscriber")
        self.assertIn("egen", said)
        self.assertNotIn("svarer ikke", said)
        for words in (("queues",), ("top", "--once", "1")):
            said = self.says(77, *words, "--key", "bodo")
            self.assertIn("nøkkelen bodo har ikke lov til dette", said)
            self.assertEqual(len(said.splitlines()), 1, said)

    def test_what_to_be_told_of_is_a_word_that_help_lists(self):
        self.assertIn("--to orange er ikke blant: red back yellow green none "
                      "overdue reminder", self.says(
                          64, "subscribe", "farger", "--to", "red,orange"))
        self.says(0, "subscribe", "farger", "--to", "red,to-none,back",
                  "--owner", "subscriber")
        self.assertIn("to-red, back, to-none", self.says(0, "subscriptions"))

    def test_a_report_without_its_year_is_told_how_to_ask(self):
        self.assertIn("hvilket år? maalvakt report half-year 2024",
                      self.says(64, "report", "half-year"))
        self.assertIn("`24` er ikke et år; skriv som i maalvakt report year 2",
                      self.says(64, "report", "year", "24"))
        self.assertIn("hvilket år? maalvakt report year 2024", self.says(
            64, "report", "year", "2024", "--year", "2023"))

    def test_a_key_is_not_made_for_a_unit_that_is_not_there(self):
        words = ("keys", "new", "ny", "--role", "producer", "--unit", "tromsö")
        self.says(64, *words)
        words = words[:-1] + ("tomso",)
        self.assertIn("mener du `tromso`?", self.says(1, *words))
        self.assertNotIn("ny ", self.says(0, "keys", "list"))
        self.says(0, *words, "--force")


class Empty(unittest.TestCase):
    """An installation that nobody has given anything yet."""

    def test_what_is_not_there_yet_is_said_and_nothing_beside_it(self):
        home = Installation()
        self.addCleanup(home.close)
        self.assertEqual(
            home.run("status").stdout, "Denne installasjonen lever på en annen "
            "dag: 2025-03-15\nIngen mål ennå: legg inn en katalog med "
            "`maalvakt catalogue apply DIR`.\n")
        home.run("keys", "new", "bodo", "--role", "producer", "--unit", "bodo")
        said = home.run("push", "--resume", "--as", "bodo", "--json")
        self.assertEqual((said.returncode, said.stdout), (0, ""))
        home.run("down", home.dir)
        said = home.run("push", home.write("tall.csv", FIGURES), "--as", "bodo")
        self.assertEqual(said.returncode, 69)
        self.assertIn("ingenting er sendt", said.stderr)


class Walk(Cli):
    """Every command: its help, its page, its tables on any terminal."""

    def commands(self):
        said = self.says(0, "--help", "--lang", "en").splitlines()
        first = said.index("Commands:") + 1
        return [line.split()[0] for line in said[first:said.index("", first)]]

    def test_every_command_has_help_with_an_example_in_both_languages(self):
        for name in self.commands():
            for lang, example in (("nb", "Eksempel:"), ("en", "Example:")):
                lines, code = self.home.screen(80, name, "--help", "--lang",
                                               lang)
                self.assertEqual(code, 0, name)
                self.assertLessEqual(max(map(columns, lines)), 80, name)
                self.assertIn(f"  maalvakt {name}",
                              "\n".join(lines[lines.index(example):]))

    def test_examples_and_what_is_next_speak_the_language(self):
        for name, nb, en in (
                ("dead", "'prøve, skal aldri ut'", "'test, never to be sent'"),
                ("skip", "'feil 31, rettet i 0.2'", "'fault 31, mended in"),
                ("assess", "'Oppfylt for psykisk", "'Met for mental"),
                ("freeze", "'Styret'", "'The board'")):
            self.assertIn(nb, self.says(0, name, "--help"))
            self.assertIn(en, self.says(0, name, "--help", "--lang", "en"))
        home = Installation()
        self.addCleanup(home.close)
        for lang, words in (("nb", ("KATALOG", "TALL.csv --as ENHET")),
                            ("en", ("CATALOGUE", "FIGURES.csv --as UNIT"))):
            home.run("down", home.dir)
            said = home.run("up", home.dir, "--detach", "--lang", lang).stdout
            self.assertNotIn({"nb": "vindu", "en": "window"}[lang], said)
            self.assertIn(f"catalogue apply {words[0]}\n", said)
            self.assertIn(f"push {words[1]}\n", said)

    def test_help_of_a_command_comes_first_or_last(self):
        page = self.says(0, "status", "--help")
        self.assertEqual(self.says(0, "help", "status"), page)
        self.assertEqual(self.says(0, "--help", "status"), page)

    def test_an_answer_that_finds_no_room_is_a_failure_and_is_said(self):
        """What has no end of its own ends there: nobody reads on."""
        for words in (("catalogue", "show"), ("watch", "--from", "1"),
                      ("top",), ("top", "--json")):
            with open("/dev/full", "w", encoding="utf-8") as full:
                said = subprocess.run(
                    [MAALVAKT, *words], stdout=full, stderr=subprocess.PIPE,
                    text=True, env=self.home.env, check=False, timeout=60)
            self.assertEqual(said.returncode, 74, words)
            self.assertIn("svaret ble ikke skrevet helt ut", said.stderr)

    def test_a_report_goes_into_a_pipe_and_leaves_it_where_it_is(self):
        pipe, full = self.home.path / "pipe", self.home.path / "full"
        os.mkfifo(pipe)
        full.symlink_to("/dev/full")
        end = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, end)
        report = ("report", "missing", "2024", "--output")
        self.says(0, *report, pipe)
        self.assertTrue(pipe.is_fifo())
        self.assertIn("2024", os.read(end, 65536).decode())
        self.says(74, *report, full)
        self.assertTrue(full.is_symlink())

    def test_every_option_is_in_the_commands_manual(self):
        for name in self.commands():
            said = self.says(0, name, "--help", "--lang", "en").splitlines()
            page = said[-1].removeprefix("More: man ")
            text = (house.ROOT / "deploy" / "man" / f"{page}.1").read_text()
            for wanted in ("EXIT STATUS", "EXAMPLES", "SEE ALSO"):
                self.assertIn(f".Sh {wanted}", text, page)
            own = said[:said.index("Options of all commands:")]
            for line in own:
                if line.startswith("  --"):
                    option = line.split()[0].removeprefix("--")
                    self.assertRegex(text, rf"Fl -{option}\b", page)

    def test_what_is_waited_for_is_shown_though_a_refusal_is_held_back(self):
        lock = self.home.dir / "evaluator" / "data" / "owner.lock"
        pid = int(lock.read_text().split()[0])
        self.addCleanup(os.kill, pid, signal.SIGCONT)
        os.kill(pid, signal.SIGSTOP)

        def seen(out):
            if "venter på svar fra evaluator" in out:
                os.kill(pid, signal.SIGCONT)
        lines, code = self.home.screen(80, "report", "missing", seen=seen)
        self.assertIn("venter på svar fra evaluator", "".join(lines))
        self.assertEqual(code, 0, lines)

    def test_tables_are_no_wider_than_the_terminal(self):
        self.says(0, "subscribe", "et-abonnement-med-et-langt-navn",
                  "--region", "nord", "--owner", "subscriber")
        self.addCleanup(self.home.run, "unsubscribe",
                        "et-abonnement-med-et-langt-navn", "--force")
        tables = (("status", "--year", "2024"), ("queues",),
                  ("top", "--once", "1"), ("dead", "list"), ("keys", "list"),
                  ("subscriptions",), ("health",), ("catalogue", "show"),
                  ("explain", "1535", "bodo", "--year", "2024"),
                  ("watch", "--from", "1", "--once", "2"), ("--help",))
        for width in (60, 80, 120):
            for words in tables:
                for lang in ("nb", "en"):
                    lines, code = self.home.screen(width, *words, "--lang",
                                                   lang)
                    self.assertEqual(code, 0, lines)
                    wide = [x for x in lines
                            if columns(x.split("\x1b[2J")[-1]) > width]
                    self.assertEqual(wide, [], (width, words))

    def test_what_goes_to_no_terminal_is_as_wide_as_is_said(self):
        """A list's row is a line; a report is 100 wide; $COLUMNS rules."""
        def widest(*words):
            return max(map(columns, self.says(0, *words).splitlines()))
        row = ("status", "--year", "2024", "--unit", "tromso")
        self.assertRegex(self.says(0, *row), "tromso +Universitets.*ingen .*20")
        self.assertGreater(widest(*row), 80)
        self.assertLessEqual(widest("report", "year", "2024", "bodo"), 100)
        self.addCleanup(self.home.env.pop, "COLUMNS")
        self.home.env["COLUMNS"] = "80"
        for words in (row, ("report", "year", "2024", "bodo")):
            self.assertLessEqual(widest(*words), 80, words)
        self.home.env["COLUMNS"] = "x"
        self.assertGreater(widest(*row), 80)

    def test_what_lists_gives_json_lines(self):
        for words in (("status", "--year", "2024"), ("queues",), ("dead",),
                      ("keys", "list"), ("subscriptions",), ("health",),
                      ("catalogue", "show"), ("catalogue", "show", "1535"),
                      ("verify",), ("clock",),
                      ("explain", "1535", "bodo", "--year", "2024")):
            said = self.home.run(*words, "--json")
            self.assertEqual(said.returncode, 0, said.stderr)
            for line in said.stdout.splitlines():
                self.assertIsInstance(json.loads(line), dict, words)

    def test_english_words_do_not_stand_in_norwegian_answers(self):
        faults = self.home.catalogue(
            "faults", UNITS.replace("parent: nord", "parent: norf", 1),
            INDICATORS.replace("frequency: A,", "frequency: T,"),
            TARGETS.replace("value >= 70 %", "value >> 70 %"))
        said = self.says(65, "catalogue", "check", faults)
        self.assertIn("det finnes ingen enhet 'norf' – mener du `nord`?", said)
        self.assertIn("er ikke blant: A S A_3 Q M W D", said)
        self.assertIn("her hører en verdi, ikke '>'", said)
        self.assertIn("no unit 'norf'", self.says(
            65, "catalogue", "check", faults, "--lang", "en"))
        for was, instead, meant in (
                ("scope: [trust]", "scope: [turst]", "trust"),
                ("scope: [trust]", "scope: [tromos]", "tromso"),
                ("    indicator:", "    indicater:", "indicator"),
                ("    year: 2024", "    year: 2024\n    combine: patr", "part"),
                ("70 %\"]", "limit\"]\n    limits: {bood: 70 %}", "bodo")):
            faults = self.home.catalogue("faults",
                                         targets=TARGETS.replace(was, instead))
            self.assertIn(f"mener du `{meant}`?", self.says(
                65, "catalogue", "check", faults))
        rows = self.home.write("delvis.csv", FIGURES.replace(
            "750;1000", "1750;1000").replace("2024;", "2031;"))
        said = self.says(1, "push", rows, "--as", "bodo")
        self.assertIn("ligger fram i tid (den er ikke over ennå)", said)
        self.assertIn("teller 1750: større enn nevneren", said)


class Down(Cli):
    """A service that is down just now is started again by `up`."""

    def ready(self):
        return self.home.dir / "evaluator" / "ready"

    def test_one_that_is_back_in_a_moment_is_waited_for(self):
        away = self.ready().with_suffix(".away")
        self.ready().rename(away)
        back = threading.Timer(0.3, away.rename, (self.ready(),))
        back.start()
        self.addCleanup(back.join)
        self.assertIn("grønn", self.says(0, "status", "--year", "2024"))

    def test_what_is_known_is_said_of_one_that_stays_away(self):
        text = self.ready().read_text()
        address = dict(line.split("=", 1)
                       for line in text.splitlines())["control"]
        self.ready().unlink()
        self.addCleanup(self.ready().write_text, text)
        said = " ".join(self.says(69, "status").split())
        self.assertRegex(said, r"evaluator er nede, i \d+ s nå: ingen svarer på "
                         rf"{address}. `maalvakt up` \(pid \d+\) starter den "
                         "igjen")
        self.assertIn(f"nobody answers at {address}",
                      self.says(69, "status", "--lang", "en"))
        self.assertNotIn("start med", self.says(69, "queues"))
        self.says(0, "down", self.home.dir)
        self.addCleanup(self.home.run, "up", self.home.dir, "--detach")
        self.assertIn(f"start med `maalvakt up {self.home.dir}`",
                      self.says(69, "status"))
        for code, *words in ((69, "queues"), (69, "top", "--once", "1"),
                             (2, "health"), (2, "health", "--stage", "1")):
            said = " ".join(self.says(code, *words).split())
            self.assertEqual(said, f"maalvakt: ingenting kjører i "
                             f"{self.home.dir}: start med `maalvakt up "
                             f"{self.home.dir}`", words)
        rows = self.home.run("health", "--stage", "1", "--json").stdout
        self.assertEqual([json.loads(x)["ok"] for x in rows.splitlines()],
                         [False] * 3)
        self.assertEqual(self.says(78, "queues", "--dir", "/").count(
            "ingen maalvakt-katalog"), 1)


if __name__ == "__main__":
    unittest.main()
