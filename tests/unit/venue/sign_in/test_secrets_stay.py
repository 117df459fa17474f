"""Planted secrets appear in no log, no error and no text of an object."""

import asyncio
import gc
import logging
import traceback
from collections.abc import MutableMapping
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from crossbook.venue.principal import Role
from crossbook.venue.refusals import Refused
from crossbook.venue.sign_in import Gate
from crossbook.venue.sign_in.names import check_free_to_take, check_name, name_key
from tests.unit.venue.sign_in.kit import ADDRESS, Kit

PLANTED = "planted-password-7f3a"


def test_no_secret_is_logged_raised_or_printed(  # noqa: PLR0915 - one long day of a user
    kit: Kit, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    events: list[MutableMapping[str, Any]] = []
    errors: list[str] = []
    secrets: list[str] = [PLANTED]

    def keep(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        events.append(dict(event))
        raise structlog.DropEvent

    async def refused(asking: Any) -> None:
        with pytest.raises(Refused) as error:
            await asking
        errors.append("".join(traceback.format_exception(error.value)))
        errors.append(repr(error.value.args))

    async def test(gate: Gate) -> None:
        alice = await gate.register("alice", PLANTED, ADDRESS)
        signed_in = await gate.login("alice", PLANTED, ADDRESS)
        who = gate.by_token(signed_in.jwt_token)
        made = await gate.keys.create(who, "bot")
        rotated = await gate.keys.rotate(who, made.key_id)
        _, house_key = await gate.house("house-bot")
        secrets.extend((alice.api_key, alice.jwt_token, signed_in.jwt_token, made.api_key))
        secrets.extend((rotated.api_key, house_key))
        secrets.append((kit.directory / "admin.password").read_text().strip())
        secrets.extend(row.password_hash for row in await kit.kept.users.all() if row.password_hash)
        await refused(gate.register("alice", PLANTED, ADDRESS))
        await refused(gate.register(PLANTED * 3, PLANTED, ADDRESS))
        await refused(gate.login("alice", PLANTED + "-wrong", ADDRESS))
        await refused(gate.login(PLANTED, PLANTED, ADDRESS))
        await refused(gate.administration.create("alice", PLANTED, Role.TRADER))
        await refused(gate.keys.revoke(who, rotated.api_key))
        await gate.keys.revoke(who, rotated.key_id)
        await gate.administration.set_password("alice", PLANTED)
        await gate.administration.set_disabled("alice", disabled=True)
        await refused(gate.login("alice", PLANTED, ADDRESS))
        for by, text in ((gate.by_token, signed_in.jwt_token), (gate.by_api_key, rotated.api_key)):
            with pytest.raises(Refused) as error:
                by(text)
            errors.append("".join(traceback.format_exception(error.value)))
        answers = (
            alice,
            signed_in,
            made,
            rotated,
            await kit.kept.users.all(),
            await kit.kept.keys.all_live(),
        )
        errors.append(repr(answers))
        ours = (
            thing for thing in gc.get_objects() if str(type(thing).__module__).startswith("crossbook.venue.")
        )
        errors.extend(repr(thing) for thing in ours)

    structlog.configure(processors=[keep])
    try:
        # Below that level the driver of SQLite tells the values of its statements, hashes among them.
        with caplog.at_level(logging.INFO):
            kit.run(test)
    finally:
        structlog.reset_defaults()

    printed = capfd.readouterr()
    told = "\n".join((*errors, repr(events), caplog.text, printed.out, printed.err))
    assert len(events) > 5
    assert len(secrets) > 8
    for secret in secrets:
        assert secret not in told


@given(st.text())
def test_what_is_taken_as_a_name_is_plain_ascii_and_else_refused(name: str) -> None:
    try:
        check_name(name)
        check_free_to_take(name)
    except Refused:
        return
    assert name.isascii()
    assert name.isprintable()
    assert not set(name) & set("<>&\"'[]()/\\ =+@")
    assert 3 <= len(name) <= 32
    assert name_key(name) == name_key(name.swapcase())


@given(st.from_regex(r"\A[A-Za-z0-9_.-]{3,32}\Z"))
def test_every_plain_name_is_a_name(name: str) -> None:
    check_name(name)


@given(st.binary(max_size=80), st.binary(max_size=300))
def test_no_bytes_raise_anything_but_a_refusal(
    opened: tuple[Kit, Gate], name: bytes, password: bytes
) -> None:
    kit, gate = opened
    kit.clock.forward(3_600)
    texts = (name.decode(errors="surrogateescape"), password.decode(errors="surrogateescape"))

    async def main() -> None:
        for ask in (gate.register, gate.login):
            with pytest.raises(Refused):
                await ask(texts[0] + "\0", texts[1], ADDRESS)

    asyncio.run(main())


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> tuple[Kit, Gate]:
    """Return a gate that was started, and whose threads are still there."""
    kit = Kit(tmp_path_factory.mktemp("gate"))
    kit.clock.forward(0)

    async def main() -> Gate:
        manager = kit.gate()
        return await manager.__aenter__()

    return kit, asyncio.run(main())
