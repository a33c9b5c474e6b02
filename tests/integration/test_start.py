"""Bad input 93 to 98: what ingest refuses to start on. Exit 78, one clear
line, nothing changed, and never a signal."""
import os
import shutil
import signal
import socket
import struct
import subprocess
import unittest

import house
import ingesting


class Start(unittest.TestCase):
    def setUp(self):
        self.house = house.House()
        self.addCleanup(self.house.__exit__)
        self.house.write_settings("ingest")
        self.conf = self.house.path / "ingest.conf"
        self.good = self.conf.read_bytes()
        self.data = self.house.path / "ingest"

    def run_once(self, *extra, conf=None):
        """Starts and waits for its end; (code, what it said)."""
        done = subprocess.run(
            [str(house.BUILD / "bin" / "maalvakt-ingest"), "--config",
             str(conf or self.conf), *extra], capture_output=True,
            stdin=subprocess.DEVNULL, timeout=90)
        return done.returncode, (done.stdout + done.stderr).decode(
            errors="replace")

    def refused(self, *words, **how):
        code, said = self.run_once(**how)
        self.assertEqual(code, 78, said)
        for word in words:
            self.assertIn(word, said)
        self.assertNotIn("STARTED", said)
        self.assertLessEqual(len(said.splitlines()), 3, said)
        return said

    def starts(self):
        self.house.start("ingest")
        self.assertEqual(self.house.stop("ingest"), 0)

    # ---- 93: settings ----

    def test_bad_input_93_settings_missing_a_directory_or_none(self):
        missing = self.house.path / "none.conf"
        self.refused("none.conf", conf=missing)
        self.refused("is a directory", conf=self.house.path)
        self.conf.write_bytes(b"")
        self.refused("ingest.conf", "there is no setting")
        self.conf.write_bytes(b"quota = 1 GiB\n")
        self.refused("ingest.conf", "data_dir")

    def test_bad_input_93_settings_of_a_hundred_megabytes(self):
        with open(self.conf, "wb") as f:
            f.truncate(100 << 20)
        self.refused("ingest.conf", "larger than")

    def line(self, number):
        return "%s:%d" % (self.conf, number)

    def test_bad_input_93_lines_that_are_wrong(self):
        after = self.good.count(b"\n") + 1
        for added, word in ((b"quota = 1 GiB\0\n", "NUL"),
                            (b"quota = 1 GiB\n", "quota"),
                            (b"nothing = 1\n", "nothing"),
                            (b"rows_per_second = -1\n", "rows_per_second"),
                            (b"rows_per_second = x\n", "rows_per_second"),
                            (b"quota\n", ""),
                            (b"[section]\n", "section"),
                            (b"x" * 300 + b" = 1\n", "longer")):
            with self.subTest(added[:20]):
                self.conf.write_bytes(self.good + added)
                said = self.refused(word)
                self.assertRegex(said, r"ingest\.conf[^ ]*:? ?(line )?%d\b"
                                 % after)

    def test_bad_input_93_a_negative_port(self):
        for port in ("-1", "65536", "100000000000", "x", ""):
            with self.subTest(port):
                self.house.settings["ingest"] = {
                    "listen": f"tcp://127.0.0.1:{port}"}
                self.house.write_settings("ingest")
                self.refused("127.0.0.1")

    def test_bad_input_93_crlf_is_accepted(self):
        self.conf.write_bytes(self.good.replace(b"\n", b"\r\n"))
        code, said = self.run_once("--check-config")
        self.assertEqual((code, said), (0, ""))

    # ---- 95: the directory ----

    def test_bad_input_95_directories(self):
        self.data.chmod(0o777)
        self.refused("0777", str(self.data))
        self.data.chmod(0o500)
        self.refused("0500")
        self.data.chmod(0o700)
        if ingesting.root():
            os.chown(self.data, 65534, 65534)
            self.refused("owned by uid 65534")
            os.chown(self.data, 0, 0)
        self.data.rmdir()
        self.refused("No such file", str(self.data))
        self.data.write_text("")
        self.refused("Not a directory")

    def mount(self, *how):
        if subprocess.run(["mount", *how, str(self.data)],
                          capture_output=True).returncode != 0:
            self.skipTest("may not mount")
        self.addCleanup(subprocess.run, ["umount", "-l", str(self.data)],
                        capture_output=True)
        self.data.chmod(0o700)

    def test_bad_input_95_tmpfs_only_if_the_settings_say_so(self):
        self.mount("-t", "tmpfs", "-o", "size=8m", "none")
        self.conf.write_bytes(self.good.replace(b"any_filesystem = yes",
                                                b"any_filesystem = no"))
        self.refused("tmpfs", "any_filesystem")
        self.starts()
        self.assertIn("ANY_FILESYSTEM", self.house.log("ingest"))

    def test_bad_input_95_overlay_only_if_the_settings_say_so(self):
        layers = [self.house.path / n for n in ("lower", "upper", "work")]
        for layer in layers:
            layer.mkdir(mode=0o700)
        self.mount("-t", "overlay", "overlay", "-o",
                   "lowerdir=%s,upperdir=%s,workdir=%s" % tuple(layers))
        self.conf.write_bytes(self.good.replace(b"any_filesystem = yes",
                                                b"any_filesystem = no"))
        self.refused("overlay", "any_filesystem")
        self.starts()

    def test_bad_input_95_a_file_system_that_is_read_only(self):
        self.mount("-t", "tmpfs", "-o", "size=8m", "none")
        subprocess.run(["mount", "-o", "remount,ro", str(self.data)],
                       check=True)
        self.refused(str(self.data))

    # ---- 97, 98: somebody else ----

    def test_bad_input_97_a_second_instance(self):
        self.house.start("ingest")
        pid = self.house.processes["ingest"].pid
        free = {"listen": "tcp://127.0.0.1:0", "control": "tcp://127.0.0.1:0"}
        self.house.settings["ingest"] = free
        self.house.write_settings("ingest")
        ready = (self.house.path / "ingest.ready").read_text()
        self.refused("in use by pid %d" % pid)
        self.assertEqual((self.house.path / "ingest.ready").read_text(), ready,
                         "where the first one is found")
        with self.house.control("ingest") as operator:
            operator.ask("counters")           # the first one is unharmed

    def test_bad_input_98_a_port_in_use(self):
        for door in ("listen", "control"):
            with self.subTest(door), socket.socket() as s:
                s.bind(("127.0.0.1", 0))
                s.listen()
                port = s.getsockname()[1]
                self.house.settings["ingest"] = {
                    door: f"tcp://127.0.0.1:{port}"}
                self.house.write_settings("ingest")
                self.refused(str(port), "in use")


class Damage(ingesting.Stopped):
    """Bad input 96, and data that another service or program wrote."""
    numbers = range(1, 40)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.file = cls.data / "data.mdb"
        cls.good = cls.file.read_bytes()
        cls.page = struct.unpack_from("<I", cls.good, 16 + 24)[0]
        assert cls.page in (4096, 8192, 16384), cls.page

    def restore(self, data):
        shutil.rmtree(self.data)
        self.data.mkdir(mode=0o700)
        self.file.write_bytes(data)
        self.file.chmod(0o600)

    def start(self, data):
        """78 with a line that names the directory, or the journal as it was
        up to some record; nothing else."""
        self.restore(data)
        logged = len(self.house.log("ingest"))
        try:
            self.house.start("ingest")
        except house.Failed:
            code = self.house.stop("ingest")
            said = self.house.log("ingest")[logged:]
            self.assertEqual(code, 78, said)
            self.assertIn(str(self.data), said)
            self.assertNotIn("sigbus", said)
            return None
        records = [r.raw for r in self.house.journal()]
        self.assertEqual(self.house.kill("ingest"), -signal.SIGKILL)
        self.assertEqual(records, self.records[:len(records)])
        return records

    def test_bad_input_96_truncated_at_each_page(self):
        pages = len(self.good) // self.page
        step = house.scale(max(1, pages // 12), 1)
        for pages_left in range(1, pages, step):
            with self.subTest(pages_left):
                self.start(self.good[:pages_left * self.page])
        for length in (1, 100, self.page - 1, len(self.good) - 1):
            with self.subTest(length):
                self.start(self.good[:length])

    def test_bad_input_96_another_magic_and_another_format(self):
        magic = bytearray(self.good)
        for meta in (0, self.page):
            magic[meta + 16:meta + 20] = b"\0\0\0\0"
        self.assertIsNone(self.start(bytes(magic)))
        self.assertIsNone(self.start(b"\x7f" * len(self.good)))

    def test_bad_input_96_one_meta_page_damaged_or_both(self):
        for metas in ((0,), (1,), (0, 1)):
            with self.subTest(metas):
                data = bytearray(self.good)
                for meta in metas:
                    data[meta * self.page:(meta + 1) * self.page] = \
                        b"\xa5" * self.page
                before = len(self.house.log("ingest"))
                records = self.start(bytes(data))
                if records is not None:     # from the good one: and said so
                    self.assertEqual(len(metas), 1)
                    self.assertIn("meta page",
                                  self.house.log("ingest")[before:])

    def test_bad_input_96_pages_of_noise(self):
        noise = bytes(range(256)) * (self.page // 256)
        pages = len(self.good) // self.page
        step = house.scale(max(1, pages // 12), 1)
        for page in range(2, pages, step):
            with self.subTest(page):
                data = bytearray(self.good)
                data[page * self.page:(page + 1) * self.page] = noise
                self.start(bytes(data))

    def test_bad_input_96_another_services_file(self):
        if not (house.BUILD / "bin" / "maalvakt-evaluator").exists():
            self.skipTest("no second service in this build")
        self.restore(self.good)
        self.house.start("ingest")
        other = self.house.path / "evaluator"
        shutil.rmtree(other)
        other.mkdir(mode=0o700)
        (other / "data.mdb").write_bytes(self.good)
        with self.assertRaises(house.Failed):
            self.house.start("evaluator")
        self.assertEqual(self.house.stop("evaluator"), 78)
        self.assertIn("ingest", self.house.log("evaluator"))
        self.house.kill("ingest")


if __name__ == "__main__":
    unittest.main()
