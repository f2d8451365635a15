"""The page's modules without a browser: their types, their tests, and what each of them must begin with."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import defaultdict
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from tests.support.node import ROOT, node, type_checker

from twolane.api.joined import joined_module, joined_style
from twolane.api.parts import short
from twolane.work import KINDS

WEB = ROOT / "src" / "twolane" / "web"
MODULES = sorted(WEB.rglob("*.js"))
TESTS = sorted(Path(__file__).parent.glob("*.test.js"))
MOST_LINES = 450
LANGUAGES = ("en", "de", "fr")
ENTRIES = ("main.js", "signin/view.js")  # what the documents ask for


def text_of(name: str) -> str:
    return (WEB / name).read_text("utf-8")


def test_the_types_of_the_modules_hold() -> None:
    # when
    checked = node(type_checker(), "--project", "tsconfig.json")

    # then
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_the_modules_do_what_they_should(path: Path) -> None:
    # when
    done = node("--test", path)

    # then
    assert done.returncode == 0, done.stdout


def test_a_wrong_type_is_found(tmp_path: Path) -> None:
    # given a module that gives a number for an address, and one that leaves open what it takes
    address = (WEB / "common" / "places.js").as_posix()
    (tmp_path / "wrong.js").write_text(f'import {{ placeAt }} from "{address}";\nplaceAt(7);\n', "utf-8")
    (tmp_path / "open.js").write_text("export const same = (value) => value;\n", "utf-8")
    config = tmp_path / "tsconfig.json"
    config.write_text(json.dumps({"extends": str(ROOT / "tsconfig.json"), "include": ["*.js"]}), "utf-8")

    # when
    checked = node(type_checker(), "--project", config)

    # then
    assert "wrong.js(2,9): error TS2345" in checked.stdout
    assert "open.js(1,22): error TS7006" in checked.stdout


def test_every_module_is_checked_and_says_what_it_is() -> None:
    # when
    silent = [
        path.relative_to(WEB).as_posix()
        for path in MODULES
        if (lines := path.read_text("utf-8").splitlines())[0] != "// @ts-check"
        or not (lines[1].startswith("// ") and lines[1].endswith((".", ",")))
    ]

    # then
    assert not silent, silent
    assert not [path.name for path in MODULES if "@ts-ignore" in path.read_text("utf-8")]


def test_no_two_folders_of_the_page_import_each_other() -> None:
    # when
    sees = defaultdict(set)
    for path in MODULES:
        for target in re.findall(r'^import .*? from "(.+?)";$', path.read_text("utf-8"), re.MULTILINE):
            other = (path.parent / target).resolve()
            assert other in MODULES, f"{path.name} imports {target}"
            sees[path.parent].add(other.parent)

    # then
    assert sees[WEB / "common"] == {WEB / "common", WEB / "texts"}
    others = {folder: seen - {folder} for folder, seen in sees.items()}
    order = list(TopologicalSorter(others).static_order())  # raises where there is a circle
    assert order[:2] == [WEB / "texts", WEB / "common"]


def test_what_stands_in_the_page_from_the_start_is_written_in_every_language(tmp_path: Path) -> None:
    # given
    named = sorted(
        set(re.findall(r'data-say(?:-[a-z-]+)?="([a-z_.]+)"', (WEB / "index.html").read_text("utf-8")))
    )
    script = tmp_path / "said.mjs"
    script.write_text(
        f"""const named = {json.dumps(named)};
        for (const code of {json.dumps(LANGUAGES)}) {{
          const {{ [code]: texts }} = await import("{WEB.as_posix()}/texts/" + code + ".js");
          for (const path of named) {{
            const found = path.split(".").reduce((at, name) => at?.[name], texts);
            if (typeof found !== "string" || !found) console.log(code, path);
          }}
        }}""",
        "utf-8",
    )

    # when
    lacking = node(script)

    # then
    assert named
    assert (lacking.returncode, lacking.stdout) == (0, ""), lacking.stderr


def test_every_kind_of_job_has_its_word_in_every_language(tmp_path: Path) -> None:
    # given
    script = tmp_path / "steps.mjs"
    script.write_text(
        f"""const kinds = {json.dumps(sorted(KINDS))};
        for (const code of {json.dumps(LANGUAGES)}) {{
          const {{ [code]: texts }} = await import("{WEB.as_posix()}/texts/" + code + ".js");
          for (const kind of kinds) if (!texts.lanes.steps[kind]) console.log(code, kind);
        }}""",
        "utf-8",
    )

    # when
    lacking = node(script)

    # then
    assert (lacking.returncode, lacking.stdout) == (0, ""), lacking.stderr


def test_german_speaks_to_nobody_as_to_a_friend() -> None:
    assert not re.findall(r"\b(?:du|dich|dein\w*)\b", (WEB / "texts" / "de.js").read_text("utf-8"))


def test_no_stylesheet_of_a_view_reaches_what_stands_above_all_views() -> None:
    # given: what the strip and the account are made of is there in every view
    shell = "".join((WEB / path).read_text("utf-8") for path in ("lanes/strip.js", "account/view.js"))
    above = {
        word for text in re.findall(r'class: ["`]([^"`]+)', shell) for word in re.findall(r"[\w-]+", text)
    }
    above |= {"filing", "chat", "ready", "loading", "down"}
    common = {"quiet", "small", "main", "link", "aside", "unseen"}  # said by the common stylesheet alone
    views = [path for path in WEB.glob("*/*.css") if path.parent.name not in {"common", "account", "signin"}]

    # when
    found = [
        f"{path.parent.name}/{path.name}: {selector.strip()}"
        for path in views
        if path.name != "strip.css"
        for rule in re.findall(
            r"([^{}]+)\{", re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
        )
        for selector in rule.split(",")
        if (first := re.match(r"\s*\.([\w-]+)(?=[\s:{]|$)", selector)) and first[1] in above - common
    ]

    # then
    assert {"lane", "queue", "chat"} <= above
    assert not found, found


def test_what_people_read_stands_in_the_texts_alone() -> None:
    # given: what is given as a text, a label, a title or a placeholder, or told by a toast
    given = re.compile(
        r"""(?:\b(?:text|title|placeholder|label|"aria-label"):\s*|\btoast\(
        |\.textContent\s*=\s*|new\ Problem\()
        (?:[\w.()!]+\s*\?\s*)?(?P<text>"[^"]*"|`[^`]*`)""",
        re.VERBOSE,
    )
    words = re.compile(r"(?<![\w$.{])[A-Za-z]{3,}")

    # when
    found = [
        f"{path.relative_to(WEB).as_posix()}: {match['text']}"
        for path in MODULES
        if path.parent.name != "texts"
        for match in given.finditer(path.read_text("utf-8"))
        if words.search(re.sub(r"\$\{[^}]*\}|twolane( watch FOLDER)?", "", match["text"]))
    ]
    page = (WEB / "index.html").read_text("utf-8").partition("<noscript>")[0]
    static = [
        text.strip()
        for text in re.findall(r">([^<>]+)<", page.partition("<body")[2])
        if words.search(text) and text.strip() not in {"twolane"}
    ]
    labels = re.findall(r'\s(?:aria-label|placeholder|title)="([^"]*[A-Za-z]{3,}[^"]*)"', page)

    # then
    assert not found, "\n".join(found)
    assert not static + labels, "\n".join(static + labels)


def test_a_module_says_the_same_as_it_is_sent(tmp_path: Path) -> None:
    # given
    written = {path.relative_to(WEB).as_posix(): path.read_bytes() for path in MODULES}
    written |= {f"joined {name}": joined_module(name, text_of, {}).encode() for name in ENTRIES}
    for name, content in written.items():
        (tmp_path / name.replace("/", "-")).write_bytes(content)
        (tmp_path / f"short-{name.replace('/', '-')}").write_bytes(short(name, content))
    script = tmp_path / "compare.cjs"
    script.write_text(
        f"""const ts = require({json.dumps(str(type_checker().parents[1]))});
        const fs = require("fs");
        const folder = {json.dumps(str(tmp_path))};
        const meant = (node, source) => {{
          const parts = [];
          ts.forEachChild(node, (child) => {{ parts.push(meant(child, source)); }});
          return `${{node.kind}}(${{parts.length ? parts.join() : node.getText(source)}})`;
        }};
        const read = (name) => {{
          const text = fs.readFileSync(`${{folder}}/${{name}}`, "utf8");
          const source = ts.createSourceFile("a.js", text, ts.ScriptTarget.ES2023, true, ts.ScriptKind.JS);
          return source.statements.map((one) => meant(one, source)).join("\\n");
        }};
        const names = fs.readdirSync(folder).filter((name) => name.startsWith("short-"));
        for (const name of names) if (read(name) !== read(name.slice(6))) console.log(name);""",
        "utf-8",
    )

    # when
    other = node(script)

    # then
    assert (other.returncode, other.stdout) == (0, ""), other.stderr


def test_a_module_is_joined_with_all_that_it_imports_and_does_what_it_did(tmp_path: Path) -> None:
    # given: names of all kinds, one for two things, what is imported twice, and what comes later
    modules = {
        "main.js": """import { twice, Thing as Other } from "./below/one.js";
import {
  said,
} from "./said.js";

export const answer = async () => {
  const { late, numbers } = await import("./below/late.js");
  const alone = await import("./alone.js");
  return [twice(2), new Other().name, said, await late(), [...numbers()], alone.here, globalThis.runs].join();
};
""",
        "below/one.js": """import { said } from "../said.js";

export function twice(number) { return number * 2; }
export class Thing { name = `${said}!`; }
""",
        "below/late.js": """import { twice } from "./one.js";

export async function late() { return twice(3); }
export function* numbers() { yield 1; }
""",
        "said.js": 'globalThis.runs = (globalThis.runs ?? 0) + 1;\nexport const said = "a word";\n',
        "alone.js": 'export const here = "alone";\n',
    }
    for name, text in modules.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    joined = joined_module("main.js", modules.__getitem__, {"alone.js": "./alone.js"})
    (tmp_path / "joined.js").write_bytes(short("joined.js", joined.encode()))
    script = tmp_path / "both.mjs"
    script.write_text(
        """for (const name of ["main", "joined"]) {
          globalThis.runs = 0;
          console.log(await (await import(`./${name}.js`)).answer());
        }""",
        "utf-8",
    )
    (tmp_path / "package.json").write_text('{"type": "module"}', "utf-8")

    # when
    said = node(script)

    # then
    assert said.stdout.splitlines() == ["4,a word!,a word,6,1,alone,1"] * 2, said.stderr


@pytest.mark.parametrize(
    "text",
    [
        'import * as all from "./other.js";\n',
        'import "./other.js";\n',
        "export let changing = 1;\n",
        "export default 1;\n",
        "const one = 1;\nexport { one };\n",
        "const here = import.meta.url;\n",
    ],
)
def test_what_could_not_be_joined_is_refused_and_not_sent_otherwise(text: str) -> None:
    with pytest.raises(ValueError, match=r"main\.js cannot be joined"):
        joined_module("main.js", {"main.js": text}.__getitem__, {})


def test_no_module_and_no_stylesheet_of_the_page_is_left_out() -> None:
    # when
    joined = "".join(joined_module(name, text_of, {}) for name in ENTRIES)
    styles = "".join(joined_style(name, text_of) for name in ("main.css", "signin/signin.css"))

    # then
    names = [path.relative_to(WEB).as_posix() for path in MODULES]
    assert {name for name in names if f'\n"{name}": () =>' not in joined} == {"offline/worker.js"}
    others = [path for path in WEB.rglob("*.css") if path.name not in {"main.css", "signin.css"}]
    assert not [path.name for path in others if path.read_text("utf-8") not in styles]


def test_the_parts_of_the_page_are_short() -> None:
    # given: all but types, which are written as the API has them, pictures, and texts: a file a language
    parts = [path for path in WEB.rglob("*.*") if not path.name.endswith((".d.ts", ".png"))]
    parts = [path for path in parts if path.parent.name != "texts"]

    # when
    long = [path.name for path in parts if len(path.read_text("utf-8").splitlines()) > MOST_LINES]

    # then
    assert not long, long


def test_the_types_are_those_of_the_api() -> None:
    # when
    tool = ROOT / "tools" / "write_page_types.py"
    checked = subprocess.run([sys.executable, tool, "--check"], capture_output=True, text=True)

    # then
    assert checked.returncode == 0, checked.stdout


def test_the_lock_file_names_no_registry() -> None:
    # when
    locked = (ROOT / "package-lock.json").read_text("utf-8")

    # then
    assert '"resolved"' not in locked
    assert '"integrity": "sha512-' in locked
