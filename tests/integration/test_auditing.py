"""The auditor of every house (auditing.py) cannot end unseen, nor stand without
having read. No service: what it reads of is made up."""
import unittest

import auditing


class Service:
    """A process that runs, and what it says."""

    def __init__(self, says):
        self.says, self.closed = says, False

    def may_ask(self):
        return True

    def read(self):
        return self.says()

    def close(self):
        self.closed = True


class TestAuditor(unittest.TestCase):
    def faults(self, says, patience_s=0.0):
        auditor = auditing.Auditor(None, (), patience_s=patience_s)
        service = Service(says)
        auditor.readers.append(service)
        with auditor:
            pass
        self.assertTrue(service.closed)
        return auditor.faults

    def test_what_ends_it_is_a_fault(self):
        found = self.faults(lambda: {}["accepted"])   # a counter renamed
        self.assertEqual(len(found), 1)
        self.assertIn("accepted", found[0])

    def test_a_service_that_stands_was_read(self):
        found = self.faults(lambda: None)
        self.assertEqual(found, ["the books were never read"])

    def test_a_service_that_is_slow_is_waited_for(self):
        slow = iter([None, None, None, []])
        self.assertEqual(self.faults(lambda: next(slow), 30.0), [])


if __name__ == "__main__":
    unittest.main()
