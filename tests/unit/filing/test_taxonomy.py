"""Taxonomy files: what is read, what is taken over from twolane's own, and what each mistake is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from twolane.errors import TaxonomyError
from twolane.filing.taxonomy import Category, Taxonomy


def write(folder: Path, text: str) -> Path:
    path = folder / "taxonomy.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_default_is_for_home_and_office() -> None:
    # when
    taxonomy = Taxonomy.load()

    # then
    ids = [category.id for category in taxonomy.categories]
    assert {"invoice", "receipt", "contract", "letter", "email", "report", "source_code"} <= set(ids)
    assert 15 <= len(ids) <= 20
    assert all(category.description for category in taxonomy.categories)


def test_a_file_is_read_in_order_and_names_default_to_ids(tmp_path: Path) -> None:
    # given
    path = write(
        tmp_path,
        """
        [[category]]
        id = "pet_food"
        [[category]]
        id = "tax"
        name = "Taxes"
        description = "Returns"
        folders = ["tax"]
        patterns = ['''tax\\s+year''']
        """,
    )

    # when
    taxonomy = Taxonomy.load(path)

    # then
    assert taxonomy.categories[0] == Category("pet_food", "Pet food")
    assert taxonomy.get("tax") == Category(
        "tax", "Taxes", "Returns", folders=("tax",), patterns=(r"tax\s+year",)
    )
    assert taxonomy.get("none") is None


def test_hints_in_brackets_count_as_one(tmp_path: Path) -> None:
    # given
    path = write(
        tmp_path,
        """
        [[category]]
        id = "pet_food"
        hints = [["kibble", "a|b"], "bowl"]
        [[category]]
        id = "tax"
        """,
    )

    # when
    hints = Taxonomy.load(path).categories[0].hints

    # then
    assert hints == ("(?:kibble)|(?:a|b)", "bowl")


def test_a_bare_category_takes_over_the_evidence_of_ours_and_keeps_its_own_words() -> None:
    # when
    taxonomy = Taxonomy.from_categories(
        [
            {"id": "invoice", "name": "Bills", "description": "What I owe", "coarse": "money"},
            {"id": "email", "extensions": [".mail"]},
        ]
    )

    # then
    bills, mail = taxonomy.categories
    assert (bills.name, bills.description) == ("Bills", "What I owe")
    assert bills.hints
    assert (mail.extensions, mail.hints) == ((".mail",), ())


def test_the_digest_changes_with_the_content_only(tmp_path: Path) -> None:
    # given
    plain = '[[category]]\nid = "a"\n[[category]]\nid = "b"\n'

    # when
    one = Taxonomy.load(write(tmp_path, plain)).digest
    spaced = Taxonomy.load(write(tmp_path, "# mine\n\n" + plain)).digest
    other = Taxonomy.load(write(tmp_path, plain + 'description = "more"\n')).digest

    # then
    assert one == spaced
    assert one != other


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[[category]]\nid = "a"\n\n[[category]]\nid = "x/y"\n', "line 5", "cannot be a category's id"),
        ('[[category]]\nid = "a"\n[[category]]\nid = "../b"\n', "line 4", "cannot be a category's id"),
        ('[[category]]\nid = "a"\ncolour = "red"\n', "line 3", "no 'colour'"),
        ('[[category]]\nid = "a"\nhints = "red"\n', "line 3", "not a list of texts"),
        ('[[category]]\nid = "a"\n\nname = 3\n', "line 4", "name is not a text"),
        ("[[category]]\nid = \"a\"\nhints = ['(']\n", "line 3", "not a regular expression"),
        ("[[category]]\nid = \"a\"\nhints = [['x', '(']]\n", "line 3", "not a regular expression"),
        ("[[category]]\nid = \"a\"\nhints = [['x', 3]]\n", "line 3", "not a text"),
        ('[[category]]\nname = "A"\n', "line 1", "cannot be a category's id"),
        ('[[category]]\nid = "a"\n[[category]]\nid = "A"\n', "line 4", "two categories"),
        ('[[category]\nid = "a"\n', "line 1", ""),
        ('[[categories]]\nid = "a"\n', "taxonomy.toml", "nothing called 'categories'"),
        ("category = 3\n", "taxonomy.toml", "no [[category]]"),
    ],
)
def test_a_mistake_is_told_with_its_file_and_line(tmp_path: Path, text: str, line: str, said: str) -> None:
    # given
    path = write(tmp_path, text)

    # when
    with pytest.raises(TaxonomyError) as caught:
        Taxonomy.load(path)

    # then
    assert str(path) in caught.value.what
    assert line in caught.value.what
    assert said in caught.value.what
    assert caught.value.remedy


def test_a_missing_or_unreadable_file_is_told(tmp_path: Path) -> None:
    # given
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe\x00")

    # then
    for name in ("none.toml", "bad.toml"):
        with pytest.raises(TaxonomyError, match=name):
            Taxonomy.load(tmp_path / name)


def test_two_categories_at_least_with_names_of_their_own() -> None:
    # then
    with pytest.raises(TaxonomyError, match="at least two"):
        Taxonomy.from_categories([Category("a", "A")])
    with pytest.raises(TaxonomyError, match="name 'Same'"):
        Taxonomy.from_categories([Category("a", "Same"), Category("b", "Same")])
