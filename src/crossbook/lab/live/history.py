"""What happened to a live simulation from its beginning on, for those who come later: what groups earned, and what was done.

What groups earned is kept at moments that lie ever further apart, so that a long run has a whole line of few points. It is
for lines: `float`, in the currency of the first market. What stands in `agent_stats` is exact.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

MOMENTS_MAX: Final = 1_000
VALUES_MAX: Final = 500_000
"""Moments times groups."""
DIGITS: Final = 9
"""That count, of what was earned: more than any line shows."""
HAPPENED_MAX: Final = 500
"""Of what was done, the newest."""
SCARCE: Final = 10
"""So much less is kept where memory is scarce."""
_NAMES: Final = ("agent_id", "agent_type", "count")


class History:
    """What happened, in bounded memory."""

    def __init__(self) -> None:
        self._most = MOMENTS_MAX
        self._values = VALUES_MAX
        self._groups: list[str] = []
        self._moments: list[tuple[int, tuple[float, ...]]] = []
        """When, and what each of the groups had earned that there were by then, in their order."""
        self._apart_us = 0
        """How far two moments are apart at least, the newest excepted."""
        self._happened: deque[dict[str, Any]] = deque(maxlen=HAPPENED_MAX)
        self._present: dict[str, Mapping[str, Any]] | None = None

    def earned(self, timestamp_us: int, groups: Sequence[str], profits: Iterable[float]) -> None:
        """Take note of what each group has earned.

        Args:
            timestamp_us: Simulated time, never before that of the last moment.
            groups: The names of all that ever were, in the order in which they came.
            profits: What each earned.
        """
        self._groups = list(groups)
        moments = self._moments
        if len(moments) > 1 and moments[-1][0] - moments[-2][0] < self._apart_us:
            # It was kept as the newest only.
            moments.pop()
        if moments and moments[-1][0] == timestamp_us:
            moments.pop()
        moments.append((timestamp_us, tuple(float(f"{profit:.{DIGITS}g}") for profit in profits)))
        self._fit()

    def _fit(self) -> None:
        most = max(2, min(self._most, self._values // max(1, len(self._groups))))
        while len(self._moments) > most:
            first, last = self._moments[0], self._moments[-1]
            self._apart_us = max(2 * self._apart_us, 2 * (last[0] - first[0]) // most)
            kept = [first]
            for moment in self._moments[1:-1]:
                if moment[0] - kept[-1][0] >= self._apart_us:
                    kept.append(moment)
            self._moments = [*kept, last]

    def agents(self, timestamp_us: int, configs: Iterable[Mapping[str, Any]]) -> None:
        """Take note of who is there now; who came, changed and left is seen by it.

        Args:
            timestamp_us: Simulated time.
            configs: As `agent_configs` has them.
        """
        before, self._present = self._present, {config["agent_id"]: config for config in configs}
        if before is None:
            return
        now = self._present
        for name, config in now.items():
            named = {key: config[key] for key in _NAMES}
            old = before.get(name)
            if old is None:
                self._note(timestamp_us, "enter", named | ({"buy": config["buy"]} if "buy" in config else {}))
            elif old != config:
                keys = [key for key in {**old, **config} if old.get(key) != config.get(key)]
                self._note(timestamp_us, "change", named | {"keys": keys})
        for name, config in before.items():
            if name not in now:
                self._note(timestamp_us, "leave", {key: config[key] for key in _NAMES})

    def news(self, timestamp_us: int, symbol: str, text: str) -> None:
        """Take note of news that broke in a market."""
        self._note(timestamp_us, "news", {"symbol": symbol, "text": text})

    def _note(self, timestamp_us: int, do: str, more: Mapping[str, Any]) -> None:
        self._happened.append({"timestamp": timestamp_us, "do": do, **more})

    def save_memory(self) -> None:
        """Keep a tenth of it from now on."""
        self._most, self._values = MOMENTS_MAX // SCARCE, VALUES_MAX // SCARCE
        self._happened = deque(self._happened, HAPPENED_MAX // SCARCE)
        self._fit()

    def told(self) -> dict[str, Any]:
        """Return all of it: the groups by name, what they had earned at each moment, and what happened."""
        return {
            "groups": self._groups,
            "profits": [[time, *profits] for time, profits in self._moments],
            "happened": list(self._happened),
        }
