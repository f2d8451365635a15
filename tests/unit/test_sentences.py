"""What the program says can be said in the page's languages: by a code and a text for each sentence."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.node import ROOT, node

from twolane import sentences
from twolane.documents import FolderStanding
from twolane.errors import NotFoundError, TwolaneError
from twolane.sentences import Sentence, codes, sentence

SOURCE = ROOT / "src" / "twolane"
WEB = SOURCE / "web"
LANGUAGES = ("de", "fr")
# People meet the errors and notes of these on the page, but for what only a terminal or a file shows.
ROOMS = ("access", "copies", "extract", "fields", "files", "filing", "organize", "store/nouns")
ELSEWHERE = (
    "access/listening.py",  # said where a server is started
    "filing/expressions.py",  # these two: of a taxonomy file
    "filing/taxonomy.py",
    "extract/sandbox/protocol.py",  # these: logged, and said as one of the errors of the reader
    "extract/sandbox/guard.py",
    "extract/sandbox/handover.py",
)
# What is put into a sentence by these names is a part of its words, such as one of these.
PARTS = {
    "doing": ("reading a.pdf",),
    "where": ("head", "the rule 7: "),
    "self._tail": (": Killed",),
    "such": (", such as 7",),
    "what": ("", "7", "a link", "no { stands before this }"),
    "limit": ("7 MiB", "7"),
    "correction_words(self.names[0])": ('a person wrote "7"',),
    "_WORDS.get(code) or error.strerror or error": ("its disk can only be read",),
}
TOLD = {"Refused", "unread", "note"}


def filled(form: str) -> str:
    """Return a sentence with values as hard as they come."""
    return re.sub(r"\{(\w+)\}", lambda found: f"a.b-{found[1]}7", form)


def test_every_sentence_is_read_back_to_its_code_and_its_values() -> None:
    # given
    forms = [(code, form) for code, all_forms in sentences._written().items() for form in all_forms]

    # when
    read = [(code, form, sentence(filled(form))) for code, form in forms if re.search(r"[^\W\d_]", form)]
    read = [one for one in read if re.search(r"[a-zA-Z]", re.sub(r"\{\w+\}", "", one[1]))]

    # then
    wrong = [
        (form, found)
        for code, form, found in read
        if found is None
        or found.code != code
        or {str(value) for value in found.values.values()}
        != {f"a.b-{name}7" for name in codes()[code] & set(re.findall(r"\{(\w+)\}", form))}
    ]
    assert len(read) > 600
    assert not wrong, wrong


def test_all_forms_of_a_sentence_have_values_of_the_same_names_but_for_what_they_leave_out() -> None:
    for code, forms in sentences._written().items():
        named = [set(re.findall(r"\{(\w+)\}", form)) for form in forms]
        assert all(names >= named[0] for names in named), code


def test_sentences_that_stand_together_are_read_each_by_itself() -> None:
    # when
    found = sentence('words of "Invoice": "Rechnung"; without the small model: Nothing answers at http://h')

    # then
    assert found == Sentence(
        "and",
        {
            "why": Sentence("words_of", {"category": "Invoice", "words": '"Rechnung"'}),
            "also": Sentence(
                "without_tier",
                {"tier": "small model", "why": Sentence("nothing_answers", {"url": "http://h"})},
            ),
        },
    )


@pytest.mark.parametrize(
    "text", ["", "a.pdf", "x: y", "of no sentence; and no other", "a; " * 5000, "a person decided; " * 2000]
)
def test_what_is_no_sentence_of_the_program_has_no_code(text: str) -> None:
    assert sentence(text) is None


def test_a_value_that_reads_like_a_sentence_stays_a_value() -> None:
    # given a file with an odd name
    found = sentence("an empty file has not been read")

    # then
    assert found == Sentence("not_been_read", {"name": "an empty file"})


def test_a_value_that_tells_has_its_sentences_by_their_codes() -> None:
    # when
    standing = FolderStanding(Path("/a"), "here", fault="/a is no folder", remedy="do something of your own")

    # then
    assert standing.said == {"fault": Sentence("no_folder", {"folder": "/a"})}


def test_every_code_has_a_text_with_the_same_values_in_every_language(tmp_path: Path) -> None:
    # given: English is what the program says itself
    script = tmp_path / "texts.mjs"
    script.write_text(
        f"""const all = {{}};
        for (const code of {json.dumps(LANGUAGES)}) {{
          all[code] = (await import("{WEB.as_posix()}/texts/" + code + "server.js")).sentences;
        }}
        console.log(JSON.stringify(all));""",
        "utf-8",
    )

    # when
    read = node(script)
    texts: dict[str, dict[str, str]] = json.loads(read.stdout)

    # then
    assert read.returncode == 0, read.stderr
    for language in LANGUAGES:
        named = {
            code: frozenset(re.findall(r"\{(\w+)(?:\|[^|}]*\|[^}]*)?\}", text))
            for code, text in texts[language].items()
            if text
        }
        assert named == codes(), language


def test_names_that_ship_have_their_words_in_every_language(tmp_path: Path) -> None:
    # given
    from twolane.fields.catalogue import known_fields
    from twolane.filing.taxonomy import Taxonomy

    categories = sorted(Taxonomy.load().by_id)
    script = tmp_path / "names.mjs"
    script.write_text(
        f"""for (const code of {json.dumps(LANGUAGES)}) {{
          const {{ shipped }} = await import("{WEB.as_posix()}/texts/" + code + "server.js");
          const kinds = {{ names: {json.dumps(categories)}, descriptions: {json.dumps(categories)},
            fields: {json.dumps(sorted(known_fields()))} }};
          for (const [kind, ids] of Object.entries(kinds)) {{
            for (const id of ids) if (!shipped[kind][id]) console.log(code, kind, id);
            for (const id of Object.keys(shipped[kind])) if (!ids.includes(id)) console.log(code, kind, id);
          }}
        }}""",
        "utf-8",
    )

    # when
    lacking = node(script)

    # then
    assert (lacking.returncode, lacking.stdout) == (0, ""), lacking.stderr


def test_every_error_and_note_that_the_page_may_show_has_a_code() -> None:
    # given
    modules = [
        path
        for room in ROOMS
        for path in sorted((SOURCE / room).rglob("*.py"))
        if path.relative_to(SOURCE).as_posix() not in ELSEWHERE
    ]

    # when
    written = {(path, text) for path in modules for text in said_in(ast.parse(path.read_text("utf-8")))}
    unknown = sorted(
        f"{path.relative_to(SOURCE).as_posix()}: {text}"
        for path, text in written
        if not any(map(sentence, put_together(text)))
    )

    # then
    assert len(written) > 300
    assert not unknown, "\n".join(unknown)


def said_in(tree: ast.Module) -> Iterator[str]:
    """Yield the errors, remedies and notes that a module writes, with values in them."""
    kinds = {kind.__name__ for kind in _all_of(TwolaneError)}
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name not in kinds | TOLD:
            continue
        for argument in call.args:
            for text in texts_of(argument):
                if " " in text.strip():
                    yield f"{text} not read" if name == "unread" else text


def _all_of(kind: type[TwolaneError]) -> Iterator[type[TwolaneError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _all_of(child)


def texts_of(node: ast.expr) -> list[str]:
    """Return what an expression may write, with something for what stands in braces."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=body, orelse=other):
            return [*texts_of(body), *texts_of(other)]
        case ast.BinOp(left=left, right=right):
            return [one + other for one in texts_of(left) for other in texts_of(right)]
        case ast.JoinedStr(values=parts):
            texts = [""]
            for part in parts:
                value = part.value if isinstance(part, ast.FormattedValue) else part
                texts = [text + piece for text in texts for piece in pieces_of(value)]
            return texts
    return []


def pieces_of(value: object) -> list[str]:
    """Return what a part of a text may be: its own words, those of either branch, or some value."""
    if isinstance(value, ast.Constant):
        return [str(value.value)]
    if isinstance(value, ast.IfExp) and (texts := texts_of(value)):
        return texts
    name = ast.unparse(value) if isinstance(value, ast.AST) else ""
    return [f"<{name}>" if name in PARTS else "7"]


def put_together(text: str) -> list[str]:
    """Return a text with each of the parts that may be put into it."""
    for name, parts in PARTS.items():
        if f"<{name}>" in text:
            return [whole for part in parts for whole in put_together(text.replace(f"<{name}>", part))]
    return [text]


def test_an_error_of_the_api_has_its_code() -> None:
    # when
    from twolane.api.boundary import Boundary

    body = Boundary().explain(NotFoundError("there is no file number 7", "`twolane files` lists them")).body

    # then
    assert body.model_dump() == {
        "error": "there is no file number 7",
        "remedy": "`twolane files` lists them",
        "said": {
            "error": {"code": "no_file", "values": {"file": "7"}},
            "remedy": {"code": "list_files", "values": {}},
        },
    }
