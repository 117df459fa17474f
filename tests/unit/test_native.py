"""The native module is the one that this package was built with."""

from importlib.metadata import version

import crossbook.core


def test_the_native_core_has_the_version_of_the_installed_package() -> None:
    assert crossbook.core.version() == version("crossbook")
