"""OCI image archives without a container engine: layers in, one archive out, byte for byte what containerd imports.

Called by machine.py (pause, CoreDNS) and by server.py (Cassandra).
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar"


def _digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _blob(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


def _json_blob(archive: tarfile.TarFile, media_type: str, value: dict) -> dict:
    content = json.dumps(value).encode()
    digest = hashlib.sha256(content).hexdigest()
    _blob(archive, f"blobs/sha256/{digest}", content)
    return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(content)}


def write(name: str, layers: list[Path], target: Path, config: dict) -> None:
    """Write an image of these uncompressed layers, called `name`, with that config (Entrypoint, Env, User)."""
    digests = [_digest(layer) for layer in layers]
    unfinished = target.with_suffix(".new")
    with tarfile.open(unfinished, "w") as archive:
        _blob(archive, "oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
        root = {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in digests]}
        described = {"architecture": "amd64", "os": "linux", "config": config, "rootfs": root}
        listed = [
            {"mediaType": _LAYER, "digest": f"sha256:{digest}", "size": layer.stat().st_size}
            for layer, digest in zip(layers, digests, strict=True)
        ]
        manifest = {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": _json_blob(archive, _CONFIG, described),
            "layers": listed,
        }
        entry = _json_blob(archive, _MANIFEST, manifest)
        entry["annotations"] = {
            "io.containerd.image.name": name,
            "org.opencontainers.image.ref.name": name.split(":")[-1],
        }
        _blob(archive, "index.json", json.dumps({"schemaVersion": 2, "manifests": [entry]}).encode())
        for layer, digest in zip(layers, digests, strict=True):
            archive.add(layer, f"blobs/sha256/{digest}")
    unfinished.rename(target)


def layer_of_file(source: Path, inside: str, target: Path) -> Path:
    """A layer that holds one program."""
    with tarfile.open(target, "w") as archive:
        archive.add(source, inside)
    return target
