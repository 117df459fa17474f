"""The exponent that the benchmark fits: it is what the claim of linear growth rests on."""

import pytest
from simulation_memory import exponent


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 2.0])
def test_a_pure_power_is_found(power: float) -> None:
    sizes = [1_000.0, 10_000.0, 100_000.0]
    assert exponent(sizes, [3.0 * size**power for size in sizes]) == pytest.approx(power)


def test_a_fixed_part_makes_the_exponent_smaller_and_a_matrix_makes_it_larger() -> None:
    sizes = [1_000.0, 10_000.0, 100_000.0]
    assert exponent(sizes, [5_000.0 + size for size in sizes]) < 1.0
    assert exponent(sizes, [size + 1e-3 * size**2 for size in sizes]) > 1.5
