"""Finding a trader by its name, `module:Class`, and making it with parameters."""

import importlib
import importlib.util
import inspect
import sys
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
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
    module = load_module(module_name, beside)
    found = getattr(module, class_name, None)
    if found is None:
        traders = [
            key
            for key, value in vars(module).items()
            if inspect.isclass(value) and issubclass(value, Trader) and value is not Trader
        ]
        near = get_close_matches(class_name, traders, n=1)
        hint = f"; did you mean {near[0]}?" if near else f"; it has {', '.join(traders) or 'no traders'}"
        raise ConfigError(f"{name}: {module_name} has no class {class_name}{hint}")
    if not inspect.isclass(found) or not issubclass(found, Trader):
        raise ConfigError(f"{name} is no subclass of crossbook.agents.Trader")
    return found


def load_module(name: str, beside: Path | None) -> ModuleType:
    """Return a module by its name or its file.

    Args:
        name: A module on the path, or a path to a `.py` file.
        beside: As for `find`.

    Raises:
        ConfigError: There is no such module, or importing it fails.
    """
    folder = (beside or Path()).resolve()
    if beside:
        sys.path.insert(0, str(folder))
    try:
        if name.endswith(".py"):
            return _load_file(folder / name)
        file = folder / f"{name}.py"
        if beside and file.is_file() and not _is_from(sys.modules.get(name), file):
            return _load_file(file)
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
        if beside and str(folder) in sys.path:
            sys.path.remove(str(folder))


def _is_from(module: ModuleType | None, file: Path) -> bool:
    """Return whether a module was loaded from a file."""
    known = getattr(module, "__file__", None)
    return isinstance(known, str) and Path(known).resolve() == file.resolve()


def _load_file(path: Path) -> ModuleType:
    """Load a file once, whatever other module has its name: two run files may each have a `my_trader.py`."""
    if not path.is_file():
        raise ConfigError(f"{path}: there is no such file")
    name = path.stem if path.stem not in sys.modules else f"{path.stem} of {path.resolve().parent}"
    for loaded in (path.stem, name):
        if _is_from(sys.modules.get(loaded), path):
            return sys.modules[loaded]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ConfigError(f"{path}: is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
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
    except Exception as error:
        raise ConfigError(f"{kind.__name__}: {type(error).__name__}: {error}") from error
