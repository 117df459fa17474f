"""Tokens: nothing but what this venue signed, with its algorithm, for as long as it grants, until it ends."""

import asyncio
import base64
import hashlib
import hmac
import json

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbook.venue.refusals import FORBIDDEN, NOT_SIGNED_IN, Refused
from crossbook.venue.sign_in import Gate, sessions
from crossbook.venue.sign_in.tokens import LIFETIME_S, Tokens
from tests.unit.venue.sign_in.kit import ADDRESS, PASSWORD, SECOND_NS, START_NS, Kit

SECRET = b"s" * 32
NOW_S = START_NS // SECOND_NS
SESSION = f"{START_NS:016x}{'0' * 16}"
CLAIMS: dict[str, object] = {
    "iss": "crossbook",
    "sub": "user",
    "iat": NOW_S,
    "exp": NOW_S + LIFETIME_S,
    "jti": SESSION,
}


def part(content: object) -> str:
    """Return a part of a token as base64."""
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def signed(header: object, claims: object, secret: bytes = SECRET, hash_name: str = "sha256") -> str:
    """Return a token signed by hand, whatever its parts say."""
    text = f"{part(header)}.{part(claims)}"
    return f"{text}.{part(hmac.digest(secret, text.encode(), hash_name))}"


HEADER = {"alg": "HS256", "typ": "JWT"}
GOOD = signed(HEADER, CLAIMS)


def without(name: str) -> dict[str, object]:
    """Return the claims without one."""
    return {key: value for key, value in CLAIMS.items() if key != name}


def refusal(text: str, now_ns: int = START_NS) -> Refused:
    """Return why a token is refused."""
    with pytest.raises(Refused) as refused:
        Tokens(SECRET).read(text, now_ns)
    assert (refused.value.code, refused.value.status) == (NOT_SIGNED_IN, 401)
    assert len(text) < 20 or text not in str(refused.value)
    return refused.value


def test_a_good_token_is_taken() -> None:
    assert Tokens(SECRET).read(GOOD, START_NS).user_id == "user"


def test_what_is_issued_is_taken_for_a_day_to_the_second() -> None:
    tokens = Tokens(SECRET)
    text = tokens.issue("user", START_NS)

    claims = tokens.read(text, START_NS + LIFETIME_S * SECOND_NS - 1)
    assert (claims.user_id, claims.issued_ns, claims.expires_s) == ("user", START_NS, NOW_S + LIFETIME_S)
    refusal(text, START_NS + LIFETIME_S * SECOND_NS)


def test_two_tokens_of_the_same_moment_are_two_sessions() -> None:
    tokens = Tokens(SECRET)
    one, other = (tokens.read(tokens.issue("user", START_NS), START_NS) for _ in range(2))
    assert one.session != other.session


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param(".", id="a dot"),
        pytest.param("..", id="two dots"),
        pytest.param("a.b.c", id="letters"),
        pytest.param(f"{part({'alg': 'none'})}.{part(CLAIMS)}.", id="alg none"),
        pytest.param(f"{part({'alg': 'None', 'typ': 'JWT'})}.{part(CLAIMS)}.", id="alg None"),
        pytest.param(signed({"alg": "none"}, CLAIMS), id="alg none, signed"),
        pytest.param(signed({"alg": "HS512"}, CLAIMS, hash_name="sha512"), id="HS512 with our secret"),
        pytest.param(signed({"alg": "HS384"}, CLAIMS, hash_name="sha384"), id="HS384 with our secret"),
        pytest.param(signed({"alg": "HS512"}, CLAIMS), id="HS512 signed with HS256"),
        pytest.param(signed({"alg": "RS256"}, CLAIMS), id="RS256"),
        pytest.param(signed({"alg": "ES256"}, CLAIMS), id="ES256"),
        pytest.param(signed({"alg": "hs256"}, CLAIMS), id="alg in lower case"),
        pytest.param(signed({"alg": ["HS256"]}, CLAIMS), id="alg as a list"),
        pytest.param(signed({"alg": None}, CLAIMS), id="alg null"),
        pytest.param(signed({"typ": "JWT"}, CLAIMS), id="no alg"),
        pytest.param(signed([], CLAIMS), id="a list as header"),
        pytest.param(signed({**HEADER, "crit": ["exp"]}, CLAIMS), id="a critical extension"),
        pytest.param(signed({**HEADER, "b64": False, "crit": ["b64"]}, CLAIMS), id="unencoded payload"),
        pytest.param(GOOD.rsplit(".", 1)[0] + ".", id="empty signature"),
        pytest.param(GOOD.rsplit(".", 1)[0], id="no signature"),
        pytest.param(GOOD[:-2], id="cut signature"),
        pytest.param(GOOD + "A", id="one more character"),
        pytest.param(GOOD + ".x", id="one more part"),
        pytest.param(" " + GOOD, id="a space before"),
        pytest.param("Bearer " + GOOD, id="with its scheme"),
        pytest.param(signed(HEADER, CLAIMS, secret=b"t" * 32), id="another secret"),
        pytest.param(signed(HEADER, CLAIMS, secret=b""), id="an empty secret"),
        pytest.param(signed(HEADER, without("exp")), id="no exp"),
        pytest.param(signed(HEADER, without("iat")), id="no iat"),
        pytest.param(signed(HEADER, without("iss")), id="no iss"),
        pytest.param(signed(HEADER, without("sub")), id="no sub"),
        pytest.param(signed(HEADER, without("jti")), id="no jti"),
        pytest.param(signed(HEADER, {**CLAIMS, "exp": NOW_S}), id="expired now"),
        pytest.param(signed(HEADER, {**CLAIMS, "exp": 0}), id="exp zero"),
        pytest.param(signed(HEADER, {**CLAIMS, "exp": -1}), id="exp below zero"),
        pytest.param(signed(HEADER, {**CLAIMS, "exp": NOW_S + LIFETIME_S + 61}), id="exp a minute too far"),
        pytest.param(signed(HEADER, {**CLAIMS, "exp": 10**18}), id="exp in ages"),
        pytest.param(signed(HEADER, {**CLAIMS, "exp": 10**400}), id="exp beyond all"),
        pytest.param(signed(HEADER, {**CLAIMS, "exp": float(NOW_S + 60)}), id="exp as float"),
        pytest.param(signed(HEADER, {**CLAIMS, "exp": True}), id="exp true"),
        pytest.param(signed(HEADER, {**CLAIMS, "exp": str(NOW_S + 60)}), id="exp as text"),
        pytest.param(signed(HEADER, {**CLAIMS, "exp": None}), id="exp null"),
        pytest.param(signed(HEADER, {**CLAIMS, "exp": float("inf")}), id="exp infinite"),
        pytest.param(signed(HEADER, {**CLAIMS, "iat": NOW_S + 61, "exp": NOW_S + 99}), id="from the future"),
        pytest.param(signed(HEADER, {**CLAIMS, "iat": 0, "exp": NOW_S + 60}), id="longer than a day in all"),
        pytest.param(signed(HEADER, {**CLAIMS, "iss": "somebody"}), id="another issuer"),
        pytest.param(signed(HEADER, {**CLAIMS, "iss": ["crossbook"]}), id="a list of issuers"),
        pytest.param(signed(HEADER, {**CLAIMS, "sub": 7}), id="a number as user"),
        pytest.param(signed(HEADER, {**CLAIMS, "sub": ["user"]}), id="a list of users"),
        pytest.param(signed(HEADER, {**CLAIMS, "jti": 7}), id="a number as session"),
        pytest.param(signed(HEADER, {**CLAIMS, "jti": "z" * 32}), id="a session without a time"),
        pytest.param(signed(HEADER, {**CLAIMS, "jti": ""}), id="an empty session"),
        pytest.param(signed(HEADER, {**CLAIMS, "aud": "others"}), id="for another audience"),
        pytest.param(signed(HEADER, []), id="a list as claims"),
        pytest.param(signed(HEADER, b"\xff\xfe"), id="claims that are no text"),
        pytest.param(signed(HEADER, b"[" * 200), id="deep claims"),
        pytest.param(f"{part(b'[' * 700)}.e30.e30", id="deep header"),
        pytest.param("A" * 1_000_000, id="a megabyte"),
        pytest.param(signed({**HEADER, "x": "x" * 1_000_000}, CLAIMS), id="a megabyte of header"),
        pytest.param(signed(HEADER, {**CLAIMS, "x": "x" * 1_000}), id="a kilobyte of claims"),
        pytest.param(GOOD.replace("e", "\u0435", 1), id="a Cyrillic letter"),
        pytest.param("\ud800", id="a surrogate"),
        pytest.param("\0" * 40, id="zero bytes"),
    ],
)
def test_what_is_no_token_of_ours_is_refused(text: str) -> None:
    refusal(text)


def test_another_library_made_with_our_secret_makes_the_same_kind_of_token() -> None:
    assert Tokens(SECRET).read(jwt.encode(CLAIMS, SECRET, algorithm="HS256"), START_NS).session == SESSION


@given(st.integers(0, len(GOOD) - 1))
def test_every_cut_of_a_token_is_refused(length: int) -> None:
    refusal(GOOD[:length])


@given(st.integers(0, len(GOOD) - 1), st.characters())
def test_every_change_of_a_character_is_refused(place: int, character: str) -> None:
    changed = GOOD[:place] + character + GOOD[place + 1 :]
    if changed != GOOD:
        refusal(changed)


@given(
    st.one_of(
        st.text(), st.text("ABab01-_.=", max_size=600), st.binary().map(lambda raw: raw.decode("latin-1"))
    )
)
def test_no_text_is_taken_or_raises_anything_but_a_refusal(text: str) -> None:
    refusal(text)


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=5),
    st.sampled_from(sorted(CLAIMS)),
)
def test_no_claim_that_is_well_signed_raises_anything_but_a_refusal(value: object, name: str) -> None:
    text = signed(HEADER, {**CLAIMS, name: value})
    try:
        claims = Tokens(SECRET).read(text, START_NS)
    except Refused:
        return
    assert claims.expires_s > NOW_S
    assert isinstance(claims.user_id, str)
    assert isinstance(claims.session, str)


@given(
    st.text()
    | st.binary().map(lambda raw: raw.decode("latin-1"))
    | st.text("msAB_-09", min_size=46, max_size=46)
)
def test_no_text_opens_the_gate(opened: Gate, text: str) -> None:
    for by in (opened.by_token, opened.by_api_key):
        with pytest.raises(Refused) as refused:
            by(text)
        assert refused.value.status == 401


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Gate:
    """Return a gate that was started once; what it answers from memory needs no loop."""
    kit = Kit(tmp_path_factory.mktemp("gate"))

    async def main() -> Gate:
        async with kit.gate() as gate:
            await gate.register("alice", PASSWORD, ADDRESS)
            return gate

    return asyncio.run(main())


def test_a_token_ends_with_its_day_though_it_is_remembered(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        alice = await gate.register("alice", PASSWORD, ADDRESS)
        gate.by_token(alice.jwt_token)
        kit.clock.forward(LIFETIME_S - 1)
        assert gate.by_token(alice.jwt_token) is gate.by_token(alice.jwt_token)
        kit.clock.forward(1)
        with pytest.raises(Refused):
            gate.by_token(alice.jwt_token)

    kit.run(test)


def test_remembered_tokens_are_bounded_and_a_forgotten_one_is_verified_again(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "VERIFIED_MAX", 20)

    async def test(gate: Gate) -> None:
        alice = await gate.register("alice", PASSWORD, ADDRESS)
        person = gate._people.by_name("alice")
        assert person is not None
        first = gate.by_token(alice.jwt_token)
        for _ in range(30):
            gate.by_token(gate._sessions.issue(person, kit.clock()))
        assert len(gate._sessions._verified) == 20
        assert gate.by_token(alice.jwt_token) == first

    kit.run(test)


def test_a_sign_out_ends_the_session_at_once_and_for_good_and_tells(kit: Kit) -> None:
    async def main() -> None:
        async with kit.gate() as gate:
            alice = await gate.register("alice", PASSWORD, ADDRESS)
            other = await gate.login("alice", PASSWORD, ADDRESS)
            who = gate.by_token(alice.jwt_token)
            await gate.sign_out(who)
            assert kit.ended == [who.session]
            await gate.sign_out(who)
            with pytest.raises(Refused):
                gate.by_token(alice.jwt_token)
            assert gate.by_token(other.jwt_token).username == "alice"
            assert gate.by_api_key(alice.api_key).username == "alice"
        async with kit.gate() as gate:
            with pytest.raises(Refused):
                gate.by_token(alice.jwt_token)
            assert gate.by_token(other.jwt_token).username == "alice"

    asyncio.run(main())


def test_a_key_is_not_signed_out(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        alice = await gate.register("alice", PASSWORD, ADDRESS)
        with pytest.raises(Refused) as refused:
            await gate.sign_out(gate.by_api_key(alice.api_key))
        assert refused.value.code == FORBIDDEN
        assert gate.by_api_key(alice.api_key).username == "alice"

    kit.run(test)


def test_a_sign_out_everywhere_ends_all_sessions_and_lets_new_ones_in(kit: Kit) -> None:
    async def main() -> None:
        async with kit.gate() as gate:
            alice = await gate.register("alice", PASSWORD, ADDRESS)
            bob = await gate.register("bob", PASSWORD, ADDRESS)
            other = await gate.login("alice", PASSWORD, ADDRESS)
            who = gate.by_token(alice.jwt_token)
            await gate.sign_out_everywhere(who)
            assert who.session in kit.ended
            assert kit.ended[-1] == f"user:{alice.user_id}"
            for token in (alice.jwt_token, other.jwt_token):
                with pytest.raises(Refused):
                    gate.by_token(token)
            fresh = await gate.login("alice", PASSWORD, ADDRESS)
            kit.clock.forward(-30)
            earlier = await gate.login("alice", PASSWORD, ADDRESS)
        async with kit.gate() as gate:
            for token in (alice.jwt_token, other.jwt_token):
                with pytest.raises(Refused):
                    gate.by_token(token)
            for token in (fresh.jwt_token, earlier.jwt_token, bob.jwt_token):
                assert gate.by_token(token).session

    asyncio.run(main())


def test_ended_sessions_of_a_user_are_bounded_and_none_comes_to_life_again(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "ENDED_PER_USER_MAX", 5)

    async def main() -> None:
        async with kit.gate() as gate:
            alice = await gate.register("alice", PASSWORD, ADDRESS)
            person = gate._people.by_name("alice")
            assert person is not None
            ended = []
            for _ in range(9):
                kit.clock.forward(1)
                ended.append(gate._sessions.issue(person, kit.clock()))
                await gate.sign_out(gate.by_token(ended[-1]))
                assert len(person.ended) <= 5
            kit.clock.forward(1)
            fresh = await gate.login("alice", PASSWORD, ADDRESS)
        async with kit.gate() as gate:
            for token in (*ended, alice.jwt_token):
                with pytest.raises(Refused):
                    gate.by_token(token)
            assert gate.by_token(fresh.jwt_token).username == "alice"
            kit.clock.forward(LIFETIME_S)
            assert not await kit.kept.tokens.ended(now_s=kit.clock() // SECOND_NS + 61)

    asyncio.run(main())


def test_a_token_is_remembered_by_its_hash_and_not_as_text(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        alice = await gate.register("alice", PASSWORD, ADDRESS)
        gate.by_token(alice.jwt_token)
        assert list(gate._sessions._verified) == [hashlib.sha256(alice.jwt_token.encode()).digest()]

    kit.run(test)


def test_a_token_of_another_venue_is_refused(kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = Kit(tmp_path_factory.mktemp("other"))

    async def main() -> None:
        async with kit.gate() as gate, other.gate() as other_gate:
            alice = await gate.register("alice", PASSWORD, ADDRESS)
            with pytest.raises(Refused):
                other_gate.by_token(alice.jwt_token)
            with pytest.raises(Refused):
                other_gate.by_api_key(alice.api_key)

    asyncio.run(main())
