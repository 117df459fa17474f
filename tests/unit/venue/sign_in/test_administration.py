"""What administrators do: it counts at the next request, and survives a restart."""

import asyncio
from collections.abc import Callable

import pytest

from crossbook.venue.principal import Principal, Role
from crossbook.venue.refusals import FORBIDDEN, MALFORMED, NAME_TAKEN, NOT_FOUND, NOT_SIGNED_IN, Refused
from crossbook.venue.sign_in import Gate, Registered
from tests.unit.venue.sign_in.kit import ADDRESS, PASSWORD, Kit


def closed(gate: Gate, alice: Registered) -> tuple[bool, bool]:
    """Return whether the token and the key are refused."""

    def refused(by: Callable[[str], Principal], text: str) -> bool:
        try:
            by(text)
        except Refused as error:
            return (error.code, error.status) == (NOT_SIGNED_IN, 401)
        return False

    return refused(gate.by_token, alice.jwt_token), refused(gate.by_api_key, alice.api_key)


def test_who_is_shut_out_is_out_at_once_and_after_a_restart_and_his_tokens_stay_so(kit: Kit) -> None:
    async def main() -> None:
        async with kit.gate() as gate:
            alice = await gate.register("alice", PASSWORD, ADDRESS)
            sessions = {gate.by_token(alice.jwt_token).session, gate.by_api_key(alice.api_key).session}
            await gate.administration.set_disabled("ALICE", disabled=True)
            assert closed(gate, alice) == (True, True)
            assert sessions | {f"user:{alice.user_id}"} == set(kit.ended)
        async with kit.gate() as gate:
            assert closed(gate, alice) == (True, True)
            await gate.administration.set_disabled("alice", disabled=False)
            assert closed(gate, alice) == (True, False)
            signed_in = await gate.login("alice", PASSWORD, ADDRESS)
            assert gate.by_token(signed_in.jwt_token).user_id == alice.user_id
        async with kit.gate() as gate:
            assert closed(gate, alice) == (True, False)

    asyncio.run(main())


def test_a_new_password_ends_the_sessions_and_the_old_password(kit: Kit) -> None:
    async def main() -> None:
        async with kit.gate() as gate:
            alice = await gate.register("alice", PASSWORD, ADDRESS)
            gate.by_token(alice.jwt_token)
            await gate.administration.set_password("alice", "another password")
            assert closed(gate, alice) == (True, False)
            with pytest.raises(Refused):
                await gate.login("alice", PASSWORD, ADDRESS)
            await gate.login("alice", "another password", ADDRESS)
        async with kit.gate() as gate:
            assert closed(gate, alice) == (True, False)
            await gate.login("alice", "another password", ADDRESS)

    asyncio.run(main())


def test_a_role_counts_at_the_next_request_and_after_a_restart(kit: Kit) -> None:
    async def main() -> None:
        async with kit.gate() as gate:
            alice = await gate.register("alice", PASSWORD, ADDRESS)
            assert gate.by_token(alice.jwt_token).role is gate.by_api_key(alice.api_key).role is Role.TRADER
            await gate.administration.set_role("alice", Role.ADMIN)
            assert gate.by_token(alice.jwt_token).role is gate.by_api_key(alice.api_key).role is Role.ADMIN
        async with kit.gate() as gate:
            assert gate.by_token(alice.jwt_token).role is Role.ADMIN
            await gate.administration.set_role("alice", Role.TRADER)
            assert gate.by_token(alice.jwt_token).role is gate.by_api_key(alice.api_key).role is Role.TRADER

    asyncio.run(main())


def test_the_last_administrator_stays_even_when_two_demote_each_other_at_once(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        for act in (
            gate.administration.set_role("admin", Role.TRADER),
            gate.administration.set_disabled("admin", disabled=True),
        ):
            with pytest.raises(Refused) as refused:
                await act
            assert refused.value.code == FORBIDDEN
        await gate.administration.create("boss", PASSWORD, Role.ADMIN)
        done = await asyncio.gather(
            gate.administration.set_role("admin", Role.TRADER),
            gate.administration.set_disabled("boss", disabled=True),
            return_exceptions=True,
        )
        assert [isinstance(one, Refused) for one in done].count(True) == 1
        users = gate.administration.users()
        assert any(user.role is Role.ADMIN and not user.disabled for user in users)

    kit.run(test)


def test_administration_gives_reserved_names_and_no_bad_ones(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        made = await gate.administration.create("issuer", PASSWORD, Role.TRADER)
        assert made.account == kit.ledger.accounts[made.user_id]
        for name, password, code in (
            ("Issuer", PASSWORD, NAME_TAKEN),
            ("<b>", PASSWORD, MALFORMED),
            ("fine", "short", MALFORMED),
        ):
            with pytest.raises(Refused) as refused:
                await gate.administration.create(name, password, Role.TRADER)
            assert refused.value.code == code

    kit.run(test)


def test_nobody_is_made_a_bot_of_the_house_and_no_bot_is_changed(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        await gate.register("alice", PASSWORD, ADDRESS)
        await gate.house("house-bot")
        administration = gate.administration
        for act in (
            administration.create("another", PASSWORD, Role.HOUSE),
            administration.set_role("alice", Role.HOUSE),
            administration.set_role("house-bot", Role.ADMIN),
            administration.set_password("house-bot", PASSWORD),
            administration.set_disabled("house-bot", disabled=True),
        ):
            with pytest.raises(Refused) as refused:
                await act
            assert refused.value.code == FORBIDDEN

    kit.run(test)


def test_who_is_not_there_cannot_be_changed(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        for name in ("nobody", "", "\ud800", "x" * 1_000_000):
            for act in (
                gate.administration.set_role(name, Role.ADMIN),
                gate.administration.set_password(name, PASSWORD),
                gate.administration.set_disabled(name, disabled=True),
            ):
                with pytest.raises(Refused) as refused:
                    await act
                assert refused.value.code == NOT_FOUND

    kit.run(test)


def test_a_role_that_could_not_be_kept_is_not_had(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(user_id: str, role: str) -> None:
        raise OSError("the disk is gone")

    async def test(gate: Gate) -> None:
        alice = await gate.register("alice", PASSWORD, ADDRESS)
        monkeypatch.setattr(kit.kept.users, "set_role", broken)
        with pytest.raises(OSError, match="gone"):
            await gate.administration.set_role("alice", Role.ADMIN)
        assert gate.by_token(alice.jwt_token).role is Role.TRADER

    kit.run(test)
