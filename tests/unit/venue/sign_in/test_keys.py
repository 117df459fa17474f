"""API keys: shown once, kept as a hash, ended at once, and nobody's but their owner's."""

import asyncio
import sqlite3

import pytest

from crossbook.venue.principal import Principal, Role
from crossbook.venue.refusals import FORBIDDEN, MALFORMED, NOT_FOUND, NOT_SIGNED_IN, Refused
from crossbook.venue.sign_in import Gate
from crossbook.venue.sign_in.keys import KEY_LENGTH, KEYS_PER_USER_MAX, new_key
from tests.unit.venue.sign_in.kit import ADDRESS, PASSWORD, START_NS, Kit


def opens(gate: Gate, key: str) -> bool:
    """Return whether a key opens the gate."""
    try:
        gate.by_api_key(key)
    except Refused as error:
        refused = error
    else:
        return True
    assert (refused.code, refused.status) == (NOT_SIGNED_IN, 401)
    assert not key or key not in refused.detail
    return False


async def alice_of(gate: Gate) -> tuple[Principal, str]:
    """Register alice; return who she is and her first key."""
    alice = await gate.register("alice", PASSWORD, ADDRESS)
    return gate.by_token(alice.jwt_token), alice.api_key


def test_a_new_key_is_long_random_and_as_long_as_any_other() -> None:
    keys = {new_key() for _ in range(100)}
    assert len(keys) == 100
    assert {len(key) for key in keys} == {KEY_LENGTH}
    assert all(key.startswith("ms_") for key in keys)


def test_a_key_opens_until_it_is_revoked_and_its_connections_are_told(kit: Kit) -> None:
    async def main() -> None:
        async with kit.gate() as gate:
            who, first = await alice_of(gate)
            made = await gate.keys.create(who, "my bot")
            assert opens(gate, made.api_key)
            session = gate.by_api_key(made.api_key).session

            await gate.keys.revoke(who, made.key_id)

            assert kit.ended == [session]
            assert not opens(gate, made.api_key)
            assert opens(gate, first)
        async with kit.gate() as gate:
            assert not opens(gate, made.api_key)
            assert opens(gate, first)

    asyncio.run(main())


def test_a_rotated_key_gives_way_to_a_new_one_at_once(kit: Kit) -> None:
    async def main() -> None:
        async with kit.gate() as gate:
            who, first = await alice_of(gate)
            made = await gate.keys.create(who, "my bot")
            session = gate.by_api_key(made.api_key).session

            fresh = await gate.keys.rotate(who, made.key_id)

            assert kit.ended == [session]
            assert (opens(gate, made.api_key), opens(gate, fresh.api_key), opens(gate, first)) == (
                False,
                True,
                True,
            )
            assert fresh.label == "my bot"
            with pytest.raises(Refused) as refused:
                await gate.keys.rotate(who, made.key_id)
            assert refused.value.code == NOT_FOUND
        async with kit.gate() as gate:
            assert (opens(gate, made.api_key), opens(gate, fresh.api_key), opens(gate, first)) == (
                False,
                True,
                True,
            )

    asyncio.run(main())


def test_the_list_shows_live_keys_by_their_first_characters_alone(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        who, first = await alice_of(gate)
        made = await gate.keys.create(who, "my bot")
        revoked = await gate.keys.create(who, "over")
        await gate.keys.revoke(who, revoked.key_id)

        listed = gate.keys.list(who)

        assert [(view.label, view.prefix) for view in listed] == [
            ("registration", first[:11]),
            ("my bot", made.api_key[:11]),
        ]
        assert {view.created_at for view in listed} == {START_NS // 1_000_000}
        assert first not in repr(listed)

    kit.run(test)


def test_another_persons_key_answers_exactly_like_a_missing_one(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        who, first = await alice_of(gate)
        bob = gate.by_token((await gate.register("bob", PASSWORD, ADDRESS)).jwt_token)
        hers = gate.keys.list(who)[0].key_id

        answers = set()
        for key_id in (hers, "missing1", "", "x" * 10_000, "../..", "\ud800"):
            for act in (gate.keys.revoke, gate.keys.rotate):
                with pytest.raises(Refused) as refused:
                    await act(bob, key_id)
                answers.add((refused.value.code, refused.value.detail, refused.value.status))
        assert answers == {(NOT_FOUND, "no such key", 404)}
        assert opens(gate, first)

    kit.run(test)


def test_a_user_has_so_many_keys_and_no_more_even_when_he_asks_at_once(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        who, _ = await alice_of(gate)
        made = await asyncio.gather(
            *(gate.keys.create(who) for _ in range(KEYS_PER_USER_MAX + 5)), return_exceptions=True
        )
        refused = [one for one in made if isinstance(one, Refused)]
        assert len(refused) == 6
        assert {one.code for one in refused} == {FORBIDDEN}
        listed = gate.keys.list(who)
        assert len(listed) == KEYS_PER_USER_MAX

        await gate.keys.rotate(who, listed[0].key_id)
        await gate.keys.revoke(who, listed[1].key_id)
        await gate.keys.create(who)
        assert len(gate.keys.list(who)) == KEYS_PER_USER_MAX

    kit.run(test)


@pytest.mark.parametrize(
    "label", ["x" * 65, "<b>", "\x1b[31m", "\u202e", "line\nbreak", "é", "[red]", "=1+1,"]
)
def test_what_is_no_label_is_refused(kit: Kit, label: str) -> None:
    async def test(gate: Gate) -> None:
        who, _ = await alice_of(gate)
        with pytest.raises(Refused) as refused:
            await gate.keys.create(who, label)
        assert (refused.value.code, refused.value.status) == (MALFORMED, 422)
        assert label not in refused.value.detail

    kit.run(test)


def test_whatever_is_nearly_a_key_opens_nothing(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        _, key = await alice_of(gate)
        changed = [
            key[:place] + ("A" if key[place] != "A" else "B") + key[place + 1 :]
            for place in range(KEY_LENGTH)
        ]
        for text in (
            *changed,
            key[:-1],
            key + "A",
            key.upper(),
            " " + key,
            key[3:],
            "",
            "ms_",
            "x" * 1_000_000,
        ):
            assert not opens(gate, text)
        assert opens(gate, key)

    kit.run(test)


def test_the_store_has_no_key_and_no_password(kit: Kit) -> None:
    async def main() -> None:
        async with kit.gate() as gate:
            alice = await gate.register("alice", "a planted password", ADDRESS)
            _, house_key = await gate.house("house-bot")
            gate.by_token(alice.jwt_token)
            secrets = (alice.api_key[11:], house_key[3:], alice.jwt_token, "a planted password")
        with sqlite3.connect(kit.path) as connection:
            dump = "\n".join(connection.iterdump())
        connection.close()
        assert alice.user_id in dump
        for secret in secrets:
            assert secret not in dump

    asyncio.run(main())


def test_a_bot_of_the_house_has_an_account_and_a_key_that_ends_with_the_process(kit: Kit) -> None:
    async def main() -> None:
        async with kit.gate() as gate:
            who, key = await gate.house("house-maker-FUN-1")
            assert gate.by_api_key(key) == who
            assert (who.role, who.username) == (Role.HOUSE, "house-maker-FUN-1")
            assert who.account == kit.ledger.accounts[who.user_id]
            assert kit.ledger.roles[who.user_id] is Role.HOUSE
        async with kit.gate() as gate:
            assert not opens(gate, key)
            again, fresh = await gate.house("house-maker-FUN-1")
            assert (again.user_id, again.account) == (who.user_id, who.account)
            assert opens(gate, fresh)

    asyncio.run(main())


def test_a_bot_that_asks_again_has_one_key_and_the_old_one_ends(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        before, old = await gate.house("house-bot")
        _, fresh = await gate.house("HOUSE-bot")
        assert (opens(gate, old), opens(gate, fresh)) == (False, True)
        assert kit.ended == [before.session]

    kit.run(test)


def test_bots_that_ask_at_the_same_time_are_one(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        asked = await asyncio.gather(*(gate.house("house-bot") for _ in range(8)))
        assert len({who.account for who, _ in asked}) == 1
        assert sum(opens(gate, key) for _, key in asked) == 1

    kit.run(test)


@pytest.mark.parametrize("username", ["alice", "maker", "", "house\n", "house<b>", "house" + "x" * 60])
def test_a_bot_has_a_name_of_the_house(kit: Kit, username: str) -> None:
    async def test(gate: Gate) -> None:
        with pytest.raises(Refused) as refused:
            await gate.house(username)
        assert refused.value.code == MALFORMED

    kit.run(test)


def test_nobody_else_becomes_a_bot_of_the_house(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        await gate.administration.create("housekeeper", PASSWORD, Role.ADMIN)
        with pytest.raises(Refused) as refused:
            await gate.house("housekeeper")
        assert refused.value.status == 409

    kit.run(test)


def test_a_bot_makes_no_keys_of_its_own(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        who, key = await gate.house("house-bot")
        with pytest.raises(Refused) as refused:
            await gate.keys.create(who)
        assert refused.value.code == FORBIDDEN
        with pytest.raises(Refused) as refused:
            await gate.keys.revoke(who, key[3:11])
        assert refused.value.code == FORBIDDEN

    kit.run(test)
