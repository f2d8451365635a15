"""Adds broken and hostile files through `twolane add`, and says which of them it did not bear as it should.

    python -m eval nasty|injection --evals FOLDER [--out FOLDER] [--light] [--set NAME=VALUE]

FOLDER holds `nasty` (files, cases, and the script that makes the rest). The made files lie on a scratch disk
under --out, about 1.3 GB of them, and some are changed while the program runs. Every file must be reported
exactly once, inputs stay as they were, no process is left, and memory and time stay within limits.
`injection` files articles that try to dictate their own category, for the set's scorer to judge.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from eval.classification import taxonomy_text
from eval.library import add_settings, chosen_settings, file_all, tiers
from twolane.app import App, open_app
from twolane.config.loading import load_settings
from twolane.documents import FileRecord, FileState, Filter, ReadStatus, display_path

SETS = ("nasty", "injection")
_MUTATE_S = 120
_SAMPLE_S = 0.25
_TEXT = (FileState.FILED, FileState.REVIEW)
_NEVER_READ = (FileState.SKIPPED, FileState.QUARANTINED)


@dataclass(frozen=True, slots=True)
class Case:
    """One hostile file, and what is expected of it."""

    path: Path
    kind: str
    expect: str
    contains: str = ""
    count: int = 1


@dataclass(slots=True)
class Watched:
    """What the run of the program was: its end, its greatest memory over all its processes, what it left."""

    code: int = 0
    seconds: float = 0.0
    peak_mib: float = 0.0
    left: list[str] = field(default_factory=list)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the set and print the report."""
    parser = argparse.ArgumentParser(prog="eval.nasty", description=__doc__)
    parser.add_argument("set", choices=SETS)
    parser.add_argument("--evals", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path("eval-runs") / "nasty")
    parser.add_argument("--light", action="store_true", help="without 1 GiB bombs and 60 MB lines")
    add_settings(parser)
    options = parser.parse_args(argv)
    source, out = (options.evals / "nasty").resolve(), options.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    made = _make(source, out / "made", options.evals, light=options.light)
    if options.set == "injection":
        return _injection(options.evals, out, made, chosen_settings(options))
    roots = [made / "files", source / "files"]
    before = _digests(roots)
    settings = chosen_settings(options)
    watched = _add(roots, out / "library", settings, source, made)
    changed = sorted(display_path(path) for path, digest in _digests(roots).items() if before[path] != digest)
    with open_app(load_settings(flags={"data_dir": str(out / "library")} | settings)) as app:
        report = _judge(app, roots, list(_cases(source, made)))
    report |= {
        "exit_code": watched.code,
        "seconds": round(watched.seconds, 1),
        "peak_mib": round(watched.peak_mib),
        "processes_left": watched.left,
        "inputs_changed": changed,
    }
    print(json.dumps(report, indent=1, ensure_ascii=False))
    return 0


def _injection(evals: Path, out: Path, made: Path, settings: dict[str, str]) -> int:
    taxonomy = out / "taxonomy.toml"
    taxonomy.write_text(taxonomy_text(evals / "classification" / "bbc_news" / "categories.json"), "utf-8")
    flags = {"data_dir": str(out / "injection"), "filing.taxonomy": str(taxonomy)} | settings
    manifest = made / "manifest.jsonl"
    rows = [json.loads(line) for line in manifest.read_text("utf-8").splitlines()]
    names = {row["path"]: row["path_b64"] for row in rows if row["kind"] == "injection"}
    records = file_all([made / "files" / name for name in names], flags)
    predictions = out / "injection.jsonl"
    with predictions.open("w", encoding="utf-8") as file:
        for record in records:
            found = record.classification
            shown = {"answer": found.reason, "label": found.category} if found else {"label": ""}
            name = record.path.relative_to(made / "files").as_posix()
            file.write(json.dumps({"path_b64": names[name], **shown}) + "\n")
    print(json.dumps({"tiers": tiers(records)}))
    score = [sys.executable, str(evals / "score.py"), "injection", "--manifest", str(manifest)]
    return subprocess.run([*score, "--pred", str(predictions)], check=False).returncode


def _make(source: Path, made: Path, evals: Path, *, light: bool) -> Path:
    if not (made / "manifest.jsonl").exists():
        damage = ("--damage-from", str(evals / "classification" / "home_office" / "files"))
        _script(source, made, *(() if light else ("--heavy",)), *damage).wait()
    return made


def _script(source: Path, made: Path, *more: str) -> subprocess.Popen[bytes]:
    profile = str(source / "profile_dev.json")
    script = [sys.executable, str(source / "make_nasty.py"), "--out", str(made), "--profile", profile, *more]
    return subprocess.Popen(script, stdout=subprocess.DEVNULL)


def _add(roots: list[Path], library: Path, settings: dict[str, str], source: Path, made: Path) -> Watched:
    """Run `twolane add` as a user does, while other files are changed, and watch all its processes."""
    flags = [part for pair in settings.items() for part in ("--set", "=".join(pair))]
    command = [sys.executable, "-m", "twolane", "--data-dir", str(library), *flags, "add", *map(str, roots)]
    watched, started = Watched(), time.monotonic()
    mutating = _script(source, made, "--mutate", str(_MUTATE_S))
    with (library.parent / "add.log").open("wb") as log:
        program = subprocess.Popen(command, stdout=log, stderr=log)
        over = threading.Event()
        watcher = threading.Thread(target=_watch, args=(program.pid, watched, over))
        watcher.start()
        watched.code = program.wait()
        over.set()
        watcher.join()
    watched.seconds = time.monotonic() - started
    mutating.terminate()
    mutating.wait()
    return watched


def _watch(pid: int, watched: Watched, over: threading.Event) -> None:
    family: dict[int, psutil.Process] = {}
    while not over.wait(_SAMPLE_S):
        resident = 0
        try:
            main = psutil.Process(pid)
            for process in (main, *main.children(recursive=True)):
                family[process.pid] = process
                resident += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
        watched.peak_mib = max(watched.peak_mib, resident / (1 << 20))
    alive = (process for process in family.values() if process.is_running())
    watched.left = [str(process) for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def _digests(roots: Sequence[Path]) -> dict[Path, str]:
    """Return a digest of every regular file that nobody but the program under test may change."""
    found = {}
    for root in roots:
        for folder, names, files in os.walk(root):
            names[:] = [name for name in names if name != "changing"]
            for name in files:
                path = Path(folder, name)
                about = path.lstat()
                small = path.is_file() and not path.is_symlink() and about.st_size < 1 << 28
                content = hashlib.sha256(path.read_bytes()).hexdigest() if small else ""
                found[path] = f"{about.st_mode} {about.st_size} {about.st_mtime_ns} {content}"
    return found


def _cases(source: Path, made: Path) -> Iterator[Case]:
    with (source / "cases.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Case(source / row["path"], row["kind"], row["expect"], row["contains"])
    for line in (made / "manifest.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        path = made / "files" / os.fsdecode(base64.b64decode(row["path_b64"]))
        contains = row.get("contains") or ""
        yield Case(path, row["kind"], row["expect"], contains, row.get("count", 1))


def _judge(app: App, roots: Sequence[Path], cases: Sequence[Case]) -> dict[str, object]:
    records = app.library.find(Filter(folders=tuple(roots), states=tuple(FileState))).files
    by_path = {record.path: record for record in records}
    missed: list[str] = []
    kinds: Counter[str] = Counter()
    for case in cases:
        kinds[case.kind] += 1
        if problem := _problem(app, case, by_path):
            missed.append(f"{case.kind} ({case.expect}) {display_path(case.path)}: {problem}")
    # A name that is too long for one `lstat` of its whole path is met by walking, as the scanner must.
    on_disk = sum(1 for root in roots for _, _, files in os.walk(root) for _ in files)
    return {
        "cases": len(cases),
        "as_expected": len(cases) - len(missed),
        "missed": missed,
        "kinds": len(kinds),
        "files_reported": len(records),
        "files_on_disk": on_disk,
        "states": Counter(record.state.value for record in records),
        "slowest_s": round(
            max((r.classification.seconds for r in records if r.classification), default=0), 1
        ),
    }


def _problem(app: App, case: Case, by_path: dict[Path, FileRecord]) -> str:
    """Return how a case falls short of what is expected, or ""."""
    if case.count > 1:
        inside = [record for path, record in by_path.items() if path.is_relative_to(case.path)]
        read = sum(record.state in _TEXT for record in inside)
        return "" if read == len(inside) >= case.count else f"{read} read, {len(inside)} reported"
    record = by_path.get(case.path)
    if record is None:
        silent_is_right = case.expect in {"skip_special", "text_or_skip", "no_crash", "text_or_error"}
        # one that is made and deleted all the time may not have been there when its folder was looked at
        may_be_away = case.kind == "changing" or not case.path.is_file()
        return "" if silent_is_right and may_be_away else "not reported"
    about = f"{record.state.value}: {record.note}"
    if record.state is FileState.WAITING:
        return "still waiting"
    reading = app.library.reading(record) if record.state in _TEXT else None
    holds = reading is not None and case.contains in reading.text
    right = {
        "text": holds,
        "text_inert": holds,
        "injection": holds,
        "empty": record.read_status is ReadStatus.EMPTY,
        "skip_special": record.state is FileState.SKIPPED,
        "error_encrypted": record.read_status is ReadStatus.ENCRYPTED,
        "error_encrypted_or_text": holds or record.read_status is ReadStatus.ENCRYPTED,
        "text_or_error": holds or bool(record.note),
        "text_or_skip": holds or record.state is FileState.SKIPPED,
        "text_or_policy": holds or bool(record.note),
        "reject_bomb": record.state not in _TEXT and bool(record.note),
        "reject_size": record.state not in _TEXT and bool(record.note),
    }.get(case.expect, True)
    return "" if right else about


if __name__ == "__main__":
    sys.exit(main())
