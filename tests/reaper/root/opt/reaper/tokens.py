"""The tokens of the REST interface: JWT, HS256, good for ten minutes at every Reaper with the same key and users."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping

LIFETIME = 600


def made(name: str, key: bytes, now: float) -> str:
    """A token for a user."""
    claims = {"sub": name, "iat": int(now), "exp": int(now) + LIFETIME}
    text = f"{_encoded({'alg': 'HS256'})}.{_encoded(claims)}"
    return f"{text}.{_signature(text, key)}"


def role(token: str, key: bytes, users: Mapping[str, tuple[str, str]], now: float) -> str | None:
    """The role of a token's user; nothing for a token that is not good."""
    text, _, signature = token.rpartition(".")
    if not hmac.compare_digest(_signature(text, key).encode(), signature.encode()):
        return None
    claims = json.loads(base64.urlsafe_b64decode(text.partition(".")[2] + "=="))
    user = users.get(claims["sub"])
    return user[1] if user and now < claims["exp"] else None


def _encoded(value: dict) -> str:
    return _plain(json.dumps(value).encode())


def _signature(text: str, key: bytes) -> str:
    return _plain(hmac.digest(key, text.encode(), hashlib.sha256))


def _plain(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
