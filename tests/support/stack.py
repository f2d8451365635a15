"""The stack of compose.yaml run by a real engine: the built image, real servers, and stand-ins for Ollama."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
from standins.brokers import wait_until
from standins.models import embedding_model
from standins.ollama import GENERATES
from tests.support.containers import ROOT
from tests.support.engine import IMAGES, SERVERS, Engine
from tests.support.hosts import published

IMAGE = "localhost/twolane:latest"
_STANDS = {
    "OLLAMA_IMAGE": "ollama",
    "PGVECTOR_IMAGE": "postgres",
    "REDIS_IMAGE": "redis",
    "RABBITMQ_IMAGE": "rabbitmq",
}
_PROJECT = "twolane"
_READY_S = 240.0
_CONTEXT = ("Containerfile", "pyproject.toml", "README.md", "LICENSE", "requirements-server.lock")


def build_images(engine: Engine) -> None:
    """Build twolane's image from this checkout, and what stands for those of others."""
    engine.import_base(SERVERS)
    engine.build(IMAGE, "-f", "Containerfile")
    more = ["-f", str(IMAGES / "Containerfile"), "--build-context", f"standins={ROOT / 'standins'}"]
    for name in _STANDS.values():
        engine.build(f"localhost/{name}", *more, "--target", name, context=IMAGES)
    # What nobody has used for so long goes; what is younger spares the next session the dependencies' layer.
    engine.podman("image", "prune", "-f", "--filter", "until=336h")


class RealStack:
    """One folder that was prepared as docs/containers.md says, and the containers that run from it."""

    def __init__(self, engine: Engine, folder: Path, life: ExitStack) -> None:
        self.engine = engine
        self.folder = folder
        self._life = life
        for name in ("compose.yaml", *_CONTEXT):
            shutil.copy(ROOT / name, folder)
        shutil.copytree(ROOT / "deploy", folder / "deploy")
        (folder / "src").symlink_to(ROOT / "src")

    def script(self, name: str, *arguments: str) -> str:
        """Run one of the scripts beside the compose file, and return what it said."""
        command = ["sh", f"deploy/compose/{name}", *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, encoding="utf-8")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def set(self, **values: str) -> None:
        """Set variables in .env."""
        file = self.folder / ".env"
        lines = [line for line in file.read_text().splitlines() if line.split("=")[0] not in values]
        file.write_text("\n".join([*lines, *(f"{name}={value}" for name, value in values.items())]) + "\n")

    def prepare(self, *variant: str) -> None:
        """Prepare it for the images that were made here, and lay the embedding model into its volume."""
        self.script("prepare.sh", *variant)
        stands = {variable: f"localhost/{name}" for variable, name in _STANDS.items()}
        small = {"LLM_CLASSIFICATION_MODEL": GENERATES, "LLM_CHAT_MODEL": GENERATES, "TWOLANE_IMAGE": IMAGE}
        open_to_all = {"TWOLANE_SERVER_LOGIN": "false", "TWOLANE_SERVER_PROXIES": "0.0.0.0/0"}
        self.set(**stands, **small, **open_to_all)
        self.engine.podman("volume", "create", f"{_PROJECT}_models")
        models, name = embedding_model()
        place = self.engine.podman("volume", "inspect", "-f", "{{.Mountpoint}}", f"{_PROJECT}_models").strip()
        shutil.copytree(models / name, Path(place) / name)
        subprocess.run(["chown", "-R", "10001:10001", place], check=True)

    def compose(self, *arguments: str) -> str:
        return self.engine.compose(*arguments, cwd=self.folder)

    def tool(self, service: str, *arguments: str) -> str:
        """Run one of the services that end: `add` or `backup`, which are of a profile of their own."""
        return self.compose("--profile", "tools", "run", "--rm", "--no-deps", service, *arguments)

    def up(self, *arguments: str) -> None:
        """Start what is not running yet, and wait until it is well."""
        with self._checking():
            self.compose("up", "-d", *arguments)
            wait_until(self.page_answers, "the page answers", _READY_S)

    def containers(self, service: str) -> list[str]:
        """Return the names of a service's containers that run."""
        label = f"label=com.docker.compose.service={service}"
        return self.engine.podman("ps", "--filter", label, "--format", "{{.Names}}").split()

    def page_answers(self) -> bool:
        try:
            return self.get("/readyz").status_code == 200
        except httpx.HTTPError:
            return False

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.page}{path}", trust_env=False, timeout=30)

    @property
    def page(self) -> str:
        if not hasattr(self, "_page"):
            port = self._life.enter_context(published(self.engine.connector(8642)))
            self._page = f"http://127.0.0.1:{port}"
        return self._page

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = self.get("/api/v1/status").json()
        return found

    def filed(self) -> int:
        """Return how many files have a category, or wait for a person to give one."""
        files = self.status()["snapshot"]["counts"]["files"]
        return int(files.get("filed", 0)) + int(files.get("review", 0))

    def ask(self, question: str) -> str:
        """Return the events of an answer as they came."""
        asked = {"question": question}
        return httpx.post(f"{self.page}/api/v1/ask", json=asked, trust_env=False, timeout=90).text

    def log(self, container: str) -> str:
        """Return what a container has printed, on both ways."""
        return self.engine.podman("logs", container, both=True)

    def stop(self, *services: str) -> None:
        """Stop all containers of services: podman-compose stops one of those that were scaled."""
        for name in services:
            self.engine.podman("stop", *self.containers(name))

    def is_healthy(self, container: str) -> bool:
        """Say what the health check of a container says now."""
        self.engine.podman("healthcheck", "run", container, check=False)
        return bool(self.inspect(container)["State"]["Health"]["Status"] == "healthy")

    def inspect(self, container: str) -> dict[str, Any]:
        (found,) = json.loads(self.engine.podman("inspect", container))
        assert isinstance(found, dict)
        return found

    @contextmanager
    def _checking(self) -> Iterator[None]:
        """Run the health checks, as systemd does where it runs."""
        done = threading.Event()

        def check() -> None:
            while not done.wait(1.0):
                for name in self.engine.podman("ps", "--format", "{{.Names}}", check=False).split():
                    self.engine.podman("healthcheck", "run", name, check=False)

        thread = threading.Thread(target=check, daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join(60)
