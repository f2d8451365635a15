"""The cluster that the manifests make: what an operator looks at before letting it in."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from tests.support.cluster import Place, Policies
from tests.support.deployment import KUBERNETES, OVERLAYS, documents, faults, pods
from typer.main import get_command

from twolane.cli.main import cli
from twolane.config.settings import WorkerSettings

APPLIED = [
    path
    for folder in ("base", "add", "backup")
    for path in sorted((OVERLAYS / folder).glob("*.yaml"))
    if path.stem != "kustomization" and "example" not in path.name
]
MANIFESTS = [document for path in APPLIED for document in documents(path)]
PODS = {name: pod for name, pod in pods().items() if name != "restore"}
SERVERS = {"chat", "worker", "postgres", "redis", "ollama-filing", "ollama-chat"}
PORTS = {
    "chat": 8642,
    "worker": 8643,
    "postgres": 5432,
    "redis": 6379,
    "ollama-filing": 11434,
    "ollama-chat": 11434,
}


def containers() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, pod in PODS.items():
        for container in [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]:
            yield f"{name}/{container['name']}", container


def labels(app: str) -> dict[str, str]:
    found: dict[str, str] = PODS[app]["metadata"]["labels"]
    return found


def test_every_pod_is_restricted_and_the_namespace_refuses_others() -> None:
    # when
    loose = [
        name
        for name, container in containers()
        if container["securityContext"]
        != {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
    ]
    specs = {name: pod["spec"] for name, pod in PODS.items()}
    (namespace,) = (one for one in MANIFESTS if one["kind"] == "Namespace")

    # then
    assert set(PODS) == {*SERVERS, "models-vectors", "add", "add-first", "backup"}
    assert loose == []
    for name, spec in specs.items():
        context = spec["securityContext"]
        assert context["runAsNonRoot"] is True, name
        assert context["runAsUser"] == context["runAsGroup"] == context["fsGroup"] > 0, name
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert spec["automountServiceAccountToken"] is spec["enableServiceLinks"] is False, name
        assert not {"hostNetwork", "hostPID", "hostIPC"} & spec.keys(), name
        for volume in spec["volumes"]:
            assert "sizeLimit" in volume.get("emptyDir", {"sizeLimit": ""}), (name, volume["name"])
            assert volume.keys() - {"name"} <= {"emptyDir", "secret", "persistentVolumeClaim"}
    enforced = {key.rpartition("/")[2]: value for key, value in namespace["metadata"]["labels"].items()}
    assert enforced == dict.fromkeys(("enforce", "audit", "warn"), "restricted")


def test_every_container_says_what_it_takes_and_no_more() -> None:
    for name, container in containers():
        resources = container["resources"]
        for side in ("requests", "limits"):
            assert resources[side].keys() == {"cpu", "memory", "ephemeral-storage"}, (name, side)


def test_a_lane_computes_with_the_processors_that_it_has() -> None:
    # given
    told = yaml.safe_load((KUBERNETES / "settings.yaml").read_text())["data"]

    # then
    for lane in ("filing", "chat"):
        (server,) = PODS[f"ollama-{lane}"]["spec"]["containers"]
        assert server["resources"]["limits"]["cpu"] == told[f"TWOLANE_{lane.upper()}_THREADS"]


def test_every_server_is_probed_from_its_start() -> None:
    for name in SERVERS:
        for container in PODS[name]["spec"]["containers"]:
            start, live, ready = (container[f"{kind}Probe"] for kind in ("startup", "liveness", "readiness"))
            # a long start is no reason to restart it, and a short silence none either
            assert start["periodSeconds"] * start["failureThreshold"] >= 300, name
            assert live["periodSeconds"] * live["failureThreshold"] >= 60, name
            assert ready["periodSeconds"] <= 10, name
            if "/readyz" in ready.get("httpGet", {}).get("path", ""):
                assert start["httpGet"]["path"] == live["httpGet"]["path"] == "/livez", name


def test_servers_of_which_there_are_several_spread_and_leave_one_at_a_time() -> None:
    # given
    deployments = {one["metadata"]["name"]: one["spec"] for one in MANIFESTS if one["kind"] == "Deployment"}
    budgets = {
        one["metadata"]["name"]: one["spec"] for one in MANIFESTS if one["kind"] == "PodDisruptionBudget"
    }

    # then
    assert deployments.keys() == budgets.keys() == {"chat", "worker"}
    for name, spec in deployments.items():
        spread = spec["template"]["spec"]["topologySpreadConstraints"]
        assert "kubernetes.io/hostname" in {one["topologyKey"] for one in spread}, name
        for one in (*spread, {"labelSelector": budgets[name]["selector"]}):
            assert one["labelSelector"]["matchLabels"] == spec["selector"]["matchLabels"], name
    # one server of each kind may be evicted: a budget for it would hold up every node that is emptied
    assert deployments["chat"]["replicas"] > budgets["chat"]["minAvailable"]


def test_a_worker_has_the_time_that_it_takes_to_end() -> None:
    assert PODS["worker"]["spec"]["terminationGracePeriodSeconds"] > WorkerSettings().grace_s + 10


def test_only_who_needs_another_reaches_it() -> None:
    # given
    policies = Policies(MANIFESTS)
    wanted = {
        "chat": {"postgres", "redis", "ollama-filing", "ollama-chat"},
        "worker": {"postgres", "redis", "ollama-filing", "ollama-chat"},
        "add": {"postgres", "redis"},
        "add-first": {"postgres", "redis"},
        "backup": {"postgres", "redis"},
    }

    # when
    reached = {
        source: {
            target
            for target, port in PORTS.items()
            if policies.lets(Place(labels(source)), Place(labels(target)), port)
        }
        for source in PODS
    }
    elsewhere = {
        target: {
            name
            for name, namespace in {
                "front": {"twolane/front": "yes"},
                "watches": {"twolane/watches": "yes"},
                "other": {"kubernetes.io/metadata.name": "default"},
            }.items()
            if policies.lets(Place({}, namespace), Place(labels(target)), port)
        }
        for target, port in PORTS.items()
    }

    # then
    assert {source: targets for source, targets in reached.items() if targets} == wanted
    open_to = {target: who for target, who in elsewhere.items() if who}
    assert open_to == {"chat": {"front", "watches"}, "worker": {"watches"}}
    for name in PODS:
        assert policies.closes("Ingress", labels(name)), name
        assert policies.closes("Egress", labels(name)), name


def test_only_what_fetches_models_reaches_the_outside_and_nothing_private() -> None:
    # given
    policies = Policies(MANIFESTS)
    private = ("10.96.0.1", "169.254.169.254", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fd00::1")

    # when
    outside = {name for name in PODS if policies.reaches(labels(name), "93.184.215.14", 443)}
    names = Place({"k8s-app": "kube-dns"}, {"kubernetes.io/metadata.name": "kube-system"})
    asking = {name for name in PODS if policies.lets(Place(labels(name)), names, 53)}

    # then
    assert outside == {"models-vectors", "ollama-filing", "ollama-chat"}
    assert not [name for name in PODS for one in private if policies.reaches(labels(name), one, 443)]
    assert not [name for name in PODS if policies.reaches(labels(name), "93.184.215.14", 80)]
    assert asking == set(PODS) - {"postgres", "redis"}


def test_a_password_stands_in_the_secret_alone_and_once() -> None:
    # given
    known = yaml.safe_load((KUBERNETES / "secret.example.yaml").read_text())["stringData"]
    told = yaml.safe_load((KUBERNETES / "settings.yaml").read_text())["data"]

    # when
    everything = "".join(path.read_text() for path in APPLIED) + "".join(known.values())

    # then
    assert len(set(known.values())) == len(known)
    for value in known.values():
        assert everything.count(value) == 1
    mounted = {Path(path).name for name, path in told.items() if name.endswith("_FILE")}
    assert mounted == set(known)


def test_the_commands_of_jobs_are_commands() -> None:
    # given
    commands: Any = get_command(cli)

    # when
    jobs = {name: pod["spec"]["containers"][0]["args"] for name, pod in pods().items() if name not in SERVERS}

    # then
    assert jobs.keys() == {"models-vectors", "add", "add-first", "backup", "restore"}
    for words in jobs.values():
        group, rest = commands, list(words)
        while hasattr(group, "commands"):
            group = group.commands[rest.pop(0)]
        group.make_context("twolane", rest, resilient_parsing=False)


def test_folders_that_are_filed_stay_as_they_are() -> None:
    for name in ("add", "add-first"):
        spec = PODS[name]["spec"]
        (volume,) = (one for one in spec["volumes"] if one["name"] == "letters")
        (container,) = spec["containers"]
        (mount,) = (one for one in container["volumeMounts"] if one["name"] == "letters")
        assert volume["persistentVolumeClaim"]["readOnly"] is mount["readOnly"] is True
        assert Path(mount["mountPath"]).parent == Path(container["args"][-1])  # each under its own name


def test_images_are_named_in_one_place() -> None:
    # given
    folders = {path.parent for path in APPLIED}
    named = {one["name"] for folder in folders for one in kustomization(folder)["images"]}

    # then
    assert {container["image"] for _, container in containers()} <= named
    assert not [
        one for folder in folders for one in kustomization(folder)["images"] if one.get("newTag") == "latest"
    ]


def kustomization(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((folder / "kustomization.yaml").read_text())
    return found


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Build the example with all that it leaves out."""
    program = shutil.which("kubectl") or shutil.which("kustomize")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("neither kubectl nor kustomize is installed")
        pytest.skip("neither kubectl nor kustomize is installed")
    folder = tmp_path_factory.mktemp("cluster") / "kubernetes"
    shutil.copytree(OVERLAYS, folder)
    example = folder / "example" / "kustomization.yaml"
    text = (
        example.read_text().replace("  # - ../add  ", "  - ../add  ").replace("# components:", "components:")
    )
    example.write_text(text.replace("#   - ../", "  - ../"))
    verb = ["kustomize"] if Path(program).name == "kubectl" else ["build"]
    done = subprocess.run([program, *verb, str(example.parent)], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return [one for one in yaml.safe_load_all(done.stdout) if one]


@pytest.mark.parametrize("version", ["1.31", "1.34", "1.37"])
def test_the_whole_is_what_three_versions_of_kubernetes_expect(
    built: list[dict[str, Any]], version: str
) -> None:
    assert faults(built, version) == []
    assert faults([built[0] | {"specs": 1}], version)


def test_an_installation_is_changed_in_one_file(built: list[dict[str, Any]]) -> None:
    # when
    claims = [one for one in built if one["kind"] == "PersistentVolumeClaim"]
    images = set(yaml.safe_dump_all(built).split("image: ")[1:])
    (settings,) = (one["data"] for one in built if one["kind"] == "ConfigMap")
    policies = {one["metadata"]["name"] for one in built if one["kind"] == "NetworkPolicy"}

    # then
    assert {one["metadata"]["name"] for one in claims} == {"blobs", "models", "backups"}
    assert {one["spec"]["storageClassName"] for one in claims} == {"shared"}
    assert not [image for image in images if image.startswith("twolane")]
    assert settings["TWOLANE_BLOBS_URL_FILE"] == "/run/secrets/twolane/bucket_url"
    assert "TWOLANE_BLOBS_URL" not in settings
    assert settings["TWOLANE_SERVER_NAMES"] == "documents.example.org"
    assert "models-from-outside" not in policies
    assert {one["metadata"].get("namespace", "twolane") for one in built} == {"twolane"}
