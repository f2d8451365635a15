"""The manifests: valid, about what exists; probes, connections and autoscalers hold together."""

from __future__ import annotations

import math
import re
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import yaml  # type: ignore[import-untyped]
from standins.postgres import postgres_server
from tests.support.containers import ROOT
from tests.support.deployment import (
    ADAPTER,
    KEDA,
    KUBERNETES,
    MANIFESTS,
    OVERLAYS,
    documents,
    faults,
    pods,
    rendered,
)
from tests.support.watched import parse, snapshot

from twolane.store.postgres.connections import MAX_CONNECTIONS
from twolane.store.postgres.store import open_postgres
from twolane.telemetry.metrics import Metrics


@pytest.mark.parametrize("version", ["1.31", "1.34", "1.37"])
def test_manifests_obey_the_schemas_of_kubernetes(version: str) -> None:
    # when
    found = faults((one for path in MANIFESTS for one in documents(path)), version)

    # then
    assert found == []
    for folder in OVERLAYS.iterdir():
        listed = yaml.safe_load((folder / "kustomization.yaml").read_text()).get("resources", [])
        files = {path.name for path in folder.glob("*.yaml")} - {"kustomization.yaml", ADAPTER.name}
        assert {name for name in listed if not name.startswith("../")} == {
            name for name in files if "example" not in name
        }


def test_probes_wait_for_as_long_as_an_answer_may_take() -> None:
    # when
    probes = [
        (name, container[probe])
        for name, pod in pods().items()
        for container in pod["spec"]["containers"]
        for probe in ("livenessProbe", "readinessProbe")
        if probe in container
    ]

    # then
    assert {name for name, _ in probes} >= {
        "chat",
        "worker",
        "ollama-filing",
        "ollama-chat",
        "postgres",
        "redis",
    }
    assert not [name for name, probe in probes if probe.get("timeoutSeconds", 1) < 3]


def test_the_catalogue_has_connections_for_all_that_may_run(checkout: Path) -> None:
    # given
    scaled = [
        *(
            each["spec"]["maxReplicas"]
            for each in documents(KEDA.parent.parent / "scale-prometheus" / "worker.yaml")
        ),
        *(each["spec"]["maxReplicaCount"] for each in documents(KEDA) if each["kind"] == "ScaledObject"),
    ]
    (chats,) = (
        each["spec"]["replicas"]
        for each in documents(KUBERNETES / "chat.yaml")
        if each["kind"] == "Deployment"
    )

    # when: an update starts a quarter more before it ends the old ones
    processes = sum(number + math.ceil(number / 4) for number in (max(scaled), chats))
    given = {
        "compose": rendered(checkout)["services"]["postgres"]["command"],
        "kubernetes": pods()["postgres"]["spec"]["containers"][0]["args"],
    }

    # then
    assert len(set(scaled)) == 1
    for name, words in given.items():
        most = int(words[words.index("-c") + 1].removeprefix("max_connections="))
        assert most >= processes * MAX_CONNECTIONS + 10, name
    operations = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert f"max_connections = {MAX_CONNECTIONS} x" in operations


def test_one_autoscaler_at_a_time_and_none_in_base() -> None:
    # when
    scaling = {
        path.parent.name: [
            each["kind"] for each in documents(path) if "scaleTargetRef" in each.get("spec", {})
        ]
        for path in [*MANIFESTS, KEDA]
    }

    # then
    by_folder = {folder: kinds for folder, kinds in scaling.items() if kinds}
    assert by_folder == {"scale-keda": ["ScaledObject"], "scale-prometheus": ["HorizontalPodAutoscaler"]}
    (worker,) = (one for one in documents(KUBERNETES / "worker.yaml") if one["kind"] == "Deployment")
    assert "replicas" not in worker["spec"]


def test_the_adapters_rule_counts_the_queue_once() -> None:
    # given
    samples = parse(Metrics(snapshot).render().decode())
    labels = {label for sample in samples if sample.name == "twolane_queue_jobs" for label in sample.labels}
    states = {sample.labels["state"] for sample in samples if sample.name == "twolane_queue_jobs"}

    # when
    ((rule,),) = yaml.safe_load(ADAPTER.read_text())["rules"].values()
    (scaler,) = documents(ADAPTER.parent / "worker.yaml")
    query = re.fullmatch(
        r'sum\(max by \((\w+)\) \((\w+)\{(\w+)="(\w+)",<<\.LabelMatchers>>\}\)\)', rule["metricsQuery"]
    )

    # then
    assert query
    by, metric, label, state = query.groups()
    assert metric == "twolane_queue_jobs"
    assert {by, label} == labels - {"lane"}
    assert state in states
    assert f'__name__="{metric}"' in rule["seriesQuery"]
    assert re.fullmatch(rule["name"]["matches"], metric)
    (asked,) = scaler["spec"]["metrics"]
    assert asked["external"]["metric"] == {"name": rule["name"]["as"]}


def test_what_keda_asks_the_catalogue_is_the_number_of_waiting_jobs() -> None:
    # given
    login, scaled = documents(KEDA)
    (trigger,) = scaled["spec"]["triggers"]
    ((secret,),) = login["spec"].values()
    insert = (
        "INSERT INTO jobs (kind, key, file_id, priority, state, queued_at, run_at)"
        " VALUES (%s, %s, 1, 0, %s, 0, 0)"
    )
    jobs = [
        ("read", "1", "queued"),
        ("embed", "2", "queued"),
        ("read", "3", "running"),
        ("read", "4", "parked"),
    ]

    # when
    with postgres_server().library() as url:
        open_postgres(url, max_attempts=4).close()
        with psycopg.connect(url) as connection:
            # a connection names the version that its program knows, or it may add nothing
            connection.execute("SELECT set_config('twolane.version', version::text, false) FROM library")
            connection.cursor().executemany(insert, jobs)
            rows = connection.execute(trigger["metadata"]["query"]).fetchall()

    # then
    assert rows == [(2,)]
    known = yaml.safe_load((KUBERNETES / "secret.example.yaml").read_text())
    assert (secret["parameter"], secret["name"]) == ("password", known["metadata"]["name"])
    settings = yaml.safe_load((KUBERNETES / "settings.yaml").read_text())["data"]
    address = urlsplit(settings["TWOLANE_STORE_URL"])
    assert settings["TWOLANE_STORE_PASSWORD_FILE"].rpartition("/")[2] == secret["key"]
    assert secret["key"] in known["stringData"]
    assert trigger["authenticationRef"]["name"] == login["metadata"]["name"]
    told = trigger["metadata"]
    assert (told["userName"], told["dbName"]) == (address.username, address.path.strip("/"))
    assert told["host"].split(".")[:2] == [address.hostname, known["metadata"]["namespace"]]
    assert int(told["port"]) == address.port


def test_a_job_does_not_stand_in_the_way_of_the_next_version() -> None:
    # when
    jobs = [each for path in MANIFESTS for each in documents(path) if each["kind"] == "Job"]

    # then
    assert jobs
    assert all(job["spec"]["ttlSecondsAfterFinished"] <= 600 for job in jobs)
