"""The runtime shows a trader what the lab shows him, and the client reads what the venue writes."""

import ast
import inspect
from pathlib import Path
from typing import Any

import msgspec
import pytest

import crossbook.core._native as native
from crossbook.client import models
from crossbook.client.runtime import Book, Context, Fill, OrderUpdate, Random, Trade
from crossbook.venue import answers
from crossbook.venue.requests import PlaceOrder

STUB = Path(native.__file__).parent / "_native" / "kernel.pyi"
if not STUB.exists():
    STUB = Path(native.__file__).parent / "kernel.pyi"
PAIRS = {
    "Context": Context,
    "Book": Book,
    "Trade": Trade,
    "Fill": Fill,
    "OrderUpdate": OrderUpdate,
    "Random": Random,
}


def declared(name: str) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(STUB.read_text())
    found = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    return {node.name: node for node in found.body if isinstance(node, ast.FunctionDef)}


def is_property(node: ast.FunctionDef) -> bool:
    return any(isinstance(one, ast.Name) and one.id == "property" for one in node.decorator_list)


def arguments_of(node: ast.FunctionDef) -> list[tuple[str, bool, object]]:
    """Return name, whether by name only, and default of each argument but the first."""
    plain = node.args.args[1:]
    missing: list[Any] = [inspect.Parameter.empty] * (len(plain) - len(node.args.defaults))
    defaults = missing + [ast.literal_eval(default) for default in node.args.defaults]
    named = [ast.literal_eval(default) for default in node.args.kw_defaults if default is not None]
    return [(one.arg, False, value) for one, value in zip(plain, defaults, strict=True)] + [
        (one.arg, True, value) for one, value in zip(node.args.kwonlyargs, named, strict=True)
    ]


@pytest.mark.parametrize("name", PAIRS)
def test_the_runtime_has_the_very_names_of_the_lab(name: str) -> None:
    kind = PAIRS[name]
    shown = {key for key in dir(kind) if not key.startswith("_")}

    assert shown == {key for key in declared(name) if not key.startswith("_")}


@pytest.mark.parametrize("name", PAIRS)
def test_the_methods_of_the_runtime_take_the_arguments_of_the_lab(name: str) -> None:
    for key, node in declared(name).items():
        found = inspect.getattr_static(PAIRS[name], key)
        if is_property(node):
            assert not inspect.isfunction(found), key
            continue
        taken = [
            (one.name, one.kind is inspect.Parameter.KEYWORD_ONLY, one.default)
            for one in inspect.signature(found).parameters.values()
            if one.name != "self"
        ]
        assert taken == arguments_of(node), key


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, kind in vars(answers).items()
        if inspect.isclass(kind) and issubclass(kind, msgspec.Struct)
    ],
)
def test_the_client_knows_every_field_of_every_answer(name: str) -> None:
    assert getattr(models, name).__struct_fields__ == getattr(answers, name).__struct_fields__


def test_the_client_can_say_all_that_an_order_may_say() -> None:
    from crossbook.client.options import OrderOptions  # noqa: PLC0415 - only its annotations are looked at

    said = {"ticker", "side", "quantity", "price", *OrderOptions.__annotations__}

    assert said == set(PlaceOrder.__struct_fields__)
