"""Requests of all kinds to every route of a document, and what is wrong with the answers."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok


def operations_of(document: dict[str, Any]) -> list[Any]:
    """Return what can be asked, as an OpenAPI document says it."""
    schema = schemathesis.openapi.from_dict(document)
    return [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]


def problems_of(
    operations: Iterable[Any],
    ask: Callable[[Any], None],
    *,
    examples: int,
    phases: Collection[Phase] = tuple(Phase),
) -> list[str]:
    """Ask each, so many times, rightly and wrongly; return a line for each that was answered badly."""
    problems: list[str] = []
    for operation in operations:
        every = st.one_of(
            operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE),
            operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE),
        )

        @settings(
            max_examples=examples,
            phases=phases,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=every)
        def run(case: Any) -> None:
            ask(case)

        try:
            run()
        except Exception as error:  # noqa: BLE001 - every failing route is told, not only the first
            problems.append(f"{operation.label}: {error}")
    return problems
