#!/usr/bin/env python3
"""Takes the examples out of the cassandra.yaml that Cassandra ships: what stands there, and what its comments show.

usage: tests/cassandra/shipped_examples.py 4.1 conf/cassandra.yaml… >golden/configuration/shipped/4.1.json
In: a minor, whose keys stand in crates/cassandra/src/config_keys, and its shipped files, from the source of its newest
release. Out: one example per line, as JSON: a key of that minor with a value. Only keys and values are taken, no text of
the comments. Called by whoever takes in a minor. Needs PyYAML.
"""

import json
import pathlib
import re
import sys

import yaml

TABLES = pathlib.Path(__file__).resolve().parent / "../../crates/cassandra/src/config_keys"


def indent(line):
    """How far a line is indented."""
    return len(line) - len(line.lstrip(" "))


def block(lines, first):
    """The lines of an example that begins at a line, as far as they are indented or go on with a list."""
    found = [lines[first]]
    for line in lines[first + 1 :]:
        text = line.lstrip(" ")
        goes_on = indent(line) > indent(lines[first]) or (text.startswith("-") and indent(line) == indent(lines[first]))
        if not text or not goes_on:
            break
        found.append(line[indent(lines[first]) :])
    found[0] = found[0].lstrip(" ")
    return found


def examples(lines, keys):
    """The examples in a text without its comment signs. A block may end in a sentence: the longest part that is YAML counts."""
    for first, line in enumerate(lines):
        name = re.match(r" {0,2}([a-z0-9_]+):( |$)", line)
        if not name or name[1] not in keys:
            continue
        whole = block(lines, first)
        for length in range(len(whole), 0, -1):
            try:
                value = yaml.safe_load("\n".join(whole[:length]))
            except yaml.YAMLError:
                continue
            if isinstance(value, dict) and list(value) == [name[1]]:
                yield value
            break


def nested(lines, keys):
    """The examples below a key, in comments or not, each alone below its key."""
    parent = None
    for line in lines:
        text = re.sub(r"^( *)# ?", r"\1", line)
        name = re.match(r"( *)([a-z0-9_]+):( .*|)$", text)
        if not name:
            continue
        if not name[1]:
            parent = name[2]
        elif f"{parent}.{name[2]}" in keys:
            try:
                value = yaml.safe_load(text.strip())
            except yaml.YAMLError:
                continue
            if value[name[2]] is not None:
                yield {parent: value}


def main():
    """Prints the examples of a minor, each once."""
    minor, *files = sys.argv[1:]
    keys = {row["key"] for row in json.loads((TABLES / f"{minor}.json").read_text())}
    seen = {}
    for file in files:
        lines = pathlib.Path(file).read_text().splitlines()
        commented = [re.sub(r"^ *# ?", "", line) if line.lstrip(" ").startswith("#") else "" for line in lines]
        written = [re.sub(r"(^| )#.*", "", line) for line in lines]
        for found in [*examples(commented, keys), *examples(written, keys), *nested(lines, keys)]:
            seen.setdefault(json.dumps(found, sort_keys=True), None)
    print("[\n" + ",\n".join(seen) + "\n]")


if __name__ == "__main__":
    main()
