"""Takes the pictures of the page for docs/images: a real server with the example inbox, in a real browser.

The models are stand-ins, so that a picture shows the same each time. What they answer is checked by the
program as any answer is.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # a script finds what lies in its own folder alone

from standins.model_server import Said  # noqa: E402
from standins.openai import MODEL, FakeOpenAI  # noqa: E402
from standins.program import Program  # noqa: E402

IMAGES = ROOT / "docs" / "images"
QUESTION = "How many months' notice must the tenants of Lantern Row give?"
ANSWER = "The tenants must give three months' notice to the end of a month [1]."
SHOWN_FILE = "invoice-TL-2026-015.pdf"
SHOWN = {"ask-light", "ask-dark", "file-light"}
"""What the pages show; browsers choose between light and dark where a page offers both."""
COLOURS = 128
"""So many are enough for a page of text, and make files a third as large."""


class Answering(FakeOpenAI):
    """A model that knows one answer."""

    def say(self, messages: list[dict[str, str]] | None, text: str, most: int) -> Said:
        return Said.cut_in(6, ANSWER) if QUESTION in text else super().say(messages, text, most)


def main() -> int:
    """Take all pictures, in light and in dark; a folder that is named gets every one, to be looked at."""
    every = Path(sys.argv[1]) if sys.argv[1:] else None
    (every or IMAGES).mkdir(parents=True, exist_ok=True)
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder)) as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for scheme in ("light", "dark"):
            for name, taken in pictures(browser, url, scheme):
                if every:
                    (every / f"{name}-{scheme}.png").write_bytes(taken)
                elif f"{name}-{scheme}" in SHOWN:
                    keep(taken, IMAGES / f"{name}-{scheme}.png")
        browser.close()
    return 0


@contextmanager
def served(home: Path) -> Iterator[str]:
    """Serve the example inbox, filed; yields the address."""
    inbox = home / "Documents"
    shutil.copytree(ROOT / "examples" / "inbox", inbox)
    with Answering(context_tokens=100_000) as model:
        served_by = {"runtime": "openai", "url": f"{model.url}/v1", "model": MODEL}
        models = {f"{what}.{key}": of for what in ("chat", "embedding") for key, of in served_by.items()}
        program = Program(home, settings={**models, "filing.runtime": "scripted", "extract.ocr": "off"})
        program.run("add", inbox)
        with program.serving() as (_, url):
            yield url


def pictures(browser: Browser, url: str, scheme: str) -> Iterator[tuple[str, bytes]]:
    """Yield each picture with its name."""
    context = browser.new_context(viewport={"width": 1360, "height": 760}, color_scheme=scheme)  # type: ignore[arg-type]
    expect.set_options(timeout=60_000)
    page = context.new_page()
    page.goto(url)
    page.locator("#states").get_by_role("button", name="Filed").click()
    page.get_by_label("Your question").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".turn .answer").last).to_have_attribute("aria-busy", "false")
    yield "ask", page.screenshot()
    page.goto(f"{url}/#/files")
    expect(page.locator("#rows tr").first).to_be_visible()
    page.get_by_role("button", name=SHOWN_FILE, exact=True).click()
    expect(page.get_by_role("dialog").get_by_role("heading", level=2)).to_have_text(SHOWN_FILE)
    yield "file", page.screenshot()
    for view in ("search?q=notice", "review", "lanes", "settings", "order"):
        page.goto(f"{url}/#/{view}")
        page.reload()
        name = view.partition("?")[0]
        expect(page.locator(f"section[data-part={name}]")).to_be_visible()
        page.wait_for_load_state("networkidle") if name != "lanes" else None
        yield name, page.screenshot()
    page.goto(f"{url}/signin")
    expect(page.get_by_role("button").first).to_be_visible()
    yield "signin", page.screenshot()
    context.close()


def keep(taken: bytes, path: Path) -> None:
    """Write a picture as small as it looks the same."""
    with Image.open(io.BytesIO(taken)) as picture:
        picture.convert("RGB").quantize(COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
