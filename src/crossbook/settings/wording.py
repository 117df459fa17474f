"""How values, paths and lists of choices are put into a message of one line.

Assumes nothing of what it is given: a file may hold line breaks, control characters and keys of any length, and none
of them may break the line or flood it.
"""

import json
import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Final

MAX_SHOWN_CHARACTERS: Final = 40
"""Of a value or a key; the rest becomes an ellipsis."""
MAX_SHOWN_CHOICES: Final = 20
MAX_COMPARED_CHARACTERS: Final = 100
"""A longer word has no nearest: comparing takes time with the square of the length."""
KIND_NAMES: Final = {str: "text", bool: "a truth value", int: "a whole number", float: "a number"}
"""A truth value is an integer to Python, so it stands before them."""
PLAIN_KEY: Final = re.compile(r"[\w-]+")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Find the known word that a misspelt one most likely means, or `None` where none is near.

    Capitals do not count. Of equally near words the first wins.
    """
    if len(word) > MAX_COMPARED_CHARACTERS:
        return None
    by_folded = {name.casefold(): name for name in reversed(list(known))}
    found = get_close_matches(word.casefold(), list(reversed(by_folded)), n=1)
    return by_folded[found[0]] if found else None


def suggestion(word: str, known: Iterable[str]) -> str:
    """Put the nearest known word as the end of a message; nothing where none is near."""
    found = nearest(word, known)
    return "" if found is None else f"; did you mean {quoted(found)}?"


def guidance(word: str, known: Sequence[str]) -> str:
    """Put the nearest known word as the end of a message, and all that there are where none is near."""
    return suggestion(word, known) or f"; there are {', '.join(known) or 'none'}"


def shortened(text: str) -> str:
    """Cut a text that is too long to be shown."""
    return text if len(text) <= MAX_SHOWN_CHARACTERS else text[: MAX_SHOWN_CHARACTERS - 1] + "…"


def quoted(text: str) -> str:
    """Show a name in double quotes."""
    return f'"{shortened(text)}"'


def shown(value: object) -> str:
    """Show a value with what it is: `'ten' (text)`."""
    for kind, name in KIND_NAMES.items():
        if isinstance(value, kind):
            return f"{bare(value)} ({name})"
    return bare(value)


def bare(value: object) -> str:
    """Show a value as a file would have it, and nothing else; of a map or a list only that it is one."""
    match value:
        case None:
            return "null"
        case dict():
            return "a map"
        case list() | tuple():
            return "a list"
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{shortened(value)}'"
        case _:
            return shortened(str(value))


def choices(values: Sequence[object]) -> str:
    """List what is allowed: `"a", "b" or 3`."""
    names = [quoted(value) if isinstance(value, str) else bare(value) for value in values]
    if len(names) > MAX_SHOWN_CHOICES:
        return f"{', '.join(names[:MAX_SHOWN_CHOICES])} or {len(names) - MAX_SHOWN_CHOICES} others"
    return alternatives(names)


def alternatives(names: Sequence[str]) -> str:
    """Join names with commas and a last `or`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def dotted(path: Sequence[str | int]) -> str:
    """Write a path with dots; a key that could be mistaken for something else stands in quotes."""
    return ".".join(
        shortened(str(piece))
        if isinstance(piece, int) or PLAIN_KEY.fullmatch(piece)
        else json.dumps(shortened(piece), ensure_ascii=False)
        for piece in path
    )


def one_line(message: str) -> str:
    """Escape whatever does not print, so that the message stays on its line."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in message
    )
