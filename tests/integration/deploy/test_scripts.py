"""The scripts beside compose.yaml: which folders are filed, what can be set, and which images run."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from tests.support.deployment import tool


def script(checkout: Path, name: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", f"deploy/compose/{name}", *arguments],
        cwd=checkout,
        env=os.environ | more,
        capture_output=True,
        encoding="utf-8",
    )


def added(checkout: Path) -> dict[str, Any]:
    """Return what documents.yaml gives to the service that adds."""
    found: dict[str, Any] = yaml.safe_load((checkout / "documents.yaml").read_text())["services"]["add"]
    return found


def mounted(checkout: Path) -> dict[str, str]:
    return {volume["target"]: volume["source"] for volume in added(checkout).get("volumes", ())}


def env_of(checkout: Path) -> dict[str, str]:
    lines = (checkout / ".env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@pytest.fixture
def folders(checkout: Path) -> Path:
    for name in ("papers", "more/papers", "with space", 'odd "$X" \\ name', "docs-2024", "1", "1.0"):
        (checkout / "mine" / name).mkdir(parents=True)
    return checkout / "mine"


def test_each_folder_is_mounted_by_its_own_name(checkout: Path, folders: Path) -> None:
    # when
    done = script(checkout, "documents.sh", str(folders / "papers"), "mine/with space")
    script(checkout, "documents.sh", "more=mine/more/papers", f'odd={folders}/odd "$X" \\ name')

    # then
    assert done.returncode == 0, done.stderr
    assert mounted(checkout) == {
        "/documents/papers": str(folders / "papers"),
        "/documents/with-space": str(folders / "with space"),
        "/documents/more": str(folders / "more" / "papers"),
        "/documents/odd": str(folders / 'odd "$X" \\ name').replace("$", "$$"),
    }
    assert added(checkout)["command"] == ["add", "--no-wait", *mounted(checkout)]
    assert all(volume["read_only"] for volume in added(checkout)["volumes"])
    checked = [tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec"]
    assert subprocess.run([*checked, "documents.yaml"], cwd=checkout).returncode == 0


def test_a_name_never_comes_to_mean_another_folder_by_mistake(checkout: Path, folders: Path) -> None:
    # given
    script(checkout, "documents.sh", str(folders / "papers"))
    before = mounted(checkout)

    # when
    other = script(checkout, "documents.sh", "mine/with space", str(folders / "more" / "papers"))
    without = script(checkout, "documents.sh", "--without", "papers")
    later = script(checkout, "documents.sh", str(folders / "more" / "papers"))
    moved = script(checkout, "documents.sh", "mine/papers")

    # then: nothing of a refused command counts, and a name that was left is not free
    assert other.returncode == later.returncode == 2
    assert f"papers means {folders / 'papers'}" in other.stderr
    assert "/documents/papers" in without.stdout
    assert (without.returncode, moved.returncode) == (0, 0)
    assert mounted(checkout) == before

    # when
    script(checkout, "documents.sh", "--moved", "papers=mine/more/papers")

    # then
    assert mounted(checkout) == {"/documents/papers": str(folders / "more" / "papers")}


def test_a_name_is_taken_as_it_is_written(checkout: Path, folders: Path) -> None:
    # given: names that a pattern, or a number, would take for each other
    script(checkout, "documents.sh", "mine/docs-2024", "docs.2024=mine/papers", "mine/1", "mine/1.0")
    before = mounted(checkout)

    # when
    script(checkout, "documents.sh", "--moved", "docs.2024=mine/with space")
    script(checkout, "documents.sh", "--without", "1")

    # then
    assert len(before) == 4
    del before["/documents/1"]
    assert mounted(checkout) == before | {"/documents/docs.2024": str(folders / "with space")}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["mine/nowhere"], "there is no folder mine/nowhere"),
        (["../x=mine/papers"], "there is no folder"),
        (["a b=mine/papers"], "is no name for"),
        (["--without", "nobody"], "say --without and a name"),
        (["--moved", "nobody=mine/papers"], "say --moved NAME=FOLDER"),
        (["--all"], "is not understood"),
    ],
)
def test_what_cannot_be_meant_changes_nothing(
    checkout: Path, folders: Path, arguments: list[str], said: str
) -> None:
    # given
    script(checkout, "documents.sh", "mine/papers")
    before = (checkout / "documents.yaml").read_text()

    # when
    done = script(checkout, "documents.sh", *arguments)

    # then
    assert done.returncode == 2
    assert said in done.stderr
    assert (checkout / "documents.yaml").read_text() == before


def test_no_folder_is_an_error_that_says_how_to_name_one(checkout: Path) -> None:
    # when
    script(checkout, "prepare.sh")
    entrypoint = [word.replace("$$", "$") for word in added(checkout)["entrypoint"]]
    programs = {"PATH": f"{checkout}{os.pathsep}{os.environ['PATH']}"}
    (checkout / "twolane").write_text('#!/bin/sh\necho said: "$*"\n')
    (checkout / "twolane").chmod(0o755)
    alone, usual, told = (
        subprocess.run(
            [*entrypoint, *words], env=os.environ | programs, capture_output=True, encoding="utf-8"
        )
        for words in ([], ["serve"], ["remove", "/documents/scans of old"])
    )

    # then: other commands than its own still run
    for done in (alone, usual):
        assert done.returncode == 2
        assert "sh deploy/compose/documents.sh FOLDER" in done.stderr
    assert (told.returncode, told.stdout) == (0, "said: remove /documents/scans of old\n")


def test_preparing_again_keeps_what_was_set(checkout: Path, folders: Path) -> None:
    # given: a file of an earlier version, with one folder and values of somebody
    (checkout / ".env").write_text(f"TWOLANE_DOCUMENTS={folders / 'papers'}\nTWOLANE_PORT=9000\nMINE=a=b\n")

    # when
    script(checkout, "prepare.sh")
    secrets = checkout / "secrets"
    password, address = ((secrets / name).read_text() for name in ("postgres_password", "store_url"))
    script(checkout, "prepare.sh", "rabbitmq", "one")

    # then
    env = env_of(checkout)
    assert (env["TWOLANE_PORT"], env["MINE"], env["COMPOSE_PROFILES"]) == ("9000", "a=b", "rabbitmq")
    assert "TWOLANE_DOCUMENTS" not in env
    assert mounted(checkout) == {"/documents/papers": str(folders / "papers")}
    assert (secrets / "postgres_password").read_text() == password
    assert (secrets / "store_url").read_text() == address


def test_images_are_pinned_by_the_digests_that_the_engine_knows(checkout: Path, tmp_path: Path) -> None:
    # given: an engine that says what it would have fetched
    engine = tmp_path / "engine"
    engine.write_text(
        '#!/bin/sh\n[ "$1" = pull ] && exit 0\nfor name; do :; done\n'
        'echo "${name%%:*}@sha256:$(echo "$name" | wc -c)"\n'
    )
    engine.chmod(0o755)
    script(checkout, "prepare.sh")

    # when
    done = [script(checkout, "pin.sh", str(engine)) for _ in range(2)]

    # then
    assert [each.returncode for each in done] == [0, 0], done[0].stderr
    text = (checkout / "compose.yaml").read_text()
    pinned = {name: value for name, value in env_of(checkout).items() if "@sha256:" in value}
    assert len(pinned) == text.count("_IMAGE:-docker.io") - 1  # one is named twice: Ollama's
    for name in pinned:
        assert f"${{{name}:-docker.io/" in text
    # the tags are those of the compose file
    for line in (checkout / "deploy/compose/pin.sh").read_text().splitlines():
        if line.startswith("pin "):
            _, name, image = line.split()
            assert f"${{{name}:-{image}}}" in text
