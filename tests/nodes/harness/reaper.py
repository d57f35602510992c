"""The image of Reaper: the published one when its archive is at hand, else the named double of tests/reaper, under the published
image's own name. Called by __main__.py.
"""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

from . import images, server

_ROOT = Path(__file__).resolve().parents[2] / "reaper" / "root"
_USER = "reaper"  # as the published image has it: a name, and no number


def image_name(version: str) -> str:
    """The name of the published image, as cassc renders it."""
    return f"docker.io/thelastpickle/cassandra-reaper:{version}"


def archive(version: str, build: Path) -> tuple[Path, str]:
    """The archive to import, and what it is. CASSC_REAPER_IMAGE names an archive of the published image; `{}` in it is the version."""
    real = os.environ.get("CASSC_REAPER_IMAGE")
    if real:
        return Path(real.format(version)), f"the published image in {real}"
    layer, target = build / f"reaper-{version}-layer.tar", build / f"reaper-{version}.tar"
    with tarfile.open(layer, "w") as tar:
        for child in sorted(_ROOT.iterdir()):
            tar.add(child, child.name, filter=server.owned_by_root)
    config = {
        "Entrypoint": ["/usr/local/bin/entrypoint.sh"],
        "Cmd": ["cassandra-reaper"],
        "Env": ["PATH=/usr/local/bin:/usr/bin:/bin", f"REAPER_DOUBLE_VERSION={version}"],
        "User": _USER,
    }
    images.write(image_name(version), [server.base(build), layer], target, config)
    layer.unlink()
    return target, f"the double of tests/reaper, as Reaper {version}"
