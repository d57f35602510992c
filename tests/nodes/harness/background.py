"""Work that is done again and again in a thread while a story goes on. Called by the stories and by nonsense.py."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def again_and_again(seconds: float, work: Callable[[], None]) -> Iterator[None]:
    """`work` is done with so many seconds between, until the block ends; whatever runs then is waited for."""
    ends = threading.Event()

    def loop() -> None:
        while not ends.wait(seconds):
            work()

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join()
