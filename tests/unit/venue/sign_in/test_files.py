"""The files in the data directory: made once, for their owner alone, and refused when they are not as they must be."""

import asyncio
import os
import stat
from pathlib import Path

import pytest

from crossbook.core import ConfigError
from crossbook.venue.principal import Role
from crossbook.venue.sign_in import Gate
from crossbook.venue.sign_in.files import signing_secret, write_admin_password
from tests.unit.venue.sign_in.kit import ADDRESS, PASSWORD, Kit


def mode(path: Path) -> int:
    """Return the permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("mask", [0, 0o022, 0o777])
def test_a_secret_is_made_for_its_owner_alone_whatever_the_mask(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        secret = signing_secret(tmp_path)
    finally:
        os.umask(before)

    assert mode(tmp_path / "jwt.secret") == 0o600
    assert len(secret) == 32
    assert [path.name for path in tmp_path.iterdir()] == ["jwt.secret"]


def test_a_secret_stays_and_no_two_are_alike(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    secret = signing_secret(tmp_path / "one")

    assert signing_secret(tmp_path / "one") == secret
    assert signing_secret(tmp_path / "other") != secret


@pytest.mark.parametrize("extra", [0o040, 0o004, 0o020, 0o002, 0o010, 0o001, 0o077])
def test_a_secret_that_others_may_touch_is_refused(tmp_path: Path, extra: int) -> None:
    signing_secret(tmp_path)
    (tmp_path / "jwt.secret").chmod(0o600 | extra)

    with pytest.raises(ConfigError):
        signing_secret(tmp_path)


@pytest.mark.parametrize("length", [0, 1, 31, 4_097, 1_000_000])
def test_a_secret_of_another_length_is_refused_and_not_shown(tmp_path: Path, length: int) -> None:
    path = tmp_path / "jwt.secret"
    path.write_bytes(b"k" * length)
    path.chmod(0o600)

    with pytest.raises(ConfigError) as refused:
        signing_secret(tmp_path)
    assert "kkkk" not in str(refused.value)


def test_a_longer_secret_of_the_operator_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "jwt.secret"
    path.write_bytes(b"k" * 64)
    path.chmod(0o600)

    assert signing_secret(tmp_path) == b"k" * 64


def test_a_link_in_the_place_of_the_secret_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.write_bytes(b"k" * 32)
    target.chmod(0o600)
    (tmp_path / "jwt.secret").symlink_to(target)

    with pytest.raises(ConfigError):
        signing_secret(tmp_path)


def test_a_link_to_nowhere_in_the_place_of_the_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "jwt.secret").symlink_to(tmp_path / "nowhere")

    with pytest.raises(ConfigError):
        signing_secret(tmp_path)
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_in_the_place_of_the_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "jwt.secret").mkdir(mode=0o700)

    with pytest.raises(ConfigError):
        signing_secret(tmp_path)


def test_a_directory_that_is_not_there_is_one_clear_mistake(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        signing_secret(tmp_path / "missing")
    with pytest.raises(ConfigError):
        write_admin_password(tmp_path / "missing", "word")


def test_the_first_administrator_is_made_once_with_a_password_in_a_file(kit: Kit) -> None:
    async def main() -> None:
        path = kit.directory / "admin.password"
        async with kit.gate() as gate:
            password = path.read_text().strip()
            assert mode(path) == 0o600
            assert len(password) >= 20
            signed_in = await gate.login("admin", password, ADDRESS)
            assert gate.by_token(signed_in.jwt_token).role is Role.ADMIN
        path.unlink()
        async with kit.gate() as gate:
            assert not path.exists()
            assert [user.role for user in gate.administration.users()] == [Role.ADMIN]

    asyncio.run(main())


def test_a_password_file_of_a_start_that_was_cut_off_is_written_anew(kit: Kit) -> None:
    async def test(gate: Gate) -> None:
        password = (kit.directory / "admin.password").read_text().strip()
        assert "left over" not in password
        await gate.login("admin", password, ADDRESS)

    (kit.directory / "admin.password").write_text("left over")
    (kit.directory / "admin.password").chmod(0o666)
    kit.run(test)
    assert mode(kit.directory / "admin.password") == 0o600


def test_no_second_administrator_is_made_where_there_is_one_of_another_name(kit: Kit) -> None:
    async def main() -> None:
        async with kit.gate() as gate:
            await gate.administration.create("boss", PASSWORD, Role.ADMIN)
            await gate.administration.set_role("admin", Role.TRADER)
        (kit.directory / "admin.password").unlink()
        async with kit.gate():
            assert not (kit.directory / "admin.password").exists()

    asyncio.run(main())


def test_a_venue_that_was_left_without_administrator_says_so(kit: Kit) -> None:
    async def main() -> None:
        async with kit.gate():
            admin = await kit.kept.users.by_name("admin")
            assert admin is not None
            await kit.kept.users.set_role(admin.user_id, Role.TRADER)
        with pytest.raises(ConfigError):
            async with kit.gate():
                pass

    asyncio.run(main())
