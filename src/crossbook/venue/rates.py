"""How much somebody may ask for: token buckets, and a bounded map of them.

A bucket holds `burst` tokens and gains `rate` of them a second; what is asked for costs tokens, and is refused where
there are too few. Time is passed in, as nanoseconds of any clock. Inside, a bucket is one integer: the instant at
which it will be full again. That is the generic cell rate algorithm (ITU-T I.371, the virtual scheduling form), which
grants exactly what a token bucket grants, and needs no float and no refilling.

The time that one token takes is rounded up to whole nanoseconds, so that nobody ever gets more than the rate. A clock
that goes back takes no token away and gives none: only the way forward counts, and the same stretch counts again when
it is passed again.
"""

from collections.abc import Hashable
from fractions import Fraction
from ipaddress import ip_address
from math import ceil
from typing import Final

from crossbook.core import UsageError
from crossbook.venue.refusals import RATE_LIMITED, Refused

SECOND_NS: Final = 1_000_000_000
ADDRESS_LENGTH_MAX: Final = 64
KEYS_MAX: Final = 65_536
"""Buckets of a map unless it is told otherwise: some 10 MB when all are in use."""
GENERATION_MIN_NS: Final = SECOND_NS
"""The shortest time after which a map looks for full buckets, so that fast ones do not make it look at each call."""


class OverRate(Refused):
    """Say that somebody asks faster than he may.

    Attributes:
        wait_ns: When it is worth asking again, in nanoseconds from now.
    """

    def __init__(self, detail: str, wait_ns: int) -> None:
        super().__init__(RATE_LIMITED, detail, 429)
        self.wait_ns = wait_ns

    @property
    def wait_s(self) -> int:
        """Return the wait in whole seconds, rounded up, as `Retry-After` says it: at least one."""
        return max(1, -(-self.wait_ns // SECOND_NS))


def token_ns(rate: float | Fraction) -> int:
    """Return how many nanoseconds a token takes at a rate per second, rounded up.

    Raises:
        UsageError: The rate is not above zero and finite.
    """
    if not 0 < rate < float("inf"):
        raise UsageError(f"a rate is above zero and finite, not {rate}")
    return ceil(SECOND_NS / Fraction(rate))


class Bucket:
    """A token bucket, full at first.

    Args:
        token_ns: Nanoseconds that one token takes to come back; see the function of that name.
        burst: Tokens when it is full, at least one.
    """

    __slots__ = ("_full_ns", "_token_ns", "_whole_ns")

    def __init__(self, token_ns: int, burst: int) -> None:
        if token_ns < 1 or burst < 1:
            raise UsageError("a bucket holds at least one token, which takes at least a nanosecond")
        self._token_ns = token_ns
        self._whole_ns = token_ns * burst
        self._full_ns = 0

    def spend(self, now_ns: int, cost: int = 1) -> bool:
        """Take tokens, or none at all where there are too few.

        Raises:
            UsageError: The cost is below one.
        """
        full_ns = self._full_ns
        if full_ns < now_ns:  # noqa: PLR1730 - `max` takes three times as long
            full_ns = now_ns
        full_ns += self._token_ns if cost == 1 else self._price_ns(cost)
        if full_ns - now_ns <= self._whole_ns:
            self._full_ns = full_ns
            return True
        if self._full_ns - now_ns > self._whole_ns:
            # The clock has gone back: the bucket is empty as of now, and not for longer.
            self._full_ns = now_ns + self._whole_ns
        return False

    def give_back(self, cost: int = 1) -> None:
        """Put tokens back that were spent for what then did not count."""
        self._full_ns -= cost * self._token_ns

    def wait_ns(self, now_ns: int, cost: int = 1) -> int:
        """Return the nanoseconds until so many tokens are there; zero where they are.

        A cost above the burst is never there; the answer is then the time until the bucket is full.
        """
        lacking_ns = min(max(0, self._full_ns - now_ns), self._whole_ns)
        return max(0, min(lacking_ns, lacking_ns + cost * self._token_ns - self._whole_ns))

    def _price_ns(self, cost: int) -> int:
        if cost < 1:
            raise UsageError("what is spent costs at least one token")
        return cost * self._token_ns


class Rates:
    """Buckets by key, for accounts, addresses or names.

    A bucket that was left alone for as long as an empty one takes to fill is full, and a full bucket is forgotten: the
    map keeps two generations, and drops the older each time. So it forgets no debt, and forgetting costs nothing at
    each call. When `keys_max` are in use, the keys that find no room share one bucket, until there is room: a flood of
    keys neither fills the memory nor wipes out what others owe.

    Args:
        rate: Tokens that a bucket gains a second.
        burst: Tokens of a full bucket.
        keys_max: The most buckets, the shared one not counted.

    Raises:
        UsageError: One of them is not above zero.
    """

    __slots__ = (
        "_burst",
        "_generation_ns",
        "_keys_max",
        "_old",
        "_shared",
        "_token_ns",
        "_turn_ns",
        "_young",
    )

    def __init__(self, rate: float | Fraction, burst: int, *, keys_max: int = KEYS_MAX) -> None:
        if keys_max < 1:
            raise UsageError("a map of buckets has room for at least one")
        self._token_ns = token_ns(rate)
        self._burst = burst
        self._keys_max = keys_max
        self._shared = Bucket(self._token_ns, burst)
        self._young: dict[Hashable, Bucket] = {}
        self._old: dict[Hashable, Bucket] = {}
        self._generation_ns = max(self._token_ns * burst, GENERATION_MIN_NS)
        self._turn_ns = 0

    def spend(self, key: Hashable, now_ns: int, cost: int = 1) -> bool:
        """Take tokens of a key's bucket, or none at all where there are too few."""
        if now_ns >= self._turn_ns:
            self._turn(now_ns)
        bucket = self._young.get(key)
        if bucket is None:
            bucket = self._take_in(key, now_ns)
        return bucket.spend(now_ns, cost)

    def give_back(self, key: Hashable, cost: int = 1) -> None:
        """Put tokens back that were spent for what then did not count."""
        bucket = self._find(key)
        if bucket is not None:
            bucket.give_back(cost)

    def wait_ns(self, key: Hashable, now_ns: int, cost: int = 1) -> int:
        """Return the nanoseconds until a key has so many tokens; zero where it has them."""
        bucket = self._find(key)
        if bucket is None:
            if len(self) < self._keys_max:
                return 0
            bucket = self._shared
        return bucket.wait_ns(now_ns, cost)

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def _find(self, key: Hashable) -> Bucket | None:
        return self._young.get(key) or self._old.get(key)

    def _take_in(self, key: Hashable, now_ns: int) -> Bucket:
        """Return the bucket of a key that the young generation does not know."""
        bucket = self._old.pop(key, None)
        if bucket is None:
            if len(self) >= self._keys_max:
                # A clock that went back far must not keep the map full until it is there again.
                self._turn_ns = min(self._turn_ns, now_ns + self._generation_ns)
                return self._shared
            bucket = Bucket(self._token_ns, self._burst)
        self._young[key] = bucket
        return bucket

    def _turn(self, now_ns: int) -> None:
        """Forget the older generation, which nobody touched for as long as a bucket takes to fill."""
        both_are_full = now_ns >= self._turn_ns + self._generation_ns
        self._old = {} if both_are_full else self._young
        self._young = {}
        self._turn_ns = now_ns + self._generation_ns


def address_key(address: str) -> str:
    """Return what stands for whoever has an address.

    For IPv6 that is the network of 64 bits: whoever has one address of it has all (RFC 6177). An IPv4 address that is
    written as IPv6 is that IPv4 address. What is no address stands for itself.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:ADDRESS_LENGTH_MAX]
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{int(parsed) >> 64:x}::/64"
