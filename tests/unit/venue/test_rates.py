"""Token buckets: never more than the burst and the rate, whatever the clock does, in bounded memory."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbook.core import UsageError
from crossbook.venue.rates import SECOND_NS, Bucket, OverRate, Rates, address_key, token_ns

RATES = st.one_of(
    st.integers(1, 10_000), st.fractions(Fraction(1, 600), 1_000), st.floats(0.01, 5_000, allow_nan=False)
)
STEPS_NS = st.one_of(st.integers(0, 3 * SECOND_NS), st.integers(0, 1_000), st.just(0))
CALLS = st.lists(st.tuples(STEPS_NS, st.integers(1, 4)), max_size=80)


@given(RATES, st.integers(1, 20), CALLS)
def test_no_window_has_more_than_the_burst_and_what_the_rate_gives(
    rate: float | Fraction, burst: int, calls: list[tuple[int, int]]
) -> None:
    rates = Rates(rate, burst)
    now_ns, granted = 0, []
    for step_ns, cost in calls:
        now_ns += step_ns
        if rates.spend("somebody", now_ns, cost):
            granted.append((now_ns, cost))

    for first, (start_ns, _) in enumerate(granted):
        spent = 0
        for end_ns, cost in granted[first:]:
            spent += cost
            assert spent <= burst + Fraction(rate) * Fraction(end_ns - start_ns, SECOND_NS)


@given(RATES, st.integers(1, 20), CALLS)
def test_it_grants_whatever_a_plain_token_bucket_with_fractions_grants(
    rate: float | Fraction, burst: int, calls: list[tuple[int, int]]
) -> None:
    one_ns = token_ns(rate)
    bucket, tokens, now_ns = Bucket(one_ns, burst), Fraction(burst), 0
    for step_ns, cost in calls:
        now_ns += step_ns
        tokens = min(Fraction(burst), tokens + Fraction(step_ns, one_ns))
        granted = tokens >= cost
        tokens -= cost if granted else 0

        assert bucket.spend(now_ns, cost) == granted


@given(RATES, st.integers(1, 20), st.lists(st.tuples(st.integers(-3, 3), st.integers(1, 4)), max_size=80))
def test_a_clock_that_goes_to_and_fro_gives_no_more_than_its_way_forward_is_worth(
    rate: float | Fraction, burst: int, calls: list[tuple[int, int]]
) -> None:
    bucket = Bucket(token_ns(rate), burst)
    now_ns, forward_ns, spent = 10**12, 0, 0
    for steps, cost in calls:
        step_ns = steps * SECOND_NS // 3
        now_ns += step_ns
        forward_ns += max(0, step_ns)
        spent += cost if bucket.spend(now_ns, cost) else 0

        assert spent <= burst + Fraction(rate) * Fraction(forward_ns, SECOND_NS)


def test_a_clock_that_goes_back_far_leaves_a_bucket_empty_for_no_longer_than_it_takes_to_fill() -> None:
    rates = Rates(10, 5)
    later_ns = 10**18
    assert all(rates.spend("key", later_ns) for _ in range(5))

    assert not rates.spend("key", 0)
    assert not rates.spend("key", SECOND_NS // 10 - 1)
    assert rates.spend("key", SECOND_NS // 10)


@given(RATES, st.integers(1, 20), CALLS, st.integers(1, 4))
def test_waiting_as_long_as_it_says_is_enough_and_a_nanosecond_less_is_not(
    rate: float | Fraction, burst: int, calls: list[tuple[int, int]], cost: int
) -> None:
    rates, now_ns = Rates(rate, burst), 0
    for step_ns, paid in calls:
        now_ns += step_ns
        rates.spend("key", now_ns, paid)
    wait_ns = rates.wait_ns("key", now_ns, cost)
    if cost > burst:
        return

    if wait_ns > 0:
        assert not rates.spend("key", now_ns + wait_ns - 1, cost)
    assert rates.spend("key", now_ns + wait_ns, cost)


def test_more_than_the_burst_is_never_granted() -> None:
    assert not Rates(10, 5).spend("key", 10**18, 6)


def test_a_refused_call_costs_nothing() -> None:
    rates = Rates(1, 3)
    assert rates.spend("key", 0, 2)
    assert not rates.spend("key", 0, 2)
    assert rates.spend("key", 0, 1)


def test_keys_do_not_share() -> None:
    rates = Rates(1, 1)
    assert rates.spend("one", 0)
    assert rates.spend("other", 0)
    assert not rates.spend("one", 0)


def test_what_is_given_back_can_be_spent_again_and_a_full_bucket_holds_no_more() -> None:
    rates = Rates(1, 2)
    assert rates.spend("key", 0, 2)
    rates.give_back("key")
    assert rates.spend("key", 0)
    rates.give_back("key", 2)
    rates.give_back("key", 2)
    assert rates.spend("key", 0, 2)
    assert not rates.spend("key", 0)


def test_giving_back_to_an_unknown_key_does_nothing() -> None:
    rates = Rates(1, 2)
    rates.give_back("key")
    assert len(rates) == 0


@given(
    st.integers(1, 5), st.lists(st.tuples(st.integers(0, 30), st.integers(-1, 3 * SECOND_NS)), max_size=200)
)
def test_the_map_never_has_more_keys_than_it_may_and_every_key_keeps_to_its_rate(
    keys_max: int, calls: list[tuple[int, int]]
) -> None:
    rates = Rates(1, 2, keys_max=keys_max)
    now_ns, granted = SECOND_NS, dict[int, list[int]]()
    for key, step_ns in calls:
        now_ns += step_ns
        if rates.spend(key, now_ns):
            granted.setdefault(key, []).append(now_ns)
        assert len(rates) <= keys_max

    for times_ns in granted.values():
        # A key may have its own bucket and then the shared one, never more.
        for at_ns in times_ns:
            at_once = sum(at_ns - SECOND_NS < other_ns <= at_ns for other_ns in times_ns)
            assert at_once <= 2 * (2 + 1)


def test_buckets_that_are_full_again_are_forgotten() -> None:
    rates = Rates(1, 2)
    for key in range(1_000):
        rates.spend(key, 0)
    assert len(rates) == 1_000

    rates.spend("another", 10 * SECOND_NS)

    assert len(rates) == 1


def test_a_debt_outlives_the_turn_of_a_generation() -> None:
    rates = Rates(Fraction(10, 60), 10)
    assert rates.spend("key", 59 * SECOND_NS, 10)
    assert not rates.spend("key", 60 * SECOND_NS)
    assert not rates.spend("key", 61 * SECOND_NS)
    assert rates.spend("key", 65 * SECOND_NS)


def test_a_flood_of_keys_wipes_out_no_debt_and_shares_one_bucket() -> None:
    rates = Rates(1, 2, keys_max=3)
    assert rates.spend("debtor", 0, 2)
    granted = sum(rates.spend(key, 0) for key in range(100))

    assert not rates.spend("debtor", 0)
    assert granted == 2 + 2
    assert rates.wait_ns("yet another", 0) == SECOND_NS


def test_a_full_map_has_room_again_even_when_the_clock_went_back() -> None:
    rates = Rates(1, 1, keys_max=2)
    assert rates.spend("one", 10**18)
    assert rates.spend("two", 10**18)
    rates.spend("three", 0)

    assert rates.spend("four", 3 * SECOND_NS)
    assert rates.spend("five", 3 * SECOND_NS)


@pytest.mark.parametrize("rate", [0, -1, float("inf"), float("nan")])
def test_a_rate_that_cannot_be_is_refused(rate: float) -> None:
    with pytest.raises(UsageError):
        Rates(rate, 1)


@pytest.mark.parametrize("cost", [0, -1])
def test_a_cost_below_one_is_refused(cost: int) -> None:
    with pytest.raises(UsageError):
        Rates(1, 1).spend("key", 0, cost)


def test_a_bucket_without_tokens_is_refused() -> None:
    with pytest.raises(UsageError):
        Rates(1, 0)
    with pytest.raises(UsageError):
        Rates(1, 1, keys_max=0)


def test_a_token_takes_whole_nanoseconds_rounded_up() -> None:
    assert token_ns(3) == 333_333_334
    assert token_ns(Fraction(10, 60)) == 6 * SECOND_NS
    assert token_ns(1e12) == 1


@pytest.mark.parametrize(("wait_ns", "wait_s"), [(0, 1), (1, 1), (SECOND_NS, 1), (SECOND_NS + 1, 2)])
def test_the_wait_is_told_in_whole_seconds_rounded_up(wait_ns: int, wait_s: int) -> None:
    assert OverRate("too fast", wait_ns).wait_s == wait_s


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "20010db800010002::/64"),
        ("2001:db8:1:2::", "20010db800010002::/64"),
        ("fe80::1%eth0", "fe80000000000000::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_addresses_of_one_network_of_ipv6_stand_for_one(address: str, key: str) -> None:
    assert address_key(address) == key


@given(st.text(max_size=200))
def test_whatever_is_no_address_stands_for_itself_and_is_short(text: str) -> None:
    assert len(address_key(text)) <= 64
