"""A request that Cassandra has to answer. In: its query and body, the agent's socket. Out: status and body of the answer."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import agent
from process import CLOSED, Answer

MEDIA_TYPE = {
    "type": "application", "subtype": "json", "parameters": {}, "wildcardType": False, "wildcardSubtype": False,
}  # fmt: skip


class BadRequest(Exception):
    """The server itself refuses a request: with this answer."""

    def __init__(self, status: int, words: str) -> None:
        """Status and body."""
        super().__init__(words)
        self.answer = (status, words)


UNREADABLE = BadRequest(400, "Not able to deserialize data provided.")


@dataclass(frozen=True)
class Request:
    """A request, and how the agent is reached."""

    socket: Path
    seconds: float
    query: dict[str, list[str]]
    content: bytes

    def call(self, method: str, **parameters: agent.Parameter) -> Any:
        """Ask the agent."""
        return agent.call(self.socket, self.seconds, method, **parameters)

    def text(self, name: str) -> str:
        """A value of the query; empty where it is missing."""
        return self.query.get(name, [""])[0]

    def body(self, *fields: str) -> dict[str, Any]:
        """The JSON object that was sent. One field that the server does not know spoils it all."""
        if not self.content:
            raise BadRequest(415, "")
        try:
            body = json.loads(self.content)
        except ValueError:
            body = None
        if not isinstance(body, dict) or not body.keys() <= set(fields):
            raise UNREADABLE
        return body


Route = Callable[[Request], Answer]


def answered(action: Callable[[], Answer], seconds: float) -> Answer:
    """The answer of an action that calls the agent, with the words of whatever goes wrong."""
    try:
        return action()
    except BadRequest as refusal:
        return refusal.answer
    except agent.Closed:
        return CLOSED
    except agent.TimedOut:
        return 500, f"Query timed out after PT{seconds:.0f}S"
    except agent.Failed as failure:
        return 500, f"Failed to execute method NodeOps.{failure}"


def entity(value: Any) -> Answer:
    """A value in the wrapping that the server gives some of them."""
    wrapping = {"variant": {"language": None, "mediaType": MEDIA_TYPE, "encoding": None, "languageString": None}}
    rest = {"annotations": [], "mediaType": MEDIA_TYPE, "language": None, "encoding": None}
    return 200, {"entity": value} | wrapping | rest
