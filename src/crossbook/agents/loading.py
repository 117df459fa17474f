"""Finding a trader by its name, `module:Class`, and making it with parameters."""

import importlib
import importlib.util
import inspect
import sys
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from crossbook.agents.trader import Trader
from crossbook.core import ConfigError


def find(name: str, *, beside: Path | None = None) -> type[Trader]:
    """Return the class that `module:Class` names.

    Args:
        name: A module on the path, and a class in it; or a path to a `.py` file in place of the module.
        beside: A folder in which modules are looked for first, and which relative paths start from.

    Raises:
        ConfigError: There is no such module or class, importing it fails, or it is no `Trader`.
    """
    module_name, colon, class_name = name.rpartition(":")
    if not colon or not module_name or not class_name:
        raise ConfigError(f'a trader is named "module:Class", not "{name}"')
    module = _load(module_name, beside)
    found = getattr(module, class_name, None)
    if found is None:
        traders = [
            key for key, value in vars(module).items() if inspect.isclass(value) and issubclass(value, Trader)
        ]
        near = get_close_matches(class_name, traders, n=1)
        hint = f"; did you mean {near[0]}?" if near else f"; it has {', '.join(traders) or 'no traders'}"
        raise ConfigError(f"{name}: {module_name} has no class {class_name}{hint}")
    if not inspect.isclass(found) or not issubclass(found, Trader):
        raise ConfigError(f"{name} is no subclass of crossbook.agents.Trader")
    return found


def _load(name: str, beside: Path | None) -> Any:
    folder = str(beside.resolve()) if beside else None
    if folder:
        sys.path.insert(0, folder)
    try:
        if name.endswith(".py"):
            return _load_file((beside or Path()) / name)
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            raise ConfigError(f"{name}: there is no such module on the path or beside the run file") from None
        raise ConfigError(f"{name}: importing it needs {error.name}, which is not there") from error
    except ConfigError:
        raise
    except Exception as error:
        raise ConfigError(f"{name}: importing it fails with {type(error).__name__}: {error}") from error
    finally:
        if folder in sys.path:
            sys.path.remove(folder)


def _load_file(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise ConfigError(f"{path}: there is no such Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(path.stem, module)
    spec.loader.exec_module(module)
    return module


def make(kind: type[Trader], parameters: Mapping[str, Any]) -> Trader:
    """Return a trader made with parameters.

    Raises:
        ConfigError: The class does not take these parameters, or refuses their values.
    """
    try:
        inspect.signature(kind).bind(**parameters)
    except TypeError as error:
        taken = [key for key in inspect.signature(kind).parameters if key != "self"]
        raise ConfigError(
            f"{kind.__name__}: {error}; it takes {', '.join(taken) or 'no parameters'}"
        ) from None
    try:
        return kind(**parameters)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{kind.__name__}: {error}") from error
