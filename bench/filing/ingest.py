"""Files added to an empty library, side by side with other programs and without vectors."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from standins.program import Program

from bench.filing.peers import NAMES, Peers
from bench.filing.taken import Taken, run, spread

OURS = "twolane"
RULES_AND_VECTORS = {"filing.use_model": "false"}
RULES_ALONE = {"filing.use_model": "false", "embedding.runtime": "off"}


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of one program over the same files; `work_s` is without its start, where it tells."""

    name: str
    files: int
    taken: list[Taken] = field(default_factory=list)
    work_s: list[float] = field(default_factory=list)

    @property
    def wall_s(self) -> float:
        return statistics.median(one.wall_s for one in self.taken)

    @property
    def cpu_s_a_file(self) -> float:
        return statistics.median(one.cpu_s for one in self.taken) / self.files

    @property
    def peak_mib(self) -> float:
        return max(one.peak_mib for one in self.taken)


def side_by_side(folder: Path, peers: Peers, taxonomy: Path, repeats: int, scratch: Path) -> list[Runs]:
    """Have every program index a folder, in turns, forth and back, so that none has the quieter machine."""
    number = len(list(folder.iterdir()))
    runs = {name: Runs(name, number) for name in (OURS, *NAMES)}
    for turn in range(repeats):
        for name in list(runs)[:: -1 if turn % 2 else 1]:
            place = scratch / f"{name}-{turn}"
            if name == OURS:
                runs[name].taken.append(add(folder, RULES_AND_VECTORS | _filed_by(taxonomy), place))
            else:
                taken, work_s = peers.index(name, folder, place)
                runs[name].taken.append(taken)
                runs[name].work_s.append(work_s)
    return list(runs.values())


def without_vectors(folder: Path, taxonomy: Path, repeats: int, scratch: Path) -> list[Runs]:
    """File a folder by rules alone, by the default taxonomy and by one without rules, in turns."""
    number = len(list(folder.iterdir()))
    kinds = {"default taxonomy": {}, "five categories without rules": _filed_by(taxonomy)}
    runs = {name: Runs(name, number) for name in kinds}
    for turn in range(repeats):
        for name in list(runs)[:: -1 if turn % 2 else 1]:
            settings = RULES_ALONE | kinds[name]
            runs[name].taken.append(add(folder, settings, scratch / f"{name.split()[0]}-{turn}"))
    return list(runs.values())


def add(folder: Path, settings: Mapping[str, str], home: Path) -> Taken:
    """Run `twolane add` on a folder, as a user does, with a library of its own."""
    home.mkdir(parents=True)
    program = Program(home, dict(settings))
    return run(program.command("add", folder), env=program.environment, cwd=home)


def side_by_side_table(runs: Sequence[Runs]) -> Iterator[str]:
    """Yield the lines of a table of programs, each beside ours."""
    [ours] = [one for one in runs if one.name == OURS]
    yield (
        "| program | runs | seconds (spread) | without its start | documents a second | twolane is faster by "
        "| without their start | CPU s a document | peak MiB |"
    )
    yield "|" + " --- |" * 9
    for one in runs:
        work_s = statistics.median(one.work_s) if one.work_s else None
        cells = (
            one.name,
            len(one.taken),
            f"{one.wall_s:.1f} (± {spread([t.wall_s for t in one.taken]):.0%})",
            f"{work_s:.1f}" if work_s else "",
            f"{one.files / one.wall_s:.2f}",
            f"{one.wall_s / ours.wall_s:.2f}x" if one is not ours else "",
            f"{work_s / ours.wall_s:.2f}x" if work_s else "",
            f"{one.cpu_s_a_file:.3f}",
            f"{one.peak_mib:,.0f}",
        )
        yield "| " + " | ".join(map(str, cells)) + " |"


def without_vectors_table(runs: Sequence[Runs]) -> Iterator[str]:
    """Yield the lines of a table of taxonomies."""
    yield "| rules alone | files | runs | files a second (spread) | CPU ms a file | peak MiB |"
    yield "|" + " --- |" * 6
    for one in runs:
        yield (
            f"| {one.name} | {one.files} | {len(one.taken)} | {one.files / one.wall_s:.0f} "
            f"(± {spread([t.wall_s for t in one.taken]):.0%}) | {1000 * one.cpu_s_a_file:.1f} "
            f"| {one.peak_mib:,.0f} |"
        )


def _filed_by(taxonomy: Path) -> dict[str, str]:
    return {"filing.taxonomy": str(taxonomy)}
