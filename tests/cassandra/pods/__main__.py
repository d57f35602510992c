"""Runs stories and prints a table of them. Started by tests/cassandra/run inside namespaces of its own.

usage: pods --target FOLDER [--ci | --list | STORY…] [--jobs N]
"""

import argparse
import fcntl
import os
import shutil
import signal
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cluster import Cluster, StoryFailed
from machine import prepare_machine, versions
from stories import STORIES, Story

_printing = threading.Lock()


@dataclass(frozen=True)
class Outcome:
    """How a story went: empty words when as told."""

    story: Story
    seconds: float
    words: str


def tell(story: Story, target: Path) -> Outcome:
    """Run one story from an empty folder to its end."""
    begin = time.monotonic()

    def say(words: str) -> None:
        """A line of the story, with the seconds since its beginning."""
        with _printing:
            print(f"{story.name:>22} {time.monotonic() - begin:6.1f} s  {words}", flush=True)

    version = versions()[story.minor]
    folder = target / "pods" / story.name
    words, cluster = "", None
    try:
        folder.mkdir(parents=True)
        cluster = Cluster(folder, target / "debug/cassc", version, say)
        story.tell(cluster, version, say)
    except StoryFailed as error:
        words = str(error)
    except Exception as error:  # Anything else is a failure of the story too, and its place is wanted.
        traceback.print_exc()
        words = f"{type(error).__name__}: {error}"
    finally:
        if cluster is not None:
            cluster.close(keep_logs=bool(words))
    say(f"FAILED: {words}" if words else "went as told")
    return Outcome(story, time.monotonic() - begin, words)


def chosen(arguments: argparse.Namespace) -> list[Story]:
    """The stories that were asked for."""
    unknown = set(arguments.story) - {story.name for story in STORIES}
    if unknown:
        sys.exit(f"no such story: {', '.join(sorted(unknown))}; --list names them all")
    if arguments.ci:
        return [story for story in STORIES if story.in_ci]
    return [story for story in STORIES if not arguments.story or story.name in arguments.story]


def table(outcomes: list[Outcome], target: Path) -> str:
    """One line per story."""
    lines = [f"{'story':<24}{'seconds':>8}  result"]
    for outcome in outcomes:
        result = f"FAILED: {outcome.words} (see {target / 'pods' / outcome.story.name})" if outcome.words else "as told"
        lines.append(f"{outcome.story.name:<24}{outcome.seconds:>8.0f}  {result}")
    return "\n".join(lines)


def main() -> int:
    """Run the stories, a few at a time; 0 when all went as told."""
    parser = argparse.ArgumentParser(prog="tests/cassandra/run")
    parser.add_argument("story", nargs="*")
    parser.add_argument("--target", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--ci", action="store_true", help="those that .ci/run has the time for")
    parser.add_argument("--list", action="store_true", help="name the stories and end")
    parser.add_argument("--jobs", type=int, default=2, help="stories at a time (default 2)")
    arguments = parser.parse_args()
    stories = chosen(arguments)
    if arguments.list:
        print("\n".join(story.name for story in stories))
        return 0
    # Ending this process ends everything: it is the first of its PID namespace.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(143))
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    lock = (arguments.target / "pods.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"another run uses {arguments.target / 'pods'}")
    prepare_machine()
    # What earlier runs kept. Nothing of them is mounted any more: their namespaces are gone.
    shutil.rmtree(arguments.target / "pods", ignore_errors=True)
    with ThreadPoolExecutor(max_workers=arguments.jobs) as threads:
        outcomes = list(threads.map(lambda story: tell(story, arguments.target), stories))
    print(table(outcomes, arguments.target))
    return 1 if any(outcome.words for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
