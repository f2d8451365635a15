"""The container files: valid, closed, about settings that exist; and what they start works together."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml  # type: ignore[import-untyped]
from tests.support.brokers import RedisServer, free_port, wait_until
from tests.support.containers import ROOT, Place, Service, can_mount, forwarded, image_environment
from tests.support.model_process import ModelProcess
from tests.support.models import models_dir
from tests.support.postgres import postgres_server

from twolane.config import setting_names

KUBERNETES = ROOT / "deploy" / "kubernetes" / "base"
MANIFESTS = sorted(path for path in KUBERNETES.glob("*.yaml") if path.stem != "kustomization")
VARIANTS = [("redis", "two"), ("redis", "one"), ("rabbitmq", "two"), ("rabbitmq", "one")]
PROGRAMS = {"chat", "worker", "add", "models-vectors"}


def tool(name: str) -> str:
    """Return the path of a program that came with the development dependencies."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is not installed: it is among the development dependencies")
        pytest.skip(f"{name} is not installed: it is among the development dependencies")
    return found


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with the files that compose reads."""
    for name in ("compose.yaml", "Containerfile"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    return tmp_path


def rendered(checkout: Path, *variant: str, more: tuple[str, ...] = ()) -> dict[str, Any]:
    """Prepare a folder as a user does, and return the file as the compose tool understands it."""
    subprocess.run(["sh", "deploy/compose/prepare.sh", *variant], cwd=checkout, check=True)
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
    return found


@pytest.mark.parametrize("variant", VARIANTS, ids="-".join)
def test_compose_understands_every_variant(checkout: Path, variant: tuple[str, str]) -> None:
    # when
    config = rendered(checkout, *variant)

    # then
    queue, ollamas = variant
    profiles = set((checkout / ".env").read_text().split("COMPOSE_PROFILES=")[1].split()[0].split(","))
    started = {
        name
        for name, service in config["services"].items()
        if not service.get("profiles") or profiles & set(service["profiles"])
    }
    assert {"chat", "worker", "postgres", "ollama-chat", queue} <= started
    assert ("ollama-filing" in started) is (ollamas == "two")
    assert not {"redis", "rabbitmq"} - {queue} & started
    worker = config["services"]["worker"]["environment"]
    filing = "ollama-filing" if ollamas == "two" else "ollama-chat"
    assert worker["TWOLANE_FILING_URL"] == f"http://{filing}:11434"
    assert (checkout / "secrets" / "queue_url").read_text().startswith(("redis://", "amqp://"))


def test_the_gpu_is_given_to_the_chat_model_alone(checkout: Path) -> None:
    # when
    services = rendered(checkout, more=("deploy/compose/gpu.yaml",))["services"]

    # then
    with_gpu = {name for name, service in services.items() if "nvidia" in json.dumps(service.get("deploy"))}
    assert with_gpu == {"ollama-chat"}


def test_nothing_is_open_but_the_page(checkout: Path) -> None:
    # when
    services = rendered(checkout)["services"]

    # then
    assert [name for name, service in services.items() if service.get("ports")] == ["chat"]
    assert services["chat"]["ports"] == ["127.0.0.1:8642:8642"]
    outside = {name for name, service in services.items() if "outside" in service["networks"]}
    assert outside == {name for name in services if name.startswith("models-")}
    for name in PROGRAMS:
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
    for name, service in services.items():
        told = {key: value for key, value in (service.get("environment") or {}).items() if "_FILE" not in key}
        assert "password" not in json.dumps(told).lower(), name


def test_compose_files_obey_the_specification(checkout: Path) -> None:
    # when
    files = [str(checkout / "compose.yaml"), *map(str, (checkout / "deploy" / "compose").glob("*.yaml"))]
    done = subprocess.run(
        [tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", *files],
        capture_output=True,
        encoding="utf-8",
    )

    # then
    assert done.returncode == 0, done.stdout


def test_the_containerfile_has_no_fault_that_a_linter_knows() -> None:
    # when
    done = subprocess.run(
        [tool("hadolint"), str(ROOT / "Containerfile")], capture_output=True, encoding="utf-8"
    )

    # then
    assert done.returncode == 0, done.stdout
    assert "USER 10001" in (ROOT / "Containerfile").read_text()


def test_manifests_obey_the_schemas_of_kubernetes() -> None:
    # when
    command = [tool("kubernetes-validate"), "-k", "1.33", "--strict", "--quiet", *map(str, MANIFESTS)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")

    # then
    assert done.returncode == 0, done.stdout + done.stderr
    listed = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())["resources"]
    assert sorted(listed) == [path.name for path in MANIFESTS if "example" not in path.name]


def test_every_setting_that_they_name_exists(checkout: Path) -> None:
    # given
    known = {f"TWOLANE_{name.replace('.', '_').upper()}" for name in setting_names()}

    # when
    named = set(image_environment())
    for service in rendered(checkout)["services"].values():
        named |= set(service.get("environment") or {})
    named |= set(yaml.safe_load((KUBERNETES / "settings.yaml").read_text())["data"])
    named |= set(re.findall(r"TWOLANE_[A-Z_]+", (KUBERNETES / "worker.yaml").read_text()))

    # then
    ours = {name.removesuffix("_FILE") for name in named if name.startswith("TWOLANE_")}
    assert ours
    assert ours <= known


@pytest.fixture
def stack(
    tmp_path: Path, checkout: Path, redis_server: RedisServer
) -> Iterator[dict[str, tuple[Service, str]]]:
    """Give the three programs of the file, ready to start, with real servers under their names."""
    if not can_mount():
        pytest.skip("no right to mount: run the tests as root on Linux")
    services = rendered(checkout)["services"]
    postgres = postgres_server()
    with ExitStack() as life:
        filing = life.enter_context(ModelProcess("ollama"))
        chat = life.enter_context(ModelProcess("ollama"))
        library = life.enter_context(postgres.library())
        real = {
            "ollama-filing": (11434, filing.port),
            "ollama-chat": (11434, chat.port),
            "postgres": (5432, postgres.port),
            "redis": (6379, int(redis_server.url.rsplit(":", 1)[1].split("/")[0])),
        }
        places = [
            Place(name, f"127.42.0.{number}", port, real_port)
            for number, (name, (port, real_port)) in enumerate(real.items(), 1)
        ]
        for place in places:
            life.enter_context(forwarded(place))
        secrets = checkout / "secrets"
        (secrets / "store_url").write_text(re.sub(r"@[^/]*/", "@postgres:5432/", library))
        (secrets / "queue_url").write_text("redis://redis:6379/0")
        documents = tmp_path / "documents"
        documents.mkdir()
        (documents / "lease.txt").write_text("Lease. The rent of the flat in Marlow Street is 850 euros.")
        shared = {"/run/secrets": secrets, "/models": models_dir(), "/blobs": tmp_path / "blobs"}
        shared["/blobs"].mkdir()
        programs = {}
        for name in ("chat", "worker", "add"):
            data = tmp_path / f"{name}-data"
            data.mkdir()
            port = free_port()
            # all that differs from the file: models of the stand-ins, and ports that are free on this machine
            more = {
                "LLM_CLASSIFICATION_MODEL": filing.model,
                "LLM_CHAT_MODEL": chat.model,
                f"TWOLANE_{'WORKER' if name == 'worker' else 'SERVER'}_PORT": str(port),
            }
            mounts = shared | {"/data": data} | ({"/documents": documents} if name == "add" else {})
            service = Service(services[name], tmp_path / f"space-{name}", mounts, places, more)
            programs[name] = (service, f"http://127.0.0.1:{port}")
        yield programs


def answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def test_the_programs_of_the_file_work_together(stack: dict[str, tuple[Service, str]]) -> None:
    # given
    (chat, page), (worker, health), (add, _) = (stack[name] for name in ("chat", "worker", "add"))
    with chat.started() as serving, worker.started() as working:
        wait_until(lambda: answers(f"{page}/readyz"), "the chat server is ready", 60)
        wait_until(lambda: answers(f"{health}/readyz"), "the worker is ready", 60)

        # when
        with add.started() as adding:
            assert adding.wait(60) == 0, add.log()
        wait_until(lambda: _filed(page) == 1, "the file is filed", 60)
        asked = {"question": "How much is the rent in Marlow Street?"}
        answer = httpx.post(f"{page}/api/ask", json=asked, trust_env=False, timeout=60).text
        metrics = httpx.get(f"{health}/metrics", trust_env=False).text
        for process in (serving, working):
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(60) for process in (serving, working)]

    # then
    assert "lease.txt" in answer
    assert '"done"' in answer or "event: done" in answer
    assert "twolane_queue_jobs" in metrics
    assert codes == [0, 0], chat.log() + worker.log()


def _filed(page: str) -> int:
    status = httpx.get(f"{page}/api/status", trust_env=False).json()
    files = status["files"]
    return int(files.get("filed", 0)) + int(files.get("review", 0))
