"""One OpenAPI document of all routes: FastAPI describes its own, and the table of fast routes is described here.

The schemas of the fast routes come from the structs that they are decoded and encoded with, so the document cannot say
anything else than what the venue does.
"""

import copy
from typing import Any, Final

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from crossbook.doors.http.documented import PRIVATE_SECURITY, SEQUENCE_HEADER, refusals
from crossbook.doors.http.routes import Route, RouteTable
from crossbook.venue.answers import Refusal

DESCRIPTION: Final = """\
Prices and quantities are numbers, or plain decimals in quotes where every digit counts. Numbers of orders and trades
are texts of digits. Times are milliseconds since 1970.

Sign in with `Authorization: Bearer TOKEN` or `X-API-Key: KEY`; neither ever belongs into an address. A browser keeps a token
in a cookie (`POST /api/session`); with it alone, everything but `GET` must come from a page of this venue, or is refused with 403.

What goes wrong is told as `{"detail": …, "code": …}`: `detail` for people, `code` for programs. `Retry-After` says when to
come again. Every answer has `X-Sequence`, the number of the venue's newest event; answers to orders have
`X-Durability`: `durable` where they are on the disk, `memory` where the disk follows behind.
"""

_REF: Final = "#/components/schemas/{name}"
_DURABILITY_HEADER: Final = {
    "X-Durability": {
        "description": "Whether the answer waited for the disk.",
        "schema": {"type": "string", "enum": ["durable", "memory"]},
    }
}
_SECURITY_SCHEMES: Final = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "api_key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}


class DocumentedTable:
    """Describes the fast routes.

    Args:
        table: The routes.
        root_path: The path under which a proxy shows the venue; empty for none.
        cookie: The name of the cookie that keeps a browser signed in.
    """

    def __init__(self, table: RouteTable, root_path: str, cookie: str) -> None:
        self._table: Final = table
        self._security: Final = {
            **_SECURITY_SCHEMES,
            "cookie": {"type": "apiKey", "in": "cookie", "name": cookie},
        }
        self._root: Final = root_path
        structs: list[type[msgspec.Struct]] = [Refusal]
        for route in table.routes:
            structs += [route.answer, *([route.request] if route.request is not None else [])]
        kinds = list(dict.fromkeys(structs))
        found, self._schemas = msgspec.json.schema_components(kinds, ref_template=_REF)
        self._found: Final = dict(zip(kinds, found, strict=True))

    def document(self, application: FastAPI) -> dict[str, Any]:
        """Return the whole document.

        Args:
            application: The routes that are not in the table.
        """
        whole = get_openapi(
            title=application.title,
            version=application.version,
            description=DESCRIPTION,
            routes=application.routes,
            servers=[{"url": self._root}] if self._root else None,
        )
        paths: dict[str, Any] = {}
        for route in self._table.routes:
            paths.setdefault(route.path, {})[route.method.lower()] = self._operation(route)
        paths.update(whole.get("paths", {}))
        for operations in paths.values():
            for operation in operations.values():
                _complete(operation)
        whole["paths"] = paths
        components = whole.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        schemas.update(copy.deepcopy(self._schemas))
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        components["securitySchemes"] = self._security
        return whole

    def _operation(self, route: Route) -> dict[str, Any]:
        """Return the description of one line of the table."""
        headers = dict(_DURABILITY_HEADER) if route.tells_durability else {}
        statuses = {422, 429, *route.statuses}
        if route.private:
            statuses |= {401} if route.method == "GET" else {401, 403}
        operation: dict[str, Any] = {
            "tags": [route.tag],
            "summary": route.summary,
            "operationId": f"{route.handler.__name__}_{route.method.lower()}",
            "parameters": [*self._path_parameters(route), *_query_parameters(route)],
        }
        if route.request is not None:
            statuses |= {408, 413, 415}
            operation["requestBody"] = {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": self._found[route.request],
                        "examples": {
                            name: {"value": value} for name, value in route.request_examples.items()
                        },
                    }
                },
            }
        answer = {
            "description": (route.answer.__doc__ or "").strip().split("\n")[0],
            "headers": headers,
            "content": {
                "application/json": {"schema": self._found[route.answer], "example": route.answer_example}
            },
        }
        told = refusals(*sorted(statuses))
        operation["responses"] = {"200": answer, **{str(status): told[status] for status in sorted(statuses)}}
        # A public route looks at keys and tokens too, and refuses wrong ones.
        operation["security"] = PRIVATE_SECURITY if route.private else [{}, *PRIVATE_SECURITY]
        if not route.private:
            operation["responses"]["401"] = refusals(401)[401]
        return operation

    @staticmethod
    def _path_parameters(route: Route) -> list[dict[str, Any]]:
        if route.parameter is None:
            return []
        return [
            {
                "name": route.parameter,
                "in": "path",
                "required": True,
                "description": route.parameter_text,
                "schema": {"type": "string", "minLength": 1},
                "example": route.parameter_example,
            }
        ]


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    """Return the query fields of a route."""
    fields = msgspec.structs.fields(route.query)
    if not fields:
        return []
    (_,), components = msgspec.json.schema_components([route.query], ref_template=_REF)
    properties = components[route.query.__name__]["properties"]
    parameters = []
    for field in fields:
        schema = dict(properties[field.encode_name])
        description = schema.pop("description", "")
        # A query field that is left out is simply not there; it cannot be sent as null.
        choices = [choice for choice in schema.pop("anyOf", []) if choice.get("type") != "null"]
        if choices:
            schema.update(choices[0])
            description = schema.pop("description", description)
        if "enum" in schema:
            schema["enum"] = [value for value in schema["enum"] if value is not None]
        if schema.get("default", 0) is None:
            del schema["default"]
        parameter = {"name": field.encode_name, "in": "query", "required": False, "schema": schema}
        if description:
            parameter["description"] = description
        parameters.append(parameter)
    return parameters


def _complete(operation: dict[str, Any]) -> None:
    """Add what is true of every route."""
    for status, answer in operation["responses"].items():
        if str(status).startswith("2"):
            answer["headers"] = {**SEQUENCE_HEADER, **answer.get("headers", {})}
    operation["responses"].setdefault("500", refusals(500)[500])
