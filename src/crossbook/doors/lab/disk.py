"""Whether there is room for what runs leave."""

import shutil
from pathlib import Path
from typing import Final

from crossbook.core import ConfigError

DISK_FREE_BYTES_MIN: Final = 1 << 30
"""No run begins, and none goes on, where less of the disk is free."""


def check_disk(runs: Path) -> None:
    """See that there is room for what a run leaves.

    Raises:
        ConfigError: There is too little.
    """
    folder = next((one for one in (runs, *runs.absolute().parents) if one.is_dir()), Path())
    if shutil.disk_usage(folder).free < DISK_FREE_BYTES_MIN:
        raise ConfigError(f"the disk has less than {DISK_FREE_BYTES_MIN >> 30} GiB left for runs")
