"""Who may steer, and who may only look."""

import stat
from pathlib import Path

import pytest

from crossbook.core import ConfigError
from crossbook.doors.stream.rights import TOKEN_FILE, Rights, kept_token
from crossbook.venue.refusals import FORBIDDEN, NOT_SIGNED_IN, Refused

TOKEN = "abc-123"  # noqa: S105 - of a test
HERE = {b"host": b"127.0.0.1:8765"}
SCOPE = {"method": "POST", "scheme": "http", "client": ("127.0.0.1", 1), "headers": []}


def cookie(rights: Rights, token: str = TOKEN) -> dict[bytes, bytes]:
    return {b"cookie": f"{rights.cookie.name}={token}".encode()}


@pytest.mark.parametrize("said", [f"Bearer {TOKEN}", f"bearer {TOKEN}", f"BEARER  {TOKEN} "])
def test_who_has_the_token_may_steer(said: str) -> None:
    rights = Rights(TOKEN, 8765)
    headers = {b"authorization": said.encode()}
    assert rights.steers(SCOPE, headers)
    assert rights.watches(SCOPE, headers)
    rights.must_steer(SCOPE, headers)


@pytest.mark.parametrize(
    "said", ["", "Bearer", "Bearer ", "Bearer abc-12", "Bearer abc-1234", f"Basic {TOKEN}", TOKEN, "Bearer ÿ"]
)
def test_who_says_a_wrong_token_is_refused_even_where_he_would_only_look(said: str) -> None:
    rights = Rights(TOKEN, 8765)
    headers = {b"authorization": said.encode("latin-1")}
    for way in (rights.steers, rights.watches, rights.must_steer):
        with pytest.raises(Refused) as refused:
            way(SCOPE, headers)
        assert (refused.value.code, refused.value.status) == (NOT_SIGNED_IN, 401)


def test_who_says_nothing_may_look_only() -> None:
    rights = Rights(TOKEN, 8765)
    assert not rights.steers(SCOPE, {})
    assert not rights.watches(SCOPE, {})
    with pytest.raises(Refused) as refused:
        rights.must_steer(SCOPE, {})
    assert refused.value.status == 401


def test_a_page_of_ours_steers_by_cookie_and_a_foreign_one_may_look_only() -> None:
    rights = Rights(TOKEN, 8765)
    ours = HERE | cookie(rights) | {b"origin": b"http://127.0.0.1:8765"}
    foreign = HERE | cookie(rights) | {b"origin": b"http://evil.example"}
    for scope in (SCOPE, {**SCOPE, "method": "upgrade"}):
        assert rights.watches(scope, ours)
        assert not rights.watches(scope, foreign)
        with pytest.raises(Refused) as refused:
            rights.steers(scope, foreign)
        assert refused.value.code == FORBIDDEN
    # Nothing changes by looking.
    assert rights.steers({**SCOPE, "method": "GET"}, foreign)


def test_a_wrong_cookie_and_that_of_another_port_are_as_none() -> None:
    rights = Rights(TOKEN, 8765)
    assert not rights.watches(SCOPE, HERE | cookie(rights, "other"))
    assert not rights.watches(SCOPE, HERE | cookie(Rights(TOKEN, 9000)))


def test_everybody_may_where_that_was_chosen() -> None:
    rights = Rights(None)
    assert rights.open
    assert rights.steers(SCOPE, {b"authorization": b"Bearer wrong"})
    assert not rights.is_token("")


@pytest.mark.parametrize("said", ["", "abc-12", "abc-1234", "ABC-123", "ä", "abc-123\n", "\x00"])
def test_what_is_not_the_token_is_not(said: str) -> None:
    assert not Rights(TOKEN).is_token(said)


def test_the_token_is_made_once_and_its_owner_alone_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "crossbook"
    token = kept_token(folder)
    assert len(token) >= 40
    assert kept_token(folder) == token
    assert stat.S_IMODE((folder / TOKEN_FILE).stat().st_mode) == 0o600
    assert kept_token(tmp_path / "other") != token


def test_a_place_where_nothing_can_be_kept_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="file"):
        kept_token(tmp_path / "file")
