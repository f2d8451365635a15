"""The embedded embedder with its real model."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from standins.models import embedding_model

from twolane.errors import ModelError, ModelFileError, ModelMissingError
from twolane.llm.catalogue.models import ready_path
from twolane.llm.levelled import levelled
from twolane.llm.runtimes.onnx import OnnxEmbedder
from twolane.llm.runtimes.tokenizing import LibraryTokenizer, UnigramTokenizer, read_tokenizer

pytestmark = pytest.mark.model

ROOT = Path(__file__).parents[3]

INVOICE = "Invoice number 17: please pay 40 euros within two weeks."
BILL = "The bill is due; transfer the amount to our account."
HOLIDAY = "We swam in the sea and slept in the sun all day."


@pytest.fixture(scope="module")
def embedder() -> Iterator[OnnxEmbedder]:
    folder, name = embedding_model()
    opened = OnnxEmbedder(name, models_dir=folder)
    yield opened
    opened.close()


def test_rows_are_of_length_one_and_in_order(embedder: OnnxEmbedder) -> None:
    # given
    texts = [HOLIDAY * 9, BILL, INVOICE * 3, "", "word"] * 4

    # when
    rows = embedder.embed(texts, "passage")

    # then
    assert rows.shape == (20, 384)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    alone = np.concatenate([embedder.embed([text], "passage") for text in texts])
    assert float((rows * alone).sum(axis=1).min()) > 0.99


def test_texts_of_all_languages_become_the_librarys_tokens() -> None:
    # given
    folder, name = embedding_model()
    path = ready_path(name, folder) / "tokenizer.json"
    kept, library = read_tokenizer(path), LibraryTokenizer(path.read_text("utf-8"))
    texts = [
        part
        for file in sorted((ROOT / "eval/data").rglob("*.toml"))
        for part in file.read_text("utf-8").split("\n\n")
    ]

    # when
    differ = [text for text in texts if kept.ids(text) != library.ids(text)]

    # then
    assert len(texts) > 100
    assert not differ
    assert isinstance(kept, UnigramTokenizer)  # it takes an eighth of the memory


def test_likeness_is_meaning(embedder: OnnxEmbedder) -> None:
    # when
    invoice, bill, holiday = embedder.embed([INVOICE, BILL, HOLIDAY], "passage")

    # then
    nearness = embedder.form.nearness
    assert nearness(invoice @ bill) > nearness(invoice @ holiday) + 0.2


@pytest.mark.parametrize(
    "question",
    [
        "When must the invoice be paid?",
        "Wann muss die Rechnung bezahlt werden?",
        "Quand faut-il payer la facture ?",
        "Когда нужно оплатить счёт?",
        "发票什么时候付款？",
        "متى يجب دفع الفاتورة؟",
    ],
)
def test_a_question_finds_its_passage_in_another_language(embedder: OnnxEmbedder, question: str) -> None:
    # given
    passages = embedder.embed([INVOICE, HOLIDAY, "Rezept: Mehl, Zucker und Eier verrühren."], "passage")

    # when
    (asked,) = embedder.embed([question], "question")

    # then
    assert int((passages @ asked).argmax()) == 0


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How much is the rent of the flat?", "Die Miete der Wohnung beträgt 640 Euro im Monat."),
        ("Wie hoch ist die Miete der Wohnung?", "Le loyer de l'appartement est de 640 euros par mois."),
    ],
)
def test_an_answer_in_another_language_comes_before_another_matter_in_the_questions_own(
    embedder: OnnxEmbedder, question: str, answer: str
) -> None:
    # given
    others = [
        "The rent of the bicycle was paid last summer.",
        "Die Miete des Fahrrads wurde im letzten Sommer bezahlt.",
        "Le vélo a été loué l'été dernier.",
    ]
    through = levelled(embedder)

    # when
    passages = through.embed([*others, answer], "passage")
    (asked,) = through.embed([question], "question")

    # then
    assert int((passages @ asked).argmax()) == 3


def test_questions_and_passages_are_embedded_in_their_own_ways(embedder: OnnxEmbedder) -> None:
    # when
    (question,), (passage,) = embedder.embed([BILL], "question"), embedder.embed([BILL], "passage")

    # then
    assert question @ passage < 0.999


def test_a_passages_vector_does_not_depend_on_its_neighbours() -> None:
    # given
    folder, name = embedding_model()
    several = OnnxEmbedder(name, models_dir=folder, threads=3)

    # when
    rows = several.embed([HOLIDAY * 9, BILL, INVOICE * 3, HOLIDAY], "passage")
    (alone,) = several.embed([BILL], "passage")
    several.close()

    # then
    assert np.array_equal(rows[1], alone)


def test_no_texts_are_no_rows(embedder: OnnxEmbedder) -> None:
    assert embedder.embed([], "passage").shape == (0, 384)


def test_a_long_text_is_cut(embedder: OnnxEmbedder) -> None:
    # when
    rows = embedder.embed(["word " * 507 + "word", "word " * 5000], "passage")

    # then
    assert rows[0] @ rows[1] > 0.999


def test_tokens_are_counted_beyond_the_cut(embedder: OnnxEmbedder) -> None:
    assert embedder.count_tokens("") == 0
    assert embedder.count_tokens("four words in here") == 4
    assert embedder.count_tokens("word " * 4999 + "word") == 5000


def test_threads_share_it(embedder: OnnxEmbedder) -> None:
    # given
    together = threading.Barrier(3)

    def work(text: str) -> np.ndarray:
        together.wait()
        return embedder.embed([text], "passage")

    # when
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(work, [INVOICE, INVOICE, INVOICE]))

    # then
    assert np.allclose(results[0], results[1], atol=1e-5)
    assert np.allclose(results[0], results[2], atol=1e-5)


def test_a_folder_is_a_model_too() -> None:
    # given
    folder, name = embedding_model()
    embedder = OnnxEmbedder(str(folder / name), models_dir=Path("nowhere"))

    # when
    rows = embedder.embed([INVOICE], "passage")

    # then
    assert rows.shape == (1, 384)
    assert embedder.health().ready


def test_health_and_the_way_to_the_model(tmp_path: Path) -> None:
    # given
    embedder = OnnxEmbedder("all-minilm-l6-v2", models_dir=tmp_path)

    # then
    assert not embedder.health().ready
    assert "models pull all-minilm-l6-v2" in embedder.health().remedy
    with pytest.raises(ModelMissingError):
        embedder.embed([INVOICE], "passage")


@pytest.mark.parametrize("name", ["no such model", "smollm2:135m"])
def test_what_makes_no_vectors_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match=name):
        OnnxEmbedder(name, models_dir=tmp_path).embed([INVOICE], "passage")


@pytest.mark.parametrize("damaged", ["model.onnx", "tokenizer.json"])
def test_a_damaged_folder_is_told(tmp_path: Path, damaged: str) -> None:
    # given
    folder, name = embedding_model()
    for file in ("model.onnx", "tokenizer.json"):
        (tmp_path / file).write_bytes((folder / name / file).read_bytes())
    (tmp_path / damaged).write_bytes(b"not this")

    # when / then
    with pytest.raises(ModelFileError, match="cannot be loaded"):
        OnnxEmbedder(str(tmp_path), models_dir=tmp_path).embed([INVOICE], "passage")


def test_a_name_of_the_list_is_no_folder_that_lies_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    (foreign := tmp_path / "all-minilm-l6-v2").mkdir()
    (foreign / "model.onnx").write_bytes(b"a stranger's")
    monkeypatch.chdir(tmp_path)

    # when
    with pytest.raises(ModelMissingError, match="all-minilm-l6-v2"):
        OnnxEmbedder("all-minilm-l6-v2", models_dir=tmp_path / "models").embed(["text"], "passage")
