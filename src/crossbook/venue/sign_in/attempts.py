"""How often somebody may fail to sign in, and register.

A password is tried against two buckets: that of the user name and that of the address. A try is paid for before it is
made and paid back when it was right, so tries that run at the same time are counted too, and only failures cost.
What others failed from the same address is not forgiven by anybody's success.
"""

from fractions import Fraction
from typing import Final

from crossbook.venue.rates import OverRate, Rates, address_key
from crossbook.venue.settings import LimitSettings

MINUTE_S: Final = 60


class Attempts:
    """Failed sign-ins by name and by address, and registrations by address."""

    def __init__(self, limits: LimitSettings) -> None:
        failures = limits.failed_logins_per_minute
        registrations = limits.registrations_per_minute
        self._by_name = Rates(Fraction(failures, MINUTE_S), failures)
        self._by_address = Rates(Fraction(failures, MINUTE_S), failures)
        self._registrations = Rates(Fraction(registrations, MINUTE_S), registrations)

    def registration(self, address: str, now_ns: int) -> None:
        """Count a registration.

        Raises:
            OverRate: There were too many from this address.
        """
        key = address_key(address)
        if not self._registrations.spend(key, now_ns):
            wait_ns = self._registrations.wait_ns(key, now_ns)
            raise OverRate("too many registrations from this address; try again later", wait_ns)

    def check(self, name: str, address: str, now_ns: int) -> None:
        """Check whether a password may be tried now, without paying for it.

        Raises:
            OverRate: There were too many failures with this name or from this address.
        """
        wait_ns = max(
            self._by_name.wait_ns(name, now_ns), self._by_address.wait_ns(address_key(address), now_ns)
        )
        if wait_ns > 0:
            raise OverRate("too many failed sign-ins; try again later", wait_ns)

    def pay(self, name: str, address: str, now_ns: int) -> None:
        """Pay for trying a password.

        Raises:
            OverRate: There were too many failures with this name or from this address.
        """
        self.check(name, address, now_ns)
        self._by_name.spend(name, now_ns)
        self._by_address.spend(address_key(address), now_ns)

    def pay_back(self, name: str, address: str) -> None:
        """Pay back for a password that was right."""
        self._by_name.give_back(name)
        self._by_address.give_back(address_key(address))
