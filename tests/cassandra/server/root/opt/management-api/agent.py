"""Calls to the agent inside Cassandra. In: a method with its parameters. Out: what it answers, or why it did not."""

import json
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

Parameter = str | int | bool | list[str] | None


class Closed(Exception):
    """Nobody listens at the socket, or the connection broke."""


class TimedOut(Exception):
    """No answer in time. What was asked for may go on."""


class Failed(Exception):
    """The method threw an exception, which Cassandra's log has."""


def call(path: Path, seconds: float, method: str, **parameters: Parameter) -> Any:
    """Call a method of the agent; None is no parameter, a list is one that is given several times."""
    texts = {name: text_of(value) for name, value in parameters.items() if value is not None}
    line = f"{method}?{urlencode(texts, doseq=True)}\n"
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(seconds)
        try:
            connection.connect(str(path))
            connection.sendall(line.encode())
            with connection.makefile("r", encoding="utf-8") as answer:
                outcome, _, text = answer.read().partition("\n")
        except TimeoutError as error:
            raise TimedOut(method) from error
        except OSError as error:
            raise Closed(str(error)) from error
    if outcome == "failed":
        raise Failed(method)
    if outcome != "ok":
        raise Closed("cut off")
    return json.loads(text)


def text_of(value: Parameter) -> str | int | list[str]:
    """A value as the agent reads it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value
