"""Registration: who may be called what, 409, rates, and what happens when it is cut off half way."""

import asyncio

import pytest

from crossbook.venue.principal import Principal, Role
from crossbook.venue.rates import OverRate
from crossbook.venue.refusals import BUSY, MALFORMED, NAME_TAKEN, RATE_LIMITED, Refused
from crossbook.venue.settings import LimitSettings
from crossbook.venue.sign_in import Gate
from tests.unit.venue.sign_in.kit import ADDRESS, PASSWORD, Kit


def test_whoever_registers_gets_a_key_a_token_an_account_and_cash(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        alice = await gate.register("alice", PASSWORD, ADDRESS)

        assert alice.username == "alice"
        assert alice.cash == 10_000
        assert alice.api_key.startswith("ms_")
        account = kit.ledger.accounts[alice.user_id]
        by_key, by_token = gate.by_api_key(alice.api_key), gate.by_token(alice.jwt_token)
        session = "key:" + alice.api_key[3:11]
        assert by_key == Principal(alice.user_id, "alice", account, Role.TRADER, session)
        assert (by_token.user_id, by_token.account, by_token.role) == (alice.user_id, account, Role.TRADER)
        assert by_token.session != by_key.session

    kit.run(test)


@pytest.mark.parametrize("again", ["alice", "ALICE", "Alice"])
def test_a_name_is_given_once_whatever_its_case(kit: Kit, again: str) -> None:
    async def test(gate: Gate) -> None:
        await gate.register("alice", PASSWORD, ADDRESS)
        with pytest.raises(Refused) as refused:
            await gate.register(again, "another-password", ADDRESS)
        assert (refused.value.code, refused.value.status) == (NAME_TAKEN, 409)

    kit.run(test)


def test_of_many_who_want_a_name_at_once_one_gets_it(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        results = await asyncio.gather(
            *(gate.register("alice", f"password {n}", ADDRESS) for n in range(12)), return_exceptions=True
        )
        refused = [result for result in results if isinstance(result, Refused)]
        assert len(refused) == 11
        assert {result.code for result in refused} == {NAME_TAKEN}
        # The first administrator has an account too.
        assert len(kit.ledger.accounts) == 2

    kit.run(test)


@pytest.mark.parametrize(
    "username",
    [
        "",
        "ab",
        "a" * 33,
        "a" * 1_000_000,
        "with space",
        "tab\tname",
        "new\nline",
        "alice\n",
        "nul\0name",
        "<b>alice</b>",
        "\x1b[31malice",
        "[red]alice[/]",
        "\u202eecila",
        "\u0430lice",  # a Cyrillic letter that looks like the Latin one
        "\uff41lice",  # a full-width letter
        "al\u0131ce",
        "ali\u200bce",
        "élise",
        "٣٣٣",
        "\ud800lone",
        "alice/../bob",
        "=cmd",
    ],
)
def test_what_is_no_name_is_refused_and_not_repeated(kit: Kit, username: str) -> None:
    async def test(gate: Gate) -> None:
        with pytest.raises(Refused) as refused:
            await gate.register(username, PASSWORD, ADDRESS)
        assert (refused.value.code, refused.value.status) == (MALFORMED, 422)
        assert not username or username not in refused.value.detail

    kit.run(test)


@pytest.mark.parametrize(
    "username", ["admin", "Admin", "ISSUER", "house", "house-maker-1", "Household", "root"]
)
def test_reserved_names_are_not_given_to_whoever_asks(kit: Kit, username: str) -> None:
    async def test(gate: Gate) -> None:
        with pytest.raises(Refused) as refused:
            await gate.register(username, PASSWORD, ADDRESS)
        assert (refused.value.code, refused.value.status) == (NAME_TAKEN, 409)

    kit.run(test)


@pytest.mark.parametrize("username", ["abc", "a" * 32, "Alice_B.C-9", "---", "123", "my-house"])
def test_what_is_a_name_is_taken(kit: Kit, username: str) -> None:
    async def test(gate: Gate) -> None:
        registered = await gate.register(username, PASSWORD, ADDRESS)
        assert registered.username == username
        assert (await gate.login(username.upper(), PASSWORD, ADDRESS)).username == username

    kit.run(test)


@pytest.mark.parametrize(
    "password", ["", "seven77", "x" * 257, "é" * 129, "lone\ud800surrogate", "x" * 1_000_000]
)
def test_what_is_no_password_is_refused_and_not_repeated(kit: Kit, password: str) -> None:
    async def test(gate: Gate) -> None:
        made = kit.passwords.hashed
        with pytest.raises(Refused) as refused:
            await gate.register("alice", password, ADDRESS)
        assert (refused.value.code, refused.value.status) == (MALFORMED, 422)
        assert not password or password not in refused.value.detail
        assert kit.passwords.hashed == made

    kit.run(test)


@pytest.mark.parametrize(
    "password", ["eight888", "x" * 256, "é" * 128, "with\0nul8", "пароль пароль", "🔑🔑🔑🔑🔑🔑🔑🔑"]
)
def test_what_is_a_password_signs_in(kit: Kit, password: str) -> None:
    async def test(gate: Gate) -> None:
        await gate.register("alice", password, ADDRESS)
        assert (await gate.login("alice", password, ADDRESS)).username == "alice"
        with pytest.raises(Refused):
            await gate.login("alice", password + "x", ADDRESS)

    kit.run(test)


def test_a_password_is_the_same_however_a_keyboard_composes_its_letters(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        await gate.register("alice", "caf\u00e9-au-lait", ADDRESS)
        await gate.login("alice", "cafe\u0301-au-lait", ADDRESS)

    kit.run(test)


def test_registrations_from_an_address_are_limited_and_others_go_on(kit: Kit) -> None:
    kit.limits = LimitSettings(registrations_per_minute=3)

    async def test(gate: Gate) -> None:
        for n in range(3):
            await gate.register(f"user{n}", PASSWORD, ADDRESS)
        with pytest.raises(OverRate) as refused:
            await gate.register("user3", PASSWORD, ADDRESS)
        assert (refused.value.code, refused.value.status) == (RATE_LIMITED, 429)
        assert refused.value.wait_s == 20
        await gate.register("user3", PASSWORD, "192.0.2.2")
        kit.clock.forward(20)
        await gate.register("user4", PASSWORD, ADDRESS)

    kit.run(test)


def test_registering_again_heals_a_registration_that_found_no_account(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        kit.ledger.refuses = True
        with pytest.raises(Refused) as refused:
            await gate.register("alice", PASSWORD, ADDRESS)
        assert refused.value.code == BUSY
        kit.ledger.refuses = False

        with pytest.raises(Refused) as refused:
            await gate.register("alice", "not-her-password", ADDRESS)
        assert refused.value.code == NAME_TAKEN
        alice = await gate.register("alice", PASSWORD, ADDRESS)
        assert gate.by_api_key(alice.api_key).account == kit.ledger.accounts[alice.user_id]
        with pytest.raises(Refused) as refused:
            await gate.register("alice", PASSWORD, ADDRESS)
        assert refused.value.code == NAME_TAKEN

    kit.run(test)


def test_a_log_in_heals_a_registration_that_found_no_account_and_opens_it_once(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        kit.ledger.refuses = True
        with pytest.raises(Refused):
            await gate.register("alice", PASSWORD, ADDRESS)
        kit.ledger.refuses = False

        signed_in = await asyncio.gather(*(gate.login("alice", PASSWORD, ADDRESS) for _ in range(8)))
        accounts = {gate.by_token(one.jwt_token).account for one in signed_in}
        assert accounts == {kit.ledger.accounts[signed_in[0].user_id]}

    kit.run(test)


def test_a_start_heals_a_registration_that_a_crash_cut_off(kit: Kit) -> None:
    async def main() -> None:
        async with kit.gate() as gate:
            kit.ledger.refuses = True
            with pytest.raises(Refused):
                await gate.register("alice", PASSWORD, ADDRESS)
        kit.ledger.refuses = False
        async with kit.gate() as gate:
            alice = next(user for user in gate.administration.users() if user.username == "alice")
            assert alice.account == kit.ledger.accounts[alice.user_id]
            assert (
                gate.by_token((await gate.login("alice", PASSWORD, ADDRESS)).jwt_token).account
                == alice.account
            )

    asyncio.run(main())


def test_an_account_that_was_opened_but_not_answered_is_found_and_not_opened_again(kit: Kit) -> None:
    async def main() -> None:
        async with kit.gate() as gate:
            kit.ledger.refuses = True
            with pytest.raises(Refused):
                await gate.register("alice", PASSWORD, ADDRESS)
            alice = next(user for user in gate.administration.users() if user.username == "alice")
            # The journal had it, and the answer was lost.
            kit.ledger.accounts[alice.user_id] = 77
            calls = kit.ledger.calls
            await gate.login("alice", PASSWORD, ADDRESS)
            assert kit.ledger.calls == calls
        async with kit.gate() as gate:
            assert gate.by_token((await gate.login("alice", PASSWORD, ADDRESS)).jwt_token).account == 77

    asyncio.run(main())


def test_a_client_who_hangs_up_leaves_nothing_half_done(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        for patience in range(1, 16):
            name = f"user{patience}"
            asking = asyncio.create_task(gate.register(name, PASSWORD, ADDRESS))
            for _ in range(patience):
                await asyncio.sleep(0.0005)
            asking.cancel()
            await asyncio.wait([asking])
        await gate._work.finish()
        known = {user.username for user in gate.administration.users()}
        assert known == {row.username for row in await kit.kept.users.all()}
        assert len(kit.ledger.accounts) == len(known)

    kit.run(test)


def test_all_that_was_registered_opens_the_door_after_a_restart(kit: Kit) -> None:
    async def main() -> None:
        async with kit.gate() as gate:
            alice = await gate.register("alice", PASSWORD, ADDRESS)
            before = gate.by_api_key(alice.api_key), gate.by_token(alice.jwt_token)
        async with kit.gate() as gate:
            assert (gate.by_api_key(alice.api_key), gate.by_token(alice.jwt_token)) == before

    asyncio.run(main())
