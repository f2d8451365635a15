"""The import law: who may see whom in src/twolane, read from the source without running it."""

from __future__ import annotations

import ast
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "twolane"
MODULES = {
    ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix("__init__").removesuffix("."): path
    for path in SOURCE.rglob("*.py")
}

PORTS = {"llm", "jobs", "store", "files.blobs"}
BASES = {f"{port}.base" for port in PORTS} | {
    "store.admitted",
    "store.categorised",
    "store.conversed",
    "store.decided",
    "store.known",
    "store.filed",
    "store.glance",
    "store.organized",
}
BASES |= {"store.kept", "store.placed", "store.scanned", "store.taken_out", "store.values"}
# seen by all; "" is the package itself: its version
VALUES = {
    "announced",
    "cancel",
    "categories",
    "documents",
    "facts",
    "errors",
    "installed",
    "version",
    "config",
    "trace",
    "principal",
    "work",
    "text",
}
VALUES |= {"", "answers", "outages", "parts", "plans", "sentences", "system"}
# no backends, though they live beside them: what is known of models, and what fetches those
MODEL_FILES = {f"llm.catalogue.{name}" for name in ("adding", "data", "embedding", "models", "pull")}
MODEL_FILES |= {
    f"llm.runtimes.kernels.{name}" for name in ("building", "checking", "kept", "source", "standing")
}
MODEL_FILES |= {"llm.stock.opening"}
BOTH_LANES = {"filing", "chat", "extract", "hardware"} | BASES
OUTSIDE = {
    "access",
    "app",
    "importing",
    "api",
    "pictures",
    "backup.values",
    "bundle",
    "client",
    "mcp",
    "hardware",
    "doctor",
    "lanes",
    "measure",
    "telemetry",
}
OUTSIDE |= BASES | MODEL_FILES

# What each part sees beside itself and the values; a part that is not named sees nothing more.
SEES: dict[str, set[str]] = {
    "": {"aio", "service"},
    "aio": {"service"},
    "text": set(),
    "system": set(),
    "access": BASES,
    "mail": BASES | {"extract"},
    "filing": BASES | {"extract", "fields.catalogue"},
    "fields": BASES,
    # what it needs of categories and fields comes as values
    "organize": BASES | {"files.contents.base", "files.handles", "files.scan"},
    "config": {"organize.template"},  # a template is checked where it is written
    "copies": BASES | {"fields.names"},
    # it opens documents as scans do, and says of files that it wrote what a scan would
    "backup": BASES | {"files.contents.shared", "files.handles", "files.scan"},
    # what a person typed elsewhere is normalised as what they type here
    "importing": BASES | {"fields.find", "files.contents.base"},
    # numbers and dates of an answer are read as those of documents are
    "chat": BASES | {"extract"} | {f"fields.{name}" for name in ("amounts", "dates", "names", "sheet")},
    "llm": BASES,
    "jobs": BASES,
    "store": BASES,
    "hardware": BASES | {"llm.catalogue.data"},  # the tables of sizes and profiles
    # it stands around the lanes' parts by their ports, and knows none of them; gauges are a snapshot
    "telemetry": BASES | {"lanes.snapshot"},
    "app": PORTS
    | BOTH_LANES
    | {"ingest", "lanes", "access", "backup", "files", "mail", "fields", "copies", "organize"}
    | {"pictures", "telemetry"},
    "files": BASES,
    "files.blobs": set(),
    "bundle": BASES | MODEL_FILES,
    "lanes": {"hardware"} | BASES | MODEL_FILES,
    "__main__": {"cli"},
    "ingest": BOTH_LANES | {"files", "fields", "copies", "pictures"},
    "pictures": BASES | {"extract", "files"},
    "client": set(),
    "service": BOTH_LANES | {"app", "client", "lanes.fit"},
    "doctor": BOTH_LANES | {"app", "lanes"} | MODEL_FILES,
    "measure": BOTH_LANES | {"app", "lanes"} | MODEL_FILES,
    "cli": OUTSIDE,
    "api": OUTSIDE,
    # it shows things in the shapes of the API, and runs tools as that runs questions
    "mcp": {"access", "app", "api"},
}

# What shows things to users, and what of an app stands behind the verbs that they call.
FACES = {"cli", "api", "mcp", "service", "doctor", "measure"}
BEHIND = {"store", "contents", "wakeups", "admission"}

# Libraries that are a client of something: a server, a file format, a runtime. Each has one home, so that its
# errors are translated in one place and it can be replaced there. Frameworks and values (numpy, pydantic,
# typer, fastapi, httpx ...) are not meant.
CLIENTS = (
    *("ollama", "xllamacpp", "onnxruntime", "tokenizers", "redis", "pika", "psycopg", "minio", "uvicorn"),
    *("psycopg_pool", "mcp", "mcp_types"),
    *("rapidocr", "pypdfium2", "docx", "pptx", "python_calamine", "oxmsg", "selectolax", "striprtf"),
    *("charset_normalizer", "platformdirs", "pynvml", "gguf", "Stemmer"),
    *("prometheus_client", "opentelemetry", "matplotlib", "httpx_sse", "jsonschema"),
    *("watchfiles", "send2trash", "imapclient", "ijson", "webauthn", "authlib", "argon2"),
)


def imports_of(tree: ast.AST, module: str, *, is_package: bool = False) -> Iterator[str]:
    """Yield the full names that a module imports anywhere, functions and type checking included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = node.module or ""
            if node.level:
                parts = ["twolane", *module.split(".")]
                above = parts[: len(parts) - node.level + is_package]
                source = ".".join([*above, source] if source else above)
            for alias in node.names:
                inner = f"{source}.{alias.name}"
                yield inner if inner.removeprefix("twolane.") in MODULES else source


@cache
def all_imports() -> dict[str, set[str]]:
    """Map every module to the full names that it imports."""
    return {
        module: set(
            imports_of(ast.parse(path.read_text("utf-8")), module, is_package=path.name == "__init__.py")
        )
        for module, path in MODULES.items()
    }


def own(names: set[str]) -> set[str]:
    """Keep the imports of the package itself, without its name in front."""
    return {name.removeprefix("twolane").removeprefix(".") for name in names if head(name) == "twolane"}


def is_in(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def may_see(module: str, other: str) -> bool:
    """Say whether the import law lets a module import another one of the package."""
    if module == "answers":
        return other in {"documents", "facts"}
    if module in {"announced", "cancel", "documents", "facts"} | {
        "errors",
        "trace",
        "principal",
        "work",
        "parts",
        "plans",
    }:
        alone = {("documents", "facts"), ("documents", "sentences"), ("announced", "system.disk")}
        return other in {"", "errors"} or (module, other) in alone
    package, target = part_of(module), part_of(other)
    if package in {"text", "system"}:
        return target == package
    seen = SEES.get(package, set())
    return package == target or target in VALUES or other in seen or target in seen


def part_of(module: str) -> str:
    """Return the part of the law's table that a module belongs to: the narrowest that is named there."""
    parts = module.split(".")
    tried = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((part for part in tried if part in SEES), parts[0])


def head(name: str) -> str:
    return name.partition(".")[0]


@pytest.mark.parametrize(
    ("module", "other", "allowed"),
    [
        ("filing.cascade", "chat.chunk", False),
        ("chat.answer", "filing.taxonomy", False),
        ("chat.answer", "llm.base", True),
        ("filing.cascade", "llm.runtimes.ollama", False),
        ("cli.add", "store.sqlite.store", False),
        ("cli.add", "app", True),
        ("llm.runtimes.ollama", "llm.wire.http", True),
        ("llm.runtimes.ollama", "store.base", True),
        ("jobs.worker", "store.sqlite.store", False),
        ("app", "store.sqlite.store", True),
        ("ingest", "llm.runtimes.llamacpp", False),
        ("documents", "config.settings", False),
        ("telemetry.observed", "chat.retrieve", False),
        ("telemetry.observed", "llm.base", True),
        ("extract.readers.pdf", "llm.base", False),
        ("store.sqlite.writer", "text.full_text", True),
        ("text.stems", "chat.retrieve", False),
        ("text.stems", "config.settings", False),
        ("system.disk", "errors", False),
        ("chat.answer", "system.disk", True),
    ],
)
def test_the_law_says_what_it_should(module: str, other: str, allowed: bool) -> None:
    assert may_see(module, other) is allowed


def test_every_import_obeys_the_law() -> None:
    # given
    imports = all_imports()

    # when
    broken = [
        f"{module} imports {other}"
        for module, names in sorted(imports.items())
        for other in sorted(own(names))
        if not may_see(module, other)
    ]

    # then
    assert not broken, broken


def test_backends_are_chosen_in_one_place() -> None:
    # given
    backends = {
        module for module in MODULES if part_of(module) in PORTS and module not in BASES | MODEL_FILES | PORTS
    }

    # when
    users = {
        f"{module} imports {other}"
        for module, names in all_imports().items()
        for other in own(names) & backends
        if module != "app" and part_of(module) != part_of(other)
    }

    # then
    assert not users, users


def test_no_two_folders_import_each_other() -> None:
    # given
    seen = folders_seen(all_imports())

    # when
    pairs = [
        f"{one} and {other}"
        for one, others in sorted(seen.items())
        for other in sorted(others)
        if one < other and one in seen.get(other, ())
    ]

    # then
    assert not pairs, pairs


def test_no_files_import_each_other_in_a_circle() -> None:
    # given
    imports = {module: own(names) & MODULES.keys() - {module} for module, names in all_imports().items()}

    # when
    found = circles(imports)

    # then
    assert not found, found


def test_a_circle_is_found_wherever_it_runs() -> None:
    # given
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set(), "e": {"d", "f"}, "f": {"e"}, "g": {"a"}}

    # then
    assert circles(graph) == [["a", "b", "c"], ["e", "f"]]
    assert circles({"a": {"b"}, "b": {"c", "d"}, "c": {"d"}, "d": set()}) == []
    assert folders_seen({"x.a": {"twolane.y.b"}, "y.b": {"twolane.x.c"}}) == {"x": {"y"}, "y": {"x"}}
    assert folders_seen({"llm.pool.a": {"twolane.llm.base"}, "llm.opening": {"twolane.llm.pool.a"}}) == {}


def folders_seen(imports: dict[str, set[str]]) -> dict[str, set[str]]:
    """Map each folder to those that its files import; a folder and one within it are of one house."""
    seen = defaultdict(set)
    for module, names in imports.items():
        for other in own(names):
            one, another = folder_of(module), folder_of(other)
            if one and another and not is_in(one, another) and not is_in(another, one):
                seen[one].add(another)
    return dict(seen)


def folder_of(module: str) -> str:
    is_package = module in MODULES and MODULES[module].name == "__init__.py"
    return module if is_package else module.rpartition(".")[0]


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the strongly connected components of more than one node (Tarjan 1972), sorted."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph[node]:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            component = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(component) > 1:
                found.append(sorted(component))

    for node in graph:
        if node not in index:
            visit(node)
    return sorted(found)


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_has_one_home(client: str) -> None:
    # given
    imports = all_imports()

    # when
    homes = {_home(module) for module, names in imports.items() if any(is_in(name, client) for name in names)}

    # then
    assert len(homes) <= 1, homes


def _home(module: str) -> str:
    """Return the module, or the folder of the one format that is read in several files."""
    return "extract.readers.pdf" if module.startswith("extract.readers.pdf.") else module


def test_the_database_is_known_to_its_store_alone() -> None:
    # when
    homes = [module for module, names in all_imports().items() if "sqlite3" in names]
    connecting = [module for module in homes if "sqlite3.connect(" in MODULES[module].read_text("utf-8")]

    # then
    assert all(head(module) == "store" for module in homes), homes
    # a shell that completes a word waits for no store to open
    assert set(connecting) <= {"store.glance", "store.sqlite.connections"}, connecting


def test_faces_ask_the_verbs_and_never_reach_for_the_parts_behind_them() -> None:
    # when
    reaching = [
        f"{module}:{line}: {chain}"
        for module, path in MODULES.items()
        if part_of(module) in FACES
        for line, chain in reaches(ast.parse(path.read_text("utf-8")))
    ]

    # then
    assert not reaching, reaching


@pytest.mark.parametrize(
    ("code", "reaches_through"),
    [
        ("app.store.files()", True),
        ("shared(request).app.store", True),
        ("self._app.contents.open(path)", True),
        ("app.library.find()", False),
        ("told.store", False),
    ],
)
def test_what_it_is_to_reach_through_an_app(code: str, reaches_through: bool) -> None:
    assert bool(list(reaches(ast.parse(code)))) is reaches_through


def reaches(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and the words of each use of a part that an app keeps for its nouns."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in BEHIND:
            whose = ast.unparse(node.value).rpartition(".")[2]
            if whose in {"app", "_app"}:
                yield node.lineno, ast.unparse(node)


def test_no_tool_depends_on_the_tests() -> None:
    # given
    tools = [
        path
        for folder in ("standins", "chaos", "bench", "eval", "tools")
        for path in (ROOT / folder).glob("*.py")
    ]

    # when
    users = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in tools
        for name in imports_of(ast.parse(path.read_text("utf-8")), "")
        if head(name) == "tests"
    ]

    # then
    assert tools
    assert not users, users


def test_every_dependency_is_used() -> None:
    # given
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    import_names = {
        "python_docx": "docx",
        "python_pptx": "pptx",
        "python_oxmsg": "oxmsg",
        "pillow": "PIL",
        "nvidia_ml_py": "pynvml",
        "pystemmer": "Stemmer",
        "pyahocorasick": "ahocorasick",
        "python_stdnum": "stdnum",
        "argon2_cffi": "argon2",
    }
    not_imported = {"pip", "py_cpuinfo", "python_multipart"}  # run as programs, and used by fastapi

    # when
    used = defaultdict(list)
    for module, names in all_imports().items():
        for name in names:
            used[head(name)].append(module)
    unused = []
    for requirement in [*project["dependencies"], *project["optional-dependencies"]["embedded"]]:
        name = requirement.split(";")[0].split(">")[0].split("=")[0].strip().replace("-", "_")
        if name not in not_imported and import_names.get(name, name) not in used:
            unused.append(name)

    # then
    assert not unused, unused


def test_only_config_reads_the_environment() -> None:
    # when
    readers = [
        f"{module}:{line}"
        for module, path in MODULES.items()
        if part_of(module) != "config"
        for line in environment_reads(ast.parse(path.read_text("utf-8")))
    ]

    # then
    assert not readers, readers


def environment_reads(tree: ast.AST) -> Iterator[int]:
    """Yield the lines that read the environment; `env={**os.environ}` only hands it on to a child process."""
    handed_on = {
        id(value)
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "env" and isinstance(node.value, ast.Dict)
        for key, value in zip(node.value.keys, node.value.values, strict=True)
        if key is None
    }
    words = {"environ", "environb", "getenv", "getenvb"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in words and ast.unparse(node.value) == "os":
            if id(node) not in handed_on:
                yield node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            yield from (node.lineno for alias in node.names if alias.name in words)
