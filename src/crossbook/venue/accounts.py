"""Whose account is whose: the core's numbers, and the people and bots behind them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from crossbook.venue.principal import Role


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds an account."""

    account: int
    user_id: str
    username: str
    role: Role


NOBODY: Final = Holder(0, "", "", Role.HOUSE)
"""The holder of an account whose user was never kept: its registration was cut off before it was answered."""


class Accounts:
    """The holders of all accounts.

    Args:
        told: Is told the account and the user id of each.
    """

    def __init__(self, told: Callable[[int, str], None]) -> None:
        self._told = told
        self._holders: dict[int, Holder] = {}
        self._by_user: dict[str, int] = {}

    def add(self, holder: Holder) -> None:
        """Add a holder, or put him in the place of the one that the account had."""
        self._holders[holder.account] = holder
        self._by_user[holder.user_id] = holder.account
        self._told(holder.account, holder.user_id)

    def of_user(self, user_id: str) -> int | None:
        """Return the account that was opened for a user, if there is any."""
        return self._by_user.get(user_id)

    def holder(self, account: int) -> Holder:
        """Return the holder of an account."""
        return self._holders.get(account, NOBODY)

    def user_id(self, account: int) -> str:
        """Return the public name of an account's holder."""
        return self._holders.get(account, NOBODY).user_id

    def __iter__(self) -> Iterator[Holder]:
        return iter(self._holders.values())

    def __len__(self) -> int:
        return len(self._holders)
