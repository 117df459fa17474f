"""The native half of `crossbook.core`."""

def version() -> str:
    """Return the version of the native core, such as `0.1.0`."""
