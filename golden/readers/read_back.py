"""Prints the YAML documents of a file as one JSON list, as PyYAML (YAML 1.1) reads them.

Called by golden/readers.rs: read_back.py CSafeLoader|SafeLoader FILE
JSON hides two kinds of misreading, so they are made visible: a key that is no string, a value that JSON does not have.
"""

import json
import sys

import yaml


def visible(value):
    if isinstance(value, dict):
        return {key if isinstance(key, str) else f"{type(key).__name__} key {key!r}": visible(v) for key, v in value.items()}
    if isinstance(value, list):
        return [visible(item) for item in value]
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    return f"{type(value).__name__} {value!r}"


loader, path = sys.argv[1:]
with open(path, encoding="utf-8", newline="") as file:
    json.dump([visible(document) for document in yaml.load_all(file, Loader=getattr(yaml, loader))], sys.stdout)
