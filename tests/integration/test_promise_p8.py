"""Promise P8: every change that a subscription asks for is named in exactly
one of its notices, while the notifier is killed again and again, and stopped
(P21).

What is expected is worked out here from the changes log as it is pulled and
from the filters as they were sent, by a model of a page (`Model`)."""
import collections
import random
import threading
import time
import unittest

import msgpack

import house
import mvclient

SUBSCRIPTIONS = 1000
KILLS = house.scale(15, 300)
STOPS = house.scale(10, 250)
OWNERS = house.scale(8, 40)
READERS = 2
PATIENCE_S = 600.0
CPU_S = house.scale(20.0, 300.0)     # seen: 2 of the 20
SEED = 20241122

YEAR = time.localtime().tm_year - 1  # all its months are over; not closed
REGIONS = {"north": ("alta", "bodo"), "south": ("arendal", "drammen")}
TRUSTS = [t for trusts in REGIONS.values() for t in trusts]
REGION_OF = {t: r for r, trusts in REGIONS.items() for t in trusts}
REGION_OF.update({r: r for r in REGIONS})
INDICATORS = ("wait", "stay", "late", "beds")
TARGETS = ("t-wait", "t-stay", "t-late", "t-beds", "t-region")
TRANSITIONS = ("to-red", "back", "to-yellow", "to-green", "to-none",
               "overdue")
USUAL = ("to-red", "back")

UNITS_YAML = "units:\n" + "".join(
    f"  - {{id: {r}, name: {r}, kind: region}}\n" + "".join(
        f"  - {{id: {t}, name: {t}, kind: trust, parent: {r}}}\n"
        for t in trusts) for r, trusts in REGIONS.items())
INDICATORS_YAML = "indicators:\n" + "".join(
    f"  - {{id: {i}, title: {i}, measure: {measure}, frequency: M, "
    f"better: lower, over_periods: mean, over_units: {units}, by: trust, "
    "due: 45 d}\n"
    for i, measure, units in (("wait", "days", "none"),
                              ("stay", "days", "none"),
                              ("late", "days", "none"),
                              ("beds", "count", "sum")))
TARGETS_YAML = "targets:\n" + "".join(
    f"  - {{id: {t}, year: {YEAR}, text: {t}, indicator: {i}, "
    f"scope: [{scope}], require: [value < {green}{word}], "
    f"yellow: [value < {yellow}{word}]}}\n"
    for t, i, scope, green, yellow, word in (
        ("t-wait", "wait", "trust", 50, 60, " days"),
        ("t-stay", "stay", "trust", 50, 60, " days"),
        ("t-late", "late", "trust", 50, 60, " days"),
        ("t-beds", "beds", "trust", 50, 60, ""),
        ("t-region", "beds", "region", 100, 115, "")))


class Model:
    """The changes log and the filters to (subscription, group, change)."""

    def __init__(self):
        self.status = {}   # (target, year, unit) -> the last one
        self.colour = {}   # the same -> the last colour
        self.red_in = {}   # the same -> the group in which it turned red
        self.group = 0
        self.expected = collections.defaultdict(dict)  # sub -> group -> set

    def take(self, group, seq, subscriptions):
        if group["part"] == 1:
            self.group += 1
        for change in group["changes"]:
            key = (change["target"], change["year"], change["unit"])
            events, red = self.events(key, change)
            named = key + (change["changes_this_year"],)
            for sub in subscriptions:
                if sub.wants(key, events, red, self.group):
                    self.expected[sub.id].setdefault(seq, set()).add(named)

    def events(self, key, change):
        """What happened, and the group whose red this takes back."""
        now, was = change["status"], self.colour.get(key)
        events, red = set(), self.red_in.get(key)
        if now == "none":
            if self.status.get(key, "none") != "none":
                events.add("to-none")
            if change["reason"] == "overdue":
                events.add("overdue")
        else:
            if was and self.status[key] == "none":
                events.add("to-none")       # it was lost, and is there again
            if now != was:
                events.add("to-" + now)
                if was == "red":
                    events.add("back")
                if now == "red":
                    self.red_in[key] = self.group
            self.colour[key] = now
        self.status[key] = now
        return events, red


class Subscription:
    """What was asked for, and what has come."""

    def __init__(self, name, owner, chance):
        self.id, self.owner = name, owner
        self.sleeps = chance.random() < 0.1     # reads, never acknowledges
        self.args = {"id": name}
        for word, names in (("regions", tuple(REGIONS)),
                            ("units", TRUSTS + list(REGIONS)),
                            ("targets", TARGETS)):
            if chance.random() < 0.5:
                some = min(chance.choice((1, 1, 2, 3)), len(names))
                self.args[word] = chance.sample(names, some)
        if len(self.args) == 1:
            self.args["all"] = True
        if chance.random() < 0.7:
            self.args["transitions"] = chance.sample(
                TRANSITIONS, chance.randint(1, len(TRANSITIONS)))
        self.asks = set(self.args.get("transitions", USUAL))
        self.next, self.done = 1, 1
        self.notices = {}                       # number -> notice
        self.repeats, self.asked_again = 0, 0

    def wants(self, key, events, red, group):
        target, _, unit = key
        if group < self.in_force:
            return False
        for word, name in (("regions", REGION_OF[unit]), ("units", unit),
                           ("targets", target)):
            if word in self.args and name not in self.args[word]:
                return False
        events = events & self.asks
        if "back" in events and "to-red" in self.asks and red < self.in_force:
            events = events - {"back"}  # it was never told of that red
        return bool(events)

    def begin(self, row):
        self.in_force, self.genesis = row["from_group"], row["genesis"]

    def take(self, raw):
        notice = msgpack.unpackb(raw, raw=False)
        number = notice["number"]
        had = self.notices.setdefault(number, notice)
        if had is not notice:
            self.repeats += 1
            if had != notice:
                raise AssertionError(f"{self.id} {number} is another now")
        return number


def rows_of(client, verb, **args):
    """All the pages of a list."""
    at = 0
    while at is not None:
        at_args, at = {**args, "from": at} if at else args, None
        for row in client.ask(verb, **at_args):
            if set(row) == {"next"}:
                at = row["next"]
            else:
                yield row


def away(why):
    """It ended, or says that it is ending: to be asked again."""
    return (isinstance(why, mvclient.Silence) or
            why.args[0].get("code") == "stopping")


def patiently(client, what, patience_s=PATIENCE_S):
    """what(), again on a new connection while the service is away."""
    until = time.monotonic() + patience_s
    while True:
        try:
            return what()
        except (mvclient.Silence, mvclient.Refused) as why:
            if not away(why) or time.monotonic() > until:
                raise
            client.connect()


class Stream(threading.Thread):
    """Real deliveries, as many as were let go."""

    def __init__(self, world, chance):
        super().__init__(daemon=True)
        self.world, self.chance = world, chance
        self.sent = self.allowed = 0
        self.over, self.failed = False, None
        self.moved = threading.Condition()

    def rows(self, unit):
        for indicator in self.chance.sample(INDICATORS,
                                            self.chance.randint(1, 4)):
            value = self.chance.choice((35, 45, 54, 58, 70, 90, None))
            yield {"indicator": indicator, "unit": unit,
                   "period": f"{YEAR}-M01", "value": value,
                   "flag": "Q" if value is None else "A"}

    def one(self, number):
        unit = self.chance.choice(TRUSTS)
        rows = list(self.rows(unit))
        kind = "delivery"
        if self.chance.random() < 0.05:
            kind = "withdrawal"
            rows = [{k: row[k] for k in ("indicator", "unit", "period")}
                    for row in rows]
        answer = self.world.producers[unit].deliver_for_good(
            mvclient.delivery("m", number, rows, kind=kind))
        if answer["result"] != "accepted":
            raise AssertionError(answer)
        self.world.last_seq = answer["seq"]

    def run(self):
        try:
            while True:
                with self.moved:
                    self.moved.wait_for(
                        lambda: self.over or self.sent < self.allowed)
                    if self.sent >= self.allowed:
                        return
                self.one(self.sent + 1)
                with self.moved:
                    self.sent += 1
                    self.moved.notify_all()
        except Exception as why:  # told by the main thread
            with self.moved:
                self.failed = why
                self.moved.notify_all()

    def let(self, more, then):
        """Lets more go; returns after `then` of them."""
        with self.moved:
            wanted = self.sent + then
            self.allowed += more
            self.moved.notify_all()
            self.moved.wait_for(lambda: self.failed or self.sent >= wanted)
            if self.failed:
                raise self.failed

    def end(self):
        with self.moved:
            self.over = True
            self.moved.notify_all()
        self.join()
        if self.failed:
            raise self.failed


class Reader(threading.Thread):
    """Some owners' programs: each pulls the queues that it is told of."""

    def __init__(self, world, owners, chance):
        super().__init__(daemon=True)
        self.world, self.owners, self.chance = world, owners, chance
        self.over, self.failed = threading.Event(), None

    def run(self):
        try:
            clients = [(o, self.world.public(o)) for o in self.owners]
            last = False
            while not last:
                last = self.over.is_set()  # once more after the end
                for owner, client in clients:
                    self.sweep_through(owner, client)
            for _, client in clients:
                client.close()
        except Exception as why:
            self.failed = why

    def sweep_through(self, owner, client):
        """It goes on where the last kill interrupted it: however often while
        they go on, and with patience after them."""
        until = None
        while True:
            try:
                return self.sweep(owner, client)
            except (mvclient.Silence, mvclient.Refused) as why:
                if not away(why):
                    raise
                if self.over.is_set():
                    until = until or time.monotonic() + PATIENCE_S
                    if time.monotonic() > until:
                        raise
                client.connect()

    def sweep(self, owner, client):
        for row in rows_of(client, "queues"):
            sub = self.world.by_id.get(row["subscription"])
            if sub is None or sub.owner != owner:
                continue
            if sub.next > 1 and self.chance.random() < 0.02:
                back = self.chance.randint(1, sub.next)
                sub.asked_again += sub.next - back
                sub.next = back
            if row["head"] >= sub.next:
                self.read(client, sub, row["head"])
            if not sub.sleeps and row["done"] <= sub.done <= row["head"] + 1:
                self.acknowledge(client, sub)

    def read(self, client, sub, head):
        while sub.next <= head:
            page = client.pull(sub.id, sub.next, sub.genesis,
                               done=min(sub.done, sub.next))
            if page.get("result") == "superseded":
                # by an older pull, from a connection that lingers: again
                raise mvclient.Silence(page["result"])
            if page["type"] == "reply":
                raise mvclient.Refused(page)
            if page["type"] != "records" or not page["records"]:
                raise AssertionError(page)
            for raw in page["records"]:
                if sub.take(raw) != sub.next:
                    raise AssertionError(f"{sub.id}: not {sub.next}")
                sub.next += 1
        if not sub.sleeps:
            sub.done = max(sub.done, sub.next)

    @staticmethod
    def acknowledge(client, sub):
        """A pull beyond the end is parked: its answer is not waited for."""
        client.next_id += 1
        client.send({"v": 1, "type": "pull", "log": sub.id,
                     "id": client.next_id, "from": sub.done,
                     "hash": sub.genesis, "done": sub.done,
                     "max_bytes": 1 << 20})


@unittest.skipUnless((house.BUILD / "bin" / "maalvakt-notifier").exists(),
                     "there is no notifier in this build")
class OneNotice(unittest.TestCase):
    def setUp(self):
        self.chance = random.Random(SEED)
        self.by_id = {}
        self.h = house.House(units=TRUSTS, settings={
            "notifier": {"merge_above": 100000}})
        self.addCleanup(self.h.__exit__)
        self.owners = [f"owner{i}" for i in range(OWNERS)]
        for owner in self.owners:
            self.h.add_key(owner, "subscriber,reader")
        self.h.start()
        answer = self.h.catalogue(UNITS_YAML, INDICATORS_YAML, TARGETS_YAML)
        self.assertEqual(answer["result"], "accepted", answer)
        self.producers = {t: self.h.producer(t) for t in TRUSTS}
        self.operator = self.h.control("notifier", timeout_s=2.0)
        self.auditor = self.h.control("evaluator")

    def public(self, owner):
        return self.h.client("notifier", "public", owner, timeout_s=1.0)

    @staticmethod
    def until(wanted):
        house.until(wanted, PATIENCE_S)

    # ---- subscriptions ----

    def judged_first(self):
        """The catalogue's own group has come to the notifier."""
        with self.public(self.owners[0]) as client:
            def known():
                reply = client.request("subscribe", {
                    "id": "first", "targets": list(TARGETS)})
                return reply["result"] == "ok"
            self.until(known)
            client.ask("unsubscribe", id="first", force=True)

    def head(self):
        return self.auditor.ask("head", log="changes")[0]["seq"]

    def subscribe(self, count):
        clients = {o: self.public(o) for o in self.owners}
        for _ in range(count):
            owner = self.chance.choice(self.owners)
            sub = Subscription(f"sub{len(self.by_id)}", owner, self.chance)
            row = patiently(clients[owner], lambda: clients[owner].ask(
                "subscribe", **sub.args)[0])
            sub.begin(row)
            self.assertLessEqual(sub.in_force, self.head() + 1)
            self.by_id[sub.id] = sub
        for client in clients.values():
            client.close()

    # ---- books ----

    def audit(self):
        """Promise P19 of the notifier; the sums, all queues added up."""
        def once():
            rows = list(rows_of(self.operator, "books"))
            some = self.chance.sample(sorted(self.by_id), 3)
            return rows + [self.operator.ask("books", subscription=s)[0]
                           for s in some]
        rows = patiently(self.operator, once)
        for row in rows:
            self.assertTrue(row["balanced"] and row["agrees"], row)
            self.assertEqual(row["made"], row["delivered"] + row["pending"] +
                             row["dead"] + row["withdrawn"], row)
        self.audits += 1
        return rows[0]

    # ---- the run ----

    def amid(self, stream):
        more = self.chance.randint(10, 20)
        stream.let(more, self.chance.randint(1, more - 2))

    def stop_once(self, stream, at):
        self.amid(stream)
        self.assertEqual(self.h.stop_cleanly("notifier", twice=at % 3 == 0),
                         0, "not stopped cleanly")
        self.h.start("notifier")
        self.audit()

    def kill_once(self, stream, at):
        self.amid(stream)
        self.h.kill("notifier")
        if at % 4 == 3:             # and again while it starts
            self.h.launch("notifier")
            time.sleep(self.chance.random() * 0.05)
            self.h.kill("notifier")
        self.h.start("notifier")
        self.audit()

    def pending(self, wanted):
        rows = patiently(self.operator, lambda: list(
            rows_of(self.operator, "queues")))
        return sum(row["pending"] for row in rows
                   if wanted(self.by_id[row["subscription"]]))

    @staticmethod
    def position(client, log):
        """How far a service has come in the log above it."""
        return next(row["seq"] for row in client.ask("position")
                    if row["kind"] == "upstream" and row["log"] == log)

    def settle(self, readers):
        """The notifier has every group, every reader every notice."""
        self.until(lambda: self.position(self.auditor, "journal") >=
                   self.last_seq)
        self.until(lambda: patiently(self.operator, lambda: self.position(
            self.operator, "changes")) == self.head())
        self.until(lambda: self.pending(lambda s: not s.sleeps) == 0 or
                   any(r.failed for r in readers))
        for reader in readers:
            reader.over.set()
            reader.join()
            if reader.failed:
                raise reader.failed

    def model(self):
        subs = list(self.by_id.values())
        model = Model()
        for record in self.auditor.read_log("changes"):
            model.take(record.message(), record.seq, subs)
        return model

    def compare(self, model):
        """Exactly one notice names each pair, and none another."""
        ids, pairs = set(), 0
        for sub in self.by_id.values():
            got, wanted = {}, model.expected[sub.id]
            for number, notice in sorted(sub.notices.items()):
                named = [(c["target"], c["year"], c["unit"],
                          c["changes_this_year"]) for c in notice["changes"]]
                self.assertEqual(notice["subscription"], sub.id)
                self.assertNotIn(notice["group"], got, "two for one group")
                self.assertEqual(len(set(named)), len(named))
                got[notice["group"]] = set(named)
                self.assertRegex(notice["id"], "^[0-9a-f]{32}$")
                self.assertNotIn(notice["id"], ids)
                ids.add(notice["id"])
                pairs += len(named)
            self.assertEqual(list(got), sorted(got), "out of order")
            self.assertEqual(got, wanted, (sub.args, sub.in_force))
        return pairs

    # ---- what becomes of those that nobody acknowledges ----

    def restart_with(self, give_up):
        self.assertEqual(self.h.stop("notifier"), 0)
        self.h.settings["notifier"]["give_up"] = give_up
        self.h.start("notifier")

    def ended(self, sub, client, rule):
        """All its notices, pulled again: each ended so, under its own id."""
        for notice in client.read_queue(sub.id, sub.genesis):
            had = sub.notices.get(notice["number"])
            if had is not None:
                self.assertEqual(notice, {
                    "v": 1, "type": "ended", "number": had["number"],
                    "id": had["id"], "ended": rule} if "type" in notice else {
                    "number": had["number"], "id": had["id"], "ended": rule})
            else:
                yield notice

    def fates(self):
        """Dead letters: exactly those never acknowledged; put back into the
        queue with their ids, or dropped by an operator."""
        sleepers = [s for s in self.by_id.values() if s.sleeps and s.notices]
        self.assertTrue(sleepers)
        self.restart_with("1 s")
        self.until(lambda: self.pending(lambda _: True) == 0)
        dead = collections.defaultdict(set)
        for row in rows_of(self.operator, "dead"):
            dead[row["subscription"]].add(row["id"])
        self.assertEqual(dead, {s.id: {n["id"] for n in s.notices.values()}
                                for s in sleepers})
        self.audit()
        self.restart_with("24 h")
        for at, sub in enumerate(sleepers):
            client = self.public(sub.owner)
            if at % 2:
                self.operator.ask("drop", subscription=sub.id, comment="seen")
                self.assertEqual(list(self.ended(sub, client, "dropped")), [])
                continue
            self.operator.ask("requeue", subscription=sub.id)
            again = list(self.ended(sub, client, "requeued"))
            self.assertEqual(
                {n["id"]: n["changes"] for n in again},
                {n["id"]: n["changes"] for n in sub.notices.values()})
            self.assertEqual(len(again), len(sub.notices))
        return self.audit()

    def test_promise_p8_each_change_is_in_one_notice_of_each_subscription(
            self):
        self.audits = 0
        self.judged_first()
        self.subscribe(SUBSCRIPTIONS * 4 // 5)
        stream = Stream(self, random.Random(SEED + 1))
        readers = [Reader(self, self.owners[i::READERS],
                          random.Random(SEED + 2 + i))
                   for i in range(READERS)]
        for thread in [stream, *readers]:
            thread.start()
        late = SUBSCRIPTIONS - len(self.by_id)
        ends = [self.kill_once] * KILLS + [self.stop_once] * STOPS
        self.chance.shuffle(ends)
        for at, end in enumerate(ends):
            end(stream, at)
            self.subscribe(late * (at + 1) // len(ends) -
                           late * at // len(ends))
        stream.end()
        self.settle(readers)
        used = house.cpu_s(self.h.processes["notifier"].pid)
        self.assertLess(used, CPU_S, "since the last kill")
        pairs = self.compare(self.model())
        made = sum(len(s.notices) for s in self.by_id.values())
        self.assertGreater(pairs, 10 * SUBSCRIPTIONS)
        self.assertGreater(sum(s.repeats for s in self.by_id.values()), 0)
        for s in self.by_id.values():   # nothing comes again by itself
            self.assertLessEqual(s.repeats, s.asked_again, s.id)
        self.assertEqual(self.audit()["made"], made)
        books = self.fates()
        self.assertEqual(books["made"] - books["withdrawn"], made - sum(
            len(s.notices) for i, s in enumerate(
                s for s in self.by_id.values() if s.sleeps and s.notices)
            if i % 2))
        self.assertGreater(self.audits, KILLS + STOPS)
        print(f"{len(self.by_id)} subscriptions, {KILLS} kills, {STOPS} stops, "
              f"{stream.sent} deliveries, {made} notices, {pairs} pairs, "
              f"{self.audits} audits, {used:.2f} s of a processor since the "
              "last kill")


if __name__ == "__main__":
    unittest.main()
