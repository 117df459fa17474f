"""Decimals are read and written exactly: 0.29 stays 0.29."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbook.core import Step, UsageError


def test_twenty_nine_hundredths_stay_twenty_nine_hundredths() -> None:
    cent = Step("0.01")

    assert cent.parse("0.29") == 29
    assert cent.parse(Decimal("0.29")) == 29
    assert cent.format(29) == "0.29"
    assert int(0.29 * 100) == 28  # What a float would have made of it.


@pytest.mark.parametrize(
    ("size", "value", "steps"),
    [("0.25", "100.75", 403), ("1", 12, 12), ("0.01", Decimal("1E+2"), 10_000), ("0.001", "-0.5", -500)],
)
def test_decimals_are_counted_in_steps(size: str, value: str | int | Decimal, steps: int) -> None:
    assert Step(size).parse(value) == steps


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        (0.29, "a float has lost its digits"),
        (True, "a float has lost its digits"),
        (None, "must be a decimal"),
        ("0.295", "no whole number of steps"),
        ("1e2", "no plain decimal"),
        ("", "no plain decimal"),
        ("NaN", "no plain decimal"),
        (Decimal("NaN"), "no plain decimal"),
        (Decimal("Infinity"), "no plain decimal"),
        ("\ud800", "no plain decimal"),
        ("9" * 70, "no plain decimal"),
        ("99999999999999999999", "out of range"),
        (10**30, "from -9223372036854775808"),
    ],
)
def test_what_is_not_exact_is_refused(value: str | int | Decimal, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        Step("0.01").parse(value)


@pytest.mark.parametrize("size", ["0", "-1", "", "a", "1e-2", "0.0000000000000000001"])
def test_a_step_must_be_a_decimal_above_zero(size: str) -> None:
    with pytest.raises(UsageError, match="size must be a decimal above zero"):
        Step(size)


def test_steps_compare_by_what_they_are_worth() -> None:
    assert Step("0.010") == Step("0.01")
    assert Step("0.1") != Step("0.01")
    assert str(Step("0.010")) == "0.01"
    assert repr(Step("0.010")) == "Step('0.01')"


@given(st.integers(-(2**63), 2**63 - 1), st.integers(0, 18))
def test_the_decimal_module_agrees(steps: int, decimals: int) -> None:
    step = Step(f"{Decimal(1).scaleb(-decimals):f}")

    assert Decimal(step.format(steps)) == Decimal(steps).scaleb(-decimals)
    assert step.parse(step.format(steps)) == steps
