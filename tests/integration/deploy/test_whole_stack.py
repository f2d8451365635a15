"""The stack of compose.yaml over its life: it grows, parts of it die, it is updated and put back."""

from __future__ import annotations

import os
import re

import pytest
from standins.brokers import wait_until
from tests.support.stack import IMAGE, RealStack

pytestmark = [
    pytest.mark.alone,
    pytest.mark.timeout(1200),
    pytest.mark.skipif("WHOLE_STACK" not in os.environ, reason="`make containers` runs it"),
]
FILED_S = 180.0


def bring(stack: RealStack, name: str, number: int) -> None:
    """Put files into the first folder, and add what is in the folders."""
    for each in range(number):
        text = f"Invoice {name} {each} of Blue Anchor Ltd. Total: {each + 10} euros."
        (stack.folder / "papers" / f"{name}{each}.txt").write_text(text)
    stack.tool("add")


def files(stack: RealStack) -> int:
    return sum(int(number) for number in stack.status()["snapshot"]["counts"]["files"].values())


def test_workers_are_scaled_by_a_number(stack: RealStack) -> None:
    # when
    stack.up("--no-recreate", "--scale", "worker=3")
    before = stack.filed()
    bring(stack, "scaled", 6)

    # then
    assert len(stack.containers("worker")) == 3
    wait_until(lambda: stack.filed() == before + 6, "all are filed", FILED_S)


@pytest.mark.parametrize("part", ["worker", "redis", "postgres", "chat"])
def test_a_part_that_is_killed_loses_nothing(stack: RealStack, part: str) -> None:
    # given
    before = stack.filed()
    bring(stack, f"killed-{part}", 4)

    # when
    for name in stack.containers(part):
        stack.engine.podman("kill", "-s", "KILL", name)
    stack.up("--no-recreate", "--scale", "worker=3")

    # then
    wait_until(lambda: stack.filed() == before + 4, "all are filed", FILED_S)
    assert "first.txt" in stack.ask("How much is the rent in Marlow Street?")


def test_filing_goes_on_without_the_model_server_of_chat(stack: RealStack) -> None:
    # given
    (server,) = stack.containers("ollama-chat")
    before = stack.filed()

    # when
    stack.engine.podman("stop", "-t", "1", server)
    bring(stack, "without-chat", 3)
    wait_until(lambda: stack.filed() == before + 3, "all are filed", FILED_S)
    said = stack.ask("How much is the rent in Marlow Street?")
    (chat,) = stack.containers("chat")
    wait_until(lambda: "cannot be used" in stack.log(chat), "the log tells it", 60)
    stack.engine.podman("start", server)
    wait_until(lambda: "can be used again" in stack.log(chat), "the log tells its end", 120)

    # then
    assert "first.txt" in said or "error" in said
    told = re.findall(r"ollama-chat:11434 (cannot be used|can be used again)", stack.log(chat))
    assert told == ["cannot be used", "can be used again"]
    assert "first.txt" in stack.ask("How much is the rent in Marlow Street?")


def test_questions_are_answered_without_the_model_server_of_filing(stack: RealStack) -> None:
    # given
    (server,) = stack.containers("ollama-filing")
    before = files(stack)

    # when
    stack.engine.podman("stop", "-t", "1", server)
    bring(stack, "without-filing", 2)
    answer = stack.ask("How much is the rent in Marlow Street?")
    stack.engine.podman("start", server)

    # then
    assert "first.txt" in answer
    assert "event: error" not in answer
    wait_until(lambda: stack.filed() == before + 2, "all are filed once it is back", FILED_S)


def test_a_folder_that_is_left_out_is_not_gone(stack: RealStack) -> None:
    # given
    before = stack.status()["snapshot"]["counts"]["files"]

    # when
    stack.script("documents.sh", "--without", "bills")
    stack.tool("add")

    # then
    assert stack.status()["snapshot"]["counts"]["files"] == before


def test_a_new_version_keeps_the_library(stack: RealStack) -> None:
    # given
    before = stack.filed()
    old = stack.inspect(stack.containers("chat")[0])["Image"]

    # when: an image of another version, in which nothing else is changed
    stack.engine.build(IMAGE, "-f", "Containerfile", "--build-arg", "VERSION=0.1.1")
    stack.script("prepare.sh")
    stack.compose("down")
    stack.up("--scale", "worker=2")

    # then
    assert stack.inspect(stack.containers("chat")[0])["Image"] != old
    assert stack.filed() == before
    assert "first.txt" in stack.ask("How much is the rent in Marlow Street?")


def test_a_backup_is_put_back_as_the_page_says(stack: RealStack) -> None:
    # given
    before = stack.filed()
    stack.tool("backup")
    listed = stack.tool("backup", "backups", "/backups")
    name = re.findall(r"twolane-\S+\.zip", listed)[0]
    bring(stack, "later", 2)
    wait_until(lambda: stack.filed() == before + 2, "all are filed", FILED_S)

    # when
    stack.stop("chat", "worker")
    (postgres,) = stack.containers("postgres")
    renamed = ["-c", "ALTER DATABASE twolane RENAME TO before", "-c", "CREATE DATABASE twolane"]
    stack.engine.podman("exec", postgres, "psql", "-U", "twolane", "-d", "postgres", *renamed)
    stack.tool("backup", "restore", f"/backups/{name}")
    stack.up("--no-recreate")

    # then: the library of the backup, and what came later comes again
    assert stack.filed() == before
    stack.tool("add")
    wait_until(lambda: stack.filed() == before + 2, "all are filed", FILED_S)
    assert "first.txt" in stack.ask("How much is the rent in Marlow Street?")
