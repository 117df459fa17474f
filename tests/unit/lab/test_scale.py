"""Whole numbers of steps are written as the decimals that they are, digit by digit."""

import json
from decimal import Decimal, localcontext

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crossbook.lab.live.scale import Scale

STEPS = st.integers(-(1 << 200), 1 << 200)
SIZES = st.builds(
    lambda digits, power: Decimal(digits).scaleb(power), st.integers(1, 10**12), st.integers(-18, 9)
)


@given(STEPS, SIZES)
@example(0, Decimal("0.01"))
@example(-1, Decimal("0.00000001"))
@example(-7, Decimal(100))
@example(3, Decimal("1E+3"))
@example(5, Decimal("0.250"))
def test_the_text_is_the_product(steps: int, size: Decimal) -> None:
    scale = Scale(size)
    text = scale.text(steps)
    with localcontext(prec=200):
        assert Decimal(text) == steps * size
    assert len(text.partition(".")[2]) == scale.places
    # As it stands it is a number of JSON.
    assert json.loads(text, parse_float=Decimal, parse_int=Decimal) == Decimal(text)


@given(STEPS, STEPS, SIZES)
def test_texts_are_as_far_apart_as_their_steps(one: int, other: int, size: Decimal) -> None:
    scale = Scale(size)
    with localcontext(prec=200):
        assert Decimal(scale.text(one)) + Decimal(scale.text(other)) == Decimal(scale.text(one + other))


@given(st.integers(-(1 << 52), 1 << 52), SIZES)
def test_the_number_is_the_nearest_float(steps: int, size: Decimal) -> None:
    scale = Scale(size)
    assert scale.number(steps) == float(scale.text(steps))


@pytest.mark.parametrize("size", ["0", "-0.01", "NaN", "Infinity", "-Infinity"])
def test_what_is_no_step_is_refused(size: str) -> None:
    with pytest.raises(ValueError, match="a step is a decimal above zero"):
        Scale(Decimal(size))
