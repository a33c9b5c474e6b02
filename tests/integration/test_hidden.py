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


def indicator(name, by="trust"):
    return (f"  - {{id: {name}, title: {name}, measure: percent, "
            "frequency: A, decimals: 1, over_periods: ratio,\n"
            f"     over_units: ratio, by: {by}, min_denominator: 5}}\n")


def target(name, of, limit):
    return (f"  - {{id: {name}, year: {YEAR}, text: T, indicator: {of},\n"
            "     scope: [region, trust], "
            f"require: [value >= {limit} %]}}\n")


EVERY = ["to-red", "back", "to-yellow", "to-green", "to-none"]
# in the order in which they come
FIGURES = {"sunnaas": (1, 4), "innlandet": (7, 10), "ahus": (30, 100),
           "ous": (95, 100)}
SMALL, NEXT = "sunnaas", "innlandet"


# the suppressed one is in before any number is told of the others
ORDERS = [(SMALL, *rest) for rest in itertools.permutations(
    name for name in TRUSTS if name != SMALL)]
LIMITS = (25, 60, 85)


def colours(order, limit):
    """What is judged after each of the figures: unit -> green or red, of
    those that have a colour."""
    for count in range(1, len(order) + 1):
        pairs = {name: FIGURES[name] for name in order[:count]}
        pairs["hso"] = [sum(column) for column in zip(*pairs.values())]
        yield {name: "green" if 100 * num >= limit * den else "red"
               for name, (num, den) in pairs.items() if den >= 5}


def news(order, limit):
    """After which of the figures some colour is another."""
    was, found = {}, []
    for count, now in enumerate(colours(order, limit), 1):
        if now != was:
            found.append(count)
        was = now
    return found


def possible(told, order, limit):
    """Every numerator that the small one may have: from all that was told,
    [(how many were in, change)], and the denominators of all."""
    mine, sums = {name: range(den + 1)
                  for name, (_, den) in FIGURES.items()}, []
    for count, change in told:
        unit, green = change["unit"], change["status"] == "green"
        number = change.get("value")
        if unit == "hso":
            den = sum(FIGURES[name][1] for name in order[:count])
            sums.append((order[:count], {
                num for num in range(den + 1) if agrees(
                    num, den, number, green, limit)}))
        else:
            den = FIGURES[unit][1]
            mine[unit] = [num for num in mine[unit]
                          if agrees(num, den, number, green, limit)]
    found, names = set(), list(mine)
    for numerators in itertools.product(*mine.values()):
        each = dict(zip(names, numerators))
        if each[SMALL] not in found and all(
                sum(map(each.get, within)) in some
                for within, some in sums):
            found.add(each[SMALL])
    return found


def agrees(num, den, number, green, limit):
    share = Fraction(100 * num, den)
    return (share >= limit) == green and (
        number is None or abs(share - Fraction(number)) < Fraction(1, 10**9))


class Hidden(unittest.TestCase):
    def begin(self, indicators=indicator("letters"),
              targets=target("t1", "letters", LIMIT)):
        home = self.house = house.House(units=("hso", *TRUSTS))
        self.addCleanup(home.__exit__)
        home.add_key("kari", "subscriber")
        home.start()
        self.assertEqual(home.catalogue(
            UNITS, "indicators:\n" + indicators, "targets:\n" + targets)
            ["result"], "accepted")
        self.row = home.subscribe(id="all", units=["hso", *TRUSTS],
                                  transitions=EVERY)
        self.numbers = itertools.count(1)

    def push(self, unit, pair, speaker=None, of="letters"):
        answer = self.house.producer(speaker or unit).deliver_for_good(
            mvclient.delivery("m", next(self.numbers), [
                {"indicator": of, "unit": unit, "period": str(YEAR),
                 "numerator": pair[0], "denominator": pair[1]}]))
        self.assertEqual(answer["result"], "accepted", answer)

    def told(self, count):
        """unit -> its last change, and the texts of all notices."""
        notices = self.house.notices(self.row, count)
        return ({change["unit"]: change for one in notices
                 for change in one["changes"]},
                "".join(one["text"]["nb"] for one in notices))

    def in_turn(self, runs):
        """[(order, limit)] -> what was told of each, as `possible` reads."""
        self.begin("".join(indicator(f"i{at}") for at in range(len(runs))),
                   "".join(target(f"t{at}", f"i{at}", limit)
                           for at, (_, limit) in enumerate(runs)))
        for at, (order, _) in enumerate(runs):
            for unit in order:
                self.push(unit, FIGURES[unit], of=f"i{at}")
        when = [(at, count) for at, run in enumerate(runs)
                for count in news(*run)]
        notices = self.house.notices(self.row, len(when))
        self.assertEqual(len(notices), len(when))
        told = [[] for _ in runs]
        for (at, count), notice in zip(when, notices):
            for change in notice["changes"]:
                self.assertEqual(change["target"], f"t{at}")
                told[at].append((count, change))
        return told

    def test_no_order_tells_it_in_which_it_is_in_before_the_others(self):
        """Whatever is told, as each of the others comes in. Not of other
        orders (below), nor where it is corrected after, nor of two targets
        or years of one indicator, nor of a limit that leaves one number."""
        runs = list(itertools.product(ORDERS, LIMITS))
        for run, told in zip(runs, self.in_turn(runs)):
            with self.subTest(run):
                self.assertGreater(len(possible(told, *run)), 1)

    def test_what_was_told_before_it_came_tells_it(self):
        """As the manual says: a number that was sent is not taken back."""
        order = (NEXT, "ahus", SMALL, "ous")
        told, = self.in_turn([(order, LIMIT)])
        self.assertEqual(
            [(unit, "value" in change) for count, change in told
             for unit in [change["unit"]]],
            [("hso", True), (NEXT, True), ("hso", True), ("ahus", True),
             ("hso", True), ("ous", True)])
        self.assertEqual(possible(told, order, LIMIT), {1})

    def test_the_numbers_tell_no_more_than_the_colours(self):
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
        final = [(len(FIGURES), one) for one in told.values()]
        self.assertEqual(possible(final, tuple(FIGURES), LIMIT), {0, 1, 2})
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
        self.assertEqual(possible(final, tuple(FIGURES), LIMIT), {1})

    def test_bad_input_66_it_comes_and_goes_without_its_number(self):
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
        self.begin(indicator("letters", by="region"))
        self.push("hso", (90, 200), "hso")
        for unit, pair in FIGURES.items():
            self.push(unit, pair, "hso")
        told, text = self.told(4)
        self.assertEqual(told[NEXT]["value"], "70")
        self.assertEqual(told["hso"]["value"], "45")
        self.assertNotIn("vises ikke", text)


if __name__ == "__main__":
    unittest.main()
