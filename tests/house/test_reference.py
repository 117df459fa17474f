"""The reference pages say what the core says: every number with its name, once, and nothing else."""

import re
from pathlib import Path

import pytest

from crossbook.agents import Context, Trader
from crossbook.core import EventFlag, RejectCode, _native, words
from crossbook.core.simulation import Book, Random

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
ROW = re.compile(r"^\| *(\d+) \| `([A-Z_0-9]+)` \|(.*)$", re.MULTILINE)

TABLES = {
    "commands.md": [
        "CommandKind",
        "OrderType",
        "TimeInForce",
        "SelfTrade",
        "Phase",
        "InstrumentKind",
        "AccountModel",
        "AccountStatus",
    ],
    "events.md": ["EventKind", "EventFlag", "EndReason", "PostingCause"],
}


@pytest.mark.parametrize("page", TABLES)
def test_the_tables_of_a_page_are_the_enumerations_of_the_core(page: str) -> None:
    rows = [(int(number), name) for number, name, _ in ROW.findall((REFERENCE / page).read_text())]
    expected = [
        (int(member.value), str(member.name)) for name in TABLES[page] for member in getattr(words, name)
    ]

    assert rows == expected


def test_every_public_enumeration_has_its_table() -> None:
    named = {name for page in TABLES.values() for name in page}

    assert named == {name for name, _ in _native.names()} | {EventFlag.__name__}


def test_every_reject_number_stands_in_the_table_with_the_text_of_the_core() -> None:
    rows = ROW.findall((REFERENCE / "rejects.md").read_text())

    assert [(int(number), name) for number, name, _ in rows] == [
        (code.value, code.name) for code in RejectCode
    ]
    texts = {number: text for number, _, text in _native.rejects()}
    for number, _, rest in rows:
        assert rest.split("|")[0].strip() == texts[int(number)]


@pytest.mark.parametrize("kind", [Trader, Context, Book, Random])
def test_the_page_of_traders_names_every_hook_and_all_that_there_is_to_see_and_do(kind: type) -> None:
    named = set(re.findall(r"[a-z_]+", (REFERENCE / "traders.md").read_text()))
    public = {name for name in vars(kind) if not name.startswith("_")}

    assert public - named <= {"symbol"}
