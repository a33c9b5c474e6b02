"""What stands around the binaries: examples, units, man pages, installation,
and a store of a newer format, which an older program leaves as it is."""
import ctypes
import hashlib
import pathlib
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import unittest

import house

DEPLOY = house.ROOT / "deploy"
PAGES = sorted((DEPLOY / "man").glob("*.[1-8]"))


def run(*command):
    return subprocess.run([str(c) for c in command], capture_output=True,
                          text=True, stdin=subprocess.DEVNULL, timeout=120,
                          check=False)


def binary(name):
    return house.BUILD / "bin" / name


def settings(text):
    return dict(line.split(" = ", 1) for line in text.splitlines()
                if " = " in line and not line.startswith("#"))


def example(service):
    return (DEPLOY / f"{service}.conf.example").read_text(encoding="utf-8")


def unit(service):
    """The [Service] part: name -> last value."""
    text = (DEPLOY / "systemd" / f"maalvakt-{service}.service").read_text()
    return dict(line.split("=", 1) for line in text.splitlines()
                if "=" in line and not line.startswith("#"))


class Examples(unittest.TestCase):
    def test_each_example_is_what_its_binary_prints(self):
        for service in house.SERVICES:
            printed = run(binary(f"maalvakt-{service}"), "--print-config")
            self.assertEqual(printed.returncode, 0)
            self.assertEqual(printed.stdout, example(service), service)

    def test_each_example_is_accepted_by_its_binary(self):
        for service in house.SERVICES:
            checked = run(binary(f"maalvakt-{service}"), "--check-config",
                          "--config", DEPLOY / f"{service}.conf.example")
            self.assertEqual(checked.returncode, 0, checked.stderr)

    def test_examples_units_and_folders_name_the_same_paths(self):
        folders = {}
        for line in (DEPLOY / "maalvakt.tmpfiles").read_text().splitlines():
            if line.startswith("d "):
                _, path, mode, user, group, _ = line.split()
                folders[path] = (mode, user, group)
        for service in house.SERVICES:
            name = f"maalvakt-{service}"
            values, own = settings(example(service)), ("0700", name, name)
            self.assertEqual(folders[values["data_dir"]], own)
            secret = pathlib.Path(values["secret_key_file"])
            self.assertEqual(folders[str(secret.parent)], own)
            self.assertIn(str(pathlib.Path(values["keys_file"]).parent),
                          folders)
            said = unit(service)
            self.assertEqual(f"/run/{said['RuntimeDirectory']}/ready",
                             values["ready_file"])
            self.assertEqual(said["User"], name)
            self.assertEqual("/var/lib/" + said["StateDirectory"],
                             values["data_dir"])
            self.assertEqual(said["ExecStart"],
                             f"/usr/bin/{name} --config "
                             f"/etc/maalvakt/{service}.conf")

    def test_each_example_finds_the_service_above_it(self):
        control = {s: settings(example(s))["control"]
                   for s in house.SERVICES}
        self.assertEqual(settings(example("evaluator"))["journal"],
                         control["ingest"])
        self.assertEqual(settings(example("notifier"))["changes"],
                         control["evaluator"])
        doors = [value for s in house.SERVICES
                 for key, value in settings(example(s)).items()
                 if key in ("control", "listen", "live")]
        self.assertEqual(len(set(doors)), len(doors), doors)


class Guide(unittest.TestCase):
    """What deploy/README.md tells to type is what there is."""
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")

    def test_the_desk_looks_where_each_service_writes_its_doors(self):
        there, link = re.search(r"ln -sf (\S+) \$desk/(\S+)",
                                self.text).groups()
        self.assertEqual(link, "$s/ready")
        for service in house.SERVICES:
            self.assertEqual(there.replace("$s", service),
                             settings(example(service))["ready_file"])

    def test_what_sed_replaces_is_a_line_of_the_example(self):
        lines = re.findall(r"s/\^(\w+) = .*maalvakt/(\w+)\.conf", self.text)
        self.assertEqual(len(lines), 2)
        for setting, service in lines:
            self.assertIn(setting, settings(example(service)))

    def test_every_command_is_one(self):
        listed = run(binary("maalvakt"), "--help", "--lang", "en").stdout
        there = set(re.findall(r"^  ([a-z-]+) ", listed, re.M))
        told = set(re.findall(r"`?\bmaalvakt ([a-z-]+)\b", self.text))
        self.assertGreater(len(told), 6)
        self.assertEqual(told - there, set())

    def test_every_command_is_whole(self):
        """Of one that does this or that, with the words that that needs."""
        told = re.findall(r"\bmaalvakt ([a-z-]+) ([a-z-]+)([^`&|\n]*)", self.text)
        held = 0
        for command, does, rest in told:
            usage = run(binary("maalvakt"), command, "--help", "--lang", "en")
            first = usage.stdout.split("\n\n")[0]
            need = re.search(rf"\b{does}((?: [A-Z]+)+)", first)
            if need:
                words = re.findall(r" [^ -]\S*", rest)
                self.assertGreaterEqual(len(words), len(need[1].split()),
                                        f"maalvakt {command} {does}")
                held += 1
        self.assertGreater(held, 1)


class Units(unittest.TestCase):
    @unittest.skipUnless(shutil.which("systemd-analyze"), "no systemd")
    def test_promise_p22_each_unit_is_exposed_by_at_most_1_2(self):
        for service in house.SERVICES:
            path = DEPLOY / "systemd" / f"maalvakt-{service}.service"
            got = run("systemd-analyze", "security", "--offline=true",
                      "--threshold=12", path)
            self.assertEqual(got.returncode, 0, got.stdout + got.stderr)

    @unittest.skipUnless(shutil.which("systemd-analyze"), "no systemd")
    def test_promise_p22_a_unit_that_is_less_strict_is_noticed(self):
        text = (DEPLOY / "systemd" / "maalvakt-ingest.service").read_text()
        with tempfile.TemporaryDirectory() as folder:
            loose = pathlib.Path(folder, "maalvakt-ingest.service")
            loose.write_text(text.replace("PrivateUsers=yes", "").replace(
                "CapabilityBoundingSet=\n", ""))
            got = run("systemd-analyze", "security", "--offline=true",
                      "--threshold=12", loose)
            self.assertNotEqual(got.returncode, 0)

    def test_each_unit_names_a_man_page_that_there_is(self):
        for path in (DEPLOY / "systemd").glob("*.service"):
            for page, part in re.findall(r"man:([a-z-]+)\((\d)\)",
                                         path.read_text()):
                self.assertIn(f"{page}.{part}", [p.name for p in PAGES])


class Pages(unittest.TestCase):
    @unittest.skipUnless(shutil.which("mandoc"), "no mandoc")
    def test_no_man_page_has_a_fault(self):
        self.assertTrue(PAGES)
        for page in PAGES:
            got = run("mandoc", "-Tlint", "-W", "warning", page)
            self.assertEqual((got.returncode, got.stdout), (0, ""), page)

    def test_man_finds_the_pages_beside_the_bin_of_a_build(self):
        """It looks in share/man beside each bin of the path."""
        for page in PAGES:
            there = house.BUILD / "share/man" / f"man{page.suffix[1:]}"
            self.assertEqual((there / page.name).resolve(), page.resolve())

    def test_every_page_that_a_page_refers_to_is_there(self):
        names = {page.name for page in PAGES}
        for page in PAGES:
            for name, part in re.findall(r"^\.Xr (maalvakt\S*) (\d)",
                                         page.read_text(), re.M):
                self.assertIn(f"{name}.{part}", names, page)

    def test_the_help_of_every_command_shows_an_example(self):
        listed = run(binary("maalvakt"), "--help", "--lang", "en")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        commands = re.findall(r"^  ([a-z-]+) ", listed.stdout, re.M)
        self.assertGreater(len(commands), 15)
        for command in commands:
            for lang, word in (("nb", "Eksempel:"), ("en", "Example:")):
                got = run(binary("maalvakt"), command, "--help", "--lang",
                          lang)
                self.assertEqual(got.returncode, 0, command)
                shown = got.stdout.split(word)
                self.assertEqual(len(shown), 2, command)
                self.assertIn(f"\n  maalvakt {command}", shown[1])
                page = re.search(r"man (maalvakt\S*)", shown[1]).group(1)
                self.assertIn(page + ".1", [p.name for p in PAGES])


    def test_a_rebuild_has_a_help_with_an_example(self):
        got = run(binary("maalvakt-evaluator"), "rebuild", "--help")
        self.assertEqual((got.returncode, got.stderr), (0, ""))
        self.assertIn("example: maalvakt-evaluator rebuild", got.stdout)
        for option in ("--config", "--set", "--dry-run"):
            self.assertIn(f"\n  {option} ", got.stdout)
        bad = run(binary("maalvakt-evaluator"), "rebuild", "--hlep")
        self.assertEqual((bad.returncode, bad.stdout), (64, ""))


class Installation(unittest.TestCase):
    def test_an_installation_has_all_that_a_machine_needs(self):
        with tempfile.TemporaryDirectory() as prefix:
            got = run("cmake", "--install", house.BUILD, "--prefix", prefix)
            self.assertEqual(got.returncode, 0, got.stderr)
            root = pathlib.Path(prefix)
            there = {str(p.relative_to(root)) for p in root.rglob("*")
                     if p.is_file()}
            wanted = {"bin/maalvakt", "lib/sysusers.d/maalvakt.conf",
                      "lib/tmpfiles.d/maalvakt.conf"}
            for s in house.SERVICES:
                wanted |= {f"bin/maalvakt-{s}",
                           f"lib/systemd/system/maalvakt-{s}.service",
                           f"share/maalvakt/examples/{s}.conf.example"}
            wanted |= {f"share/man/man{p.name[-1]}/{p.name}" for p in PAGES}
            wanted |= {"share/maalvakt/" + str(p.relative_to(DEPLOY))
                       for p in (DEPLOY / "catalogue").rglob("*.yaml")}
            self.assertEqual(wanted - there, set())
            said = run(root / "bin/maalvakt", "catalogue", "check",
                       root / "share/maalvakt/catalogue/helse-sor-ost-2024")
            self.assertEqual(said.returncode, 0, said.stdout + said.stderr)


def sealed(key, value):
    """A row's value as the store keeps it: with a checksum of both."""
    sodium = ctypes.CDLL("libsodium.so.23")

    def short(data, secret):
        out = ctypes.create_string_buffer(8)
        sodium.crypto_shorthash(out, data, ctypes.c_ulonglong(len(data)),
                                secret)
        return out.raw

    public = b"maalvakt row v1\0"
    return value + short(value, short(key, public) + public[8:])


def row(version):
    key = b"format"
    return key + sealed(key, struct.pack(">I", version))


class Formats(unittest.TestCase):
    @staticmethod
    def ended(process):
        """The code, or None: it goes on."""
        try:
            return process.wait(10)
        except subprocess.TimeoutExpired:
            return None

    def test_promise_p25_a_store_of_a_newer_format_is_left_as_it_is(self):
        with house.House() as h:
            h.start()
            for service in reversed(house.SERVICES):
                self.assertEqual(h.stop(service, signal.SIGTERM), 0)
            for service in house.SERVICES:
                data = h.path / service / "data.mdb"
                old = data.read_bytes()
                self.assertIn(row(1), old, service)
                data.write_bytes(old.replace(row(1), row(2)))
                before = (data.stat().st_mtime_ns,
                          hashlib.sha256(data.read_bytes()).digest())
                h.launch(service)
                self.assertEqual(self.ended(h.processes[service]), 78,
                                 "served a newer format")
                self.assertIn("this program knows", h.log(service))
                self.assertEqual(
                    (data.stat().st_mtime_ns,
                     hashlib.sha256(data.read_bytes()).digest()), before)
                data.write_bytes(old)
            h.start()  # as it was, it serves


if __name__ == "__main__":
    unittest.main()
