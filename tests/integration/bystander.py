"""Producers who are there while others misbehave.

    with bystander.Pair(home, numbers) as pair:
        mark = pair.mark()
        ...                               # what may harm them
        slow, normal = pair.p99(mark)     # seconds to an answer

One is at the service that is spoken of, the other at a service of its own
that nobody harms, on the same disk and at the same time: what else the machine
does delays both, what the first service suffers delays the first alone.
"""
import itertools
import threading
import time

import house
import ingesting
import mvclient

ANSWERS = 20              # at least, of each, to speak of them


class Bystander(threading.Thread):
    """A producer with a delivery in flight all the while."""

    def __init__(self, client, numbers):
        super().__init__(daemon=True)
        self.client, self.numbers = client, numbers
        self.took, self.accepted = [], []
        self.over = threading.Event()
        self.fault = None

    def run(self):
        while not self.over.is_set():
            number, began = next(self.numbers), time.monotonic()
            try:
                answer = self.client.deliver(
                    ingesting.table(number, unit="ous"), 30.0)
            except mvclient.Silence:
                self.fault = "no answer in 30 s"
                return
            if answer["result"] != "accepted":
                self.fault = str(answer)
                return
            self.took.append(time.monotonic() - began)
            self.accepted.append(number)
            time.sleep(0.002)


class Pair:
    def __init__(self, home, numbers):
        self.calm = house.House()
        self.of = [Bystander(home.producer("ous"), numbers)]

    def __enter__(self):
        self.calm.start("ingest")
        answer = self.calm.catalogue(ingesting.UNITS, ingesting.INDICATORS,
                                     ingesting.TARGETS)
        assert answer["result"] == "accepted", answer
        self.of.append(Bystander(self.calm.producer("ous"),
                                 itertools.count(1)))
        for one in self.of:
            one.start()
        self.answers((0, 0), 2 * ANSWERS)      # they are at work
        return self

    def __exit__(self, *_):
        for one in self.of:
            one.over.set()
        for one in self.of:
            one.join()
            one.client.close()
        self.calm.__exit__()

    @property
    def fault(self):
        return self.of[0].fault or self.of[1].fault

    def mark(self):
        return tuple(len(one.took) for one in self.of)

    def answers(self, mark, many=ANSWERS):
        """Waits until each has so many since then, or a fault."""
        house.until(lambda: self.fault or all(
            len(one.took) >= since + many
            for one, since in zip(self.of, mark)))

    def p99(self, mark, many=ANSWERS):
        """Seconds, of each since then. Of both as many of the worst are left
        out as a hundredth of the fewer: what delays both at once is then in
        both, however many more the faster one has."""
        self.answers(mark, many)
        assert self.fault is None, self.fault
        took = [sorted(one.took[since:])
                for one, since in zip(self.of, mark)]
        fewest = min(len(each) for each in took)
        worst = fewest - int(fewest * 0.99)
        return [each[-worst] for each in took]
