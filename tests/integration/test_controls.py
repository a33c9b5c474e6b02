"""A harness that cannot fail proves nothing: each promise's own test, against
programs that break that promise (services/base/points.h), must see red, and
for that reason.

Other controls stand beside what they control: P1's power cut (fault_powercut),
P2's barriers (test_barriers), P13's domain (test_keys)."""
from concurrent import futures
import os
import re
import subprocess
import sys
import unittest

import house

HERE = os.path.dirname(os.path.abspath(__file__))
AT_ONCE = 3
# promise, MV_BROKEN, file, test, what the harness must say
BROKEN = (
    ("P1", "early_answers", "test_ingest.py",
     "Ingest.test_p1_what_was_accepted_survives_every_kill",
     "accepted, and not in the journal"),
    ("P2", "early_answers", "test_barriers.py",
     "NoEarlyAck.test_p2_every_ack_has_both_barriers_before_it",
     r"AssertionError: Lists differ: \[\d+(?s:.*) : answered before both "
     "barriers"),
    ("P3", "no_dedupe", "test_promises.py",
     "OneEffect.test_p3_however_often_and_in_whatever_order",
     "AssertionError: [0-9]+ unexpectedly found in {(?s:.*)}"
     " : accepted for a second time"),
    ("P4", "any_history", "test_pulls.py",
     "OlderJournal.test_p4_a_consumer_that_is_ahead_is_told_that_it_diverged",
     r"\('reply', 'rejected'\) != \('reply', 'diverged'\)"),
    ("P5", "batches_count", "test_replay.py",
     "P5.test_p5_replay_from_zero_is_the_same_byte_for_byte",
     r"AssertionError: (?s:.*) : another (state|log): \w+"),
    ("P6", "mark_apart", "test_replay.py",
     "P6.test_p6_a_kill_at_any_write_leaves_state_and_log_together",
     r"Failed: (?s:.*)error=\"record [0-9]+ after [0-9]+|: killed at write"),
    ("P7", "live_of", "test_replay.py",
     "Live.test_p7_a_stalled_reader_notices_all_that_it_lost",
     "AssertionError: Items in the second set but not the first:(?s:.*)"
     " : lost, and not noticed"),
    ("P8", "position_apart", "test_promise_p8.py",
     "OneNotice.test_promise_p8_each_change_is_in_one_notice_of_each"
     "_subscription",     # it has more groups than there are, or tells one twice
     r"in_force, self.head\(\)(?s:.*)[0-9]+ not less than|two for one group"),
    ("P11", "silent_full", "test_promises.py", "NoRoom.test_p11_the_quota",
     r"in (until_refused|refused)\n(?s:.*)mvclient.Silence"),
    ("P12", "poison_ends", "test_replay.py",
     "Poison.test_p12_poison_is_set_aside_and_the_rest_goes_on",
     r"house.Failed: (?s:.*)error=\"record [0-9]+: "),
    ("P13", "keys_for_good", "test_keys.py",
     "Validity.test_p13_and_bad_input_11_revoked_within_two_seconds",
     r"AssertionError: None != \['unauthorised'\] : accepted after"),
    ("P14", "any_unit", "test_promises.py",
     "WhoSpeaks.test_p14_a_trust_speaks_only_for_itself",
     "'accepted' != 'rejected'(?s:.*) : spoke for (ous|hso)"),
    ("P14", "handover", "test_promises.py",
     "WhoSpeaks.test_p14_another_trusts_routing_id",
     # the one handed the name may hear the owner's answer, or the owner nothing
     r"answer = ous.deliver(?s:.*)mvclient.Silence|Silence not raised"),
    ("P15", "peers_uncut", "test_bounds.py",
     "Hostile.test_p15_messages_that_never_end",
     "[0-9]+ not less than 67108864 : was not cut"),
    ("P15", "leak", "test_bounds.py",
     "Slope.test_p15_half_of_the_peak_for_long_takes_no_more",
     r"[0-9]+ not less than 1024(\.0)? : \w+ grows"),
    ("P19", "uncounted_retry", "test_promises.py",
     "NoRoom.test_p11_the_quota", "received [0-9]+, answered [0-9]+"),
    ("P20", "any_clock", "test_clock.py",
     "Clock.test_bad_input_104_and_p20_jumps_while_running",
     '== "retry",(?s:.*)AssertionError: did not happen within'),
    ("P21", "stop_at_once", "test_promises.py",
     "CleanStop.test_p21_sigterm_at_random_points",
     "-15 != 0 : not stopped cleanly"),
    ("P25", "any_format", "test_deploy.py",
     "Formats.test_promise_p25_a_store_of_a_newer_format_is_left_as_it_is",
     "None != 78 : served a newer format"),
    ("P26", "rebuild_tells_all", "test_rebuild.py",
     "Engine.test_p26_another_engine_serves_nothing_before_it_is_rebuilt",
     "AssertionError: '[0-9]+ statuses would turn' not found"),
)


def ran(command, broken):
    done = subprocess.run(
        command, cwd=HERE, timeout=300, check=False, text=True,
        env={**os.environ, "MV_BROKEN": broken, "MV_SCALE": ""},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


@unittest.skipUnless(house.POINTED.exists(),
                     "this build has no programs with test points")
class Controls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """All of them begin here, some at once: most of their time is a
        service's."""
        pool = futures.ThreadPoolExecutor(AT_ONCE)
        cls.addClassCleanup(pool.shutdown, cancel_futures=True)
        cls.runs = {row: pool.submit(ran, [sys.executable, "-B", row[2], "-f",
                                           row[3]], row[1]) for row in BROKEN}

    def control(self, *row):
        promise, _, _, test, says = row
        code, said = self.runs[row].result()
        self.assertEqual(code, 1, f"{promise}: {test} saw nothing\n{said}")
        self.assertIn("Ran 1 test", said)
        self.assertTrue(re.search(says, said),
                        f"{promise}: {test} fails otherwise\n{said}")

    def test_control_p17_without_hashes_damage_is_served(self):
        code, said = ran([str(house.POINTED / "fault_bitflip")],
                         "no_hashes")
        self.assertNotEqual(code, 0)
        self.assertRegex(said, "[1-9][0-9]* wrong a?")


def of(row):
    return lambda self: self.control(*row)


for row in BROKEN:
    name = f"test_control_{row[0].lower()}_{row[1]}"
    setattr(Controls, name, of(row))


if __name__ == "__main__":
    unittest.main()
