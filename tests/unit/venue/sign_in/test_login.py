"""Log-in: one answer for all that is wrong, ten failures a minute, and bursts that are bounded."""

import asyncio
import os
import sys
import threading

import pytest
from argon2 import extract_parameters

from crossbook.venue.principal import Role
from crossbook.venue.rates import OverRate
from crossbook.venue.refusals import BUSY, CLOSING, FORBIDDEN, NOT_SIGNED_IN, RATE_LIMITED, Refused
from crossbook.venue.settings import LimitSettings
from crossbook.venue.sign_in import Gate, Passwords
from crossbook.venue.sign_in.passwords import NICENESS, THREADS, HashingThreads
from tests.unit.venue.sign_in.kit import ADDRESS, PASSWORD, CountingPasswords, Kit

ELSEWHERE = "198.51.100.9"


async def failure(gate: Gate, username: str, password: str, address: str = ADDRESS) -> Refused:
    """Return why a log-in is refused."""
    with pytest.raises(Refused) as refused:
        await gate.login(username, password, address)
    return refused.value


@pytest.mark.parametrize(
    "username", ["alice", "nobody", "house-bot", "<script>", "", "x" * 1_000_000, "\ud800"]
)
@pytest.mark.parametrize("password", ["wrong password", "", "x" * 1_000_000, "\ud800\ud800\ud800\ud800"])
def test_whatever_is_wrong_costs_one_hash_and_gets_one_answer(kit: Kit, username: str, password: str) -> None:
    async def test(gate: Gate) -> None:
        await gate.register("alice", PASSWORD, ADDRESS)
        await gate.house("house-bot")
        expected = await failure(gate, "alice", "not the one")
        kit.passwords.verified.clear()

        refused = await failure(gate, username, password)

        assert (refused.code, refused.status) == (NOT_SIGNED_IN, 401)
        assert (refused.code, refused.status, refused.detail) == (
            expected.code,
            expected.status,
            expected.detail,
        )
        assert len(kit.passwords.verified) == 1
        assert extract_parameters(kit.passwords.verified[0]).memory_cost == 8

    kit.run(test)


def test_nobody_has_the_password_of_nobody(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        assert (await failure(gate, "nobody", "")).code == NOT_SIGNED_IN

    kit.run(test)


def test_ten_failures_with_a_name_in_a_minute_are_the_most_from_wherever(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        await gate.register("alice", PASSWORD, ADDRESS)
        await gate.register("bob", PASSWORD, ADDRESS)
        for n in range(10):
            assert (await failure(gate, "Alice", "wrong password", f"192.0.2.{n}")).code == NOT_SIGNED_IN
        tried = len(kit.passwords.verified)

        refused = await failure(gate, "alice", PASSWORD, ELSEWHERE)
        assert isinstance(refused, OverRate)
        assert (refused.code, refused.status, refused.wait_s) == (RATE_LIMITED, 429, 6)
        assert len(kit.passwords.verified) == tried
        await gate.login("bob", PASSWORD, ELSEWHERE)
        kit.clock.forward(6)
        await gate.login("alice", PASSWORD, ELSEWHERE)

    kit.run(test)


def test_ten_failures_from_an_address_in_a_minute_are_the_most_with_whatever_names(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        await gate.register("alice", PASSWORD, ELSEWHERE)
        for n in range(10):
            assert (await failure(gate, f"user{n}", "wrong password")).code == NOT_SIGNED_IN

        assert (await failure(gate, "alice", PASSWORD)).status == 429
        await gate.login("alice", PASSWORD, ELSEWHERE)

    kit.run(test)


def test_the_addresses_of_one_network_of_ipv6_count_as_one(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        for n in range(10):
            await failure(gate, f"user{n}", "wrong password", f"2001:db8::{n:x}")
        assert (await failure(gate, "other", "wrong password", "2001:db8::ffff")).status == 429
        assert (await failure(gate, "other", "wrong password", "2001:db8:1::")).status == 401

    kit.run(test)


def test_a_success_forgives_no_failure(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        await gate.register("alice", PASSWORD, ADDRESS)
        for n in range(9):
            await failure(gate, f"user{n}", "wrong password")
            await gate.login("alice", PASSWORD, ADDRESS)
        await failure(gate, "user9", "wrong password")
        assert (await failure(gate, "alice", PASSWORD)).status == 429

    kit.run(test)


def test_failures_at_the_same_time_are_counted_too(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        refused = await asyncio.gather(*(failure(gate, "alice", "wrong password") for _ in range(40)))
        assert sorted(one.status for one in refused) == [401] * 10 + [429] * 30
        assert len(kit.passwords.verified) == 10

    kit.run(test)


def test_successes_at_the_same_time_cost_nothing(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        await gate.register("alice", PASSWORD, ADDRESS)
        await asyncio.gather(*(gate.login("alice", PASSWORD, ADDRESS) for _ in range(60)))
        await gate.login("alice", PASSWORD, ADDRESS)

    kit.run(test)


class SlowPasswords(CountingPasswords):
    """Hashes that take until they are let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()
        self.go.set()
        self.running = 0
        self.most_running = 0
        self._changed = threading.Condition()

    def matches(self, kept: str, password: str) -> bool:
        self._change(1)
        self.go.wait(20)
        self._change(-1)
        return super().matches(kept, password)

    async def until(self, running: int) -> None:
        """Wait until so many hashes are being made."""

        def wait() -> bool:
            with self._changed:
                return self._changed.wait_for(lambda: self.running == running, 20)

        assert await asyncio.to_thread(wait)

    def _change(self, by: int) -> None:
        with self._changed:
            self.running += by
            self.most_running = max(self.most_running, self.running)
            self._changed.notify_all()


def test_a_burst_of_log_ins_is_refused_as_busy_and_the_loop_goes_on(kit: Kit) -> None:
    kit.limits = LimitSettings(password_hashes_waiting=3)
    kit.passwords = slow = SlowPasswords()

    async def test(gate: Gate) -> None:
        await gate.register("alice", PASSWORD, ADDRESS)
        slow.go.clear()
        asking = [asyncio.create_task(gate.login("alice", PASSWORD, ADDRESS)) for _ in range(20)]
        await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(0)

        refused = [task.exception() for task in asking if task.done()]
        assert len(refused) == 20 - THREADS - 3
        assert {error.code for error in refused if isinstance(error, Refused)} == {BUSY}
        assert {error.status for error in refused if isinstance(error, Refused)} == {503}
        slow.go.set()
        await asyncio.wait(asking)
        assert sum(task.exception() is None for task in asking) == THREADS + 3
        assert slow.most_running <= THREADS
        await gate.login("alice", PASSWORD, ADDRESS)

    kit.run(test)


def test_clients_who_hang_up_free_no_thread_before_its_work_is_done(kit: Kit) -> None:
    kit.limits = LimitSettings(password_hashes_waiting=1)
    kit.passwords = slow = SlowPasswords()

    async def test(gate: Gate) -> None:
        await gate.register("alice", PASSWORD, ADDRESS)
        slow.go.clear()
        leaving = [
            asyncio.create_task(gate.login("alice", "wrong password", ADDRESS)) for _ in range(THREADS)
        ]
        await slow.until(THREADS)
        for task in leaving:
            task.cancel()
        await asyncio.wait(leaving)

        patient = asyncio.create_task(gate.login("alice", PASSWORD, ADDRESS))
        await asyncio.sleep(0)
        assert (await failure(gate, "alice", PASSWORD)).code == BUSY
        slow.go.set()
        await patient
        assert slow.most_running == THREADS

    kit.run(test)


def test_who_hangs_up_while_his_wrong_password_is_tried_has_failed_all_the_same(kit: Kit) -> None:
    kit.passwords = slow = SlowPasswords()

    async def test(gate: Gate) -> None:
        for n in range(10):
            slow.go.clear()
            leaving = asyncio.create_task(gate.login("alice", f"wrong password {n}", ADDRESS))
            await slow.until(1)
            leaving.cancel()
            await asyncio.wait([leaving])
            slow.go.set()
            await slow.until(0)
        assert (await failure(gate, "alice", PASSWORD)).status == 429

    kit.run(test)


def test_no_hash_is_made_once_the_threads_are_closed() -> None:
    async def main() -> None:
        threads = HashingThreads(1)
        await threads.close()
        with await threads.turn() as turn, pytest.raises(Refused) as refused:
            await turn.run(lambda: None)
        assert (refused.value.code, refused.value.status) == (CLOSING, 503)

    asyncio.run(main())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a thread has no priority of its own")
def test_hashing_gives_way_to_the_loop() -> None:
    async def main() -> tuple[int, int]:
        threads = HashingThreads(1)
        with await threads.turn() as turn:
            hashing = await turn.run(lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        await threads.close()
        return hashing, os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    hashing, here = asyncio.run(main())
    assert hashing == max(here, NICENESS)


def test_passwords_are_hashed_as_owasp_asks() -> None:
    made = extract_parameters(Passwords().hash(PASSWORD))
    assert (made.type.name, made.memory_cost, made.time_cost, made.parallelism) == ("ID", 19 * 1024, 2, 1)
    assert (made.salt_len, made.hash_len) == (16, 32)


def test_two_hashes_of_a_password_differ_and_both_match() -> None:
    passwords = CountingPasswords()
    one, other = passwords.hash(PASSWORD), passwords.hash(PASSWORD)
    assert one != other
    assert passwords.matches(one, PASSWORD)
    assert passwords.matches(other, PASSWORD)


@pytest.mark.parametrize(
    "kept", ["", "nonsense", "$argon2id$v=19$m=8,t=1,p=1$", "$2b$12$" + "x" * 53, "\ud800"]
)
def test_a_hash_that_cannot_be_read_matches_nothing(kept: str) -> None:
    assert not CountingPasswords().matches(kept, PASSWORD)


def test_a_hash_of_other_parameters_is_made_anew_at_the_next_log_in(kit: Kit) -> None:
    async def main() -> None:
        async with kit.gate() as gate:
            await gate.register("alice", PASSWORD, ADDRESS)
        kit.passwords = CountingPasswords(memory_kib=16, iterations=2)
        async with kit.gate() as gate:
            await failure(gate, "alice", "wrong password")
            assert await memory_of_alice() == 8
            await gate.login("alice", PASSWORD, ADDRESS)
            assert await memory_of_alice() == 16
            made = kit.passwords.hashed
            await gate.login("alice", PASSWORD, ADDRESS)
            assert kit.passwords.hashed == made

    async def memory_of_alice() -> int:
        alice = await kit.kept.users.by_name("alice")
        assert alice is not None
        assert alice.password_hash is not None
        return extract_parameters(alice.password_hash).memory_cost

    asyncio.run(main())


def test_a_password_that_is_changed_meanwhile_is_not_changed_back_by_a_hash_of_new_parameters(
    kit: Kit,
) -> None:
    class LatePasswords(CountingPasswords):
        """Hashes of which the one of the old password is late."""

        def __init__(self) -> None:
            super().__init__(memory_kib=16)
            self.begun, self.go = threading.Event(), threading.Event()

        def hash(self, password: str) -> str:
            if password == PASSWORD:
                self.begun.set()
                assert self.go.wait(20)
            return super().hash(password)

    async def main() -> None:
        async with kit.gate() as gate:
            await gate.register("alice", PASSWORD, ADDRESS)
        kit.passwords = late = LatePasswords()
        async with kit.gate() as gate:
            asking = asyncio.create_task(gate.login("alice", PASSWORD, ADDRESS))
            assert await asyncio.to_thread(late.begun.wait, 20)
            await gate.administration.set_password("alice", "another password")
            late.go.set()
            await asking
            assert (await failure(gate, "alice", PASSWORD)).code == NOT_SIGNED_IN
            await gate.login("alice", "another password", ADDRESS)

    asyncio.run(main())


def test_a_bot_of_the_house_cannot_log_in_even_with_a_password_in_the_store(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        principal, _ = await gate.house("house-bot")
        await kit.kept.users.set_password(principal.user_id, kit.passwords.hash(PASSWORD))
        assert (await failure(gate, "house-bot", PASSWORD)).code == NOT_SIGNED_IN

    kit.run(test)


def test_who_is_shut_out_learns_it_only_with_his_password(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        await gate.register("alice", PASSWORD, ADDRESS)
        await gate.administration.set_disabled("alice", disabled=True)
        assert (await failure(gate, "alice", "wrong password")).code == NOT_SIGNED_IN
        refused = await failure(gate, "alice", PASSWORD)
        assert (refused.code, refused.status) == (FORBIDDEN, 403)

    kit.run(test)


def test_a_log_in_says_who_it_was(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        alice = await gate.register("Alice", PASSWORD, ADDRESS)
        signed_in = await gate.login("aLICE", PASSWORD, ADDRESS)
        assert (signed_in.user_id, signed_in.username) == (alice.user_id, "Alice")
        assert gate.by_token(signed_in.jwt_token).role is Role.TRADER

    kit.run(test)
