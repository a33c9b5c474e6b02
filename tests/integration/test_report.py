"""Reports: what is drawn of a day later is what was drawn on that day."""
import csv
import datetime
import html
import io
import json
import os
import pathlib
import re
import shutil
import subprocess
import time
import unittest
import zoneinfo

import days
import house
import mvclient
import streaming
import test_cli

UNITS = """units:
  - {id: nord, name: Helse Nord, kind: region}
  - {id: bodo, name: "=Nordlandssykehuset", kind: trust, parent: nord}
  - {id: tromso, name: "<b>Universitetssykehuset", kind: trust, parent: nord}
"""
INDICATORS = """indicators:
  - {id: epikrise, title: {nb: Epikriser, en: Letters}, measure: percent,
     frequency: A_3, over_periods: ratio, over_units: ratio, by: trust,
     better: higher, due: 45 d, decimals: 1}
"""
TARGETS = """targets:
  - id: "1535"
    year: 2024
    text: {nb: %s, en: At least 70 per cent}
    indicator: epikrise
    scope: [region, trust]
    require: ["value >= 70 %%"]
"""
FIGURES = "indicator;unit;period;numerator;denominator\n"
DRAWN = re.compile(r"Tegnet [^<\n]*|\"drawn\":\"[^\"]*\"(,\"as_of\":\"[^\"]*\")?")
OSLO = zoneinfo.ZoneInfo("Europe/Oslo")


def noon(day):
    when = datetime.datetime.fromisoformat(day + "T12:00").replace(tzinfo=OSLO)
    return int(when.timestamp() * 1000)


class Lived(test_cli.Installation):
    """An installation in which days pass."""

    def __init__(self, day):
        self.days = days.Days()
        self.days.move(noon(day))
        self.first = day
        super().__init__()

    def run(self, *words, text=None):
        if words[0] == "up":
            words = ("up", self.dir, "--detach")
        self.env.update(self.days.environment)
        return super().run(*words, text=text)

    def good(self, *words):
        said = self.run(*words)
        assert said.returncode == 0, (words, said.stderr)
        return said.stdout

    def head(self, *words):
        return json.loads(self.good("report", "year", 2024, "nord", "--json",
                                    *words).splitlines()[0])

    def live(self, day):
        """The day has begun, and the evaluator knows."""
        self.days.move(noon(day))
        self.until(lambda: self.head()["today"] == day)

    def push(self, unit, *rows):
        text = FIGURES + "".join(f"epikrise;{unit};{row}\n" for row in rows)
        path = self.write(f"{unit}-{time.time_ns()}.csv", text)
        self.good("push", path, "--as", unit)

    def ready(self, service):
        return dict(line.split("=", 1) for line in (
            self.dir / service / "ready").read_text().split())

    def client(self, service, door="control", key="operator"):
        ready = self.ready(service)
        public = {name: key for key, name in re.findall(
            r"^(\S+) name=(\S+)", (self.dir / "public-keys").read_text(),
            re.MULTILINE)}
        secret = (self.dir / "keys" / f"{key}.secret").read_text().strip()
        return mvclient.Client(ready[door], ready["public_key"],
                               (public[key], secret))

    def add_reader(self, name):
        public, secret = mvclient.new_keys()
        path = self.dir / "keys" / f"{name}.secret"
        path.touch(0o600)
        path.write_text(secret.hex() + "\n")
        with (self.dir / "public-keys").open("a") as keys:
            keys.write(f"{public.hex()} name={name} role=reader\n")
        self.until(lambda: self.run("status", "--key", name).returncode == 0)

    def counters(self, service):
        """Of that service, as its operator sees them."""
        with self.client(service) as operator:
            return operator.counters()

    @staticmethod
    def until(holds):
        end = time.monotonic() + 60
        while not holds():
            assert time.monotonic() < end
            time.sleep(0.05)

    def close(self):
        super().close()
        self.days.__exit__()


FORMATS = ("text", "html", "csv", "json")


def draw(home, *words):
    return {f: DRAWN.sub("", home.good("report", *words, "--format", f))
            for f in FORMATS}


class AsOf(unittest.TestCase):
    """Three days of a history, each drawn as it was lived."""

    @classmethod
    def setUpClass(cls):
        cls.home = home = Lived("2024-02-01")
        cls.addClassCleanup(home.close)
        cls.apply("Minst 70 prosent")
        home.until(lambda: home.run("report", "year", 2024, "nord").returncode
                   == 0)
        home.live("2024-06-15")
        home.push("bodo", "2024-T1;75;100")
        cls.drawn = {"2024-06-15": cls.lived("year", 2024, "nord")}
        cls.first_half = cls.lived("half-year", 2024, "nord")
        home.live("2024-10-20")
        home.push("tromso", "2024-T1;60;100", "2024-T2;62;100")
        home.push("bodo", "2024-T1;71;100", "2024-T2;90;100")
        cls.drawn["2024-10-20"] = cls.lived("year", 2024, "nord")
        home.live("2025-02-20")
        cls.apply("Minst sytti prosent")
        home.push("bodo", "2024-T3;10;100")
        cls.drawn["2025-02-20"] = cls.lived("year", 2024, "nord")

    @classmethod
    def apply(cls, title):
        where = cls.home.catalogue("c", UNITS, INDICATORS, TARGETS % title)
        cls.home.good("catalogue", "apply", where, "--yes")

    @classmethod
    def lived(cls, *words):
        """Drawn twice the same: nothing was on its way."""
        before = None
        while True:
            now = draw(cls.home, *words)
            if now == before:
                return now
            before = now
            time.sleep(0.2)

    def test_what_is_drawn_of_a_day_is_what_was_drawn_on_it(self):
        for day, lived in self.drawn.items():
            then = draw(self.home, "year", 2024, "nord", "--as-of", day)
            for form in FORMATS:
                self.assertEqual(lived[form], then[form], (day, form))
        texts = [lived["text"] for lived in self.drawn.values()]
        self.assertEqual(len(set(texts)), 3)
        self.assertIn("Minst 70 prosent", texts[1])
        self.assertIn("Minst sytti prosent", texts[2])

    def test_a_day_between_knows_what_the_one_before_it_knew(self):
        then = draw(self.home, "year", 2024, "nord", "--as-of", "2024-08-01")
        for form in ("csv", "json"):
            self.assertIn("75", then[form])
            self.assertNotIn("Minst sytti", then[form])

    def test_before_the_first_day_nothing_was_known(self):
        said = self.home.run("report", "year", 2024, "--as-of", "2024-01-01")
        self.assertEqual(said.returncode, 1, said.stderr)

    def test_half_a_year_does_not_know_the_second(self):
        """T1 alone, as corrected: 131 of 200 is red; T3 would make it
        another number, and nobody is late with T2."""
        rows = [json.loads(r) for r in self.home.good(
            "report", "half-year", 2024, "nord", "--json").splitlines()]
        self.assertEqual(rows[1]["value"], "65.5")
        self.assertEqual(rows[1]["overdue"], [])
        self.assertIn("Tiltak må eventuelt revurderes", rows[1]["sentence"])
        self.assertIn("Iverksatte tiltak fungerer", self.first_half["text"])

    def test_who_owes_figures_is_named(self):
        """On 20 February of 2025 T3 was due on the 14th: tromso lacks it."""
        rows = [json.loads(r) for r in self.home.good(
            "report", "missing", "--year", 2024, "--json").splitlines()]
        self.assertEqual([(r["unit"], r["periods"], r["due"])
                          for r in rows[1:]],
                         [("tromso", ["2024-T3"], "2025-02-14")])
        for day, told in (("2024-06-14", "Ingenting mangler"),
                          ("2024-06-15", "2024-T1 (aldri sendt)")):
            self.assertIn(told, self.home.good(
                "report", "missing", "--year", 2024, "--as-of", day))
        for form in ("html", "csv"):
            self.assertIn("2024-T3", self.home.good(
                "report", "missing", 2024, "tromso", "--format", form))

    def test_the_year_before_is_not_forgotten(self):
        """In February what is owed is of last year: this year's report says
        so, and a year on the line is a year, not a unit."""
        now = self.home.run("report", "missing")
        self.assertIn("Tall som mangler for 2025", now.stdout)
        self.assertIn("Ingenting mangler.", now.stdout)
        self.assertIn("maalvakt report missing 2024", now.stderr)
        unit = self.home.run("report", "missing", "tromso")
        self.assertIn("report missing 2024 tromso", unit.stderr)
        self.assertEqual(self.home.run("report", "missing", 2024, "--year",
                                       2024).returncode, 64)
        then = self.home.run("report", "missing", 2024)
        self.assertIn("2024-T3", then.stdout)
        self.assertNotIn("report missing", then.stderr)
        self.assertIn("2024-T3", self.home.good("report", "missing", 2024,
                                                "tromso"))

    def test_what_is_not_there_is_said_in_one_line(self):
        """A unit, and a folder: what it is, and what to do."""
        for words in (("report", "year", 2024, "nordd"),
                      ("report", "half-year", 2024, "nordd"),
                      ("report", "missing", "nordd"),
                      ("explain", "1535", "nordd", "--year", 2024)):
            said = self.home.run(*words)
            self.assertEqual(said.returncode, 1, said.stderr)
            self.assertIn("`nordd` – mener du `nord`?", said.stderr)
            self.assertEqual(said.stderr.count("maalvakt:"), 1, said.stderr)
        said = self.home.run("report", "year", 2024, "--output",
                             self.home.dir / "nowhere" / "y.html")
        self.assertEqual(said.returncode, 74)
        self.assertIn(f"mappen {self.home.dir}/nowhere finnes ikke",
                      " ".join(said.stderr.split()))
        said = self.home.run("report", "year", 2024, "--output", self.home.dir)
        self.assertEqual(said.returncode, 74)
        self.assertIn(f"{self.home.dir} er en mappe",
                      " ".join(said.stderr.split()))

    @unittest.skipIf(os.geteuid() == 0, "nothing is shut to root")
    def test_a_folder_that_is_shut_is_told_as_such(self):
        shut = self.home.path / "shut"
        (shut / "in").mkdir(parents=True)
        for mode, folder in ((0o500, shut), (0, shut / "in")):
            shut.chmod(mode)
            said = self.home.run("report", "year", 2024, "--output",
                                 folder / "y.html")
            shut.chmod(0o700)
            self.assertIn(f"mappen {folder} kan ikke skrives i",
                          " ".join(said.stderr.split()))

    def test_nothing_is_left_behind(self):
        self.home.good("report", "year", 2024, "--as-of", "2024-06-15")
        self.assertFalse((self.home.dir / "view").exists())
        running = subprocess.run(["pgrep", "-f", f"view --config {self.home.dir}"],
                                 capture_output=True, check=False)
        self.assertEqual(running.stdout, b"")

    def test_two_reports_at_once_take_turns(self):
        command = [str(test_cli.MAALVAKT), "report", "year", "2024",
                   "--as-of", "2024-06-15", "--json"]
        both = [subprocess.Popen(command, stdout=subprocess.PIPE,
                                 env=self.home.env) for _ in range(2)]
        said = [DRAWN.sub("", p.communicate(timeout=60)[0].decode())
                for p in both]
        self.assertEqual([p.returncode for p in both], [0, 0])
        self.assertEqual(said[0], said[1])

    def test_a_sheet_is_read_by_others_and_begins_no_formula(self):
        text = self.home.good("report", "year", 2024, "--format", "csv")
        rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff")),
                               delimiter=";"))
        self.assertEqual({len(r) for r in rows}, {len(rows[0])})
        self.assertIn("'=Nordlandssykehuset", rows[1])
        for cell in (c for row in rows for c in row):
            self.assertFalse(cell[:1] in "=+@\t\r\n" and cell, cell)

    def test_a_file_is_written_whole(self):
        path = pathlib.Path(self.home.path) / "report.html"
        self.home.good("report", "year", 2024, "--format", "html", "--output",
                       path)
        text = path.read_text(encoding="utf-8")
        self.assertTrue(text.endswith("</html>\n"))
        self.assertIn("&lt;b&gt;Universitetssykehuset", text)
        said = self.home.run("report", "year", 2024, "--output",
                             path / "no-such" / "place")
        self.assertEqual(said.returncode, 74)

    def test_what_is_asked_wrongly_is_told(self):
        for words, code in ((("month", 2024), 64), (("year", "soon"), 64),
                            (("year", 2024, "--as-of", "soon"), 64),
                            (("year", 2024, "--as-of", "2199-01-01"), 64),
                            (("year", 2024, "--format", "pdf"), 64),
                            (("year", 2031), 1), (("year", 2024, "no"), 1)):
            said = self.home.run("report", *words)
            self.assertEqual(said.returncode, code, (words, said.stderr))

    def test_a_year_is_frozen_only_if_it_is_said(self):
        said = self.home.run("freeze", "year", "nord", "--author", "Styret",
                             "--comment", "Vedtatt.")
        self.assertEqual(said.returncode, 64, said.stderr)


class Curves(unittest.TestCase):
    """What a sum is drawn of, where not all of the year is in."""

    INDICATOR = ("  - {id: %s, title: {nb: %s}, measure: count, frequency: M, "
                 "over_periods: sum, over_units: sum, by: trust, "
                 "better: higher, due: 45 d, decimals: 0}\n")
    TARGET = ("  - {id: %s, year: 2024, text: {nb: %s}, indicator: %s, "
              "scope: [trust], require: ['%s']}\n")

    @classmethod
    def setUpClass(cls):
        cls.home = home = Lived("2024-10-20")
        cls.addClassCleanup(home.close)
        rules = {"forst": "value >= 1000", "hull": "value >= 1000",
                 "fjor": "value >= value(-1)"}
        units = UNITS + ("  - {id: ny, name: Ny, kind: trust, parent: nord, "
                         "from: 2024-06-01}\n")
        where = home.catalogue(
            "c", units,
            "indicators:\n" + "".join(cls.INDICATOR % (i, i) for i in rules),
            "targets:\n" + "".join(
                cls.TARGET % (i, i, i, rules[i]) for i in rules))
        home.good("catalogue", "apply", where, "--yes")
        cls.push("bodo", "forst", range(2, 10))
        cls.push("bodo", "hull", (1, 2, 3, 4, 6, 7, 8, 9))
        cls.push("bodo", "fjor", range(1, 10))
        cls.push("ny", "hull", range(6, 10))
        cls.drawn = {}
        for unit, count in (("bodo", 3), ("ny", 1)):
            home.until(lambda u=unit, n=count: cls.rows(u).count(
                '"status":"red"') + cls.rows(u).count('"status":"green"')
                >= n)
            cls.drawn[unit] = home.good("report", "year", 2024, unit,
                                        "--format", "html")

    @classmethod
    def push(cls, unit, of, months):
        periods = [f"2023-M{m:02};190" for m in range(1, 13)]
        rows = (periods if unit == "bodo" else []) + [
            f"2024-M{m:02};150" for m in months]
        text = "indicator;unit;period;value\n" + "".join(
            f"{of};{unit};{row}\n" for row in rows)
        cls.home.good("push", cls.home.write(f"{unit}-{of}.csv", text),
                      "--as", unit)

    @classmethod
    def rows(cls, unit):
        return cls.home.good("report", "year", 2024, unit, "--json")

    def chart(self, unit, title):
        found = re.search(f"<figcaption>{title}</figcaption>(<svg.*?</svg>)",
                          self.drawn[unit])
        self.assertIsNotNone(found, self.drawn[unit])
        return found[1]

    def test_the_year_begins_without_its_first_month(self):
        chart = self.chart("bodo", "forst")
        self.assertIn("○ uten M01<", chart)
        self.assertIn("2023-M12: 2280; 2024-M02: 150 (ufullstendig);", chart)
        self.assertIn("2024-M09: 1200 (ufullstendig).<", chart)
        self.assertIn(">årskrav ≥ 1000<", chart)

    def test_it_goes_on_after_a_gap(self):
        chart = self.chart("bodo", "hull")
        self.assertIn("○ uten M05<", chart)
        self.assertIn("2024-M04: 600; 2024-M06: 750 (ufullstendig);", chart)
        self.assertIn('class="last open"', chart)

    def test_last_year_so_far_is_no_limit_for_the_year(self):
        chart = self.chart("bodo", "fjor")
        self.assertIn(">krav ≥ 1710<", chart)
        self.assertNotIn("årskrav", chart)

    def test_nothing_is_missing_before_a_unit_begins(self):
        chart = self.chart("ny", "hull")
        self.assertIn("sum så langt i året<", chart)
        self.assertIn("2024-M06: 150; 2024-M07: 300;", chart)
        self.assertIn('class="last"', chart)


class Busy(unittest.TestCase):
    """Figures stream in: another record between any two questions."""

    @classmethod
    def setUpClass(cls):
        cls.home = home = Lived("2024-10-20")
        cls.addClassCleanup(home.close)
        home.good("catalogue", "apply", home.catalogue(
            "c", UNITS, INDICATORS, TARGETS % "Minst 70 prosent"), "--yes")
        home.until(lambda: home.run("report", "year", 2024, "bodo").returncode
                   == 0)
        home.add_reader("leser")
        cls.stream = streaming.Stream(home.client("ingest", "public", "bodo"))
        cls.stream.start()
        cls.addClassCleanup(cls.stream.close)
        ready = home.ready("evaluator")
        cls.door = streaming.Turnstile(ready["control"],
                                       home.client("evaluator"))
        cls.addClassCleanup(cls.door.close)
        cls.server_key = ready["public_key"]
        path = home.dir / "evaluator" / "ready"
        cls.addClassCleanup(path.write_text, path.read_text())
        path.write_text(path.read_text().replace(ready["control"],
                                                 cls.door.endpoint))

    def drawn(self, *words):
        """The head and the rows of a report that was drawn."""
        said = self.home.run("report", *words, "--json")
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertEqual(said.stderr, "")
        head, *rows = [json.loads(r) for r in said.stdout.splitlines()]
        return head, rows

    def test_a_report_is_drawn_and_its_numbers_are_of_its_record(self):
        """The status and the line beside it were asked for apart."""
        head, rows = self.drawn("year", 2024, "bodo")
        percent = self.stream.percent(head["seq"])
        self.assertEqual([float(r["value"]) for r in (
            *rows, *rows[0]["lines"])], [percent, percent])

    def test_who_owes_figures_is_named_all_the_same(self):
        rows = self.drawn("missing", 2024)[1]
        self.assertIn(("bodo", ["2024-T2"]),
                      [(r["unit"], r["periods"]) for r in rows])

    def is_told(self, *words):
        said = self.home.run("report", "year", 2024, "bodo", *words)
        self.assertEqual((said.returncode, said.stdout), (75, ""), said.stderr)
        self.assertIn("med en revisors nøkkel", " ".join(said.stderr.split()))
        self.assertEqual(said.stderr.count("maalvakt:"), 1, said.stderr)

    def test_from_elsewhere_it_is_told_where_it_can_be_drawn(self):
        self.is_told("--endpoint", self.door.endpoint, "--server-key",
                     self.server_key, "--key",
                     self.home.dir / "keys" / "operator.secret")

    def test_who_may_not_read_the_journal_is_told_who_may(self):
        self.is_told("--key", "leser")


class HalfYear(unittest.TestCase):
    """The half-year of 2023 as it was reported: the catalogue's 39 rows, each
    by an assessment that is stated the real way."""

    @classmethod
    def setUpClass(cls):
        cls.home = home = Lived("2023-07-01")
        cls.addClassCleanup(home.close)
        demo = house.ROOT / "deploy/demo/half-year-2023"
        home.good("catalogue", "apply",
                  house.ROOT / "deploy/catalogue/helse-sor-ost-2023", "--yes")
        home.good("assess", "--file", demo / "assessments.csv")
        with open(demo / "expected.csv", encoding="utf-8") as file:
            cls.expected = list(csv.DictReader(file, delimiter=";"))
        home.until(lambda: '"status":"red"' in home.good(
            "report", "half-year", 2023, "--json"))

    def test_it_comes_out_as_it_was_reported(self):
        """39 rows in their order: 21 green, 12 yellow, 4 red, 2 not assessed,
        one for want of figures and one left blank."""
        rows = [json.loads(r) for r in self.home.good(
            "report", "half-year", 2023, "--json").splitlines()[1:]]
        rows = [r for r in rows if "target" in r]
        seen = [(r["target"], f"{r['status']} {r['reason']}".strip())
                for r in rows]
        self.assertEqual(seen, [(e["target"], e["status"])
                                for e in self.expected])
        self.assertEqual(len(seen), 39)
        self.assertEqual([sum(r["status"] == s for r in rows) for s in
                          ("green", "yellow", "red", "none")], [21, 12, 4, 2])
        said = {r["target"]: r["sentence"] for r in rows}
        self.assertTrue(said["1270"].startswith(
            "Rapportering mangler pga. tall foreligger ikke."))
        self.assertEqual(said["4110"], "Ikke vurdert.")

    def test_each_form_says_so(self):
        text = self.home.good("report", "half-year", 2023)
        self.assertIn("39 krav: 21 ✓ grønn, 12 ! gul, 4 ✗ rød, 2 – ingen.",
                      text)
        page = self.home.good("report", "half-year", 2023, "--format", "html")
        targets = page.split("Oppdrag med frist")[0]  # and one in the key
        self.assertEqual(
            targets.count("Mål/krav vil ikke bli oppfylt i år."), 5)
        sheet = self.home.good("report", "half-year", 2023, "--format", "csv")
        self.assertIn("Helse Sør-Øst RHF", sheet)


BROWSER = shutil.which("chromium")


@unittest.skipUnless(BROWSER, "no chromium here: scripts/soak installs it")
class Printed(unittest.TestCase):
    """The page in a real browser, on A4."""

    @classmethod
    def setUpClass(cls):
        cls.home = home = Lived("2024-06-15")
        cls.addClassCleanup(home.close)
        # as many requirements as fill some pages, each with a long title
        text = TARGETS % "Minst sytti prosent av epikrisene sendt innen én dag"
        more = [text.replace('"1535"', f'"krav-{i}"').replace("targets:\n", "")
                for i in range(30)]
        where = home.catalogue("c", UNITS, INDICATORS, text + "".join(more))
        home.good("catalogue", "apply", where, "--yes")
        home.push("bodo", "2024-T1;75;100")
        home.until(lambda: '"value":"75"' in home.good(
            "report", "year", 2024, "nord", "--json"))

    def page(self, *words):
        path = self.home.path / "page.html"
        self.home.good("report", *words, "--format", "html", "--output", path)
        return path

    def browse(self, *words):
        return subprocess.run(
            [BROWSER, "--headless", "--no-sandbox", "--disable-gpu",
             "--no-pdf-header-footer", f"--user-data-dir={self.home.path}/b",
             *map(str, words)], capture_output=True, timeout=90,
            check=True).stdout.decode()

    def test_it_prints_on_whole_pages(self):
        pdf = self.home.path / "page.pdf"
        for words, least, most in ((("year", 2024, "nord"), 4, 25),
                                   (("half-year", 2024, "nord"), 1, 4)):
            self.browse(f"--print-to-pdf={pdf}", self.page(*words))
            bytes_ = pdf.read_bytes()
            pages = len(re.findall(rb"/Type\s*/Page\b", bytes_))
            self.assertTrue(least <= pages <= most, (words, pages))
            # A4 in points, within a rounding
            for width, height in re.findall(
                    rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", bytes_):
                self.assertAlmostEqual(float(width), 595, delta=1.5)
                self.assertAlmostEqual(float(height), 842, delta=1.5)

    def test_nothing_sticks_out(self):
        """Measured by a script of our own, in a copy of the page: its own
        policy lets none run."""
        path = self.page("year", 2024, "nord")
        text = path.read_text(encoding="utf-8")
        probe = ("<script>let out=[];let w=document.documentElement."
                 "clientWidth;for(const e of document.querySelectorAll("
                 "'table,figure,svg,article,th,td,h2')){const r=e."
                 "getBoundingClientRect();if(r.right>w+1)out.push(e.tagName)}"
                 "for(const s of document.querySelectorAll('svg')){const b=s."
                 "getBoundingClientRect();for(const t of s.querySelectorAll("
                 "'text')){const r=t.getBoundingClientRect();if(r.left<b.left-1"
                 "||r.right>b.right+1||r.top<b.top-1||r.bottom>b.bottom+1)"
                 "out.push('text '+t.textContent)}}"
                 "document.title='OUT:'+JSON.stringify(out)</script></body>")
        copy = self.home.path / "probe.html"
        copy.write_text(re.sub(r"<meta http-equiv[^>]*>", "", text).replace(
            "</body>", probe), encoding="utf-8")
        for width in (900, 700):
            seen = self.browse(f"--window-size={width},1000", "--dump-dom",
                               copy)
            self.assertIn("<title>OUT:[]</title>", seen,
                          re.findall("OUT:[^<]*", seen)[:1])
        # the page itself: nothing of it runs
        own = self.home.path / "own.html"
        own.write_text(text.replace("</body>", probe), encoding="utf-8")
        self.assertNotIn("OUT:[", self.browse("--dump-dom", own).split(
            "</title>")[0])

    def test_on_a_telephone_each_requirement_begins_with_its_status(self):
        """In a frame of that width: no window is as narrow."""
        outer = self.home.path / "outer.html"
        probe = """<script>onload=()=>{let n=0;const out=[],
            d=document.querySelector('iframe').contentDocument;
            if(d.documentElement.scrollWidth>390)out.push('page');
            for(const e of d.querySelectorAll('td.st')){n++;const r=e.
            getBoundingClientRect(),i=e.parentNode.querySelector('th.id');
            if(r.left<0||r.right>390||i&&i.getBoundingClientRect().top<r.bottom)
            out.push(e.textContent)}document.title='OUT:'+out+n}</script>"""
        for words, cells in (("year", 62), ("half-year", 31)):
            text = self.page(words, 2024, "nord").read_text(encoding="utf-8")
            outer.write_text(
                "<meta charset=utf-8><iframe style='width:390px' srcdoc=\"%s\">"
                "</iframe>%s" % (html.escape(text), probe), encoding="utf-8")
            seen = self.browse("--dump-dom", outer)
            self.assertIn(f"<title>OUT:{cells}</title>", seen, words)


if __name__ == "__main__":
    unittest.main()
