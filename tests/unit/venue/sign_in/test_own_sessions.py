"""The list of one's sessions: what it tells, how sessions end, and that it is known again after a start."""

import asyncio

import pytest

from crossbook.venue.refusals import NOT_FOUND, Refused
from crossbook.venue.sign_in import Gate, SessionView, live_sessions, sessions
from crossbook.venue.sign_in.live_sessions import AGENT_LENGTH_MAX, shown_agent
from crossbook.venue.sign_in.tokens import LIFETIME_S
from tests.unit.venue.sign_in.kit import ADDRESS, PASSWORD, SECOND_NS, START_NS, Kit

START_MS = START_NS // 1_000_000


def listed(gate: Gate, token: str) -> list[SessionView]:
    """Return the list as the owner of a token sees it."""
    return gate.sessions.list(gate.by_token(token))


def agents(gate: Gate, token: str) -> list[str]:
    """Return how the listed sessions were begun, newest first."""
    return [view.agent for view in listed(gate, token)]


def test_each_registration_and_log_in_begins_a_session_that_is_listed(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        alice = await gate.register("alice", PASSWORD, ADDRESS, "first")
        kit.clock.forward(10)
        other = await gate.login("alice", PASSWORD, "2001:db8::1", "second")
        await gate.register("bob", PASSWORD, ADDRESS, "another's")
        kit.clock.forward(5)
        newest, oldest = listed(gate, alice.jwt_token)
        assert (newest.agent, newest.address, newest.current) == ("second", "2001:db8::1", False)
        assert (oldest.agent, oldest.address, oldest.current) == ("first", ADDRESS, True)
        assert (oldest.created_at, oldest.expires_at) == (START_MS, START_MS + LIFETIME_S * 1_000)
        assert (newest.last_seen_at, oldest.last_seen_at) == (START_MS + 10_000, START_MS + 15_000)
        assert oldest.session_id not in alice.jwt_token
        assert [view.current for view in listed(gate, other.jwt_token)] == [True, False]
        by_key = gate.sessions.list(gate.by_api_key(alice.api_key))
        assert [view.current for view in by_key] == [False, False]

    kit.run(test)


def test_a_session_is_known_again_after_a_start_though_not_when_it_was_seen(kit: Kit) -> None:
    async def main() -> None:
        async with kit.gate() as gate:
            alice = await gate.register("alice", PASSWORD, ADDRESS, "first")
            kit.clock.forward(1)
            await gate.login("alice", PASSWORD, ADDRESS, "second")
            out = await gate.login("alice", PASSWORD, ADDRESS, "signed out")
            await gate.sign_out(gate.by_token(out.jwt_token))
        async with kit.gate() as gate:
            by_key = gate.by_api_key(alice.api_key)
            assert [view.last_seen_at for view in gate.sessions.list(by_key)] == [None, None]
            assert agents(gate, alice.jwt_token) == ["second", "first"]
            assert [view.last_seen_at for view in listed(gate, alice.jwt_token)] == [None, START_MS + 1_000]
            kit.clock.forward(LIFETIME_S)
            fresh = await gate.login("alice", PASSWORD, ADDRESS, "fresh")
            assert agents(gate, fresh.jwt_token) == ["fresh"]
            assert len(await kit.kept.sessions.live(now_s=0)) == 1, "what has expired is dropped"

    asyncio.run(main())


def test_a_session_is_ended_from_the_list_at_once_and_for_good_and_is_told(kit: Kit) -> None:
    async def main() -> None:
        async with kit.gate() as gate:
            alice = await gate.register("alice", PASSWORD, ADDRESS, "first")
            other = await gate.login("alice", PASSWORD, ADDRESS, "second")
            who = gate.by_token(alice.jwt_token)
            lost = gate.by_token(other.jwt_token).session
            await gate.sessions.end(who, lost)
            assert kit.ended == [lost]
            assert agents(gate, alice.jwt_token) == ["first"]
            with pytest.raises(Refused):
                gate.by_token(other.jwt_token)
            with pytest.raises(Refused) as again:
                await gate.sessions.end(who, lost)
            assert (again.value.code, again.value.status) == (NOT_FOUND, 404)
        async with kit.gate() as gate:
            assert agents(gate, alice.jwt_token) == ["first"]
            with pytest.raises(Refused):
                gate.by_token(other.jwt_token)

    asyncio.run(main())


def test_anothers_session_answers_like_a_missing_one(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        alice = await gate.register("alice", PASSWORD, ADDRESS)
        bob = gate.by_token((await gate.register("bob", PASSWORD, ADDRESS)).jwt_token)
        refusals = []
        for session in (gate.by_token(alice.jwt_token).session, "0" * 32, "", "key:x"):
            with pytest.raises(Refused) as refused:
                await gate.sessions.end(bob, session)
            refusals.append((refused.value.code, refused.value.status, refused.value.detail))
        assert set(refusals) == {(NOT_FOUND, 404, "no such session")}
        assert gate.by_token(alice.jwt_token).username == "alice"

    kit.run(test)


def test_signing_out_everywhere_empties_the_list_for_good(kit: Kit) -> None:
    async def main() -> None:
        async with kit.gate() as gate:
            alice = await gate.register("alice", PASSWORD, ADDRESS)
            bob = await gate.register("bob", PASSWORD, ADDRESS, "bob's")
            await gate.login("alice", PASSWORD, ADDRESS)
            await gate.sign_out_everywhere(gate.by_token(alice.jwt_token))
            assert gate.sessions.list(gate.by_api_key(alice.api_key)) == []
        async with kit.gate() as gate:
            assert gate.sessions.list(gate.by_api_key(alice.api_key)) == []
            assert agents(gate, bob.jwt_token) == ["bob's"]

    asyncio.run(main())


def test_where_somebody_has_too_many_sessions_the_oldest_ends(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "SESSIONS_PER_USER_MAX", 3)
    monkeypatch.setattr(sessions, "ENDED_PER_USER_MAX", 2)

    async def test(gate: Gate) -> None:
        await gate.register("alice", PASSWORD, ADDRESS, "0")
        tokens = []
        for number in range(1, 9):
            kit.clock.forward(1)
            tokens.append((await gate.login("alice", PASSWORD, ADDRESS, str(number))).jwt_token)
        assert agents(gate, tokens[-1]) == ["8", "7", "6"]
        for token in tokens[:-3]:
            with pytest.raises(Refused):
                gate.by_token(token)
        assert [gate.by_token(token).username for token in tokens[-3:]] == ["alice"] * 3
        assert len(await kit.kept.sessions.live(now_s=kit.clock() // SECOND_NS)) == 3

    kit.run(test)


def test_a_token_that_was_handed_out_before_sessions_were_kept_is_listed_once_it_is_seen(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        alice = await gate.register("alice", PASSWORD, ADDRESS, "kept")
        person = gate._people.by_name("alice")
        assert person is not None
        kit.clock.forward(1)
        token = gate._sessions.issue(person, kit.clock())
        assert agents(gate, alice.jwt_token) == ["kept"]
        assert agents(gate, token) == ["", "kept"]
        await gate.sign_out(gate.by_token(token))
        assert agents(gate, alice.jwt_token) == ["kept"]

    kit.run(test)


AGENTS = {
    "Mozilla/5.0 (X11; Linux)": "Mozilla/5.0 (X11; Linux)",
    "  spaces around  ": "spaces around",
    "a\x00b\x1b[31mc\r\nd\x7fe": "ab[31mcde",
    "": "",
    "x" * 1_000: "x" * AGENT_LENGTH_MAX,
    "\u202etxet": "txet",
}


@pytest.mark.parametrize("text", AGENTS)
def test_what_a_client_says_of_itself_is_shortened_and_printable(text: str) -> None:
    assert shown_agent(text) == AGENTS[text]
    assert live_sessions.AGENT_LENGTH_MAX == 200
