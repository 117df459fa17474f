"""What a model wants at each place, read from the schema that pydantic made of it.

A location in a pydantic error names the members of unions and the tags of tagged unions between the keys, and looks no
different from keys where it does. So we follow it through the schema and the file together, and keep what is a key.
Where the schema is one that we do not know, a piece is a key if the file has it.

Source: pydantic_core.core_schema, which documents every schema type.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, TypeAlias

from pydantic import BaseModel, TypeAdapter

from crossbook.settings.tree import Key, Node

Schema: TypeAlias = Mapping[str, Any]

UNKNOWN: Final[Schema] = {"type": "any"}
INNER: Final = {
    "definitions": "schema",
    "default": "schema",
    "nullable": "schema",
    "function-before": "schema",
    "function-after": "schema",
    "function-wrap": "schema",
    "lax-or-strict": "strict_schema",
    "json-or-python": "json_schema",
}
"""Where a schema that adds no piece to a location keeps the schema that it wraps."""
MAX_WRAPPERS: Final = 100
KEY_MARK: Final = "[key]"
"""Stands last in the location of an error in a key itself."""


@dataclass(slots=True)
class Spot:
    """Where a location leads."""

    path: list[Key]
    """The keys and indices, without anything else."""
    node: Node
    """The innermost node on the way that the file has."""
    schema: Schema
    around: Schema
    """That of the map or list which the last step led into."""
    unions: list[tuple[int, str]] = field(default_factory=list)
    """The unions on the way that are not told apart by a tag: how many pieces of the location lead there, and the
    name of the member."""
    in_key: bool = False
    found: bool = True
    """Whether the file has the whole path."""


class Shape:
    """The schema of a model."""

    def __init__(self, model: type[BaseModel]) -> None:
        self._root: Schema = TypeAdapter(model).core_schema
        self._definitions: dict[str, Schema] = {}
        if self._root["type"] == "definitions":
            self._definitions = {schema["ref"]: schema for schema in self._root["definitions"]}

    def follow(self, location: tuple[Key, ...], root: Node) -> Spot:
        """Follow the location of an error to what it is about."""
        bare = self._bare(self._root)
        spot = Spot([], root, bare, bare)
        for depth, piece in enumerate(location):
            kind = spot.schema["type"]
            if piece == KEY_MARK and depth == len(location) - 1:
                spot.in_key = True
            elif kind == "tagged-union":
                spot.schema = self._tagged(spot.schema, piece)
            elif kind == "union":
                spot.unions.append((depth, str(piece)))
                spot.schema = self._member_of_union(spot.schema, str(piece))
            else:
                self._step(spot, piece)
        return spot

    def _step(self, spot: Spot, piece: Key) -> None:
        """Go on to a key or an index."""
        inner = self._inside(spot.schema, piece)
        child = _child(spot.node, piece) if spot.found else None
        if (
            inner is UNKNOWN
            and child is None
            and spot.schema["type"] not in ("model", "dataclass", "typed-dict")
        ):
            # A label that pydantic made up.
            return
        spot.path.append(piece)
        spot.around, spot.schema = spot.schema, inner
        if child is None:
            spot.found = False
        else:
            spot.node = child

    def keys(self, schema: Schema) -> list[str]:
        """List the keys that a map may have here, if it is one of named keys."""
        return [name for names, _ in self._fields(schema) for name in names]

    def options(self, schema: Schema) -> list[object]:
        """List the values that are allowed, where they are a list."""
        if schema["type"] == "literal":
            return [member.value if isinstance(member, Enum) else member for member in schema["expected"]]
        if schema["type"] == "enum":
            return [member.value for member in schema["members"]]
        if schema["type"] == "tagged-union":
            return list(dict.fromkeys(_tag(tag) for tag in schema["choices"]))
        return []

    def tag_key(self, schema: Schema) -> str | None:
        """Name the key that tells the members of a union apart, where it is a key that does.

        A function that looks at one key says so by an attribute `key`.
        """
        discriminator = schema.get("discriminator")
        if isinstance(discriminator, list) and discriminator:
            discriminator = discriminator[0]
        if isinstance(discriminator, list) and len(discriminator) == 1:
            discriminator = discriminator[0]
        key = getattr(discriminator, "key", None) if callable(discriminator) else discriminator
        return key if isinstance(key, str) else None

    def _bare(self, schema: Schema) -> Schema:
        """Take off everything that adds no piece to a location."""
        for _ in range(MAX_WRAPPERS):
            kind = schema.get("type")
            if kind == "definition-ref":
                schema = self._definitions.get(schema["schema_ref"], UNKNOWN)
            elif kind == "chain":
                schema = schema["steps"][0]
            elif kind in INNER or (kind == "model" and schema.get("root_model")):
                schema = schema.get(INNER.get(kind, "schema"), UNKNOWN)
            else:
                return schema
        return UNKNOWN

    def _fields(self, schema: Schema) -> list[tuple[list[str], Schema]]:
        """List the named members of a map: the keys that each goes by, and its schema."""
        kind = schema["type"]
        by_name = False
        if kind in ("model", "dataclass"):
            config = getattr(schema["cls"], "model_config", {})
            by_name = bool(config.get("populate_by_name") or config.get("validate_by_name"))
            schema = self._bare(schema["schema"])
        fields = schema.get("fields", {})
        named = fields.items() if isinstance(fields, dict) else ((field["name"], field) for field in fields)
        return [(_names(name, member, by_name=by_name), member["schema"]) for name, member in named]

    def _inside(self, schema: Schema, piece: Key) -> Schema:
        """Find the schema of a member of a map or a list."""
        kind = schema["type"]
        if kind == "dict":
            return self._bare(schema.get("values_schema", UNKNOWN))
        if kind in ("list", "set", "frozenset", "generator"):
            return self._bare(schema.get("items_schema", UNKNOWN))
        if kind == "tuple" and isinstance(piece, int):
            items = schema["items_schema"]
            variadic = schema.get("variadic_item_index")
            place = piece if variadic is None else min(piece, int(variadic))
            return self._bare(items[place]) if place < len(items) else UNKNOWN
        for names, member in self._fields(schema):
            if piece in names:
                return self._bare(member)
        return UNKNOWN

    def _tagged(self, schema: Schema, tag: Key) -> Schema:
        found = (choice for key, choice in schema["choices"].items() if _tag(key) == str(tag))
        return self._bare(next(found, UNKNOWN))

    def _member_of_union(self, schema: Schema, label: str) -> Schema:
        """Find the member of a union by the name that pydantic gives it, or by what that name begins with."""
        rough = UNKNOWN
        for choice in schema["choices"]:
            member, given = choice if isinstance(choice, tuple) else (choice, None)
            bare = self._bare(member)
            name = bare["cls"].__name__ if "cls" in bare else bare["type"]
            if label in (given, name):
                return bare
            if rough is UNKNOWN and (label.startswith(f"{bare['type']}[") or f"{name}]" in label):
                rough = bare
        return rough


def _tag(tag: object) -> str:
    return str(tag.value if isinstance(tag, Enum) else tag)


def _names(name: str, member: Schema, *, by_name: bool) -> list[str]:
    alias = member.get("validation_alias")
    if alias is None:
        return [name]
    paths = (
        [alias] if isinstance(alias, str) else [path if isinstance(path, str) else path[0] for path in alias]
    )
    return [str(path) for path in paths] + ([name] if by_name else [])


def _child(node: Node, piece: Key) -> Node | None:
    if isinstance(node.value, dict):
        return node.value.get(str(piece))
    if isinstance(node.value, list) and isinstance(piece, int) and piece < len(node.value):
        return node.value[piece]
    return None
