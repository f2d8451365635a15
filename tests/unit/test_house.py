"""The rules of the house that a machine can check: docstrings, sizes, the error tree, broad excepts."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "twolane"
FILES = sorted(SOURCE.rglob("*.py"))
TREES = {path.relative_to(SOURCE).as_posix(): ast.parse(path.read_text("utf-8")) for path in FILES}

FILE_LINES = 450
CLASS_LINES = 200
FUNCTION_LINES = 50
# The worker's loop (a job's failure, and what its threads meet besides), the boundary of the API with its two
# doors (replies and streams), and the command line's end: each logs what it catches, or hands it to where it
# is logged.
BROAD_EXCEPTS = {
    "jobs/batches.py": 1,
    "jobs/unforeseen.py": 1,
    "api/edge.py": 1,
    "api/streams.py": 1,
    "cli/main.py": 1,
}


def test_every_module_opens_with_a_sentence() -> None:
    # when
    silent = []
    for name, tree in TREES.items():
        opening = (ast.get_docstring(tree) or "").split("\n\n")[0].strip()
        if tree.body and not re.search(r"\w.*[.:]$", opening, re.DOTALL):
            silent.append(name)

    # then
    assert not silent, silent


def test_files_classes_and_functions_are_short() -> None:
    # when
    long = [
        f"{path.relative_to(SOURCE)}: {lines} lines"
        for path in FILES
        if (lines := len(path.read_text("utf-8").splitlines())) >= FILE_LINES
    ]
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines >= FUNCTION_LINES:
                    long.append(f"{name}: {node.name} has {lines} lines")
            elif isinstance(node, ast.ClassDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines >= CLASS_LINES:
                    long.append(f"{name}: {node.name} has {lines} lines")

    # then
    assert not long, long


def test_the_error_tree_is_drawn_as_it_is() -> None:
    # given
    tree = TREES["errors.py"]
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}

    # when
    drawn: dict[str, tuple[str, bool]] = {}
    above: list[tuple[int, str]] = []
    for line in (ast.get_docstring(tree) or "").splitlines():
        if match := re.match(r"[│├└─ ]*(\w+Error)\b", line):
            column, name = match.start(1), match[1]
            above = [(indent, parent) for indent, parent in above if indent < column]
            drawn[name] = (above[-1][1] if above else "Exception", "(retryable)" in line)
            above.append((column, name))

    # then
    assert drawn == {
        name: (ast.unparse(node.bases[0]), "retryable = True" in ast.unparse(node))
        for name, node in classes.items()
    }


def test_every_error_stands_in_the_tree() -> None:
    # given
    tree = {node.name for node in TREES["errors.py"].body if isinstance(node, ast.ClassDef)}

    # when
    elsewhere = [
        f"{name}: {node.name}"
        for name, module in TREES.items()
        if name != "errors.py"
        for node in ast.walk(module)
        if isinstance(node, ast.ClassDef) and tree & {ast.unparse(base) for base in node.bases}
    ]

    # then
    assert not elsewhere, elsewhere


def test_nothing_outside_the_tree_is_raised_for_users() -> None:
    # given
    banned = {"Exception", "BaseException", "RuntimeError", "OSError"}

    # when
    raised = [
        f"{name}:{node.lineno}"
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call | ast.Name)
        and ast.unparse(node.exc.func if isinstance(node.exc, ast.Call) else node.exc) in banned
    ]

    # then
    assert not raised, raised


def test_broad_excepts_stand_in_three_places_only() -> None:
    # when
    broad = Counter(
        name
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and is_broad(node) and not raises_again(node)
    )

    # then
    assert broad <= Counter(BROAD_EXCEPTS), broad - Counter(BROAD_EXCEPTS)


def test_no_python_is_started_that_takes_modules_from_the_working_folder() -> None:
    # when
    unsafe = [
        f"{name}:{node.lineno}"
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.List)
        and [ast.unparse(part) for part in node.elts[:1]] == ["sys.executable"]
        and [ast.unparse(part) for part in node.elts[1:2]] != ["'-P'"]
    ]

    # then
    assert not unsafe, unsafe


def is_broad(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or ast.unparse(kind) in {"Exception", "BaseException"} for kind in caught)


def raises_again(handler: ast.ExceptHandler) -> bool:
    """Say whether a handler only cleans up: it ends in a bare `raise` and swallows nothing."""
    return ast.unparse(handler.body[-1]) == "raise"


def test_no_class_name_stands_for_two_things() -> None:
    # given
    homes: dict[str, list[str]] = defaultdict(list)

    # when: classes within functions are known to their function alone
    for name, tree in TREES.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                homes[node.name.lstrip("_")].append(name)
    doubled = {name: places for name, places in homes.items() if len(places) > 1}

    # then
    assert not doubled, doubled
