"""The Python side spells out what the native core means: the same words, numbers, layouts and signatures."""

import inspect
import re
import subprocess
import sys
from importlib.metadata import version

import pytest

import crossbook.core
from crossbook.core import BookReason, RejectCode, _native, records, words


def upper_snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()


def test_the_native_core_has_the_version_of_the_installed_package() -> None:
    assert crossbook.core.version() == version("crossbook")


@pytest.mark.parametrize(("name", "members"), _native.names(), ids=[name for name, _ in _native.names()])
def test_an_enumeration_has_the_numbers_of_the_core(name: str, members: list[tuple[str, int]]) -> None:
    enumeration = getattr(words, name)

    assert {member.name: member.value for member in enumeration} == {
        upper_snake(member): number for member, number in members
    }


def test_reject_codes_are_those_of_the_core() -> None:
    assert {code.value: code.name for code in RejectCode} == {
        number: upper_snake(name) for number, name, _ in _native.rejects()
    }


@pytest.mark.parametrize(
    ("name", "size", "fields"), _native.layouts(), ids=[row[0] for row in _native.layouts()]
)
def test_a_dtype_has_the_layout_of_the_native_record(
    name: str, size: int, fields: list[tuple[str, int]]
) -> None:
    dtype = getattr(records, name)

    assert dtype.itemsize == size
    assert [(field, dtype.fields[field][1]) for field in dtype.names] == fields


def test_everything_public_is_documented() -> None:
    for name in crossbook.core.__all__:
        thing = getattr(crossbook.core, name)
        if inspect.isclass(thing):
            assert inspect.getdoc(thing), name


def test_book_reasons_do_not_overlap_with_the_answer_for_an_unknown_order() -> None:
    assert max(BookReason) == BookReason.UNKNOWN_ORDER


@pytest.mark.slow
def test_the_checked_in_stubs_fit_the_native_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "crossbook.core._native"],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode == 0, done.stdout + done.stderr
