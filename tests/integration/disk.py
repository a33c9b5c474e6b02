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

    @classmethod
    def tmpfs(cls, test, path, mib):
        return cls(test, path, "-t", "tmpfs", "-o", f"size={mib}m", "none")

    @classmethod
    def ext4(cls, test, path, mib):
        image = path.with_suffix(".image")
        with open(image, "wb") as f:
            f.truncate(mib << 20)
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", str(image)], check=True)
        return cls(test, path, "-o", "loop", str(image))

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
