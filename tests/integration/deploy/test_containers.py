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
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml  # type: ignore[import-untyped]
from tests.support.brokers import RedisServer, wait_until
from tests.support.containers import ROOT, Service, can_mount, image_environment
from tests.support.hosts import Networks, can_have_hosts, published, stands_for
from tests.support.model_process import ModelProcess
from tests.support.models import models_dir
from tests.support.postgres import postgres_server

from twolane.api.server import STOP_TIMEOUT_S
from twolane.config import ServerSettings, setting_names

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


def test_a_chat_server_that_is_stopped_has_the_time_that_it_takes(checkout: Path) -> None:
    # given
    takes_s = ServerSettings().grace_s + STOP_TIMEOUT_S

    # when
    compose = rendered(checkout)["services"]["chat"]["stop_grace_period"]
    parts = list(yaml.safe_load_all((KUBERNETES / "chat.yaml").read_text()))
    pod = next(part for part in parts if part["kind"] == "Deployment")["spec"]["template"]["spec"]
    before_s = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]

    # then
    assert int(compose.removesuffix("s")) > takes_s
    assert pod["terminationGracePeriodSeconds"] > before_s + takes_s


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


class Stack:
    """The programs of the file, each on a host of its own, and real servers where it has its others."""

    def __init__(self, services: dict[str, Any], folder: Path, life: ExitStack) -> None:
        self._services = services
        self._folder = folder
        self._life = life
        self._networks = Networks(life)
        self._user = self._networks.host("user", ["web", "lanes"])
        self.filing = life.enter_context(ModelProcess("ollama"))
        self.chat = life.enter_context(ModelProcess("ollama"))

    def stands_for(self, name: str, port: int, real_port: int) -> None:
        """Let a server of the test be the service of this name."""
        host = self._networks.host(name, self._networks_of(name))
        self._life.enter_context(stands_for(host, port, real_port))

    def program(self, name: str, mounts: dict[str, Path], number: int = 1) -> Service:
        """Return one of the services that the image runs; all that differs from the file are the models."""
        host = self._networks.host(name, self._networks_of(name))
        models = {"LLM_CLASSIFICATION_MODEL": self.filing.model, "LLM_CHAT_MODEL": self.chat.model}
        data = self._folder / f"{name}{number}-data"
        data.mkdir()
        space = self._folder / f"{name}{number}"
        return Service(self._services[name], space, mounts | {"/data": data}, self._networks, host, models)

    def reached(self, program: Service, port: int) -> str:
        """Return the address of a program's port for the test."""
        way = published(self._user.connector(program.host, port))
        return f"http://127.0.0.1:{self._life.enter_context(way)}"

    def _networks_of(self, name: str) -> list[str]:
        return list(self._services[name]["networks"])


@pytest.fixture
def stack(tmp_path: Path, checkout: Path, redis_server: RedisServer) -> Iterator[Stack]:
    """Give the hosts of the file's servers; the addresses in its secrets hold, with the tests' passwords."""
    if not (can_mount() and can_have_hosts()):
        pytest.skip("no right to mount or to make network namespaces: run the tests as root on Linux")
    services = rendered(checkout)["services"]
    postgres = postgres_server()
    with ExitStack() as life:
        stack = Stack(services, tmp_path, life)
        library = life.enter_context(postgres.library())
        stack.stands_for("ollama-filing", 11434, stack.filing.port)
        stack.stands_for("ollama-chat", 11434, stack.chat.port)
        stack.stands_for("postgres", 5432, postgres.port)
        stack.stands_for("redis", 6379, int(redis_server.url.rsplit(":", 1)[1].split("/")[0]))
        (checkout / "secrets" / "store_url").write_text(re.sub(r"@[^/]*/", "@postgres:5432/", library))
        (checkout / "secrets" / "queue_url").write_text("redis://redis:6379/0")
        yield stack


def test_the_programs_of_the_file_work_together(stack: Stack, checkout: Path, tmp_path: Path) -> None:
    # given
    documents, blobs = tmp_path / "documents", tmp_path / "blobs"
    documents.mkdir()
    blobs.mkdir()
    (documents / "lease.txt").write_text("Lease. The rent of the flat in Marlow Street is 850 euros.")
    shared = {"/run/secrets": checkout / "secrets", "/models": models_dir(), "/blobs": blobs}
    chat, add = stack.program("chat", shared), stack.program("add", shared | {"/documents": documents})
    workers = [stack.program("worker", shared, number) for number in (1, 2)]
    with ExitStack() as life:
        page, *health = [stack.reached(chat, 8642), *(stack.reached(each, 8643) for each in workers)]
        running = [life.enter_context(each.started()) for each in (chat, *workers)]
        for url in (page, *health):
            wait_until(partial(answers, f"{url}/readyz"), f"{url} is ready", 60)

        # when
        with add.started() as adding:
            assert adding.wait(60) == 0, add.log()
        wait_until(lambda: _filed(page) == 1, "the file is filed", 60)
        asked = {"question": "How much is the rent in Marlow Street?"}
        answer = httpx.post(f"{page}/api/ask", json=asked, trust_env=False, timeout=60).text
        metrics = [httpx.get(f"{url}/metrics", trust_env=False).text for url in health]
        healthy = [each.is_healthy for each in (chat, *workers, add)]
        for process in running:
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(60) for process in running]

    # then
    assert "lease.txt" in answer
    assert '"done"' in answer or "event: done" in answer
    assert all("twolane_queue_jobs" in each for each in metrics)
    assert healthy == [True, True, True, False]
    assert codes == [0, 0, 0], "".join(each.log() for each in (chat, *workers))


def answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False, timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def _filed(page: str) -> int:
    status = httpx.get(f"{page}/api/status", trust_env=False).json()
    files = status["files"]
    return int(files.get("filed", 0)) + int(files.get("review", 0))
