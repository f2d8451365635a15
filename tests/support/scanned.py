"""Pages drawn as a scanner would give them: in several languages, turned, askew, inverted."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

TEXTS = {
    "eng": "The quarterly report of the water company shows that the average household used less water "
    "than in the year before. Invoice number 4417 is payable by 12 March 2026 to the account "
    "below.",
    "deu": "Sehr geehrte Frau Müller, wir bestätigen den Eingang Ihrer Kündigung vom 3. März 2026. Die "
    "Kündigungsfrist beträgt drei Monate zum Ende des Kalenderjahres. Grüße aus Köln.",
    "fra": "Nous avons bien reçu votre demande de résiliation du contrat d'électricité. Le délai de "
    "préavis est de trois mois à compter de la date de réception de la présente lettre.",
    "spa": "Estimado señor Ibáñez: le comunicamos que la próxima reunión de la comunidad de vecinos "
    "tendrá lugar el miércoles a las siete de la tarde en el salón de la planta baja.",
    "pol": "Szanowni Państwo, uprzejmie informujemy, że faktura za usługi telekomunikacyjne została "
    "wystawiona dnia 12 marca 2026 roku. Prosimy o wpłatę należności na wskazany rachunek.",
    "rus": "Уважаемые коллеги, сообщаем вам, что договор аренды помещения будет продлён до конца "
    "следующего года. Просим подписать дополнительное соглашение и вернуть один экземпляр.",
    "ara": "السادة الكرام نود إعلامكم بأن عقد الإيجار سيتم تجديده حتى نهاية العام المقبل ونرجو منكم "
    "التوقيع على الاتفاقية وإعادة نسخة واحدة إلى عنوان شركتنا في المدينة",
}


@cache
def font(size: int) -> Any:
    from PIL import ImageFont

    names = ("DejaVuSans.ttf", str(_of_matplotlib()))
    for name in names:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


def _of_matplotlib() -> Path:
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"


def drawn(text: str, *, size: int = 34, width: int = 1654, height: int = 1000, right: bool = False) -> Any:
    """Return a grey page with a text in lines of its width; `right` for scripts that begin there."""
    from PIL import Image, ImageDraw

    page = Image.new("L", (width, height), 255)
    pen, face, edge = ImageDraw.Draw(page), font(size), size * 4
    y, line = edge, ""
    for word in [*text.split(), ""]:
        longer = f"{line} {word}".strip()
        if word and pen.textlength(longer, font=face) <= width - 2 * edge:
            line = longer
            continue
        at = (width - edge, y) if right else (edge, y)
        pen.text(at, line, fill=20, font=face, anchor="ra" if right else "la")
        y, line = y + int(size * 1.6), word
    return page


def saved(page: Any, kind: str = "PNG", **options: Any) -> bytes:
    data = io.BytesIO()
    page.save(data, kind, **options)
    return data.getvalue()


def scanned_pdf(*pages: Any, dpi: int = 200) -> bytes:
    data = io.BytesIO()
    pages[0].save(data, "PDF", save_all=True, append_images=pages[1:], resolution=dpi)
    return data.getvalue()


def page_pdf(
    picture: Any = None, box: tuple[float, ...] = (), lines: tuple[str, ...] = (), mode: int = 0
) -> bytes:
    """Return a PDF of one page: a picture in a box (left, bottom, width, height), and lines of text over it.

    `mode` 3 draws them unseen, as the layer of an earlier OCR.
    """
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    data = io.BytesIO()
    canvas = Canvas(data, pagesize=(595, 842))
    if picture is not None:
        canvas.drawImage(ImageReader(picture), *box)
    written = canvas.beginText(60, 780)
    written.setFont("Helvetica", 11)
    written.setTextRenderMode(mode)
    for line in lines:
        written.textLine(line)
    canvas.drawText(written)
    canvas.save()
    return data.getvalue()
