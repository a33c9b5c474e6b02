"""A house for tests: real services in one directory, on ports of their own.

    with House() as house:
        house.start("ingest")
        house.catalogue(UNITS, INDICATORS, TARGETS)
        answer = house.producer("ahus").deliver(delivery("m", 1, rows))

Nothing is shared between houses; everything is ended and removed at the end.
MV_BUILD names the build whose binaries are used; MV_KEEP=1 keeps the folder.
"""
import contextlib
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import auditing
import mvclient

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("MV_BUILD", ROOT / ".build" / "release"))
# the same services with services/base/points.h switched on
POINTED = BUILD / "pointed"
PROGRAMS = POINTED if os.environ.get("MV_BROKEN") else BUILD / "bin"
# how much more memory and time a build with sanitizers may take
SANITIZED = 4 if BUILD.name in ("asan", "fuzz") else 1
# a program that is killed does not say which of its branches were taken, nor
# what it leaked
COUNTED = BUILD.name in ("asan", "cov", "fuzz")
SOAK = os.environ.get("MV_SCALE") == "soak"
SERVICES = auditing.SERVICES
READY_S = 60.0


def scale(ci, soak):
    """How much of a promise's test to run."""
    return soak if SOAK else ci


def cpu_s(pid):
    """Seconds of a processor that a program's threads have had."""
    return sum(int((task / "schedstat").read_text().split()[0])
               for task in pathlib.Path(f"/proc/{pid}/task").iterdir()) / 1e9


def until(condition, patience_s=90.0, step_s=0.01):
    """Waits for something that must happen, on however slow a machine; its
    value."""
    end = time.monotonic() + patience_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError("did not happen within %s s" % patience_s)
        time.sleep(step_s)


def preload(name, **settings):
    """The environment for tests/support/<name>.c. The address sanitizer wants
    to be the first library, and does as well behind it."""
    return {"LD_PRELOAD": str(BUILD / "tests" / (name + ".so")),
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") +
            ":verify_asan_link_order=0", **settings}


def free_port():
    """(port, claim): between those that `maalvakt up` chooses and those that
    connections going out are given, and no other house's while the claim is
    open, be it bound or not."""
    while True:
        port = random.SystemRandom().randrange(21_000, 32_000)
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0maalvakt-test-port-{port}")
            with socket.socket() as s:
                s.bind(("127.0.0.1", port))
            return port, claim
        except OSError:
            claim.close()


class Failed(Exception):
    """A service ended or did not come up; args[0] is the tail of its log."""


class House:
    def __init__(self, settings=None, path=None, units=("ahus", "ous")):
        self.path = pathlib.Path(path or tempfile.mkdtemp(prefix="mv-house-"))
        self.settings = settings or {}     # {"ingest": {"quota": "8 MiB"}}
        self.keys = {}                     # name -> (public, secret)
        self.lines = {}                    # name -> the key file's line
        self.processes = {}
        self.ready = {}                    # service -> {door: endpoint}
        self.started = {}                  # service -> how often it was
        self.clients = []
        for name in SERVICES:
            (self.path / name).mkdir(mode=0o700, exist_ok=True)
            self.add_key(name, "service")
        self.add_key("steward", "steward")
        self.add_key("operator", "operator,reader,auditor")
        self.add_key("assessor-key", "assessor")
        for unit in units:                 # before any service: known at once
            self.add_key(f"{unit}-key", "producer", unit)
        self.ports = {}                    # door -> (port, claim)
        self.auditor = auditing.Auditor(self)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.auditor.is_alive():
            self.auditor.end()
        for client in self.clients:
            client.close()
        for name in reversed(SERVICES):
            self.end(name)
        for _, claim in self.ports.values():
            claim.close()
        if not os.environ.get("MV_KEEP"):
            shutil.rmtree(self.path, ignore_errors=True)
        assert not self.auditor.faults, self.auditor.faults

    # ---- keys ----

    def add_key(self, name, role, unit=None, extra=""):
        public, secret = self.keys.get(name) or mvclient.new_keys()
        self.keys[name] = (public, secret)
        line = f"{public.hex()} name={name} role={role}"
        if unit:
            line += f" unit={unit}"
        self.lines[name] = line + extra
        self.write_keys()
        return public, secret

    def revoke(self, name):
        del self.lines[name]
        self.write_keys()

    def write_keys(self):
        """In one step, as an operator's tool does."""
        text = "maalvakt-keys 1\n" + "".join(
            line + "\n" for line in self.lines.values())
        fresh = self.path / "keys.new"
        fresh.write_text(text, encoding="utf-8")
        fresh.chmod(0o644)
        fresh.rename(self.path / "keys")

    # ---- services ----

    def port(self, name):
        if name not in self.ports:
            self.ports[name] = free_port()
        return self.ports[name][0]

    def write_settings(self, name):
        values = {
            "data_dir": self.path / name,
            "any_filesystem": "yes",
            "quota": "512 MiB",
            "keys_file": self.path / "keys",
            "secret_key_file": self.path / f"{name}.secret",
            "control": f"tcp://127.0.0.1:{self.port(name + '.control')}",
            "ready_file": self.path / f"{name}.ready",
        }
        control = {s: f"tcp://127.0.0.1:{self.port(s + '.control')}"
                   for s in SERVICES}
        key = {s: self.keys[s][0].hex() for s in SERVICES}
        if name == "ingest":
            values["listen"] = f"tcp://127.0.0.1:{self.port('public')}"
        if name == "evaluator":
            values["journal"] = control["ingest"]
            values["journal_key"] = key["ingest"]
            values["live"] = f"tcp://127.0.0.1:{self.port('live')}"
        if name == "notifier":
            values["changes"] = control["evaluator"]
            values["changes_key"] = key["evaluator"]
            values["listen"] = f"tcp://127.0.0.1:{self.port('notices')}"
        values.update(self.settings.get(name, {}))
        secret = self.path / f"{name}.secret"
        secret.touch(mode=0o600)
        secret.write_text(self.keys[name][1].hex() + "\n", encoding="utf-8")
        (self.path / f"{name}.conf").write_text(
            "".join(f"{k} = {v}\n" for k, v in values.items()),
            encoding="utf-8")

    def launch(self, name, environment=None, wrapper=(), binary=None):
        """Starts the process and does not wait."""
        self.write_settings(name)
        (self.path / f"{name}.ready").unlink(missing_ok=True)
        command = [*wrapper, str(binary or PROGRAMS / f"maalvakt-{name}"),
                   "--config", str(self.path / f"{name}.conf")]
        log = open(self.path / f"{name}.log", "ab")
        self.processes[name] = subprocess.Popen(
            command, stderr=log, stdout=log, stdin=subprocess.DEVNULL,
            env={**os.environ, **(environment or {})})
        log.close()

    def log(self, name):
        return (self.path / f"{name}.log").read_text(
            encoding="utf-8", errors="replace")

    def wait_ready(self, name, patience_s=READY_S):
        until = time.monotonic() + patience_s
        ready = self.path / f"{name}.ready"
        while not ready.exists():
            if self.processes[name].poll() is not None:
                raise Failed(self.log(name)[-2000:])
            if time.monotonic() > until:
                raise Failed("not ready: " + self.log(name)[-2000:])
            time.sleep(0.005)
        self.ready[name] = dict(
            line.split("=", 1) for line in ready.read_text().split())
        if not self.started:
            self.auditor.start()
        self.started[name] = self.started.get(name, 0) + 1

    def start(self, *names, **how):
        for name in names or SERVICES:
            self.launch(name, **how)
            self.wait_ready(name)

    def stop(self, name, how=signal.SIGTERM, patience_s=15.0):
        """Ends one; its exit code, None if it was not running."""
        process = self.processes.pop(name, None)
        if process is None:
            return None
        if process.poll() is None:
            process.send_signal(how)
        try:
            return process.wait(patience_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise

    def stop_cleanly(self, name, twice=False):
        """SIGTERM, or one behind the other; its exit code, that must come
        within the 10 s of promise P21."""
        if twice:
            self.processes[name].send_signal(signal.SIGTERM)
        return self.stop(name, signal.SIGTERM, 10.0)

    def end(self, name):
        """No matter how, but for what is counted."""
        if COUNTED:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.stop(name)
        self.kill(name)

    def kill(self, name):
        return self.stop(name, signal.SIGKILL)

    # ---- speaking ----

    def client(self, service, door, key, **options):
        c = mvclient.Client(self.ready[service][door], self.keys[service][0],
                            self.keys[key], **options)
        self.clients.append(c)
        return c

    def control(self, service, key="operator", **options):
        return self.client(service, "control", key, **options)

    def producer(self, unit, **options):
        return self.client("ingest", "public", f"{unit}-key", **options)

    def catalogue(self, units, indicators, targets, commissions=None,
                  number=None):
        """Applied by the steward; the answer."""
        self.catalogues = getattr(self, "catalogues", 0) + 1
        message = {"v": 1, "type": "catalogue", "producer": "git",
                   "number": number or self.catalogues,
                   "files": {"units.yaml": units,
                             "indicators.yaml": indicators,
                             "targets.yaml": targets}}
        if commissions is not None:
            message["files"]["commissions.yaml"] = commissions
        with mvclient.Client(self.ready["ingest"]["control"],
                             self.keys["ingest"][0],
                             self.keys["steward"]) as steward:
            return steward.deliver_for_good(message)

    def journal(self):
        """All its records."""
        with self.control("ingest") as auditor:
            return list(auditor.read_log("journal"))

    def subscribe(self, key="kari", **args):
        """The subscription's row; refused until the catalogue's first
        judgement has come so far."""
        def once():
            with self.control("notifier", key) as subscriber:
                reply = subscriber.request("subscribe", args)
                return reply["result"] == "ok" and reply["rows"][0]
        return until(once)

    def notices(self, row, count, key="kari"):
        """What is in its queue, once there are so many."""
        def once():
            with self.client("notifier", "public", key) as subscriber:
                got = list(subscriber.read_queue(row["id"], row["genesis"]))
                return len(got) >= count and got
        return until(once)

    def counters(self, service):
        with mvclient.Client(self.ready[service]["control"],
                             self.keys[service][0],
                             self.keys["operator"]) as operator:
            return operator.counters()
