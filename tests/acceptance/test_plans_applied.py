"""Files put in order from the command line, and taken back."""

from __future__ import annotations

from pathlib import Path

from standins.program import Program


def test_a_plan_is_applied_looked_at_and_taken_back(tmp_path: Path) -> None:
    # given
    program = Program(tmp_path, {"filing.use_model": "false", "embedding.runtime": "off"})
    inbox = tmp_path / "in"
    inbox.mkdir()
    name = "Gr\u00fc\u00dfe \u5408\u540c.txt"
    (inbox / name).write_text("Dear neighbour, thank you for the plums. With kind regards, Ada")
    program.ok("add", inbox)
    program.ok("correct", inbox / name, "letter")
    rule = ("--rule", "letter=Letters/{name}{ext}")
    kept = program.ok("plan", inbox, *rule, "--save", "number one", "--json").values

    # when
    applied = program.ok("apply", "number one").out
    there = [path.name for path in (inbox / "Letters").iterdir()]
    past = program.ok("history", inbox / "Letters" / name, "--json").values
    undone = program.ok("undo", inbox / "Letters" / name).out
    again = program.ok("undo", "number one").out
    wrong = [program.run(*words).code for words in (("apply", "two"), ("undo", "number one", "--last"))]

    # then
    assert kept
    assert "`twolane undo 'number one'`" in applied
    assert there == [name]
    assert [(move["plan"], move["state"]) for move in past] == [("number one", "done")]
    assert "where it was" in undone
    assert "nothing left" in again
    assert [path.name for path in inbox.iterdir()] == [name]
    assert wrong == [1, 2]
