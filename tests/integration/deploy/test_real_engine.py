"""The image is built and the stack of compose.yaml is run by a real engine, as docs/containers.md says."""

from __future__ import annotations

import json
import re
import subprocess
from functools import partial
from pathlib import Path

import pytest
from standins.brokers import wait_until
from tests.support.containers import ROOT
from tests.support.engine import Engine
from tests.support.stack import IMAGE, RealStack

pytestmark = [pytest.mark.alone, pytest.mark.timeout(1800)]  # the first run on a machine makes the images
FILED_S = 120.0


def test_the_image_holds_twolane_and_nothing_stray(engine: Engine) -> None:
    # when
    (image,) = json.loads(engine.podman("image", "inspect", IMAGE))
    history = json.loads(engine.podman("history", "--format", "json", IMAGE))
    look = (
        "ls -A /opt/twolane/bin; python -c 'import matplotlib' 2>&1 | tail -1; tesseract --list-langs; id -u"
    )
    said = engine.podman("run", "--rm", "--entrypoint", "sh", IMAGE, "-c", look).split()
    programs = said[: said.index("twolane") + 1]

    # then: the last layer is twolane alone
    labels = image["Config"]["Labels"]
    version = re.search(r'^version = "(.*)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version
    assert labels["org.opencontainers.image.version"] == version[1]
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert image["Config"]["User"] == "10001:10001"
    layers = [layer["size"] for layer in history if layer["size"]]
    assert layers[0] < 30_000_000 < layers[1], layers
    assert [name for name in programs if not name.startswith("python")] == ["twolane"]
    assert "ModuleNotFoundError:" in said
    assert {"eng", "deu", "fra", "spa", "pol", "rus", "chi_sim", "ara", "osd"} <= set(said)


@pytest.mark.parametrize("variant", [("redis", "two"), ("rabbitmq", "one")], ids="-".join)
@pytest.mark.parametrize("more", [(), ("gpu",), ("closed",)], ids=str)
def test_docker_compose_reads_the_files_as_they_are_meant(
    engine: Engine, checkout: Path, variant: tuple[str, str], more: tuple[str, ...]
) -> None:
    # given
    (checkout / "papers").mkdir()
    for command in (["prepare.sh", *variant], ["documents.sh", "papers"]):
        subprocess.run(["sh", f"deploy/compose/{command[0]}", *command[1:]], cwd=checkout, check=True)

    # when
    files = ["compose.yaml", *(f"deploy/compose/{name}.yaml" for name in more)]
    asked = [part for file in files for part in ("-f", file)]
    profiles = ["--profile", "tools", "--profile", variant[0]]  # a flag takes the place of those in .env
    command = [str(engine.docker_compose()), *asked, *profiles, "config", "--format", "json"]
    done = subprocess.run(command, cwd=checkout, capture_output=True, encoding="utf-8")

    # then
    assert done.returncode == 0, done.stderr
    services = json.loads(done.stdout)["services"]
    assert services["add"]["command"] == ["add", "--no-wait", "/documents/papers"]
    targets = {volume["target"]: volume.get("read_only", False) for volume in services["add"]["volumes"]}
    assert targets == {"/documents/papers": True, "/models": True, "/blobs": False}
    assert services["chat"]["healthcheck"]["test"][0] == "CMD"
    assert variant[0] in services


def test_folders_are_filed_and_asked_about(stack: RealStack) -> None:
    # when
    stack.tool("add")
    wait_until(lambda: stack.filed() == 2, "both files are filed", FILED_S)
    answer = stack.ask("How much is the rent in Marlow Street?")

    # then
    assert "first.txt" in answer
    assert '"done"' in answer or "event: done" in answer
    assert len(stack.containers("worker")) == 2


def test_containers_run_with_no_more_rights_than_they_need(stack: RealStack) -> None:
    # when
    services = ("chat", "worker", "postgres", "redis", "ollama-filing", "ollama-chat")
    found = {name: stack.inspect(stack.containers(name)[0]) for name in services}

    # then
    for name, container in found.items():
        host = container["HostConfig"]
        assert host["ReadonlyRootfs"], name
        assert not container["EffectiveCaps"], name
        assert host["PidsLimit"] > 0, name
        assert stack.is_healthy(container["Name"]), name
    assert {found[name]["Config"]["User"] for name in ("chat", "worker")} == {"10001:10001"}
    assert {found[name]["Config"]["User"] for name in ("postgres", "redis")} == {"999:999"}


def test_a_stack_in_which_all_is_well_logs_no_error(stack: RealStack) -> None:
    # when
    logs = {name: stack.log(name) for service in ("chat", "worker") for name in stack.containers(service)}

    # then
    assert not {name: log for name, log in logs.items() if re.search("ERROR|Traceback", log)}


def test_a_server_that_is_killed_is_told_once_and_once_that_it_is_back(stack: RealStack) -> None:
    # given
    (chat,) = stack.containers("chat")
    (redis,) = stack.containers("redis")
    worker = stack.containers("worker")[0]

    # when
    for name in ("postgres", "redis"):
        stack.engine.podman("stop", "-t", "0", stack.containers(name)[0] if name != "redis" else redis)
    for name in (chat, worker):
        wait_until(partial(_says, stack, name, "cannot be reached"), f"{name} tells of PostgreSQL", 60)
    stack.up("--no-recreate", "--scale", "worker=2")
    for name in (chat, worker):
        wait_until(partial(_says, stack, name, "answers again"), f"{name} tells that it is back", 60)

    # then
    for name in (chat, worker):
        log = stack.log(name)
        assert log.count("cannot be reached") == log.count("answers again") == 1, log


def _says(stack: RealStack, container: str, words: str) -> bool:
    stack.page_answers()  # a chat server notices what it is asked for
    return words in stack.log(container)
