"""The image that Cassandra's pods run: the published one when its archive is at hand, else the named double.

The double is Debian, the jars of Maven Central and tests/cassandra/server (which says what it copies of the real one's
behavior and what not). It is imported under the published image's own name, so that the manifests stay as rendered.
"""

from __future__ import annotations

import os
import shutil
import tarfile
from pathlib import Path

from . import images
from .processes import run

_TESTS = Path(__file__).resolve().parents[2]
_PACKAGES = "openjdk-17-jre-headless,curl,tini,procps,python3"
_PRUNED = (
    "/usr/share/doc",
    "/usr/share/man",
    "/usr/share/locale",
    "/var/cache",
    "/var/lib/apt",
    "/proc",
    "/sys",
    "/dev",
)
_CASSANDRA_USER = 999


def image_name(version: str) -> str:
    """The name of the published image, as cassc renders it."""
    return f"docker.io/k8ssandra/cass-management-api:{version}-ubi"


def archive(version: str, build: Path) -> tuple[Path, str]:
    """The archive to import, and what it is. CASSC_SERVER_IMAGE names an archive of the published image."""
    real = os.environ.get("CASSC_SERVER_IMAGE")
    if real:
        return Path(real), f"the published image in {real}"
    return _double(version, build), f"the double of tests/cassandra/server with Cassandra {version} from Maven Central"


def base(build: Path) -> Path:
    """Debian with Java, as one layer; made once."""
    layer = build / "debian.tar"
    if layer.exists():
        return layer
    root = build / "debian"
    shutil.rmtree(root, ignore_errors=True)
    run("debootstrap", "--variant=minbase", f"--include={_PACKAGES}", "bookworm", str(root), timeout=1800)
    unfinished = layer.with_suffix(".new")
    with tarfile.open(unfinished, "w") as tar:
        tar.add(root, ".", filter=_needed)
    unfinished.rename(layer)
    shutil.rmtree(root)
    return layer


def _needed(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """The entry, or nothing for documentation, caches, and the content of what is mounted."""
    return None if entry.name[1:].startswith(tuple(f"{path}/" for path in _PRUNED)) else entry


def _owned_by_cassandra(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = _CASSANDRA_USER
    return entry


def owned_by_root(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    return entry


def _double(version: str, build: Path) -> Path:
    jars = Path(run(str(_TESTS / "cassandra" / "jars.sh"), version).strip())
    agent = Path(run(str(_TESTS / "cassandra" / "server" / "agent.sh")).strip())
    layer, target = build / f"cassandra-{version}.tar", build / f"server-{version}.tar"
    with tarfile.open(layer, "w") as tar:
        for child in sorted((_TESTS / "cassandra" / "server" / "root").iterdir()):
            if child.name != "etc":
                tar.add(child, child.name, filter=owned_by_root)
        tar.add(
            _TESTS / "cassandra" / "server" / "root" / "etc" / "cassandra", "etc/cassandra", filter=_owned_by_cassandra
        )
        tar.add(jars, "opt/cassandra/lib", filter=owned_by_root)
        tar.add(agent, "opt/management-api/datastax-mgmtapi-agent.jar", filter=owned_by_root)
        tini = tarfile.TarInfo("tini")
        tini.type, tini.linkname = tarfile.SYMTYPE, "usr/bin/tini"
        tar.addfile(tini)
    config = {
        "Entrypoint": ["/tini", "-g", "--", "/docker-entrypoint.sh"],
        "Cmd": ["mgmtapi"],
        "Env": ["PATH=/opt/cassandra/bin:/usr/local/bin:/usr/bin:/bin", "CASSANDRA_CONF=/etc/cassandra"],
        "User": str(_CASSANDRA_USER),
    }
    images.write(image_name(version), [base(build), layer], target, config)
    layer.unlink()
    return target
