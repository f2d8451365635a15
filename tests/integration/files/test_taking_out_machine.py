"""Files are added, changed, taken out, excluded and brought back in any order: nothing is lost, or wrong."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.support.library import classification, found_by_words, passages, reading
from tests.support.trash import own_trash

from twolane.app import App, open_app
from twolane.config.loading import load_settings
from twolane.documents import Decision, Filter, Tier
from twolane.errors import ConflictError, NotFoundError
from twolane.store.taken_out import ExclusionKind

ALONE = {"embedding.runtime": "off", "filing.use_model": False, "chat.runtime": "scripted"}
PATHS = ("a/x.txt", "a/y.txt", "b/x.txt", "b/deep/z.txt")
WORDS = ("lilac", "roofs", "kitchen", "合同书")
CATEGORIES = ("minutes", "invoice")

paths, words = st.sampled_from(PATHS), st.sampled_from(WORDS)


def read_all(app: App) -> None:
    """Do all jobs that read, as workers would, without a process for each library."""
    while jobs := app.store.claim(["read"], "reader", 60.0, limit=10).jobs:
        for job in jobs:
            content = app.store.scanned(job.file_id).path.read_bytes()
            document = sha256(content).hexdigest()
            with app.store.finishing(job) as write:
                if not write.link(job.file_id, document):
                    text = content.decode()
                    write.save_reading(job.file_id, document, len(content), reading(text), passages(text))


class TakingOutMachine(RuleBasedStateMachine):
    """A library beside a model of it: what lies on disk, what is inside, what is excluded and decided."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="twolane-machine-")).resolve()
        self.patch = pytest.MonkeyPatch()
        self.trash = own_trash(self.folder / "home", self.patch)
        self.root = self.folder / "in"
        self.root.mkdir()
        flags = {"data_dir": str(self.folder / "library"), **ALONE}
        self.app = open_app(load_settings(env={}, flags=flags))
        self.disk: dict[str, str] = {}
        self.inside: dict[str, str] = {}
        self.excluded: set[str] = set()
        self.decided: dict[str, str] = {}

    def teardown(self) -> None:
        self.app.close()
        self.patch.undo()
        shutil.rmtree(self.folder)

    def leave(self, names: Collection[str]) -> None:
        for name in names:
            self.inside.pop(name, None)

    @rule(name=paths, word=words)
    def write(self, name: str, word: str) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(word, "utf-8")
        self.disk[name] = word

    @rule()
    def scan(self) -> None:
        self.app.library.add([self.root], emptied=True)
        read_all(self.app)
        taken = {name for name in self.disk if name in self.inside or not self.is_excluded(name)}
        self.inside = {name: self.disk[name] for name in taken}

    @precondition(lambda self: self.disk)
    @rule(data=st.data())
    def add_by_name(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.disk)))
        self.app.library.add([self.root / name], named=True)
        read_all(self.app)
        self.excluded.discard(name)
        self.inside[name] = self.disk[name]

    @precondition(lambda self: self.inside)
    @rule(data=st.data(), category=st.sampled_from(CATEGORIES))
    def decide(self, data: st.DataObject, category: str) -> None:
        word = data.draw(st.sampled_from(sorted(self.inside.values())))
        made = classification(category, tier=Tier.PERSON)
        with self.app.store.writing() as write:
            write.decide(sha256(word.encode()).hexdigest(), Decision(made, "ada"))
        self.decided[word] = category

    @precondition(lambda self: self.inside)
    @rule(data=st.data(), delete_file=st.booleans(), forget=st.booleans())
    def remove(self, data: st.DataObject, delete_file: bool, forget: bool) -> None:
        name = data.draw(st.sampled_from(sorted(self.inside)))
        removed = self.app.taking_out.remove(
            Filter(folders=(self.root / name,)), delete_file=delete_file, forget=forget
        )
        if removed.left:  # another content lies there by now
            assert delete_file
            assert self.disk[name] != self.inside[name]
            return
        word = self.inside.pop(name)
        if delete_file:
            self.disk.pop(name, None)
        else:
            self.excluded.add(name)
        if forget and word not in self.inside.values():
            self.decided.pop(word, None)

    @rule(name=st.sampled_from(("a", "b", "b/deep", *PATHS)))
    def exclude(self, name: str) -> None:
        self.app.keeping_out.exclude(ExclusionKind.PATH, self.root / name)
        self.excluded.add(name)
        self.leave([one for one in self.inside if one == name or one.startswith(f"{name}/")])

    @precondition(lambda self: self.excluded)
    @rule(data=st.data())
    def admit(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.excluded)))
        self.app.keeping_out.admit(ExclusionKind.PATH, self.root / name)
        self.excluded.remove(name)

    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        removals = self.app.taking_out.removals(trashed=False)
        if not removals:
            return
        removal = data.draw(st.sampled_from(removals))
        name = str(removal.path.relative_to(self.root))
        if removal.is_trashed and name in self.disk:
            with pytest.raises(ConflictError):
                self.app.taking_out.restore(removal.removal_id)
            return
        if not removal.is_trashed and name not in self.disk:
            with pytest.raises(NotFoundError):
                self.app.taking_out.restore(removal.removal_id)
            return
        self.app.taking_out.restore(removal.removal_id)
        read_all(self.app)
        self.disk[name] = self.inside[name] = (self.root / name).read_text("utf-8")
        self.excluded.discard(name)

    def is_excluded(self, name: str) -> bool:
        return any(name == one or name.startswith(f"{one}/") for one in self.excluded)

    @invariant()
    def what_is_inside_is_found_and_counted_and_nothing_else(self) -> None:
        records = {str(one.path.relative_to(self.root)): one for one in self.app.library.find().files}
        assert sorted(records) == sorted(self.inside)
        present = set(self.inside.values())
        assert self.app.library.counts().documents == len(present)
        for word in WORDS:
            assert bool(found_by_words(self.app.store, word, 5)) == (word in present)
        for name, word in self.inside.items():
            made = records[name].classification
            assert (made.category if made else None) == self.decided.get(word)

    @invariant()
    def nothing_is_lost_on_disk(self) -> None:
        for name, word in self.disk.items():
            assert (self.root / name).read_text("utf-8") == word
        assert [line for line in self.app.store.check() if "waiting files without a job" not in line] == []


def test_the_library_says_what_is_so_whatever_is_done_to_it() -> None:
    run_state_machine_as_test(
        TakingOutMachine, settings=settings(max_examples=12, stateful_step_count=20, derandomize=True)
    )
