"""The library that a measurement fills: how files are added, waited for and filed again."""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from twolane.app import App, open_app
from twolane.config.loading import load_settings
from twolane.doctor import check_filing
from twolane.documents import FileRecord, Filter

VECTORS_ALONE = {"filing.use_model": "false"}
# Where no chat model is asked, a stand-in is: what matters is whether it was, and with which sources, all of
# which its prompt holds.
NO_CHAT_MODEL = {
    "chat.runtime": "scripted",
    "chat.context_tokens": "32768",
    "chat.passage_tokens": "30000",
}
_LOOK_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class Costs:
    """What filling a library took: until all was filed, until all was embedded too, and of the processors.

    `cpu_s` is that of this process and of the readers' processes, none of a model server that runs elsewhere.
    """

    files: int
    filed_s: float
    whole_s: float
    cpu_s: float


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Give a measurement the option `--set NAME=VALUE` of the program itself."""
    parser.add_argument(
        "--set",
        dest="settings",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a setting of twolane, such as embedding.model=all-minilm-l6-v2",
    )


def chosen_settings(options: argparse.Namespace) -> dict[str, str]:
    """Return what `--set` named."""
    return dict(item.split("=", 1) for item in options.settings)


def fill(paths: Sequence[Path], flags: Mapping[str, str]) -> Costs:
    """Add files or folders to the library of these settings and wait until nothing is left to do."""
    began_s, began_cpu_s = time.monotonic(), _cpu_s()
    with open_app(load_settings(flags=flags)) as app:
        check_filing(app)
        app.library.add(paths)
        app.workers.start()
        while app.library.pending().files:
            app.workers.wait(_LOOK_EVERY_S)
        filed_s = time.monotonic() - began_s
        _wait(app)
        files = app.library.find(Filter(), limit=1).total
    return Costs(files, filed_s, time.monotonic() - began_s, _cpu_s() - began_cpu_s)


def reclassify(app: App, records: Sequence[FileRecord]) -> list[FileRecord]:
    """File again what no person has decided, as `twolane reclassify` does; returns the files as new ones.

    That command leaves a file alone that would be filed as it is; here it gets today's confidence too.
    """
    for looked in app.reclassifier.look():
        app.reclassifier.apply(looked.changes)
    filed = []
    for record in records:
        decision = app.reclassifier.decision(record.document) if record.document else None
        filed.append(replace(record, classification=decision.classification) if decision else record)
    return filed


def records_of(app: App, paths: Sequence[Path]) -> list[FileRecord]:
    """Return the library's records of the files that it has, in the order of the paths."""
    return [record for path in paths if (record := app.library.file_at(path.resolve()))]


def file_all(paths: Sequence[Path], flags: Mapping[str, str]) -> list[FileRecord]:
    """Add files to the library of these settings, wait until all are filed, and return their records."""
    fill(paths, flags)
    with open_app(load_settings(flags=flags)) as app:
        return records_of(app, paths)


def tiers(records: Sequence[FileRecord]) -> dict[str, int]:
    """Count which tier decided how many files."""
    names = [record.classification.tier.value if record.classification else "none" for record in records]
    return {name: names.count(name) for name in dict.fromkeys(names)}


def _wait(app: App) -> None:
    told_s = time.monotonic()
    while (pending := app.library.pending()).jobs + pending.later:
        if time.monotonic() - told_s > 10:
            told_s = time.monotonic()
            print(f"{pending.jobs + pending.later} jobs to do", file=sys.stderr)
        app.workers.wait(_LOOK_EVERY_S)


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
