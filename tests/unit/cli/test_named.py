"""Names on the command line: what is not known is refused, with what was meant, by every command alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from twolane.cli.main import cli
from twolane.cli.misused import wrong_usage
from twolane.errors import TwolaneError

UNKNOWN = "qqzz-nobody"

# What is typed freely: every other word of a command is a name, and has to be known and completed.
FREE = {
    *(
        "text",
        "question",
        "query",
        "url",
        "token",
        "host",
        "log_format",
        "description",
        "example",
        "parts",
        "source",
    ),
    *(
        "sha256",
        "content",
        "ends",
        "from_",
        "to",
        "without",
        "before",
        "install_completion",
        "show_completion",
    ),
    *("taxonomy add.name", "taxonomy add.category_id", "taxonomy rename.name", "taxonomy rename.category_id"),
    *(
        "models add.name",
        "tokens make.name",
        "users add.full_name",
        "plan.save",
        "plan.rule",
        "exclude.name",
        "plan.preset",
    ),
    *("correspondents list.text", "correspondents rename.name", "correspondents part.spelling"),
    *("conversations rename.title", "import paperless.as_", "import paperless.field", "backup.target"),
    *("bundle.platform", "bundle.python", "migrate-store.source", "migrate-store.target", "trash.verb"),
}

# The words of commands that need more than the one that is wrong, which is {}; else it stands alone.
WORDS = {
    "correct.category": ["FILE", "{}"],
    "correct.field": ["FILE", "--field", "{}=1"],
    "files.field": ["--field", "{}=1"],
    "search.field": ["words", "--field", "{}=1"],
    "taxonomy add.within": ["a name", "--within", "{}"],
    "taxonomy merge.others": ["{}", "--into", "letter"],
    "taxonomy merge.into": ["letter", "--into", "{}"],
    "taxonomy rename.category": ["{}", "a name"],
    "taxonomy split.category": ["{}", "a part"],
    "taxonomy move.within": ["letter", "--within", "{}"],
    "taxonomy remove.into": ["letter", "--into", "{}"],
    "correspondents rename.named": ["{}", "a name"],
    "correspondents part.named": ["{}", "a name"],
    "correspondents merge.into": ["{}", "another"],
    "correspondents merge.others": ["{}", "{}"],
    "groups add.users": ["family", "{}"],
    "users role.name": ["{}", "admin"],
    "users remove.files_to": ["ada.lovelace", "--files-to", "{}", "--preview"],
    "give.to": ["FILE", "--to", "{}"],
    "share.with_": ["letter", "--with", "{}"],
    "share.place": ["{}", "--private"],
    "tokens make.right": ["scanner", "--right", "{}"],
    "tokens make.for_": ["scanner", "--for", "{}"],
    "conversations rename.conversation": ["{}", "a title"],
}
# What asks a server, needs a terminal, or takes what is not known as well: their names are refused elsewhere.
ELSEWHERE = {
    *("compare.models", "models pull.names", "models show.name", "models rm.names", "models reembed.model"),
    *("models verify.names", "bundle.models", "runtime build.model", "tag.tags", "chat.conversation"),
    *("ask.conversation", "taxonomy undo.into", "review.category", "up.profile", ".set_", "prove.only"),
    *("users add.name", "groups add.group", "groups remove.users"),
}


def commands(command: Any, name: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    for own, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, (*name, own))
    yield " ".join(name), command


def parameters() -> Iterator[tuple[str, Any]]:
    for name, command in commands(get_command(cli)):
        for param in command.params:
            yield name, param


NAMED = [(name, param) for name, param in parameters() if param._custom_shell_complete is not None]


def test_every_word_that_is_no_free_text_is_a_name_that_shells_complete() -> None:
    # when
    texts = [
        f"{name}.{param.name}"
        for name, param in parameters()
        if param.type_descriptor.annotation in {str, list[str]} and param._custom_shell_complete is None
    ]

    # then
    assert [text for text in texts if text not in FREE and text.rpartition(".")[2] not in FREE] == []


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("named")
    (home / "letter.txt").write_text("Dear reader", "utf-8")
    done = run(home, "add", "--no-wait", str(home / "letter.txt"))
    assert done.exit_code == 0, done.output
    for words in (
        ["users", "add", "ada.lovelace", "--no-password"],
        ["groups", "add", "family", "ada.lovelace"],
    ):
        done = run(home, *words)
        assert done.exit_code == 0, done.output
    return home


@pytest.mark.parametrize(
    ("name", "param"),
    [(name, param) for name, param in NAMED if f"{name}.{param.name}" not in ELSEWHERE],
    ids=lambda one: one if isinstance(one, str) else one.name,
)
def test_an_unknown_name_is_an_error_with_what_to_do(library: Path, name: str, param: Any) -> None:
    # given
    is_option = param.opts[0].startswith("-")
    usual = [*(["words"] if name == "search" else []), *([param.opts[0]] if is_option else []), "{}"]
    words = WORDS.get(f"{name}.{param.name}", usual)
    words = [word.format(UNKNOWN).replace("FILE", str(library / "letter.txt")) for word in words]

    # when
    done = run(library, *name.split(), *words)

    # then
    assert isinstance(done.exception, TwolaneError), done.output
    assert UNKNOWN in done.exception.what
    assert done.exception.remedy


def run(home: Path, *words: str) -> Any:
    flags = ["--data-dir", str(home / "library"), "--set", "filing.runtime=scripted"]
    flags += ["--set", "chat.runtime=scripted", "--set", "embedding.runtime=off"]
    return CliRunner().invoke(cli, [*flags, *words], standalone_mode=False, env={"HOME": str(home)})


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("files", "--category", "invocie"), "invoice"),
        (("files", "--category", "Manuals / documentation"), "manual"),
        (("files", "LETER"), "letter.txt"),
        (("taxonomy", "show", "scientific paper"), "scientific_paper"),
        (("init", "x", "--profile", "EE"), "E"),
        (("files", "--field", "totaldue>=3"), "total_due"),
        (("share", "invocie", "--private"), "invoice"),
        (("users", "role", "adda.lovelace", "member"), "ada.lovelace"),
        (("groups", "add", "office", "ada.lovelce"), "ada.lovelace"),
        (("groups", "remove", "famly"), "family"),
        (("share", "letter", "--with", "@famly"), "family"),
        (("share", "letter", "--with", "ada.lovelac"), "ada.lovelace"),
        (("give", "letter.txt", "--to", "ada.lovelac"), "ada.lovelace"),
        (("tokens", "make", "scanner", "--for", "ada.lovelac"), "ada.lovelace"),
        (("audit", "--user", "ada.lovelac"), "ada.lovelace"),
    ],
)
def test_what_was_meant_is_suggested(
    library: Path, words: tuple[str, ...], meant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.chdir(library)

    # when
    done = run(library, *words)

    # then
    if done.exception is None:  # it was known by its name
        return
    assert isinstance(done.exception, TwolaneError), done.output
    assert meant in done.exception.remedy


@pytest.mark.parametrize("words", [["correct", "leter.txt", "letter"], ["files", "elsewhere/lettre.txt"]])
def test_a_misspelt_file_suggests_the_nearest_of_the_library_wherever_it_lies(
    library: Path, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.chdir(tmp_path)

    # when
    done = run(library, *words)

    # then
    assert isinstance(done.exception, TwolaneError), done.output
    assert str(library / "letter.txt") in done.exception.remedy


def test_an_empty_library_says_so(tmp_path: Path) -> None:
    for words in (["files"], ["search", "lamp"], ["review", "--json"]):
        # when
        done = run(tmp_path, *words)

        # then
        assert done.exit_code == 0, done.output
        assert "the library is empty" in done.stderr


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["toknes", "list"], "tokens"),
        (["tokens", "end", "scanner"], "make, list, revoke"),
        (["add", "leter.txt"], "letter.txt"),
    ],
)
def test_a_word_that_is_no_command_or_file_is_told_what_there_is(
    library: Path, words: list[str], meant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.chdir(library)

    # when
    done = run(library, *words)

    # then
    said = done.exception if isinstance(done.exception, TwolaneError) else wrong_usage(done.exception)
    assert meant in said.remedy
