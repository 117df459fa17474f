"""The JSON Schema of run files, for editors.

It is the schema of the model with the keys that are ours, and it demands no key: what a map lacks may come from a
file that it extends or from a template, which no editor looks at. Everything that is there is checked.
"""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel

from crossbook.settings.files import EXTENDS
from crossbook.settings.templates import TEMPLATE, TEMPLATES

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
NULL: Final = {"type": "null"}
PARTS: Final = ("anyOf", "oneOf", "allOf", "prefixItems")
"""The words under which a schema keeps a list of schemas."""
SINGLE_PARTS: Final = ("items", "additionalProperties", "not", "propertyNames")
NAMED_PARTS: Final = ("properties", "$defs", "patternProperties")


def schema(model: type[BaseModel], title: str, *, identifier: str | None = None) -> dict[str, Any]:
    """Write the JSON Schema (draft 2020-12) of the run files of a model.

    Args:
        model: The model that they are loaded into.
        title: What an editor calls such a file.
        identifier: The `$id`, an address; none when left out.
    """
    made = _loosened(model.model_json_schema(mode="validation"))
    if "$ref" in made:
        # A model that contains itself is a reference from the start; a schema may stand beside it in this draft, but
        # what forbids unknown keys there would forbid ours.
        made = {**made["$defs"][made["$ref"].rsplit("/", 1)[1]], "$defs": made["$defs"]}
    text = {"type": "string", "minLength": 1}
    ours = {
        EXTENDS: {
            "description": "The file that this one is laid over, or several.",
            "anyOf": [text, {"type": "array", "items": text}, NULL],
        },
        TEMPLATES: {
            "description": "Fragments by name, for maps to start from.",
            "anyOf": [{"type": "object", "additionalProperties": {"type": "object"}}, NULL],
        },
    }
    head: dict[str, Any] = {"$schema": DIALECT} | ({} if identifier is None else {"$id": identifier})
    return {**head, **made, "title": title, "properties": {**ours, **made.get("properties", {})}}


def _loosened(part: Mapping[str, Any]) -> dict[str, Any]:
    """Copy a schema with our keys allowed and no key demanded."""
    loose: dict[str, Any] = {}
    for word, value in part.items():
        if word in NAMED_PARTS:
            loose[word] = {name: _loosened(member) for name, member in value.items()}
        elif word in PARTS:
            # Without demanded keys a map may fit several members of a union.
            loose["anyOf" if word == "oneOf" else word] = [_loosened(member) for member in value]
        elif word in SINGLE_PARTS and isinstance(value, dict):
            loose[word] = _loosened(value)
        elif word not in ("required", "minProperties", "discriminator"):
            loose[word] = value
    if loose.get("type") == "object":
        template = {
            "description": "The template that this map starts from.",
            "anyOf": [{"type": "string"}, NULL],
        }
        members = {name: _or_null(member) for name, member in loose.get("properties", {}).items()}
        loose["properties"] = {TEMPLATE: template, **members}
        if isinstance(loose.get("additionalProperties"), dict):
            loose["additionalProperties"] = _or_null(loose["additionalProperties"])
    return loose


def _or_null(member: dict[str, Any]) -> dict[str, Any]:
    """Let a null stand for what may be a map, since it takes an inherited map away."""
    options = member.get("anyOf", [member])
    if NULL in options or not any(option.get("type") == "object" or "$ref" in option for option in options):
        return member
    if "anyOf" in member:
        return {**member, "anyOf": [*options, NULL]}
    kept = {word: value for word, value in member.items() if word in ("title", "description", "default")}
    rest = {word: value for word, value in member.items() if word not in kept}
    return {**kept, "anyOf": [rest, NULL]}
