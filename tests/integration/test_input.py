"""Bad input 21 to 69 over the wire: a table, each with its exact answer."""
import os
import signal
import struct
import threading
import time
import unittest


import house
import ingesting
import mvclient
from ingesting import MARK, codes, packed, row, spliced, table

ACK, DUP, REJ = "accepted", "duplicate", "rejected"


def float64(x):
    return b"\xcb" + struct.pack(">d", x)


def identity_number(nine="010180123"):
    """The first nine digits with the two control digits of a Norwegian
    national identity number; None if there is none."""
    d = [int(c) for c in nine]
    a = 11 - sum(x * w for x, w in zip(d, (3, 7, 6, 1, 8, 9, 4, 5, 2))) % 11
    a = 0 if a == 11 else a
    d.append(a)
    b = 11 - sum(x * w for x, w in zip(d, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2))) % 11
    b = 0 if b == 11 else b
    return None if 10 in (a, b) else nine + str(a) + str(b)


class Encoding(ingesting.Case):
    """Bytes that are no delivery."""

    def refused(self, data, code, field=None):
        head = self.head()
        self.expect(self.answer_to(data), REJ, code, field)
        self.assertEqual(self.head(), head)

    def good(self, **columns):
        return table(self.number(), **columns)

    def test_bad_input_21_an_empty_payload(self):
        self.refused(b"", "malformed")

    def test_bad_input_22_the_byte_that_is_never_used(self):
        self.refused(b"\xc1", "malformed")

    def test_bad_input_23_a_delivery_cut_at_every_byte(self):
        whole = packed(self.good())
        head = self.head()
        for length in range(len(whole)):
            self.ahus.send_bytes(whole[:length])
        for length in range(len(whole)):
            self.expect(self.ahus.receive(), REJ, "malformed")
        self.assertEqual(self.head(), head)

    def test_bad_input_24_bytes_after_the_end(self):
        whole = packed(self.good())
        self.refused(whole + b"\xc0", "trailing")
        self.refused(whole + packed(self.good()), "trailing")

    def test_bad_input_25_lengths_that_ask_for_gigabytes(self):
        before = ingesting.own_kib(self.pid())
        for head in (b"\xdd", b"\xdf", b"\xc6", b"\xdb"):
            self.refused(head + b"\xff" * 4, "limits")
            self.refused(spliced(self.good(value=MARK), head + b"\xff" * 4),
                         "limits")
        self.assertLess(ingesting.own_kib(self.pid()) - before, 2048)

    def test_bad_input_26_nested_arrays_of_a_quarter_million(self):
        before = ingesting.own_kib(self.pid())
        bomb = b"\xdd\x00\x04\x00\x00" * 31
        self.refused(bomb, "limits")
        self.refused(spliced(self.good(value=MARK), bomb), "limits")
        self.assertLess(ingesting.own_kib(self.pid()) - before, 2048)

    def test_bad_input_27_nesting(self):
        for depth in (5, 32, 33, 5000):
            self.refused(b"\x91" * depth + b"\xc0", "limits")
            self.refused(spliced(self.good(value=MARK),
                                 b"\x91" * depth + b"\xc0"), "limits")

    def test_bad_input_28_a_top_level_that_is_no_map(self):
        for top in ([], [1], 7, None, "delivery"):
            self.refused(packed(top), "type")

    def test_bad_input_29_a_key_twice(self):
        for key, value in (("number", 1), ("v", 1), ("producer", "other")):
            message = packed(self.good())
            twice = b"\x87" + message[1:] + packed(key) + packed(value)
            self.refused(twice, "duplicate_key", key)

    def test_bad_input_30_an_unknown_key(self):
        self.refused(packed({**self.good(), "extra": 1}), "unknown_field",
                     "extra")

    def test_bad_input_31_each_required_key_missing(self):
        for key in ("v", "type", "producer", "number", "fields", "rows"):
            message = self.good()
            del message[key]
            self.refused(packed(message), "missing", key)

    def test_bad_input_32_keys_that_are_no_text(self):
        for key in (b"\xc4\x06number", b"\x01", b"\xc0", b"\x80"):
            message = packed(self.good())
            self.refused(b"\x87" + message[1:] + key + b"\x01", "type")

    def test_bad_input_33_extension_types(self):
        for ext in (b"\xd4\x01\x00", b"\xd6\xff\x00\x00\x00\x00",
                    b"\xc7\x00\x05"):
            self.refused(ext, "type")
            self.refused(spliced(self.good(value=MARK), ext), "type")

    def test_bad_input_34_texts_for_numbers_and_the_reverse(self):
        for key, wrong in (("v", "1"), ("number", "1"), ("producer", 1),
                           ("type", 1), ("fields", "unit"), ("rows", 1)):
            self.refused(packed({**self.good(), key: wrong}), "type", key)
        for column, wrong in (("indicator", 1), ("unit", 1), ("period", 2024),
                              ("value", "1"), ("member", 1), ("flag", 1),
                              ("time", "1"), ("note", 1)):
            self.refused(packed(self.good(**{column: wrong})), "type", column)
        for column in ("numerator", "denominator"):
            figures = {"value": ..., "numerator": 1, "denominator": 2}
            figures[column] = "1"
            self.refused(packed(self.good(**figures)), "type", column)

    def test_bad_input_35_bool_and_nil(self):
        self.refused(packed(self.good(value=True)), "type", "value")
        for key in ("v", "type", "producer", "number", "fields", "rows"):
            self.refused(packed({**self.good(), key: None}), "type", key)
        for column in ("indicator", "unit", "period"):
            self.refused(packed(self.good(**{column: None})), "type", column)
        self.refused(packed(self.good(value=None)), "missing", "value")
        self.refused(packed(self.good(value=None, flag="A")), "missing")
        for flag in "OMLQ":
            answer = self.ahus.deliver(self.good(value=None, flag=flag))
            self.expect(answer, ACK)

    def test_bad_input_36_whole_numbers(self):
        number = self.number()
        five = spliced(table(number, indicator="beds", value=MARK),
                       float64(5.0))
        self.expect(self.answer_to(five), ACK)
        same = table(number, indicator="beds", value=5)
        self.expect(self.ahus.deliver(same), DUP)
        self.refused(packed(self.good(indicator="beds", value=5.5)), "range")
        self.refused(packed(self.good(indicator="beds", value="5")), "type")

    def test_bad_input_37_widths_are_one_content(self):
        message = table(self.number(), indicator="beds", value=MARK)
        forms = (b"\xcf" + bytes(7) + b"\x05", b"\xd0\x05", b"\x05")
        answers = [self.answer_to(spliced(message, f)) for f in forms]
        self.assertEqual([a["result"] for a in answers], [ACK, DUP, DUP])
        self.assertEqual(len({(a["seq"], a["hash"]) for a in answers}), 1)

    def test_bad_input_38_values_beyond_64_bits_signed(self):
        for n in (1 << 63, (1 << 64) - 1):
            self.refused(packed(self.good(value=n)), "range", "value")

    def test_bad_input_39_negative_counts(self):
        for n in (-1, -(1 << 63)):
            self.refused(packed(self.good(indicator="beds", value=n)),
                         "range")
        self.refused(packed({**self.good(), "number": -1}), "range",
                     "number")

    def test_bad_input_40_floats_that_are_not_finite(self):
        for bits in ("7ff8000000000000", "7ff0000000000001",
                     "fff8dead0000beef", "7ff0000000000000",
                     "fff0000000000000"):
            raw = b"\xcb" + bytes.fromhex(bits)
            self.refused(spliced(self.good(value=MARK), raw), "not_finite",
                         "value")
        for bits in ("7fc00000", "7f800001", "7f800000", "ff800000"):
            raw = b"\xca" + bytes.fromhex(bits)
            self.refused(spliced(self.good(value=MARK), raw), "not_finite",
                         "value")

    def test_bad_input_41_minus_zero_is_zero(self):
        message = table(self.number(), value=MARK)
        answers = [self.answer_to(spliced(message, float64(x)))
                   for x in (-0.0, 0.0)]
        self.assertEqual([a["result"] for a in answers], [ACK, DUP])
        cell = self.journal()[answers[0]["seq"] - 1].message()["rows"][0][3]
        self.assertEqual((cell, type(cell)), (0, int))

    def test_bad_input_42_too_small_and_too_large(self):
        self.refused(packed(self.good(value=5e-324)), "precision")
        self.refused(packed(self.good(value=1e308)), "range")
        self.refused(packed(self.good(value="1e-400")), "type")

    def test_bad_input_43_floats_are_their_shortest_decimal(self):
        message = table(self.number(), value=MARK)
        answer = self.answer_to(spliced(message, b"\xca" +
                                        struct.pack(">f", 78.5)))
        self.expect(answer, ACK)
        cell = self.journal()[answer["seq"] - 1].message()["rows"][0][3]
        self.assertEqual(cell, 78.5)
        for value in (78.49999999999999, 1e-7, 0.1234567, 12345678.12345678):
            answer = self.answer_to(packed(self.good(value=value)))
            self.expect(answer, REJ, "precision")
            self.assertEqual(answer["conflicts"][0]["value"], repr(value))
        message = table(self.number(), value=MARK)
        answer = self.answer_to(spliced(message, b"\xca" +
                                        struct.pack(">f", 0.1234567)))
        self.expect(answer, REJ, "precision")
        self.assertEqual(answer["conflicts"][0]["value"], "0.1234567")
        self.refused(packed(self.good(value=9.3e12)), "range")

    def test_bad_input_44_texts_that_are_not_utf8(self):
        for raw in (b"\xff", b"\xc0\x80", b"\xed\xa0\x80",
                    b"\xf4\x90\x80\x80", b"\xe2\x82"):
            text = bytes([0xa0 + len(raw)]) + raw
            self.refused(spliced(self.good(note=MARK), text), "utf8", "note")

    def test_bad_input_45_characters_that_are_not_seen(self):
        for c in "\0\r\n\t\x1b\x7f\u202e\ufeff\u200b":
            self.refused(packed(self.good(note=f"a{c}b")), "charset", "note")

    def test_bad_input_46_lengths_of_texts(self):
        self.expect(self.ahus.deliver(self.good(note="x" * 256)), ACK)
        for length in (257, 65536):
            self.refused(packed(self.good(note="x" * length)), "length",
                         "note")

    def test_bad_input_46_columns_and_cells(self):
        for fields in (["indicator", "unit", "period", "value", "value"], [],
                       ["indicator", "unit", "period"] + ["value"] * 62):
            message = {**self.good(), "fields": fields,
                       "rows": [[1] * len(fields)]}
            self.refused(packed(message), "fields")
        for cells in (["wait", "ahus", "2024-M01"],
                      ["wait", "ahus", "2024-M01", 1, 1]):
            self.refused(packed({**self.good(), "rows": [cells]}), "row")

    def test_bad_input_46_numbers_of_rows(self):
        self.refused(packed({**self.good(), "rows": []}), "empty")
        rows = [row(indicator="daily", member="f%02d" % m, value=1,
                    period="2023-%02d-%02d" % (1 + d // 28, 1 + d % 28))
                for m in range(30) for d in range(336)][:10001]
        rows = [dict(r) for r in rows]
        self.expect(self.ahus.deliver(table(self.number(), *rows[:10000])),
                    ACK)
        self.refused(packed(table(self.number(), *rows[:10001])), "limits")

    def test_bad_input_47_the_largest_delivery(self):
        days = ["2023-%02d-%02d" % (1 + d // 28, 1 + d % 28)
                for d in range(336)]
        rows = [row(indicator="daily", member="f%02d" % m, value=1, note="n",
                    period=p) for m in range(30) for p in days][:4200]
        message = table(self.number(), *rows)
        spare = (1 << 20) - len(packed(message))
        for r in message["rows"]:      # n characters instead of 1: n bytes
            r[-1] = "x" * min(250, spare) if spare >= 32 else "x"
            spare -= len(r[-1]) if len(r[-1]) > 1 else 0
        message["rows"][-1][-1] = "x" * (spare + 1)
        self.assertEqual(len(packed(message)), 1 << 20)
        self.expect(self.answer_to(packed(message)), ACK)
        message["number"] = self.number()
        message["rows"][-1][-1] += "x"
        message["producer"] = "q"                # as wide as the other
        self.assertEqual(len(packed(message)), (1 << 20) + 1)
        self.refused(packed(message), "length")

    def test_bad_input_48_versions(self):
        for v in (0, 2, 1 << 32):
            answer = self.answer_to(packed({**self.good(), "v": v}))
            self.expect(answer, REJ, "version", "v")
            self.assertIn("served: 1", answer["conflicts"][0]["text"])


class Meaning(ingesting.Case):
    """Good bytes that say something wrong."""

    def tell(self, client=None, **columns):
        return (client or self.ahus).deliver(table(self.number(), **columns))

    def test_bad_input_49_the_same_delivery_again(self):
        message = table(self.number())
        first = self.ahus.deliver(message)
        again = self.ahus.deliver(message)
        self.assertEqual((first["result"], again["result"]), (ACK, DUP))
        self.assertEqual((first["seq"], first["hash"]),
                         (again["seq"], again["hash"]))

    def test_bad_input_50_a_figure_twice_in_a_delivery(self):
        message = table(self.number(), row(), row(value=1))
        self.expect(self.ahus.deliver(message), REJ, "duplicate_row")

    def test_bad_input_50_one_delivery_on_two_connections_at_once(self):
        for _ in range(house.scale(20, 1000)):
            message = table(self.number())
            both = [self.house.producer("ahus") for _ in range(2)]
            for c in both:
                c.request("ping")                # connected
            threads = [threading.Thread(target=c.send, args=(message,))
                       for c in both]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
            answers = [c.receive() for c in both]
            self.assertEqual(sorted(a["result"] for a in answers), [ACK, DUP])
            self.assertEqual(answers[0]["seq"], answers[1]["seq"])
            for c in both:
                c.close()

    def test_bad_input_51_a_number_used_for_other_content(self):
        number = self.number()
        self.expect(self.ahus.deliver(table(number)), ACK)
        self.expect(self.ahus.deliver(table(number, value=1)), REJ,
                    "conflict", "number")

    def test_bad_input_52_the_same_number_from_another_trust(self):
        number = self.number()
        self.expect(self.ahus.deliver(table(number)), ACK)
        self.expect(self.ous.deliver(table(number, unit="ous")), ACK)

    def test_bad_input_54_names_and_numbers(self):
        for name, code in (("", "length"), ("x" * 65, "length"),
                           ("a/b", "charset"), ("a..b", "charset"),
                           ("A", "charset"), ("-a", "charset")):
            answer = self.ahus.deliver(table(self.number(), producer=name))
            self.expect(answer, REJ, code, "producer")
        for name in ("a", "x" * 64):
            answer = self.ahus.deliver(table(self.number(), producer=name))
            self.expect(answer, ACK)
        for number in (1 << 63, (1 << 64) - 1, 0, 7):
            answer = self.ahus.deliver(table(number, producer="n"))
            self.expect(answer, ACK)
            self.assertEqual(answer["number"], number)

    def test_bad_input_55_units_of_others(self):
        self.expect(self.tell(unit="ous"), REJ, "forbidden", "unit")
        self.expect(self.tell(unit="hso"), REJ, "forbidden", "unit")
        self.expect(self.tell(unit="total"), REJ, "unknown_unit", "unit")

    def test_bad_input_56_indicators(self):
        self.expect(self.tell(indicator="nothing"), REJ, "unknown_indicator")
        self.expect(self.tell(indicator="national", period="2024"), REJ,
                    "forbidden", "indicator")
        self.expect(self.tell(indicator="old", period="2023", value=1), REJ,
                    "retired")
        self.expect(self.tell(indicator="old", period="2022", value=1), ACK)

    def test_bad_input_56_periods_outside_the_life_of_a_unit(self):
        gone = {"unit": "gone", "indicator": "beds", "value": 900}
        catalogue = ingesting.UNITS + \
            "  - {id: gone, name: G, kind: hospital, parent: ahus%s}\n"
        rest = ingesting.INDICATORS, ingesting.TARGETS
        self.house.catalogue(catalogue % "", *rest)
        self.expect(self.tell(period="2024-M07", **gone), ACK)
        self.house.catalogue(catalogue % ", to: 2024-06-30", *rest)
        answer = self.tell(period="2024-M09", **gone)
        self.assertEqual((answer["result"], answer["conflicts"]), (REJ, [{
            "row": 1, "field": "unit", "code": "retired", "value": "gone",
            "text": "gone is not in use in that period "
                    "(after its last day, 2024-06-30)"}]))
        for period in ("2024-M06", "2024-S1", "2024"):
            self.expect(self.tell(period=period, **gone), ACK)
        back = row(unit="gone", indicator="beds", period="2024-M07", value=...)
        self.expect(self.ahus.deliver(table(self.number(), back,
                                            kind="withdrawal")), ACK)

    def letters(self, n, d, **columns):
        return self.tell(indicator="letters", period="2024-T1", member="som",
                         value=..., numerator=n, denominator=d, **columns)

    def test_bad_input_57_a_part_larger_than_the_whole(self):
        self.expect(self.letters(11, 10), REJ, "inconsistent")
        self.expect(self.letters(10, 10), ACK)

    def test_bad_input_58_a_denominator_of_zero(self):
        self.expect(self.letters(0, 0), ACK)
        self.expect(self.letters(1, 0), REJ, "inconsistent")

    def test_bad_input_60_periods_ahead(self):
        year = time.gmtime().tm_year
        month = "%d-M%02d" % (year, time.gmtime().tm_mon)
        self.expect(self.tell(period=month), REJ, "future", "period")
        for indicator in ("result", "budget"):
            answer = self.tell(indicator=indicator, period=str(year + 100))
            self.expect(answer, REJ, "future", "period")
        self.expect(self.tell(indicator="budget", period=str(year)), ACK)
        self.expect(self.tell(indicator="result", period=str(year)), REJ,
                    "future")

    def test_bad_input_61_periods_that_are_none(self):
        for period in ("1900", "2023-02-29", "2024-T4", "2024-S3",
                       "2024-M13", "2024-W53", "2024-D366", "2023-D366",
                       "2024M01", "2024-m01", "２０２４-M01",
                       "2024-01-15/P1M", "2023-11-01/P4M"):
            answer = self.tell(indicator="weekly", period=period, value=1)
            self.expect(answer, REJ, "period", "period")
        self.expect(self.tell(indicator="weekly", period="2020-W53",
                              value=1), ACK)

    def test_bad_input_62_periods_and_the_frequency(self):
        self.expect(self.tell(period="2024-01-31"), REJ, "frequency")
        for period in ("2024-T1", "2024", "2024-01-01/P11M"):
            self.expect(self.tell(period=period), ACK)

    def test_bad_input_64_corrections_and_times(self):
        now = int(time.time() * 1000)
        for columns in ({"time": now - 5}, {"time": now - 9},
                        {"time": now - 5, "value": 1},
                        {"flag": "A", "time": now - 3},
                        {"flag": "P", "time": now - 2}):
            self.expect(self.tell(**columns), ACK)
        self.expect(self.tell(time=now + 2 * 86400000), REJ, "future", "time")

    def test_bad_input_65_a_withdrawal_of_nothing(self):
        rows = [{"indicator": "beds", "unit": "ahus", "period": "2020-M01"}]
        message = mvclient.delivery("m", self.number(), rows,
                                    kind="withdrawal")
        self.expect(self.ahus.deliver(message), ACK)

    def test_bad_input_66_a_small_denominator(self):
        self.expect(self.letters(1, 4), ACK)

    def test_bad_input_67_identity_numbers(self):
        for first in ("010180", "410180"):       # and a D-number
            eleven = next(filter(None, (
                identity_number(first + str(n)) for n in range(100, 500))))
            for text in (eleven, eleven[:6] + " " + eleven[6:],
                         eleven[:6] + "-" + eleven[6:], "see " + eleven):
                answer = self.tell(note=text)
                self.expect(answer, REJ, "identifier", "note")
                self.assertNotIn(eleven[6:], str(answer))
            answer = self.ahus.deliver(table(self.number(), producer=eleven))
            self.expect(answer, REJ, "identifier")

    def test_every_wrong_row_is_named_at_once(self):
        rows = [row(period=f"2024-M{m:02d}", unit="nowhere" if m % 2 else
                    "ahus") for m in range(1, 13)]
        answer = self.ahus.deliver(table(self.number(), *rows))
        self.assertEqual([c["row"] for c in answer["conflicts"]],
                         [1, 3, 5, 7, 9, 11])
        self.assertEqual(set(codes(answer)), {"unknown_unit"})

    def test_a_thousand_conflicts_at_most_and_how_many_more(self):
        rows = [row(indicator="daily", member="f%02d" % m, value=1,
                    unit="nowhere", period="2023-01-%02d" % (d + 1))
                for m in range(30) for d in range(31)]
        rows += [row(indicator="daily", member="f%02d" % m, value=1,
                     unit="nowhere", period="2023-02-%02d" % (d + 1))
                 for m in range(30) for d in range(10)]
        answer = self.ahus.deliver(table(self.number(), *rows))
        self.assertEqual(len(answer["conflicts"]), 1000)
        self.assertEqual(answer["more"], 230)


class Quota(ingesting.Case):
    settings = {"rows_per_second": 10, "bytes_per_day": "8 KiB"}

    def over_the_rate(self, rows):
        """The second of two deliveries within a second, each all of its rows:
        (its number, its answer)."""
        for number in (1, 3, 5):
            for message in table(number, *rows), table(number + 1, *rows):
                self.ahus.send(message)
            answers = [self.ahus.receive() for _ in range(2)]
            self.expect(answers[0], ACK)
            if answers[1]["result"] != ACK:    # else they came a second apart
                break
            time.sleep(1)
        return number + 1, answers[1]

    def test_bad_input_68_rows_a_second_and_bytes_a_day(self):
        rows = [row(period="2023-M%02d" % m) for m in range(1, 11)]
        number, answer = self.over_the_rate(rows)
        self.assertEqual((answer["result"], answer.get("reason")),
                         ("retry", "quota"))
        self.assertGreater(answer["after_ms"], 0)
        self.assertLessEqual(answer["after_ms"], 1001)
        self.assertEqual(self.ous.deliver(table(1, unit="ous"))["result"],
                         ACK)                    # another key has its own
        self.expect(self.ahus.deliver_for_good(table(number, *rows)), ACK)
        notes = [row(period="2022-M%02d" % m, note="x" * 250)
                 for m in range(1, 11)]
        answers = []
        for number in range(11, 17):
            answers.append(self.ahus.deliver(table(number, *notes)))
            if answers[-1].get("after_ms", 0) > 1000:
                break
            time.sleep(answers[-1].get("after_ms", 0) / 1000)
        self.assertEqual((answers[-1]["result"], answers[-1]["reason"]),
                         ("retry", "quota"))
        self.assertLessEqual(answers[-1]["after_ms"], 86400000)


class Window(ingesting.Case):
    def test_bad_input_69_more_in_flight_than_the_window(self):
        """Above the window: `retry`, or silence where answers pile up. What
        is sent again until it is answered is stored, all of it, once."""
        window, turns, began = 0, 0, time.monotonic()
        while turns < house.scale(5, 50) or (
                window == 0 and time.monotonic() - began < 60):
            turns += 1
            left = {n: table(n) for n in (self.number() for _ in range(1000))}
            while left:
                # stopped, or a slow sender never has more than it in flight
                os.kill(self.pid(), signal.SIGSTOP)
                try:
                    for message in left.values():
                        self.ahus.send(message)
                finally:
                    os.kill(self.pid(), signal.SIGCONT)
                window += self.take(left)
        self.assertGreater(window, 0)
        numbers = [r.message()["number"] for r in self.journal()
                   if r.message()["type"] == "delivery"]
        self.assertEqual(len(numbers), len(set(numbers)))

    def take(self, left):
        """Answers until there are no more; how many say `window`."""
        window = 0
        while left:
            try:
                answer = self.ahus.receive(0.5)
            except mvclient.Silence:
                break
            if answer["result"] == "retry":
                self.assertEqual(answer["reason"], "window")
                self.assertGreater(answer["after_ms"], 0)
                window += 1
            else:
                left.pop(answer["number"], None)
        return window

    def test_a_whole_window_is_answered_without_a_loss(self):
        waiting, wanted = set(), house.scale(10000, 200000)
        for _ in range(wanted):
            number = self.number()
            self.ahus.send(table(number))
            waiting.add(number)
            while len(waiting) == 256:
                waiting.discard(self.ahus.receive(30.0)["number"])
        while waiting:
            waiting.discard(self.ahus.receive(30.0)["number"])


if __name__ == "__main__":
    unittest.main()
