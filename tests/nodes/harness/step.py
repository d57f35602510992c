"""The image of the program in the cluster: its static binary and nothing else, under the name that cassc renders."""

from __future__ import annotations

import json
import re
from pathlib import Path

from . import images
from .processes import run


def image_name(cassc: Path, topology: dict) -> str:
    """The image of the Job that cassc renders for a topology with steps."""
    rendered = run(str(cassc), "render", "-", stdin=json.dumps(topology))
    (name,) = set(re.findall(r"^ +image: (\S*cassc-step\S*)$", rendered, re.MULTILINE))
    return name


def archive(program: Path, name: str, build: Path) -> Path:
    """The archive to import, as the last stage of examples/image/Dockerfile makes the image."""
    layer = images.layer_of_file(program, "cassc-step", build / "step-layer.tar")
    target = build / "step.tar"
    images.write(name, [layer], target, {"Entrypoint": ["/cassc-step"], "User": "65532:65532"})
    layer.unlink()
    return target
