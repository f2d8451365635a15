"""The files that start twolane in containers, as the tools that read them understand them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml  # type: ignore[import-untyped]
from tests.support.containers import ROOT

OVERLAYS = ROOT / "deploy" / "kubernetes"
KUBERNETES = OVERLAYS / "base"
# the schemas of what KEDA and prometheus-adapter read are not among those of Kubernetes
KEDA, ADAPTER = OVERLAYS / "scale-keda" / "worker.yaml", OVERLAYS / "scale-prometheus" / "adapter-values.yaml"
MANIFESTS = sorted(
    path for path in OVERLAYS.glob("*/*.yaml") if path.stem != "kustomization" and path not in {KEDA, ADAPTER}
)


def tool(name: str) -> str:
    """Return the path of a program that came with the development dependencies."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is not installed: it is among the development dependencies")
        pytest.skip(f"{name} is not installed: it is among the development dependencies")
    return found


def rendered(
    checkout: Path, *variant: str, more: tuple[str, ...] = (), documents: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Prepare a folder as a user does, and return the file as the compose tool understands it."""
    subprocess.run(["sh", "deploy/compose/prepare.sh", *variant], cwd=checkout, check=True)
    if documents:
        subprocess.run(["sh", "deploy/compose/documents.sh", *documents], cwd=checkout, check=True)
    programs = checkout / "programs"
    programs.mkdir(exist_ok=True)
    engine = programs / "podman"  # `config` asks the engine for nothing but its version
    engine.write_text("#!/bin/sh\necho podman version 5.0.0\n")
    engine.chmod(0o755)
    env = os.environ | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    files = [part for name in ("compose.yaml", *more) for part in ("-f", name)]
    command = [tool("podman-compose"), *files, "--profile", "tools", "config"]
    done = subprocess.run(command, cwd=checkout, env=env, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = yaml.safe_load(done.stdout)
    # it prints the file as it was before what a service extends has come in
    add = found["services"]["add"]
    told = yaml.safe_load((checkout / "documents.yaml").read_text())["services"][add["extends"]["service"]]
    found["services"]["add"] = told | add | {"volumes": [*add["volumes"], *told.get("volumes", ())]}
    return found


def faults(manifests: Iterable[dict[str, Any]], version: str) -> list[str]:
    """Hold manifests against the schemas of a version of Kubernetes, which know every field there may be."""
    found = []
    for one in manifests:
        try:
            kubernetes_validate.validate(one, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            found.append(f"{one['kind']} {one['metadata']['name']}: {error.message}")
    return found


def documents(path: Path) -> list[dict[str, Any]]:
    return [document for document in yaml.safe_load_all(path.read_text()) if document]


def pods() -> dict[str, dict[str, Any]]:
    """Return the pods' templates of all manifests by the name of what makes them."""
    found = [document for path in MANIFESTS for document in documents(path)]
    specs = [
        (one["metadata"]["name"], one["spec"].get("jobTemplate", one)["spec"])
        for one in found
        if "spec" in one
    ]
    return {name: spec["template"] for name, spec in specs if "template" in spec}
