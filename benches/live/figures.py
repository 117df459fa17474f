"""From measured times to figures."""

from collections.abc import Sequence
from statistics import median

SHARES = {"p50": 0.5, "p99": 0.99, "p999": 0.999}


def percentile(ordered: Sequence[int], share: float) -> int:
    """Return the smallest value that at least a share of all values do not exceed.

    Args:
        ordered: The values, the smallest first; at least one.
        share: Above zero, at most one.
    """
    rank = -int(-share * len(ordered) // 1)
    return ordered[max(0, min(len(ordered), rank) - 1)]


def percentiles_us(times_ns: Sequence[int]) -> dict[str, float]:
    """Return the percentiles of times in nanoseconds as microseconds; nothing where there are none."""
    ordered = sorted(times_ns)
    if not ordered:
        return {}
    return {name: percentile(ordered, share) / 1_000 for name, share in SHARES.items()}


def spread(values: Sequence[float], *, higher_is_better: bool = True) -> tuple[float, float]:
    """Return the best value and the median: on a shared machine other work only ever makes things worse."""
    return (max(values) if higher_is_better else min(values)), median(values)
