"""maalvakt beside this machine's bounds, alternating in one run.

    scripts/bench [--pairs N] [--only NAME ...] [--json] [--dir DIR] [--check]
                  [--beside CATALOGUE]

A table, or with --json one line per measure: {name, ours, bound, ratio, unit,
pairs}. Medians; `ratio` is the median of the pairs' own ratios, ours over
bound, and `wanted` says which side of what it should lie on. Never a gate.

--beside has another catalogue in force as well, as
deploy/catalogue/helse-sor-ost-2024: do the bounds hold then, too?

--check pushes the workload once and holds every group of the changes log
against the second judge, with one target per indicator and year.
"""
import argparse
import datetime
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import msgpack

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "integration"))
import house  # noqa: E402  (found by path)

TESTS = house.BUILD / "tests"
COLOURS = ("to-red", "to-yellow", "to-green", "back")
# That all services live on: which years are closed, and so who is told of
# what, must not depend on the day of the run.
DAY = datetime.date(2026, 11, 2)
TRUSTS = [f"t{i:02d}" for i in range(20)]
SETTLE_S = 5.0  # the services let go of what is only a copy of the disk
TICK = os.sysconf("SC_CLK_TCK")
SERVICES = house.SERVICES

# name -> unit, what is wanted of the ratio, of what
WANTED = {
    "ingest": ("figures/s", ">= 0.5"),
    "ingest_single": ("figures/s", ">= 0.5"),
    "answer_p50": ("us", "<= 1.5"),
    "notice_p50": ("us", "<= 2"),
    "notice_p99": ("us", "<= 2.5"),
    "notice_p99_20k": ("us", "<= 4"),
    "notice_p99_200k": ("us", "<= 4"),
    "whole": ("figures/s", ">= 0.15"),
    "cpu_per_million": ("s", "<= 5"),
    "idle_mib": ("MiB", "<= 1"),
    "loaded_mib": ("MiB", "<= 1"),
    "store_bytes_per_figure": ("bytes", "<= 1"),
    "restart_s": ("s", "<= 1"),
}


def program(name, *arguments):
    """Runs one of the C programs; what it printed."""
    done = subprocess.run([str(TESTS / name), *map(str, arguments)],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{name}: {done.stderr.strip() or done.stdout}")
    return done.stdout


def line(name, *arguments):
    return json.loads(program(name, *arguments))


def catalogue(indicators):
    """The load's files, and behind what each lists what Installation.beside
    lists."""
    names = ("units", "indicators", "targets", "commissions")
    files = dict(zip(names, program("load", "catalogue", "--indicators",
                                    indicators).split("---\n")))
    for name in names if Installation.beside else ():
        path = pathlib.Path(Installation.beside) / f"{name}.yaml"
        text = path.read_text(encoding="utf-8")
        files[name] = files.get(name, f"{name}:\n") + text.replace(
            f"\n{name}:\n", "\n", 1)
    return files


class Installation(house.House):
    """All services, the load's catalogue, keys for every trust."""
    beside = None   # a directory

    def __init__(self, directory, indicators=500, services=SERVICES):
        shift = (DAY - datetime.date.today()) // datetime.timedelta(
            milliseconds=1)
        room = {name: {"quota": "8 GiB", "shift_ms": shift}
                for name in SERVICES}
        room["ingest"]["rows_per_second"] = 100_000_000  # of one key
        super().__init__(settings=room, units=TRUSTS,
                         path=tempfile.mkdtemp(prefix="bench-", dir=directory))
        self.add_key("kari", "subscriber")
        self.indicators = indicators
        self.start(*services)
        answer = self.catalogue(**catalogue(indicators))
        if answer["result"] != "accepted":
            raise RuntimeError(answer)
        self.trust_keys = self.path / "trusts"
        self.trust_keys.write_text("".join(
            f"{unit} {self.keys[unit + '-key'][0].hex()} "
            f"{self.keys[unit + '-key'][1].hex()}\n" for unit in TRUSTS))

    def __exit__(self, *what):
        super().__exit__(*what)
        shutil.rmtree(self.path, ignore_errors=True)

    def producers(self):
        return ["--endpoint", self.ready["ingest"]["public"],
                "--server", self.keys["ingest"][0].hex(),
                "--keys", self.trust_keys, "--indicators", self.indicators]

    def load(self, mode, *arguments):
        return line("load", mode, *self.producers(), *arguments)

    def position(self, service, kind, log):
        with self.control(service) as operator:
            for row in operator.ask("position"):
                if (row["kind"], row["log"]) == (kind, log):
                    return row["seq"]
        raise RuntimeError(f"{service} says no position of {log}")

    def judged(self, patience_s=600):
        """Waits until the evaluator has all of the journal."""
        head = self.position("ingest", "log", "journal")
        with self.control("evaluator") as operator:
            until = time.monotonic() + patience_s
            while operator.ask("state")[0]["seq"] < head:
                if time.monotonic() > until:
                    raise RuntimeError("the evaluator does not follow")
                time.sleep(0.002)

    def told(self, row, patience_s=600):
        """Waits until the notifier has all of the changes log, and the
        subscription's owner has acknowledged all that was made of it, which
        is noted a while after it came; when the first was so."""
        head = self.position("evaluator", "log", "changes")
        until = time.monotonic() + patience_s

        def wait(what, step_s):
            while not what():
                if time.monotonic() > until:
                    raise RuntimeError("the subscriber does not follow")
                time.sleep(step_s)
        with self.control("notifier") as operator:
            wait(lambda: any(
                (one["kind"], one["log"]) == ("upstream", "changes") and
                one["seq"] >= head for one in operator.ask("position")), 0.002)
            reached = time.monotonic()
            wait(lambda: operator.ask("queues", subscription=row["id"])[0]
                 ["pending"] == 0, 0.02)
        return reached

    def subscribe(self, identity, *transitions):
        """Refused until the first judgement has come so far."""
        until = time.monotonic() + 60
        while True:
            with self.control("notifier", "kari") as kari:
                reply = kari.request("subscribe", {
                    "id": identity, "regions": ["region"],
                    "transitions": transitions})
            if reply["result"] == "ok":
                return reply["rows"][0]
            if time.monotonic() > until:
                raise RuntimeError(reply)
            time.sleep(0.02)

    def subscriber(self, row):
        public, secret = self.keys["kari"]
        return ("--notices", self.ready["notifier"]["public"],
                "--notices-server", self.keys["notifier"][0].hex(),
                "--subscriber", f"{public.hex()} {secret.hex()}",
                "--subscription", row["id"], "--genesis", row["genesis"].hex())

    def notices(self, row, *arguments):
        return line("load_notice", *self.producers(), *arguments,
                    *self.subscriber(row))

    def pids(self):
        return [p.pid for p in self.processes.values()]

    def cpu_s(self):
        return sum(cpu_of(pid) for pid in self.pids())

    def pss_mib(self):
        return sum(pss_of(pid) for pid in self.pids()) / 1024


def cpu_of(pid):
    text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    fields = text[text.rindex(")") + 2:].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def pss_of(pid):
    """KiB."""
    for row in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text() \
            .splitlines():
        if row.startswith("Pss:"):
            return int(row.split()[1])
    raise RuntimeError("no Pss")


class Subscriber:
    """Takes a subscription's queue, at work until `end`."""

    def __init__(self, one, row):
        self.kept = one.path / "notices"
        self.process = subprocess.Popen(
            [str(TESTS / "load_subscriber"), *one.subscriber(row),
             "--keep", str(self.kept)],
            stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "asked\n":
            raise RuntimeError("load_subscriber did not begin")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def end(self):
        """Its line, and the notices."""
        self.process.send_signal(signal.SIGTERM)
        last = json.loads(self.process.communicate()[0])
        with self.kept.open("rb") as f:
            return last, list(msgpack.Unpacker(f, raw=False))


def name_of(change):
    return (change.get("target") or change["commission"], change["year"],
            change["unit"], change["changes_this_year"])


def crossings(records):
    """Of the changes log: what who asks for `to-red` and `back` in `region`
    is told, by the rules of proto/README.md."""
    colour, red_told = {}, set()
    for change in (c for record in records for c in record.message()["changes"]
                   if c["region"] == "region" and c["status"] != "none"):
        about = name_of(change)[:3]
        now, was = change["status"], colour.get(about)
        colour[about] = now
        if now == was or "red" not in (now, was):
            continue
        told = not change.get("closed")
        if told and (now == "red" or about in red_told):
            yield name_of(change)
        (red_told.add if now == "red" and told else red_told.discard)(about)


def as_told(one, last, notices):
    """RuntimeError unless the notices name each crossing of the changes log
    once and nothing else."""
    with one.control("evaluator", timeout_s=60) as reader:
        wanted = sorted(crossings(reader.read_log("changes")))
    seen = sorted(name_of(change) for notice in notices
                  for change in notice.get("changes", ()))
    numbers = [notice["number"] for notice in notices]
    if not wanted or seen != wanted or \
            numbers != list(range(1, last["told"] + 1)):
        raise RuntimeError(
            f"{len(wanted)} crossings in the changes log, {len(seen)} in "
            f"{len(notices)} notices: not the same")


class Bench:
    def __init__(self, options):
        self.pairs = options.pairs
        self.only = set(options.only or WANTED)
        self.directory = tempfile.mkdtemp(prefix="mv-bench-", dir=options.dir)
        self.figures = 0  # of the workload
        self.found = {}  # name -> [(ours, bound)]

    def wants(self, *names):
        return bool(self.only & set(names))

    def note(self, name, ours, bound):
        self.found.setdefault(name, []).append((ours, bound))

    # ---- ingest ----

    def ingest(self):
        modes = {"ingest": (256, 4096, "events_s"),
                 "ingest_single": (1, 256, "events_s"),
                 "answer_p50": (1, 1, "p50_us")}
        with Installation(self.directory, services=("ingest",)) as one:
            for _ in range(self.pairs):
                for name, (per_msg, window, key) in modes.items():
                    if name not in self.only:
                        continue
                    shape = ("--per-msg", per_msg, "--window", window)
                    ours = one.load("ingest", *shape)
                    bound = line("bound_pair", "--dir", self.directory,
                                 "--curve", 1, *shape)
                    self.note(name, ours[key], bound[key])

    # ---- notices ----

    def notices(self):
        paces = {"notice_p99_20k": (20000, "lmdb"),
                 "notice_p99_200k": (200000, "mem")}
        with Installation(self.directory) as one:
            for turn in range(self.pairs):
                if self.wants("notice_p50", "notice_p99"):
                    row = one.subscribe(f"one-{turn}", *COLOURS)
                    ours = one.notices(row, "--secs", 3, "--per-msg", 1)
                    self.gone(one, row)
                    bound = line("bound_chain", "--dir", self.directory,
                                 "--state", "lmdb", "--secs", 3)
                    self.note("notice_p50", ours["p50_us"], bound["p50_us"])
                    self.note("notice_p99", ours["p99_us"], bound["p99_us"])
                for name, (pace, state) in paces.items():
                    if name not in self.only:
                        continue
                    row = one.subscribe(f"{name}-{turn}".replace("_", "-"),
                                        *COLOURS)
                    ours = one.notices(row, "--secs", 3, "--per-msg", 64,
                                       "--pace", pace)
                    self.gone(one, row)
                    if ours["ended"] > 0:
                        print(f"{name}: {ours['ended']} notices were merged: "
                              "too many waited", file=sys.stderr)
                    if ours["events_s"] < 0.9 * pace:
                        print(f"{name}: {ours['events_s']} figures/s of "
                              f"{pace} were taken", file=sys.stderr)
                    bound = line("bound_chain", "--dir", self.directory,
                                 "--state", state, "--load", 64, "--pace",
                                 pace, "--secs", 3)
                    self.note(name, ours["p99_us"], bound["p99_us"])

    @staticmethod
    def gone(one, row):
        with one.control("notifier", "kari") as kari:
            kari.ask("unsubscribe", id=row["id"], force=True)
        one.judged()

    # ---- the whole way ----

    def whole(self):
        names = ("whole", "cpu_per_million", "loaded_mib",
                 "store_bytes_per_figure", "restart_s")
        rest = self.wants(*names[:2])
        for turn in range(self.pairs if rest else 1):
            with Installation(self.directory) as one:
                one.judged()
                row = one.subscribe("whole", "to-red", "back")
                one.told(row)
                with Subscriber(one, row) as subscriber:
                    came = self.million(one, row, subscriber)
                if turn == 0:
                    self.loaded(one)
                as_told(one, *came)
                if turn == 0:
                    self.restarts(one)

    def million(self, one, row, subscriber):
        """From the first push until the subscriber has the last notice; what
        it got."""
        taker = subscriber.process.pid
        cpu = one.cpu_s() + cpu_of(taker)
        ours = one.load("whole", "--per-msg", 256, "--window", 16384)
        one.judged()
        reached = one.told(row)
        cpu = one.cpu_s() + cpu_of(taker) - cpu + ours["client_cpu_s"]
        last, notices = subscriber.end()
        seconds = max(reached, last["last_ns"] / 1e9) - ours["first_ns"] / 1e9
        self.figures = ours["events"]
        bound = line("bound_chain", "--dir", self.directory,
                     "--state", "mem", "--load", 256)
        self.note("whole", self.figures / seconds, bound["events_s"])
        self.note("cpu_per_million", cpu / (self.figures / 1e6),
                  bound["cpu_s_per_M"])
        return last, notices

    def loaded(self, one):
        """What stands once the million is in."""
        time.sleep(SETTLE_S)
        self.note("loaded_mib", one.pss_mib(), 160)
        stored = (one.path / "evaluator" / "data.mdb").stat().st_blocks * 512
        self.note("store_bytes_per_figure", stored / self.figures, 150)

    def restarts(self, one):
        for name in SERVICES:
            one.stop(name)
        for _ in range(self.pairs if self.wants("restart_s") else 0):
            begin = time.monotonic()
            for name in ("ingest", "evaluator"):
                one.launch(name)
            for name in ("ingest", "evaluator"):
                one.wait_ready(name)
            one.judged()
            self.note("restart_s", time.monotonic() - begin, 2)
            for name in ("ingest", "evaluator"):
                one.stop(name)

    def idle(self):
        with Installation(self.directory, indicators=100) as one:
            one.load("whole", "--per-msg", 256, "--window", 4096,
                     "--periods", 12)
            one.judged()
            self.note("idle_mib", one.pss_mib(), 48)

    def run(self):
        if self.wants("ingest", "ingest_single", "answer_p50"):
            self.ingest()
        if self.wants("notice_p50", "notice_p99", "notice_p99_20k",
                      "notice_p99_200k"):
            self.notices()
        if self.wants("whole", "cpu_per_million", "loaded_mib",
                      "store_bytes_per_figure", "restart_s"):
            self.whole()
        if self.wants("idle_mib"):
            self.idle()

    def rows(self):
        for name, (unit, wanted) in WANTED.items():
            pairs = self.found.get(name)
            if pairs and name in self.only:
                yield {"name": name,
                       "ours": statistics.median(a for a, _ in pairs),
                       "bound": statistics.median(b for _, b in pairs),
                       "ratio": statistics.median(a / b for a, b in pairs),
                       "unit": unit, "pairs": len(pairs)}, wanted


def check(directory, periods):
    """Every change of the workload against the second judge."""
    import judged  # noqa: E402  (the oracle is slow to load, and not needed)
    with Installation(directory) as one:
        one.load("whole", "--per-msg", 256, "--window", 16384,
                 "--periods", periods)
        one.judged()
        beside = judged.Beside(one.control("ingest").read_log("journal"))
        reader = one.control("evaluator", timeout_s=60)
        groups = judged.groups_seen(reader.read_log("changes"))
        fault = judged.difference(beside, groups,
                                  judged.statuses_seen(reader))
    changes = sum(len(group["changes"]) for group in groups)
    print(fault or f"{changes} changes in {len(groups)} groups: "
          "not one lost or made up")
    return 1 if fault else 0


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--pairs", type=int, default=9)
    p.add_argument("--only", action="append", choices=WANTED)
    p.add_argument("--json", action="store_true")
    p.add_argument("--dir", help="on the disk to measure")
    p.add_argument("--check", action="store_true",
                   help="the workload's changes against the second judge")
    p.add_argument("--periods", type=int, default=100,
                   help="of --check; 100 are a million figures")
    p.add_argument("--beside", metavar="CATALOGUE",
                   help="a directory: in force beside the workload's own")
    options = p.parse_args()
    Installation.beside = options.beside
    if options.check:
        return check(options.dir, options.periods)
    bench = Bench(options)
    try:
        bench.run()
    finally:
        shutil.rmtree(bench.directory, ignore_errors=True)
    if not options.json:
        print(f"{'':24}{'ours':>12}{'bound':>12}{'ratio':>8}  wanted")
    for row, wanted in bench.rows():
        if options.json:
            print(json.dumps(row), flush=True)
        else:
            print(f"{row['name']:24}{row['ours']:12,.1f}{row['bound']:12,.1f}"
                  f"{row['ratio']:8.2f}  {wanted:8}{row['unit']}, "
                  f"{row['pairs']} pairs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
