"""The files of sign-in in the data directory: the secret that signs tokens, and the first administrator's password.

Both are readable by their owner alone, from the moment they exist, and are on the disk before anybody relies on them.
"""

import os
import secrets
import stat
from pathlib import Path
from typing import Final

from crossbook.core import ConfigError

SECRET_FILE: Final = "jwt.secret"  # noqa: S105 - the name of a file
SECRET_BYTES: Final = 32
"""As long as the hash of HS256, which RFC 7518, section 3.2, asks for at least."""
SECRET_BYTES_MAX: Final = 4_096
ADMIN_FILE: Final = "admin.password"
OWNER_ONLY: Final = 0o600
NOT_FOR_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def signing_secret(directory: Path) -> bytes:
    """Return the secret that signs tokens, and make it where there is none yet.

    Raises:
        ConfigError: It is readable by others, too short, too long, or no file; or it cannot be read or made.
    """
    return kept_secret(directory / SECRET_FILE, secrets.token_bytes(SECRET_BYTES))


def kept_secret(path: Path, made: bytes) -> bytes:
    """Return the secret that a file keeps; where there is none yet, the one that was made, which it keeps from then on.

    Raises:
        ConfigError: It is readable by others, too short, too long, or no file; or it cannot be read or made.
    """
    try:
        if not os.path.lexists(path):
            _publish(path, made, replace=False)
        return _read(path)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None


def write_admin_password(directory: Path, password: str) -> Path:
    """Write the first administrator's password, in the place of one that was never used.

    Raises:
        ConfigError: It cannot be written.
    """
    path = directory / ADMIN_FILE
    try:
        _publish(path, password.encode() + b"\n", replace=True)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from None
    return path


def _read(path: Path) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise ConfigError(f"{path} is no plain file")
        if facts.st_mode & NOT_FOR_OTHERS:
            raise ConfigError(
                f"{path} can be read or changed by others (mode {stat.S_IMODE(facts.st_mode):04o}); "
                "if nobody has read it, run chmod 600 on it, else remove it and everybody signs in again"
            )
        secret = file.read(SECRET_BYTES_MAX + 1)
    if not SECRET_BYTES <= len(secret) <= SECRET_BYTES_MAX:
        raise ConfigError(
            f"{path} has {len(secret)} bytes and not {SECRET_BYTES} to {SECRET_BYTES_MAX}; "
            "remove it to have a new one made, and everybody signs in again"
        )
    return secret


def _publish(path: Path, content: bytes, *, replace: bool) -> None:
    """Write a file for its owner alone, whole or not at all, and wait for the disk.

    It is written under another name first: a crash never leaves half a secret. Without `replace`, one that somebody
    else made meanwhile stays.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(
        draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, OWNER_ONLY
    )
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, OWNER_ONLY)
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        if replace:
            draft.replace(path)
        else:
            path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
