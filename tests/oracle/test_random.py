"""Random cases: the generator repeats itself, the quick way is the plain
one, and the order of deliveries does not matter."""
import json
import pathlib
import random
import sys
import unittest
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from oracle import Oracle, stock  # noqa: E402
from oracle.constructs import Whole  # noqa: E402
from oracle.generate import Case  # noqa: E402


class Random(unittest.TestCase):
    SEEDS = 12

    def test_a_seed_gives_the_same_case_and_another_one_another(self):
        def made(seed):
            case = Case(seed)
            return json.dumps([case.files, case.steps, case.records()])
        self.assertEqual(made(1), made(1))
        self.assertNotEqual(made(1), made(2))

    def test_judging_what_was_touched_is_judging_everything(self):
        cases = [Case(seed, deliveries=20) for seed in range(self.SEEDS)]
        cases += [Whole(seed, deliveries=12) for seed in range(3)]
        for seed, case in enumerate(cases):
            quick = Oracle(case.files)
            plain = Oracle(case.files, restrict=False)
            for record in case.records():
                self.assertEqual(quick.apply(record), plain.apply(record),
                                 (seed, record["seq"]))
                self.assertEqual(quick.statuses(), plain.statuses(),
                                 (seed, record["seq"]))

    def test_one_world_in_ten_has_units_that_end_with_a_stock(self):
        settled = set()

        def noting(as_ever):
            def put(*args):
                settled.add(seed)
                return as_ever(*args)
            return put

        with mock.patch.multiple(
                stock.Rollup, put=noting(stock.Rollup.put),
                put_number=staticmethod(noting(stock.Rollup.put_number))):
            for seed in range(40):
                case = Whole(seed)
                oracle = Oracle(case.files)
                for record in case.records():
                    oracle.apply(record)
        self.assertGreaterEqual(len(settled), 4)

    def test_changes_alone_lead_to_the_statuses(self):
        for seed in range(self.SEEDS):
            case, last = Case(seed), {}
            oracle = Oracle(case.files)
            for record in case.records():
                for change in oracle.apply(record):
                    key = (change["target"], change["year"], change["unit"])
                    was = last.get(key, ("absent", None))
                    self.assertEqual((change["was_status"],
                                      change["was_reason"]), was)
                    last[key] = (change["status"], change["reason"])
            self.assertEqual(last, {key: (s["status"], s["reason"])
                             for key, s in oracle.statuses().items()})

    def test_numbers_are_hidden_in_some_worlds(self):
        """What is held against the services must have such changes."""
        worlds = 0
        for seed in range(4 * self.SEEDS):
            case = Whole(seed, deliveries=20)
            oracle = Oracle(case.files)
            worlds += any(one.get("hidden") for record in case.records()
                          for change in oracle.apply(record)
                          for one in change["criteria"])
        self.assertGreater(worlds, 2)

    def test_any_order_of_distinct_times_ends_the_same(self):
        for seed in range(self.SEEDS):
            records = self.timed(Case(seed))
            head = [r for r in records
                    if r["kind"] in ("clock", "catalogue")]
            rest = [r for r in records if r not in head]
            ends, files = [], Case(seed).files
            for turn in range(4):
                oracle = Oracle(files)
                for seq, record in enumerate(head + rest, 1):
                    oracle.apply(dict(record, seq=seq))
                ends.append({key: self.lasting(status) for key, status
                             in oracle.statuses().items()})
                random.Random(turn).shuffle(rest)
            self.assertTrue(all(end == ends[0] for end in ends), seed)

    @staticmethod
    def lasting(status):
        return {name: value for name, value in status.items()
                if name not in ("since", "last_coloured",
                                "changes_this_year")}

    @staticmethod
    def timed(case):
        """The case's records, each row with a time of its own."""
        records = json.loads(json.dumps(case.records()))
        for record in records:
            content = record["content"]
            if "rows" not in content:
                continue
            time = len(content["fields"])
            if "time" in content["fields"]:
                time = content["fields"].index("time")
            else:
                content["fields"].append("time")
            for row in content["rows"]:
                row[time:time + 1] = [1000 + record["seq"]]
        return records


if __name__ == "__main__":
    unittest.main()
