"""Draws the fields of documents whose facts are known, and scores them field by field.

    python -m eval fields [--evals FOLDER] [--half dev|held|all] [--no-model | --draw] [--filed]
                          [--wrong] [--out FOLDER] [--set NAME=VALUE]

The documents and what they state are in `eval/data/fields`; those of the set home_office are taken from
FOLDER/classification/home_office and left out without it. All are added to a library as `add` does; the
fields that stand when nothing is left to do are scored. `--no-model` leaves out the small model; `--filed`
has a person file each document first, so that no field is missing for want of its category; `--draw` needs
no library: each document is read and drawn from as the kind that it is, which takes a minute and measures
the drawing's own time.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path

from eval.field_scoring import (
    field_table,
    group_table,
    judge,
    sure_line,
    wrong_lines,
)
from eval.labels import FOLDER, HALVES, OWN, LabelledDocument, read_labels
from eval.library import VECTORS_ALONE, add_settings, chosen_settings, fill
from twolane.app import App, open_app
from twolane.config.loading import load_settings
from twolane.errors import TwolaneError
from twolane.extract.sandbox.extractor import Extractor
from twolane.facts import CORRESPONDENT, DATE, FieldSpec, FieldValue
from twolane.fields.catalogue import OF_EVERY_DOCUMENT, known_fields
from twolane.fields.draw import Taught, draw
from twolane.filing.taxonomy import Taxonomy

SETS = ("fields",)
ALL = "all"
_JUDGED_BY = (DATE, CORRESPONDENT, "total_due", "number")


@dataclass(frozen=True, slots=True)
class DrawnDocument:
    """What was drawn out of a document.

    `cpu_ms` is 0 where it was not measured, `sender` where none is known; `filed` is its category.
    """

    document: LabelledDocument
    values: Sequence[FieldValue]
    cpu_ms: float = 0.0
    sender: int = 0
    filed: str = ""


def main(argv: Sequence[str] | None = None) -> int:
    """Measure, and print the tables."""
    options = _options(argv)
    halves = HALVES if options.half == ALL else (options.half,)
    documents = [one for one in read_labels(halves) if one.path(options.evals)]
    with tempfile.TemporaryDirectory(prefix="twolane-eval-") as scratch:
        out: Path = (options.out or Path(scratch)).resolve()
        out.mkdir(parents=True, exist_ok=True)
        found = list(directly(documents, options) if options.draw else kept(documents, options, out))
        judged = [one for drawn in found for one in judge(drawn.document, drawn.values)]
        report = [asdict(one) for one in judged]
        (out / "fields.json").write_text(json.dumps(report, indent=1, ensure_ascii=False), "utf-8")
    print(f"{len(found)} documents, {sum(drawn.document.is_scan for drawn in found)} of them scans\n")
    print(field_table(judged), sure_line(judged), sep="\n\n")
    for name in ("half", "language", "kind", "source"):
        print("", group_table(judged, name, _JUDGED_BY), sep="\n")
    print("", times_line(found) if options.draw else kept_lines(found), sep="\n")
    if options.wrong:
        print("", *wrong_lines(judged), *misfiled_lines(found), sep="\n")
    return 0


def directly(documents: Sequence[LabelledDocument], options: argparse.Namespace) -> Iterator[DrawnDocument]:
    """Read each document and draw from it as from one of its kind, without anything that was taught."""
    settings = load_settings(flags=chosen_settings(options))
    specs = {kind: specs_of(kind) for kind in {document.kind for document in documents}}
    warm = False
    with Extractor(settings.extract) as extractor:
        for document in documents:
            path = document.path(options.evals)
            assert path is not None
            try:
                reading = extractor.read(path)
            except TwolaneError as error:
                print(f"{document.file}: {error}", file=sys.stderr)
                yield DrawnDocument(document, ())
                continue
            if not warm:  # labels and names are loaded once
                draw(reading, path, specs[document.kind], Taught(None, ()))
                warm = True
            began_s = time.thread_time()
            drawn = draw(reading, path, specs[document.kind], Taught(None, ()))
            yield DrawnDocument(document, drawn.values, 1000 * (time.thread_time() - began_s))


def kept(
    documents: Sequence[LabelledDocument], options: argparse.Namespace, out: Path
) -> Iterator[DrawnDocument]:
    """Add the documents to a library, wait until nothing is left to do, and read what stands."""
    taxonomy = out / "taxonomy.toml"
    taxonomy.write_text(taxonomy_text(), "utf-8")
    flags = {"data_dir": str(out / "library"), "filing.taxonomy": str(taxonomy)} | chosen_settings(options)
    flags |= VECTORS_ALONE if options.no_model else {}
    paths = [document.path(options.evals) for document in documents]
    costs = fill([path for path in paths if path], flags)
    print(
        f"{1000 * costs.cpu_s / costs.files:.0f} CPU ms a file in all, {costs.whole_s:.0f} s", file=sys.stderr
    )
    with open_app(load_settings(flags=flags)) as app:
        if options.filed:
            file_as_labelled(app, documents, options.evals)
        for document, path in zip(documents, paths, strict=True):
            record = app.library.file_at(path.resolve()) if path else None
            if record is None or not record.document:
                yield DrawnDocument(document, ())
                continue
            filed = record.classification.category if record.classification else ""
            values = app.store.fields.of(record.document)
            yield DrawnDocument(document, values, sender=record.correspondent_id, filed=filed)


def file_as_labelled(app: App, documents: Sequence[LabelledDocument], evals: Path | None) -> None:
    """Have a person file each document as what it is, and wait until it is drawn from anew."""
    for document in documents:
        path = document.path(evals)
        record = app.library.file_at(path.resolve()) if path else None
        if record is not None and record.document:
            app.review.correct(record.file_id, document.kind)
    app.workers.start()
    while (pending := app.library.pending()).jobs + pending.later:
        app.workers.wait(0.2)


def taxonomy_text() -> str:
    """Return twolane's own taxonomy with the kinds of these documents that it lacks."""
    own = files("twolane.filing").joinpath("taxonomy.toml").read_text("utf-8")
    return f"{own}\n{(FOLDER / 'more_categories.toml').read_text('utf-8')}"


def specs_of(kind: str) -> list[FieldSpec]:
    """Return the fields that documents of a kind have."""
    with tempfile.NamedTemporaryFile("w", suffix=".toml", encoding="utf-8") as file:
        file.write(taxonomy_text())
        file.flush()
        category = Taxonomy.load(Path(file.name)).get(kind)
    asked = category.fields if category else ()
    return [known_fields()[field] for field in OF_EVERY_DOCUMENT] + list(asked)


def times_line(found: Sequence[DrawnDocument]) -> str:
    """Return what drawing took of the processor."""
    times = sorted(drawn.cpu_ms for drawn in found)
    mean, half, nine = sum(times) / len(times), times[len(times) // 2], times[int(0.9 * len(times))]
    return (
        f"drawing took {mean:.2f} CPU ms a document, under {half:.2f} for half of them, "
        f"under {nine:.2f} for nine in ten, at most {times[-1]:.1f}"
    )


def kept_lines(found: Sequence[DrawnDocument]) -> str:
    """Return how many documents were filed right, and how well correspondents are told apart."""
    right = sum(drawn.filed == drawn.document.kind for drawn in found)
    of_group, of_sender = defaultdict[str, set[int]](set), defaultdict[int, set[str]](set)
    papers = defaultdict[str, int](int)
    for drawn in found:
        if drawn.document.set == OWN:
            papers[drawn.document.group] += 1
            of_group[drawn.document.group].add(drawn.sender)
            of_sender[drawn.sender].add(drawn.document.group)
    several = [group for group, number in papers.items() if number > 1]
    one = sum(len(of_group[group]) == 1 and 0 not in of_group[group] for group in several)
    mixed = sum(len(groups) > 1 for sender, groups in of_sender.items() if sender)
    return (
        f"{right} of {len(found)} documents are filed as what they are\n"
        f"{one} of {len(several)} senders with several papers are one correspondent, "
        f"{mixed} correspondents mix senders"
    )


def misfiled_lines(found: Sequence[DrawnDocument]) -> Iterator[str]:
    """Yield a line for each document that is filed as another kind, whose fields were drawn therefore."""
    for drawn in found:
        if drawn.filed and drawn.filed != drawn.document.kind:
            yield f"{drawn.document.file}: filed as {drawn.filed}, it is {drawn.document.kind}"


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="eval", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("set", choices=SETS)
    parser.add_argument("--evals", type=Path, help="folder of the sets, for home_office")
    parser.add_argument("--half", choices=(*HALVES, ALL), default=HALVES[0], help="which documents (dev)")
    parser.add_argument("--no-model", action="store_true", help="leave out the small model")
    parser.add_argument("--draw", action="store_true", help="read and draw only, without a library")
    parser.add_argument("--filed", action="store_true", help="have a person file each document first")
    parser.add_argument("--wrong", action="store_true", help="list what is wrong or missing")
    parser.add_argument("--out", type=Path, help="keep the library and the single results here")
    add_settings(parser)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
