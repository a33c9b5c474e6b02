"""The one number of judging: 12 decimals in 128 bits, kept as a whole
number of 1e-12. Figures are stored in millionths."""
import decimal
from fractions import Fraction

MICRO = 10 ** 6
SCALE = 10 ** 12
LIMIT = 2 ** 127 - 1
STORED = 2 ** 63 - 1

REASONS = ("under_development report_only withdrawn suppressed "
           "zero_denominator not_computable series_break no_limit no_base "
           "overdue not_due not_assessed").split()


class Nothing(Exception):
    """There is nothing to judge by, for these reasons."""

    def __init__(self, *reasons):
        super().__init__(*reasons)
        self.reasons = set(reasons)


def first_reason(reasons):
    return min(reasons, key=REASONS.index)


def checked(number):
    if abs(number) > LIMIT:
        raise Nothing("not_computable")
    return number


def half_even(fraction):
    """A Fraction to the nearest whole number, halves to the even one."""
    return round(fraction)


def half_away(fraction):
    whole = (abs(fraction) * 2 + 1) // 2
    return whole if fraction >= 0 else -whole


def from_micro(micro):
    return micro * (SCALE // MICRO)


def quotient(above, below):
    """above / below, both whole numbers of one unit, in 1e-12."""
    if below == 0:
        raise Nothing("zero_denominator")
    return checked(half_even(Fraction(above * SCALE, below)))


def times(left, right, divisor=1):
    return checked(half_even(Fraction(left * right, SCALE * divisor)))


def displayed(fraction, decimals):
    """Rounded as people read it: half away from zero, in 1e-12."""
    unit = 10 ** decimals
    return checked(half_away(fraction * unit) * SCALE // unit)


def micro(number):
    """What a producer sent, as millionths; ValueError if it does not fit."""
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        raise ValueError("type")
    exact = decimal.Decimal(repr(number))
    if not exact.is_finite():
        raise ValueError("not_finite")
    scaled = Fraction(exact) * MICRO
    if abs(scaled) > STORED:
        raise ValueError("range")
    if scaled.denominator != 1:
        raise ValueError("precision")
    return int(scaled)


def literal(text):
    """A number of the catalogue, in 1e-12."""
    scaled = Fraction(decimal.Decimal(text)) * SCALE
    if scaled.denominator != 1:
        raise ValueError(f"more than 12 decimals: {text}")
    return int(scaled)


def text(number):
    """Plain decimals, no trailing zeros, never -0."""
    sign = "-" if number < 0 else ""
    whole, rest = divmod(abs(number), SCALE)
    tail = f"{rest:012d}".rstrip("0")
    return f"{sign}{whole}.{tail}" if tail else f"{sign}{whole}"
