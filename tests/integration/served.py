"""A journal made beforehand, and evaluators that start on it from nothing.

    class P5(served.Case):
        self.serve(records)                  # by the real ingest
        reader, held = self.evaluator("one") # a store of its own
"""
import unittest

import days
import house
import judged
import mvclient


class Case(unittest.TestCase):
    def serve(self, records):
        self.home = house.House()
        self.addCleanup(self.home.__exit__)
        judged.make_journal(self.home.path / "ingest", records)
        self.start_ingest(records)
        auditor = self.home.control("ingest")
        self.records = list(auditor.read_log("journal"))
        self.assertEqual(len(self.records), len(records))

    def start_ingest(self, records):
        """So long after the last record that it doubts its clock: sooner it
        would write of the days that passed."""
        clock = days.Days()
        self.addCleanup(clock.__exit__)
        clock.move(records[-1]["received_ms"] + 90 * 86_400_000)
        self.home.start("ingest", environment=clock.environment)

    def evaluator(self, name, launch=None, **settings):
        """Started on a store of its own; (client, what it holds)."""
        reader = self.caught_up(name, launch, **settings)
        return reader, self.held(reader)

    def caught_up(self, name, launch=None, timeout_s=10.0, **settings):
        """A client of it, once it has the whole journal; Failed if it ended."""
        self.run_it(name, launch, **settings)
        reader = self.home.control("evaluator", timeout_s=timeout_s)
        process = self.home.processes["evaluator"]
        try:
            judged.follow(reader, len(self.records),
                          ended=lambda: process.poll() is not None)
        except mvclient.Silence:
            reader.close()
            raise house.Failed(self.home.log("evaluator")[-2000:])
        return reader

    def run_it(self, name, launch=None, **settings):
        place = self.home.path / name
        place.mkdir(mode=0o700, exist_ok=True)
        self.home.settings["evaluator"] = {"data_dir": place, **settings}
        self.home.start("evaluator", **(launch or {}))

    @staticmethod
    def held(reader):
        """State, hashed table by table, and the log's contents."""
        log = [(r.seq, r.received_ms, r.content)
               for r in reader.read_log("changes")]
        return judged.digest(reader), log

    def beside(self, reader, aside=()):
        """The first difference from the second judge, or None."""
        return judged.difference(
            judged.Beside(self.records, aside),
            judged.groups_seen(reader.read_log("changes")),
            judged.statuses_seen(reader))
