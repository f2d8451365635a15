"""Draws the icons that phones and desktops show of the page, from web/icon.svg; run it when that changes."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

WEB = Path(__file__).parents[1] / "src" / "twolane" / "web"
COLOURS = 32
# A maskable icon is cut to any shape: its ground reaches the edge, and what it shows stays within the middle.
ICONS = {"icon-192.png": (192, False), "icon-512.png": (512, False), "icon-mask.png": (512, True)}


def drawing(svg: str, masked: bool) -> str:
    if not masked:
        return svg
    return svg.replace('viewBox="0 0 32 32"', 'viewBox="-4 -4 40 40"').replace(
        '<rect width="32" height="32" rx="8"', '<rect x="-4" y="-4" width="40" height="40"'
    )


def main() -> None:
    svg = (WEB / "icon.svg").read_text("utf-8")
    program = shutil.which("chromium")
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, (size, masked) in ICONS.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            style = f"<style>*{{margin:0}} svg{{display:block;width:{size}px;height:{size}px}}</style>"
            page.set_content(style + drawing(svg, masked))
            shown = Image.open(io.BytesIO(page.screenshot(omit_background=True)))
            shown.quantize(COLOURS).save(WEB / name, optimize=True)


if __name__ == "__main__":
    main()
