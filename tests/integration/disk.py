"""A small file system of a test's own, which it fills and gives room again.
Skips the test where it may not mount."""
import subprocess


class Disk:
    def __init__(self, test, path, *how):
        path.mkdir()
        if subprocess.run(["mount", *how, str(path)],
                          capture_output=True).returncode != 0:
            test.skipTest("may not mount")
        test.addCleanup(subprocess.run, ["umount", "-l", str(path)])
        self.path, self.ballast = path, path / "ballast"

    def home(self, service):
        """A data directory on it."""
        (self.path / service).mkdir(mode=0o700)
        return self.path / service

    def fill(self):
        with open(self.ballast, "ab", buffering=0) as f:
            size = 1 << 20
            while size >= 4096:
                try:
                    f.write(bytes(size))
                except OSError:
                    size //= 2

    def free(self):
        self.ballast.unlink()
