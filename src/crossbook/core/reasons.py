"""The core's rejects in words that can be shown to a person."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from crossbook.core._native import rejects

REJECT_NAMES: Final[Mapping[int, str]] = MappingProxyType(
    {
        number: "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
        for number, name, _ in rejects()
    }
)
"""The name of each `RejectCode` as programs read it, such as `insufficient_cash`."""

REJECT_TEXTS: Final[Mapping[int, str]] = MappingProxyType({number: text for number, _, text in rejects()})
"""What each `RejectCode` means, in a few words."""
