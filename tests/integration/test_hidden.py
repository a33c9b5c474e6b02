"""What notices tell of small numbers: a subscriber of a region and of all its
trusts, who knows every denominator, cannot work out what is suppressed."""
import itertools
import time
import unittest
from fractions import Fraction

import house
import mvclient

YEAR = time.localtime().tm_year - 1     # over, and not closed
LIMIT = 60
TRUSTS = ("ahus", "innlandet", "ous", "sunnaas")
UNITS = "units:\n  - {id: hso, name: H, kind: region}\n" + "".join(
    f"  - {{id: {name}, name: {name}, kind: trust, parent: hso}}\n"
    for name in TRUSTS)
INDICATORS = """indicators:
  - {id: letters, title: Letters, measure: percent, frequency: A, decimals: 1,
     over_periods: ratio, over_units: ratio, by: trust, min_denominator: 5}
"""
TARGETS = f"""targets:
  - {{id: t1, year: {YEAR}, text: T, indicator: letters,
     scope: [region, trust], require: [value >= {LIMIT} %]}}
"""
EVERY = ["to-red", "back", "to-yellow", "to-green", "to-none"]
# in the order in which they come
FIGURES = {"sunnaas": (1, 4), "innlandet": (7, 10), "ahus": (30, 100),
           "ous": (95, 100)}
SMALL, NEXT = "sunnaas", "innlandet"


class Hidden(unittest.TestCase):
    def begin(self, indicators=INDICATORS):
        home = self.house = house.House(units=("hso", *TRUSTS))
        self.addCleanup(home.__exit__)
        home.add_key("kari", "subscriber")
        home.start()
        self.assertEqual(home.catalogue(UNITS, indicators, TARGETS)
                         ["result"], "accepted")
        self.row = home.subscribe(id="all", units=["hso", *TRUSTS],
                                  transitions=EVERY)
        self.numbers = itertools.count(1)

    def push(self, unit, pair, speaker=None):
        answer = self.house.producer(speaker or unit).deliver_for_good(
            mvclient.delivery("m", next(self.numbers), [
                {"indicator": "letters", "unit": unit, "period": str(YEAR),
                 "numerator": pair[0], "denominator": pair[1]}]))
        self.assertEqual(answer["result"], "accepted", answer)

    def told(self, count):
        """unit -> its last change, and the texts of all notices."""
        notices = self.house.notices(self.row, count)
        return ({change["unit"]: change for one in notices
                 for change in one["changes"]},
                "".join(one["text"]["nb"] for one in notices))

    def possible(self, told):
        """Every numerator that the small one may have, from what was told
        and the denominators of all."""
        whole = sum(den for _, den in FIGURES.values())
        region = Fraction(told["hso"]["value"])
        found = set()
        known = {name: [round(Fraction(told[name]["value"]) * den / 100)]
                 if "value" in told.get(name, {}) else range(den + 1)
                 for name, (_, den) in FIGURES.items()}
        for numerators in itertools.product(*known.values()):
            each = dict(zip(known, numerators))
            share = Fraction(100 * sum(numerators), whole)
            if abs(share - region) < Fraction(1, 10 ** 9) and all(
                    (Fraction(100 * each[name], FIGURES[name][1]) >= LIMIT)
                    == (told[name]["status"] == "green")
                    for name in FIGURES if name in told):
                found.add(each[SMALL])
        return found

    def test_the_suppressed_number_does_not_follow_from_the_others(self):
        self.begin()
        for unit, pair in FIGURES.items():
            self.push(unit, pair)
        told, text = self.told(3)       # from none to none is no news
        self.assertEqual(
            {name: (one["status"], "value" in one)
             for name, one in told.items()},
            {"hso": ("green", True), "ahus": ("red", True),
             "ous": ("green", True), NEXT: ("green", False)})
        for name in ("value", "margin", "needed", "criteria"):
            self.assertNotIn(name, told[NEXT])
        self.assertEqual((told[NEXT]["limit"], told[NEXT]["marks"]),
                         (str(LIMIT), ["hidden"]))
        self.assertEqual(self.possible(told), {0, 1, 2})
        self.assertEqual(text.count(
            "Tallet vises ikke: det ville røpe et annet, som er skjermet."),
            1)
        with self.house.control("evaluator") as reader:
            judged = reader.ask("explain", target="t1", year=YEAR,
                                unit=NEXT)[0]["judgement"]
        self.assertEqual((judged["value"], judged["margin"]), ("70", "10"))
        self.assertNotIn("marks", judged)
        # with it, it would
        told[NEXT].update(value=judged["value"])
        self.assertEqual(self.possible(told), {1})

    def test_it_comes_and_goes_without_its_number(self):
        self.begin()
        for unit, pair in FIGURES.items():
            self.push(unit, pair)
        before, _ = self.told(3)
        self.push(SMALL, (4, 5))
        after, _ = self.told(4)
        self.assertEqual(after[SMALL]["value"], "80")
        self.push(SMALL, (1, 4))
        last, text = self.told(5)
        self.assertEqual((last[SMALL]["status"], last[SMALL]["reason"]),
                         ("none", "suppressed"))
        for name in ("value", "limit", "margin", "needed", "criteria",
                     "basis"):
            self.assertNotIn(name, last[SMALL])
        self.assertEqual(text.count("80,0 %"), 1)
        self.assertEqual(before[NEXT], last[NEXT])

    def test_below_a_region_with_figures_of_its_own_all_is_told(self):
        self.begin(INDICATORS.replace("by: trust", "by: region"))
        self.push("hso", (90, 200), "hso")
        for unit, pair in FIGURES.items():
            self.push(unit, pair, "hso")
        told, text = self.told(4)
        self.assertEqual(told[NEXT]["value"], "70")
        self.assertEqual(told["hso"]["value"], "45")
        self.assertNotIn("vises ikke", text)


if __name__ == "__main__":
    unittest.main()
