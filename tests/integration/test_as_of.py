"""A year in which all happens that is no plain figure, day by day: acts that
end by themselves, withdrawals, another catalogue, a frozen report. Whatever
was drawn on a day is drawn of it later."""
import time
import unittest

from test_report import (FIGURES, FORMATS, INDICATORS, TARGETS, UNITS, Lived,
                         draw)

COMMISSIONS = """commissions:
  - id: plan
    year: 2024
    text: {nb: Lage en plan, en: Make a plan}
    for: [nord]
    due: [{what: utkast, on: 2024-04-01%s}]
"""
OTHERS = """  - {id: person, year: 2024, text: %s, indicator: epikrise,
     scope: [trust], require: ["value >= 80 %%"], decides: assessment}
"""
REPORTS = (("year", 2024, "nord"), ("half-year", 2024, "nord"),
           ("missing", 2024, "nord"))
WHO = ("--author", "Kari Nordmann", "--comment")


class AsOf(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.home = home = Lived("2024-02-01")
        cls.addClassCleanup(home.close)
        cls.apply("Et menneske ser", "")
        home.until(lambda: home.run("report", "year", 2024, "nord").returncode
                   == 0)
        cls.drawn = {}
        for day, happens in cls.history():
            home.live(day)
            happens()
            cls.drawn[day] = cls.lived()

    @classmethod
    def history(cls):
        """Each day, and what happens on it; nothing: what its passing does."""
        say, push = cls.say, cls.home.push
        return (
            ("2024-03-15", lambda: None),
            ("2024-04-02", lambda: None),                 # overdue
            ("2024-04-05", lambda: cls.apply(
                "Et menneske ser", ", moved: 2024-06-01")),
            ("2024-06-02", lambda: None),                 # overdue again
            ("2024-06-15", lambda: (
                push("bodo", "2024-T1;75;100"), push("tromso", "2024-T1;60;100"),
                say("deliver", "plan", "nord", "--year", 2024, "--due",
                    "2024-04-01", *WHO, "Sendt."))),
            ("2024-07-01", lambda: say(
                "assess", "person", "bodo", "gul", "--year", 2024, "--until",
                "2024-09-01", *WHO, "Nesten.")),
            ("2024-08-15", lambda: (
                say("hold", "epikrise", "tromso", "--until", "2024-10-25",
                    *WHO, "Nytt fagsystem."),
                push("tromso", "2024-T1;90;100"))),
            ("2024-09-02", lambda: None),                 # assessed no more
            ("2024-10-20", lambda: push(
                "tromso", "2024-T2;62;100")),             # held
            ("2024-10-26", lambda: None),                 # held no more
            ("2024-11-10", lambda: cls.withdraw("tromso", "2024-T2")),
            ("2024-11-20", lambda: say(
                "hold", "epikrise", "bodo", *WHO, "Ser etter.")),
            ("2024-11-25", lambda: push("bodo", "2024-T2;10;100")),
            ("2024-11-26", lambda: say(
                "release", "epikrise", "bodo", *WHO, "Stemmer.")),
            ("2024-12-01", lambda: cls.apply(
                "Et annet menneske ser", ", moved: 2024-06-01")),
            ("2025-02-20", lambda: (
                push("bodo", "2024-T3;99;100"),
                push("tromso", "2024-T2;80;100", "2024-T3;80;100"))),
            ("2025-03-01", lambda: (
                say("freeze", "half-year", "nord", "--year", 2024, *WHO, "1"),
                say("freeze", "year", "nord", "--year", 2024, *WHO, "2"))),
            ("2025-03-05", lambda: push("bodo", "2024-T1;5;100")),
            ("2025-03-06", lambda: cls.withdraw("tromso", "2024-T1")))

    @classmethod
    def apply(cls, title, moved):
        home = cls.home
        where = home.catalogue("c", UNITS, INDICATORS,
                               TARGETS % "Minst 70 prosent" + OTHERS % title)
        home.write("c/commissions.yaml", COMMISSIONS % moved)
        home.good("catalogue", "apply", where, "--yes")

    @classmethod
    def say(cls, *words):
        cls.home.good(*words)

    @classmethod
    def withdraw(cls, unit, period):
        path = cls.home.write(f"back-{unit}-{time.time_ns()}.csv",
                              FIGURES + f"epikrise;{unit};{period};;\n")
        cls.home.good("push", "--withdraw", path, "--as", unit)

    @classmethod
    def lived(cls, *how):
        """All reports, twice the same: nothing was on its way."""
        before = None
        while True:
            now = {words[0]: draw(cls.home, *words, *how) for words in REPORTS}
            if now == before or how:
                return now
            before = now
            time.sleep(0.1)

    def test_what_is_drawn_of_a_day_is_what_was_drawn_on_it(self):
        for day, lived in self.drawn.items():
            then = self.lived("--as-of", day)
            for report in lived:
                for form in FORMATS:
                    with self.subTest(day=day, report=report, form=form):
                        self.assertEqual(lived[report][form],
                                         then[report][form])

    def test_each_of_these_days_is_told_by_its_report(self):
        days = list(self.drawn)
        for one, next_one in zip(days, days[1:]):
            with self.subTest(next_one):
                self.assertNotEqual(self.drawn[one]["year"]["json"],
                                    self.drawn[next_one]["year"]["json"])


if __name__ == "__main__":
    unittest.main()
