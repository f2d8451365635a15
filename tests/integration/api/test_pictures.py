"""Pages as pictures over HTTP: drawn in the sandbox, kept beside the library, gone with their documents."""

from __future__ import annotations

import io
from pathlib import Path

import httpx
import pytest
from PIL import Image
from tests.integration.api.served import Served, until
from tests.unit.extract.made_pdf import lines, raw_pdf

from twolane.files.kept_pictures import KeptPictures, PictureKey

WORDS = "The rent of the harbour office is 950 euros."


@pytest.fixture(scope="module")
def ids(served: Served) -> dict[str, int]:
    (served.folder / "rent.pdf").write_bytes(raw_pdf(lines(WORDS, "It is due on the first of each month.")))
    (served.folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing of it is there")
    Image.new("RGB", (900, 600), (20, 90, 160)).save(served.folder / "harbour.png")
    served.app.library.add([served.folder])
    until(lambda: served.app.store.pending().jobs == 0)
    return {file.path.name: file.file_id for file in served.app.library.find().files}


@pytest.fixture
def kept(served: Served) -> Path:
    return served.app.settings.data_dir / "pictures"


def size_of(response: httpx.Response) -> tuple[int, int]:
    assert response.status_code == 200
    assert response.headers["content-type"] == "image/webp"
    return Image.open(io.BytesIO(response.content)).size


def test_small_pictures_are_drawn_when_files_come_in(served: Served, ids: dict[str, int], kept: Path) -> None:
    # given
    record = served.app.library.file(ids["rent.pdf"])

    # when
    [small] = (kept / record.document[:2] / record.document).glob("small.webp")

    # then
    assert 0 < small.stat().st_size <= 8000
    assert small.stat().st_mode & 0o077 == 0


def test_a_page_is_shown_as_it_looks(client: httpx.Client, ids: dict[str, int]) -> None:
    # when
    wide = client.get(f"/api/v1/files/{ids['rent.pdf']}/pages/1/picture", params={"width": 700})
    again = client.get(f"/api/v1/files/{ids['rent.pdf']}/pages/1/picture", params={"width": 800})
    small = client.get(f"/api/v1/files/{ids['rent.pdf']}/thumbnail")
    photo = client.get(f"/api/v1/files/{ids['harbour.png']}/pages/1/picture")

    # then
    assert size_of(wide)[0] == 800
    assert again.content == wide.content
    assert size_of(small)[0] == 240
    assert len(small.content) <= 8000
    assert size_of(photo) == (900, 600)
    assert wide.headers["cache-control"] == "no-store"
    assert wide.headers["content-security-policy"].startswith("default-src 'none'")


def test_what_has_no_picture_says_so(client: httpx.Client, ids: dict[str, int]) -> None:
    # given
    addresses = [
        f"{ids['lease.txt']}/pages/1/picture",
        f"{ids['lease.txt']}/thumbnail",
        f"{ids['broken.pdf']}/thumbnail",
        f"{ids['rent.pdf']}/pages/2/picture",
        f"{ids['rent.pdf']}/pages/0/picture",
        "999999/thumbnail",
    ]

    # when
    statuses = [client.get(f"/api/v1/files/{address}").status_code for address in addresses]

    # then
    assert statuses == [404] * len(addresses)


def test_words_are_marked_on_the_picture(client: httpx.Client, ids: dict[str, int]) -> None:
    # given
    start = WORDS.index("950")
    address = f"/api/v1/files/{ids['rent.pdf']}/pages/1/marks"

    # when
    [box] = client.get(address, params={"start": start, "end": start + 9}).json()["boxes"]
    two = client.get(address, params={"start": [0, start], "end": [3, start + 3]}).json()["boxes"]
    none = client.get(f"/api/v1/files/{ids['lease.txt']}/pages/1/marks", params={"start": 0, "end": 5}).json()
    odd = client.get(address, params={"start": [0, 1], "end": 3})

    # then
    assert 0 < box["left"] < 1
    assert 0 < box["height"] < 0.1
    assert [each["left"] < box["left"] for each in two] == [True, False]
    assert none == {"boxes": []}
    assert odd.status_code == 422


def test_pictures_go_with_their_document(
    served: Served, client: httpx.Client, ids: dict[str, int], kept: Path
) -> None:
    # given
    document = served.app.library.file(ids["harbour.png"]).document
    assert client.get(f"/api/v1/files/{ids['harbour.png']}/thumbnail").status_code == 200
    assert (kept / document[:2] / document).exists()

    # when
    client.delete(f"/api/v1/files/{ids['harbour.png']}").raise_for_status()

    # then
    assert not (kept / document[:2] / document).exists()


def test_kept_pictures_stay_within_their_limit(tmp_path: Path) -> None:
    # given
    kept = KeptPictures(tmp_path, 1000)
    small = PictureKey("a" * 64, 1, 240, is_small=True)
    keys = [PictureKey(f"{number:064x}", 1, 800) for number in range(20)]

    # when
    for key in (small, *keys):
        kept.keep(key, b"x" * 100)

    # then: small ones and the newest stay
    left = [key for key in keys if kept.get(key) is not None]
    assert kept.get(small) is not None
    assert 0 < len(left) < 10
    assert keys[-1] in left
    assert kept.get(PictureKey("../../etc/passwd", 1, 800)) is None
