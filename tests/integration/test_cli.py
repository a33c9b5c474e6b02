"""The command line as people meet it: an installation made by `up`, small
files, wrong words, narrow terminals, both languages."""
import fcntl
import json
import os
import pathlib
import pty
import select
import shutil
import struct
import subprocess
import tempfile
import termios
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
FIGURES = """indikator;enhet;periode;teller;nevner
epikrise;bodo;2024;750;1000
"""


class Installation:
    """`maalvakt up` in a directory of its own, ended with it."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="mv-cli-"))
        self.dir = self.path / "inst"
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith("MAALVAKT")}
        self.env.update(MAALVAKT_DIR=str(self.dir), NO_COLOR="1",
                        XDG_STATE_HOME=str(self.path / "state"))
        said = self.run("up", self.dir, "--today", "2025-03-15", "--detach")
        assert said.returncode == 0, said.stderr

    def run(self, *words, text=None):
        return subprocess.run(
            [str(w) for w in (MAALVAKT, *words)], capture_output=True,
            text=True, input=text or "", env=self.env, timeout=120,
            check=False)

    def screen(self, columns, *words, seconds=30):
        """Lines as a terminal of that width gets them, and the exit code."""
        pid, fd = pty.fork()
        if pid == 0:
            os.execve(MAALVAKT, [str(w) for w in (MAALVAKT, *words)], self.env)
        fcntl.ioctl(fd, termios.TIOCSWINSZ,
                    struct.pack("HHHH", 40, columns, 0, 0))
        out, end = b"", time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([fd], [], [], 0.2)[0]:
                try:
                    out += os.read(fd, 65536)
                except OSError:
                    break
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

    @classmethod
    def setUpClass(cls):
        cls.home = Installation()
        cls.addClassCleanup(cls.home.close)
        cls.in_force = cls.home.catalogue("first")
        said = cls.home.run("catalogue", "apply", cls.in_force)
        assert said.returncode == 0, said.stderr
        said = cls.home.run("push", cls.home.write("tall.csv", FIGURES),
                            "--as", "bodo")
        assert said.returncode == 0, said.stderr

    def says(self, code, *words, text=None):
        said = self.home.run(*words, text=text)
        self.assertEqual(said.returncode, code, said.stdout + said.stderr)
        return said.stdout + said.stderr


class Catalogue(Cli):
    def higher(self):
        return self.home.catalogue(
            "higher", targets=TARGETS.replace(">= 70", ">= 80"))

    def test_diff_says_which_statuses_would_turn(self):
        said = self.says(0, "catalogue", "diff", self.higher())
        self.assertIn("require: value >= 70 % → value >= 80 %", said)
        self.assertIn("Statuser som ville snu: 1 av 2.", said)
        self.assertRegex(
            said, r"1535 +2024 +bodo +✓ grønn +✗ rød +75,0 % mot 80 %")

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


if __name__ == "__main__":
    unittest.main()
