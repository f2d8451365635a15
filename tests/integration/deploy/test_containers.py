"""The container files: valid, closed, about settings that exist; and what they start works together."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml  # type: ignore[import-untyped]
from standins.brokers import RedisServer, wait_until
from standins.model_process import ModelProcess
from standins.models import models_dir
from standins.postgres import postgres_server
from tests.support.containers import ROOT, Service, can_mount, image_environment
from tests.support.deployment import KUBERNETES, pods, rendered, tool
from tests.support.hosts import Networks, can_have_hosts, published, stands_for

from twolane.api.server import STOP_TIMEOUT_S
from twolane.backup.manifest import OWN_FOLDERS
from twolane.config.loading import load_settings
from twolane.config.reference import setting_names
from twolane.config.server_settings import ServerSettings
from twolane.config.settings import Settings

VARIANTS = [("redis", "two"), ("redis", "one"), ("rabbitmq", "two"), ("rabbitmq", "one")]
PROGRAMS = {"chat", "worker", "add", "models-vectors"}


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
    assert (checkout / "secrets" / "wakeup_url").read_text().startswith(("redis://", "amqp://"))


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
    # a port is published from a network that has a way out, so the chat server is on one
    inside = {name for name, service in services.items() if list(service["networks"]) == ["lanes"]}
    assert inside == set(services) - outside - {"chat"}
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
    told = yaml.safe_load((KUBERNETES / "settings.yaml").read_text())["data"]
    named |= set(told)
    named |= set(re.findall(r"TWOLANE_[A-Z_]+", (KUBERNETES / "worker.yaml").read_text()))

    # then
    ours = {name.removesuffix("_FILE") for name in named if name.startswith("TWOLANE_")}
    assert ours
    assert ours <= known
    secret = yaml.safe_load((KUBERNETES / "secret.example.yaml").read_text())["stringData"]
    for name in ("chat", "worker"):
        (volume,) = (volume for volume in pods()[name]["spec"]["volumes"] if volume["name"] == "secrets")
        assert "items" not in volume["secret"]
        read = {value for key, value in told.items() if key.endswith("_FILE")}
        assert read == {f"/run/secrets/twolane/{key}" for key in secret}


def test_what_users_are_told_to_set_reaches_the_containers(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    page = (ROOT / "docs" / "containers.md").read_text("utf-8").split("## Kubernetes")[0]
    compose = (checkout / "compose.yaml").read_text()
    names = set(re.findall(r"TWOLANE_[A-Z_]+", page)) | set(
        re.findall(r"given (TWOLANE_[A-Z_]+)", (checkout / "deploy/compose/prepare.sh").read_text())
    )

    # when
    unset = program_settings(rendered(checkout)["services"]["chat"], tmp_path)
    for name in ("TWOLANE_SERVER_NAMES", "TWOLANE_TELEMETRY_LOG_LEVEL", "TWOLANE_TELEMETRY_LOG_FORMAT"):
        monkeypatch.setenv(name, "")
    empty = program_settings(rendered(checkout)["services"]["chat"], tmp_path)
    monkeypatch.setenv("TWOLANE_SERVER_NAMES", "docs.example.org")
    monkeypatch.setenv("TWOLANE_TELEMETRY_LOG_FORMAT", "json")
    given = program_settings(rendered(checkout)["services"]["chat"], tmp_path)

    # then
    assert {"TWOLANE_SERVER_NAMES", "TWOLANE_TELEMETRY_OTLP_ENDPOINT", "TWOLANE_ADD_USER"} <= names
    names -= {"TWOLANE_DOCUMENTS"}  # of earlier versions
    assert not {name for name in names if f"${{{name}:-" not in compose}
    defaults = Settings(server=ServerSettings(proxies=("172.30.86.0/24",)))  # the network of the file
    assert (
        (unset.server, unset.telemetry)
        == (empty.server, empty.telemetry)
        == (defaults.server, defaults.telemetry)
    )
    assert (given.server.names, given.telemetry.log_format) == (("docs.example.org",), "json")


def program_settings(service: dict[str, Any], folder: Path) -> Settings:
    """Return the settings that a service gives its program, without those that lie in its secrets."""
    env = {name: str(value) for name, value in service["environment"].items() if not name.endswith("_FILE")}
    (file := folder / "twolane.toml").touch()
    return load_settings(file=file, env=env)


def pulls(checkout: Path) -> dict[str, tuple[str, dict[str, str]]]:
    """Return the scripts that fetch models for Ollama, each with its environment."""
    found = {}
    for name, service in rendered(checkout)["services"].items():
        if name in {"models-filing", "models-chat"}:
            assert service["entrypoint"] == ["sh", "-ec"]
            (script,) = service["command"]
            found[name] = (script.replace("$$", "$"), service["environment"])
    for name, pod in pods().items():
        for container in pod["spec"].get("initContainers", []):
            env = {each["name"]: each.get("value", "model") for each in container["env"]}
            found[name] = (container["args"][0], env)
    return found


OLLAMA = """#!/bin/sh
echo "$1 ${OLLAMA_NOPRUNE:-}" >> "$STAND_IN/said"
case $1 in
    serve)
        [ ! -e "$STAND_IN/broken" ] || exit 1
        touch "$STAND_IN/up"
        while kill -0 "$PPID" 2>/dev/null; do sleep 0.05; done ;;  # it serves for as long as it is asked
    list) test -e "$STAND_IN/up" ;;
    show) exit 1 ;;
esac
"""


@pytest.mark.parametrize("broken", [False, True], ids=["well", "broken"])
def test_a_model_is_fetched_where_the_last_attempt_ended(
    checkout: Path, tmp_path: Path, broken: bool
) -> None:
    # given: a stand-in that notes how it is called
    programs = checkout / "programs"
    scripts = pulls(checkout)
    (programs / "ollama").write_text(OLLAMA)
    (programs / "ollama").chmod(0o755)

    # when
    codes, said = {}, {}
    for name, (script, env) in scripts.items():
        notes = tmp_path / name
        notes.mkdir()
        if broken:
            (notes / "broken").touch()
        path = f"{programs}{os.pathsep}{os.environ['PATH']}"
        given = {"PATH": path, "MODEL": "model", "STAND_IN": str(notes)} | {k: str(v) for k, v in env.items()}
        done = subprocess.run(["sh", "-ec", script], env=given, stderr=subprocess.DEVNULL, timeout=60)
        codes[name], said[name] = done.returncode, (notes / "said").read_text().splitlines()

    # then: a server that is dead ends the attempt, and the next one begins
    assert set(codes) == {"models-filing", "models-chat", "ollama-filing", "ollama-chat"}
    for name, code in codes.items():
        assert (code != 0) is broken, name
        assert ("pull 1" in said[name]) is not broken, name
        assert "serve 1" in said[name], name


def test_models_that_share_a_volume_are_fetched_one_after_the_other(checkout: Path) -> None:
    # when
    services = rendered(checkout, "redis", "one")["services"]

    # then
    filing, chat = services["models-filing"], services["models-chat"]
    assert filing["volumes"] == chat["volumes"]
    assert chat["depends_on"]["models-filing"]["condition"] == "service_completed_successfully"


def test_files_are_added_by_whoever_may_read_them(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # when
    usual = rendered(checkout)["services"]["add"]
    monkeypatch.setenv("TWOLANE_ADD_USER", "1000:10001")
    own = rendered(checkout)["services"]["add"]

    # then: its own folder is anybody's, and the blobs are its group's
    assert (usual["user"], own["user"]) == ("10001:10001", "1000:10001")
    assert "/data:size=64m,mode=1777" in own["tmpfs"]
    assert "install -d -m 2775 -o twolane -g twolane /blobs" in (ROOT / "Containerfile").read_text()


def test_a_backup_holds_what_the_library_keeps_itself_and_puts_it_back_there(checkout: Path) -> None:
    # when
    services = rendered(checkout)["services"]
    own = {
        name: {
            mount["mountPath"]: (mount["name"], mount["subPath"])
            for mount in pods()[name]["spec"]["containers"][0]["volumeMounts"]
            if mount["mountPath"].startswith("/data/")
        }
        for name in ("chat", "backup", "restore")
    }

    # then: uploads and mail lie where the chat server has them
    for name in ("chat", "backup"):
        assert "chat-data:/data" in services[name]["volumes"], name
        assert own[name] == {f"/data/{folder}": ("blobs", folder) for folder in OWN_FOLDERS}
    assert own["restore"] == own["chat"]


def test_there_are_as_many_workers_as_was_said(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # when
    usual = rendered(checkout)["services"]["worker"]["scale"]
    monkeypatch.setenv("WORKERS", "5")
    more = rendered(checkout)["services"]["worker"]["scale"]

    # then
    assert (usual, more) == ("2", "5")
    assert "$(given WORKERS 2)" in (checkout / "deploy/compose/prepare.sh").read_text()


def test_the_page_s_network_can_be_closed(checkout: Path) -> None:
    # when
    networks = rendered(checkout, more=("deploy/compose/closed.yaml",))["networks"]

    # then
    assert networks["web"]["driver_opts"] == {"com.docker.network.bridge.enable_ip_masquerade": "false"}
    assert networks["lanes"]["internal"] is True


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
        models |= {
            "TWOLANE_SERVER_LOGIN": "false",
            "TWOLANE_SERVER_PROXIES": "0.0.0.0/0",
        }  # its own tests: office
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
    (tmp_path / "documents").mkdir()
    services = rendered(checkout, documents=(f"papers={tmp_path / 'documents'}",))["services"]
    postgres = postgres_server()
    with ExitStack() as life:
        stack = Stack(services, tmp_path, life)
        library = life.enter_context(postgres.library())
        stack.stands_for("ollama-filing", 11434, stack.filing.port)
        stack.stands_for("ollama-chat", 11434, stack.chat.port)
        stack.stands_for("postgres", 5432, postgres.port)
        stack.stands_for("redis", 6379, int(redis_server.url.rsplit(":", 1)[1].split("/")[0]))
        (checkout / "secrets" / "store_url").write_text(re.sub(r"@[^/]*/", "@postgres:5432/", library))
        (checkout / "secrets" / "wakeup_url").write_text("redis://redis:6379/0")
        yield stack


def test_the_programs_of_the_file_work_together(stack: Stack, checkout: Path, tmp_path: Path) -> None:
    # given
    documents, blobs, turns, backups = (
        tmp_path / name for name in ("documents", "blobs", "turns", "backups")
    )
    for folder in (blobs, turns, backups):
        folder.mkdir()
    (documents / "lease.txt").write_text("Lease. The rent of the flat in Marlow Street is 850 euros.")
    shared = {"/run/secrets": checkout / "secrets", "/models": models_dir(), "/blobs": blobs, "/turns": turns}
    chat = stack.program("chat", shared | {"/backups": backups})
    add = stack.program("add", shared | {"/documents/papers": documents})
    workers = [stack.program("worker", shared, number) for number in (1, 2)]
    with ExitStack() as life:
        page, *health = [stack.reached(chat, 8642), *(stack.reached(each, 8643) for each in workers)]
        running = [life.enter_context(each.started()) for each in (chat, *workers)]
        for url in (page, *health):
            wait_until(partial(answers, f"{url}/readyz"), f"{url} is ready", 180)

        # when
        with add.started() as adding:
            assert adding.wait(60) == 0, add.log()
        wait_until(lambda: _filed(page) == 1, "the file is filed", 60)
        asked = {"question": "How much is the rent in Marlow Street?"}
        answer = httpx.post(f"{page}/api/v1/ask", json=asked, trust_env=False, timeout=60).text
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
    status = httpx.get(f"{page}/api/v1/status", trust_env=False).json()
    files = status["snapshot"]["counts"]["files"]
    return int(files.get("filed", 0)) + int(files.get("review", 0))
