"""`twolane models add`: a file from an address or this machine, looked into, verified, remembered."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import gguf
import httpx
import numpy as np
import pytest

from twolane.cli import main
from twolane.config.loading import load_settings
from twolane.errors import ConflictError, ModelFileError, SettingsError
from twolane.lanes.resolve import resolve_lanes
from twolane.llm.catalogue.adding import check_name, checked_url, name_for, refuse_plain
from twolane.llm.catalogue.models import find_model, is_present, prompt_form, ready_path

Run = Callable[..., tuple[int, str, str]]
TENSOR = 64 * 1024


def model_file(path: Path, architecture: str = "llama", *, chats: bool = True) -> Path:
    """Write a GGUF file that says what a language model says, with weights of zeros."""
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name("Mine")
    writer.add_context_length(4096)
    writer.add_license("MIT")
    if chats:
        writer.add_chat_template("{{ messages }}")
    writer.add_tensor("blk.0.ffn_up.weight", np.zeros((TENSOR // 32, 32), np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Hub:
    """A web server with one file, which can break off once, and goes on where it is asked to."""

    def __init__(self) -> None:
        self.content = b""
        self.breaks_at = 0
        self.ranges: list[str] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = self.headers.get("Range", "")
                hub.ranges.append(asked)
                start = int(asked.removeprefix("bytes=").rstrip("-") or 0)
                total = len(hub.content)
                if asked and start >= total:
                    self.send_response(416)
                    self.send_header("Content-Range", f"bytes */{total}")
                    self.end_headers()
                    return
                self.send_response(206 if asked else 200)
                if asked:
                    self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
                self.send_header("Content-Length", str(total - start))
                self.end_headers()
                end, hub.breaks_at = hub.breaks_at or total, 0
                self.wfile.write(hub.content[start:end])

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/org/Mine-7B.Q4.gguf"

    def close(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


@pytest.fixture
def hub() -> Iterator[Hub]:
    hub = Hub()
    yield hub
    hub.close()


@pytest.fixture
def models_dir(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def run(
    tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    monkeypatch.setenv("TWOLANE_DATA_DIR", str(tmp_path / "library"))
    monkeypatch.setenv("TWOLANE_MODELS_DIR", str(models_dir))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["twolane", *map(str, arguments)])
        code = main._run()
        out = capsys.readouterr()
        return code, out.out, out.err

    return run


def test_a_file_of_this_machine_is_copied_remembered_and_used_by_its_name(
    run: Run, tmp_path: Path, models_dir: Path
) -> None:
    # given
    source = model_file(tmp_path / "Mine.gguf")

    # when
    code, out, _ = run("models", "add", source, "--name", "mine:7b", "--sha256", digest_of(source))

    # then
    settings = load_settings(env={}, flags={"models_dir": str(models_dir), "chat.model": "mine:7b"})
    assert code == 0
    assert "4,096 tokens" in out
    assert source.exists()
    assert resolve_lanes(settings)["chat"].runtime == "embedded"
    assert ready_path("mine:7b", models_dir) == models_dir / "mine-7b.gguf"
    assert find_model("mine:7b", models_dir).licence == "MIT"
    listed = [json.loads(line) for line in run("models", "list", "--json")[1].splitlines()]
    assert [one["present"] for one in listed if one["name"] == "mine:7b"] == [True]
    assert "mine:7b: whole" in run("models", "verify")[1]


def test_an_address_is_fetched_and_goes_on_where_it_broke_off(
    run: Run, hub: Hub, tmp_path: Path, models_dir: Path
) -> None:
    # given
    hub.content = model_file(tmp_path / "there.gguf").read_bytes()
    hub.breaks_at = TENSOR

    # when
    code, _, err = run("models", "add", hub.url, "--yes")

    # then
    assert (code, err) == (0, err)
    assert hub.ranges == ["", f"bytes={TENSOR}-"]
    assert is_present("mine-7b.q4", models_dir)
    assert find_model("mine-7b.q4", models_dir).files[0].hub == hub.url


def test_without_a_digest_nothing_is_taken_unasked_and_nothing_is_fetched_twice(
    run: Run, hub: Hub, tmp_path: Path, models_dir: Path
) -> None:
    # given
    source = model_file(tmp_path / "there.gguf")
    hub.content = source.read_bytes()

    # when
    asked, done = run("models", "add", hub.url), run("models", "add", hub.url, "--yes")

    # then
    assert (asked[0], done[0]) == (2, 0)
    assert f"SHA-256: {digest_of(source)}" in asked[1]
    assert hub.ranges == ["", f"bytes={len(hub.content)}-"]


def test_another_digest_what_is_no_model_and_what_cannot_write_are_refused(
    run: Run, hub: Hub, tmp_path: Path, models_dir: Path
) -> None:
    # given
    page, encoder = tmp_path / "page.gguf", model_file(tmp_path / "sees.gguf", "clip")
    page.write_text("<html>sign in first</html>")
    hub.content = model_file(tmp_path / "there.gguf").read_bytes()

    # when
    wrong = run("models", "add", hub.url, "--sha256", "0" * 64)
    html, sees = run("models", "add", page, "--yes"), run("models", "add", encoder, "--yes")
    missing = run("models", "add", tmp_path / "none.gguf", "--yes")

    # then
    assert [code for code, *_ in (wrong, html, sees, missing)] == [3, 3, 3, 1]
    assert "its digest is" in wrong[2]
    assert "is no GGUF file" in html[2]
    assert "no model that writes (clip)" in sees[2]
    assert not list(models_dir.rglob("*.gguf"))
    assert not [path for path in (models_dir / ".partial").glob("*.added") if path.stat().st_size]


def test_one_that_was_added_is_deleted_and_forgotten(run: Run, tmp_path: Path, models_dir: Path) -> None:
    # given
    source = model_file(tmp_path / "base.gguf", chats=False)
    run("models", "add", source, "--yes")
    form = find_model("base", models_dir).prompt_form

    # when
    again = run("models", "add", model_file(tmp_path / "other.gguf"), "--name", "base", "--yes")
    code, _, _ = run("models", "rm", "base", "--yes")

    # then
    assert form == "completion"
    assert prompt_form("base", models_dir) == "chat"  # it is not known any more
    assert again[0] == 1
    assert code == 0
    assert not (models_dir / "base.gguf").exists()
    assert source.exists()


def test_names_and_addresses_that_cannot_be_are_refused() -> None:
    assert name_for("https://hub.example/org/Mine%20x-7B_Q4.gguf?download=true") == "mine-20x-7b_q4"
    page = "https://huggingface.co/a/b/blob/main/m.gguf"
    assert checked_url(page, verified=False) == page.replace("/blob/", "/resolve/")
    assert checked_url("http://hub.example/m.gguf", verified=True)
    with pytest.raises(SettingsError):
        checked_url("http://hub.example/m.gguf", verified=False)
    with pytest.raises(SettingsError):
        check_name("../mine")
    with pytest.raises(ConflictError):
        check_name("smollm2:135m")


def test_an_address_with_tls_that_leads_to_one_without_is_not_followed() -> None:
    # given
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(302, headers={"Location": "http://hub.example/m.gguf"})

    # when / then
    hooks = {"request": [refuse_plain]}
    with (
        httpx.Client(
            transport=httpx.MockTransport(answer), follow_redirects=True, event_hooks=hooks
        ) as client,
        pytest.raises(ModelFileError, match="leads to http://hub"),
    ):
        client.get("https://hub.example/m.gguf")
    assert asked == ["https://hub.example/m.gguf"]
