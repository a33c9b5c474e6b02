"""What is asked for twice, too early, or of what cannot be, is a no that says
so."""
import unittest

import house
from test_cli import Cli


class Refused(Cli):
    def test_a_key_is_revoked_once(self):
        self.says(0, "keys", "new", "engang", "--role", "reader")
        self.assertIn("innen to sekunder",
                      self.says(0, "keys", "revoke", "engang"))
        self.assertRegex(self.says(1, "keys", "revoke", "engang"),
                         r"engang er stengt ute alt, siden \d{4}-\d\d-\d\d")
        self.assertIn("maskinens dato", self.says(0, "keys", "list"))

    def test_a_region_is_a_unit_that_is_one(self):
        for words in (("status", "--region", "bodo"),
                      ("watch", "--region", "bodo", "--once", "1"),
                      ("status", "--region", "bodo", "--json")):
            self.assertIn("det finnes ingen region `bodo`",
                          self.says(1, *words))
        self.says(0, "status", "--region", "nord", "--year", "2024")

    def test_a_change_that_is_yet_to_come_is_not_waited_for_by_number(self):
        self.assertRegex(self.says(1, "watch", "--from", "999"),
                         r"--from 999: det finnes \d+ endringer så langt")

    def test_names_and_ids_that_none_could_have_are_faults_of_the_line(self):
        for words in (("subscribe", "X Y"), ("dead", "show"),
                      ("dead", "show", "deadbeef"),
                      ("dead", "requeue", "deadbeef")):
            self.assertIn("`maalvakt dead` viser" if "dead" in words
                          else "små bokstaver", self.says(64, *words))
        said = self.says(64, "dead", "show")
        self.assertNotIn("--all", said)
        self.says(1, "dead", "show", "0" * 32)

    def test_a_changes_log_that_is_followed_is_not_begun_anew(self):
        house.until(lambda: "asking" in self.says(
            0, "health", "--stage", "3", "--json"))
        self.assertIn("det trengs ikke", self.says(1, "restart-changes"))
        self.says(77, "restart-changes", "--key", "bodo")


if __name__ == "__main__":
    unittest.main()
