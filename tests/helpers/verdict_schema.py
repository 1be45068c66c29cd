"""What the published JSON Schema of `verdicts.json` says against a document."""

import json
from functools import cache

import jsonschema

from reports.writers import verdicts_schema


@cache
def _validator():
    schema = verdicts_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def problems_of(document) -> list[str]:
    """Every violation, with its place; `document` is a mapping or the text of a file."""
    data = json.loads(document) if isinstance(document, str | bytes) else document
    return [f"{error.json_path}: {error.message[:200]}" for error in _validator().iter_errors(data)]
