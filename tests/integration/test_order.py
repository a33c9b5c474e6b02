"""Promise P3: deliveries shuffled against their times end in the same state."""
import random
import unittest

import house
import judged
import served
from oracle import constructs, generate
from test_rebuild import LASTING

DAY_MS = 86_400_000


def timed(content, time_ms):
    """The same table, every row of it stated at that time."""
    fields = [f for f in content["fields"] if f != "time"]
    keep = [content["fields"].index(f) for f in fields]
    return {**content, "fields": fields + ["time"],
            "rows": [[row[i] for i in keep] + [time_ms]
                     for row in content["rows"]]}


class AnyOrder(served.Case):
    def prepare(self, seed):
        """(what comes first, tables to be shuffled)."""
        made = constructs.Whole if seed % 2 else generate.Case
        whole = judged.journal_of(made(seed, deliveries=40))
        first = [r for r in whole
                 if r["content"]["type"] not in judged.TABLES]
        tables = [r for r in whole if r["content"]["type"] in judged.TABLES]
        for at, one in enumerate(tables):
            one["content"] = timed(one["content"],
                                   whole[0]["received_ms"] + at * 1000)
        return first, tables

    def served_so(self, records, last_ms):
        """The statuses of this order, but for when they turned."""
        stamped = [{**r, "received_ms": last_ms + at}
                   for at, r in enumerate(records)]
        self.serve(stamped)
        self.run_it("store")
        reader = self.home.control("evaluator")
        judged.follow(reader, len(stamped))
        seen = {key: {name: row.get(name) for name in LASTING}
                for key, row in judged.statuses_seen(reader).items()}
        for key, row in seen.items():
            row["criteria"] = self.criteria(reader, key)
        return reader, seen

    @staticmethod
    def criteria(reader, key):
        """Of a target, what each criterion and member rests on and what it
        needs: nothing in them knows when it came."""
        what, name, year, unit = key
        return [row for row in judged.paged(
                    reader, "explain", unit=unit, year=year, **{what: name})
                if row["what"] == "criterion"]

    def test_p3_shuffled_deliveries_end_in_the_same_statuses(self):
        tried, ends = 0, []
        for seed in range(31, 31 + house.scale(4, 20)):
            first, tables = self.prepare(seed)
            last_ms = max(r["received_ms"] for r in first + tables) + DAY_MS
            chance, expected = random.Random(seed), None
            for _ in range(house.scale(5, 50)):
                with self.subTest(seed=seed, tried=tried):
                    reader, seen = self.served_so(first + tables, last_ms)
                    if expected is None:
                        expected = seen
                        self.assertIsNone(self.beside(reader))
                        ends += expected.values()
                    self.assertEqual(seen, expected)
                    tried += 1
                self.home.__exit__()
                chance.shuffle(tables)
        needed = [one["criterion"]["needed"] for end in ends
                  for one in end["criteria"] if "needed" in one["criterion"]]
        filled = [end["forecast"] for end in ends if end["forecast"]]
        print(f"{tried} orders, {len(needed)} needed, {len(filled)} forecast")
        self.assertTrue(needed and filled)
        self.assertGreater(len(set(str(s) for s in expected.values())), 3)

    def test_control_later_in_the_journal_is_another_state(self):
        """With one time for all, the order does tell: in some world, as
        not in each does a number decide."""
        self.assertTrue(any(self.order_tells(seed)
                            for seed in range(31, 41)))

    def order_tells(self, seed):
        first, tables = self.prepare(seed)
        last_ms = max(r["received_ms"] for r in first + tables) + DAY_MS
        for one in tables:
            one["content"] = timed(one["content"], last_ms)
        _, forth = self.served_so(first + tables, last_ms)
        self.home.__exit__()
        _, back = self.served_so(first + tables[::-1], last_ms)
        self.home.__exit__()
        return forth != back


if __name__ == "__main__":
    unittest.main()
