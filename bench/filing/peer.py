"""Indexes a folder with another program; runs in the environment of `bench/peers.txt`, which has no twolane.

    python peer.py make LAYERS TOKENS TOKENIZER FOLDER    a sentence model of that size with random weights
    python peer.py llamaindex|txtai|haystack MODEL FILES INDEX

Random weights cost as much time as trained ones; the tokenizer is that of the real model, so that texts have
as many tokens. Every program cuts texts into pieces that its model reads whole, embeds them on all cores and
keeps the index under INDEX. Prints one JSON object: seconds of the work without imports and without loading
the model, documents and pieces.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PIECE_WORDS = 180  # about what a passage of twolane holds


def main(what: str, *rest: str) -> None:
    if what == "make":
        layers, tokens, tokenizer, folder = rest
        make(int(layers), int(tokens), tokenizer, folder)
        return
    model, files, index = rest
    texts = [(path.name, text) for path in sorted(Path(files).iterdir()) for text in read(path)]
    seconds, pieces = PROGRAMS[what](model, texts, index)
    print(json.dumps({"seconds": seconds, "texts": len(texts), "pieces": pieces}))


def make(layers: int, tokens: int, tokenizer: str, folder: str) -> None:
    """Write a BERT of 384 dimensions, as MiniLM, bge-small and multilingual-e5-small are."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    words = json.loads(Path(tokenizer).read_text("utf-8"))["added_tokens"]
    [pad] = {"[PAD]", "<pad>"} & {word["content"] for word in words}
    fast = PreTrainedTokenizerFast(tokenizer_file=tokenizer, model_max_length=tokens, pad_token=pad)
    config = BertConfig(
        vocab_size=len(fast),
        hidden_size=384,
        num_hidden_layers=layers,
        num_attention_heads=12,
        intermediate_size=1536,
    )
    parts = Path(folder) / "parts"
    BertModel(config).save_pretrained(parts)
    fast.save_pretrained(parts)
    transformer = Transformer(str(parts), max_seq_length=tokens)
    SentenceTransformer(modules=[transformer, Pooling(384, "mean")], device="cpu").save(folder)


def read(path: Path) -> Iterator[str]:
    """Yield the text of a file, of a PDF page by page."""
    if path.suffix == ".pdf":
        from pypdf import PdfReader

        yield from (page.extract_text() for page in PdfReader(path).pages)
    else:
        yield path.read_text("utf-8")


def llamaindex(model: str, texts: list[tuple[str, str]], index: str) -> tuple[float, int]:
    from llama_index.core import Document, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    embedder = HuggingFaceEmbedding(model_name=model, device="cpu")
    embedder.get_text_embedding("warm")
    splitter = SentenceSplitter(chunk_size=256, chunk_overlap=0)
    began_s = time.monotonic()
    nodes = splitter.get_nodes_from_documents(
        [Document(text=text, metadata={"file": name}) for name, text in texts]
    )
    made = VectorStoreIndex(nodes, embed_model=embedder)
    made.storage_context.persist(index)
    return time.monotonic() - began_s, len(nodes)


def txtai(model: str, texts: list[tuple[str, str]], index: str) -> tuple[float, int]:
    from txtai import Embeddings

    embeddings = Embeddings(path=model, content=True, hybrid=True, gpu=False)
    embeddings.transform("warm")
    began_s = time.monotonic()
    pieces = [(f"{name} {number}", piece) for name, text in texts for number, piece in enumerate(cut(text))]
    embeddings.index([(name, piece, None) for name, piece in pieces])
    embeddings.save(index)
    return time.monotonic() - began_s, len(pieces)


def haystack(model: str, texts: list[tuple[str, str]], index: str) -> tuple[float, int]:
    from haystack import Document
    from haystack.components.preprocessors import DocumentSplitter
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack.utils import ComponentDevice
    from haystack_integrations.components.embedders.sentence_transformers import (
        SentenceTransformersDocumentEmbedder,
    )

    embedder = SentenceTransformersDocumentEmbedder(
        model=model, device=ComponentDevice.from_str("cpu"), progress_bar=False
    )
    embedder.warm_up()
    splitter = DocumentSplitter(split_by="word", split_length=PIECE_WORDS, split_overlap=0)
    began_s = time.monotonic()
    pieces = splitter.run([Document(content=text, meta={"file": name}) for name, text in texts])["documents"]
    store = InMemoryDocumentStore()
    store.write_documents(embedder.run(pieces)["documents"])
    store.save_to_disk(index)
    return time.monotonic() - began_s, len(pieces)


def cut(text: str) -> Iterator[str]:
    """Yield a text in pieces of whole words."""
    words = text.split()
    for start in range(0, len(words), PIECE_WORDS):
        yield " ".join(words[start : start + PIECE_WORDS])


PROGRAMS: dict[str, Any] = {"llamaindex": llamaindex, "txtai": txtai, "haystack": haystack}

if __name__ == "__main__":
    main(*sys.argv[1:])
