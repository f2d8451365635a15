"""What is asked of a lane's llama.cpp process: its own routes, not those of other servers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from twolane.llm.base import ChatOptions, Delta, Finished, Prompt, Schema, Stream
from twolane.llm.runtimes.control_tokens import ControlTokens
from twolane.llm.runtimes.labels import NextTokens
from twolane.llm.runtimes.thinking import NO_THINKING, ThinkingModel, ends_in_thought
from twolane.llm.wire.http import Json, ModelServer
from twolane.llm.wire.systemone import DecisionClient

# Probabilities cost 7 ms a call for 1000 tokens, 35 ms for 5000: 1000 hold 98 to 99 % of all.
TOP_TOKENS = 1000
_FIELDS = ("completion_probabilities", "tokens_evaluated", "timings")


class LlamaCppClient:
    """A client of one process; every failure is a `ModelError`."""

    def __init__(self, server: ModelServer, model: str) -> None:
        self._server = server
        self.decisions = DecisionClient(server, model)
        self._control_tokens = ControlTokens(self._pieces)
        self._thinking = ThinkingModel(model)

    def next_tokens(self, prompt: Prompt) -> NextTokens:
        """Ask for the probabilities of the next token, before any sampling and over the whole vocabulary."""
        body = {
            "prompt": self._rendered(prompt),
            "n_predict": 1,
            "n_probs": TOP_TOKENS,
            "temperature": 0.0,
            "cache_prompt": True,
            "response_fields": _FIELDS,
        }
        answer = self._server.post("/completion", body)
        listed = answer.get("completion_probabilities")
        top = listed[0]["top_logprobs"] if listed else ()
        tokens = tuple((bytes(t["bytes"]).decode("utf-8", "replace"), float(t["logprob"])) for t in top)
        return NextTokens(tokens, int(answer["tokens_evaluated"]), int(answer["timings"]["cache_n"]))

    def answer(self, prompt: Prompt, options: ChatOptions, schema: Schema | None = None) -> Stream:
        """Stream the continuation of a prompt, held to a schema where there is one."""
        rendered = self._rendered(prompt)
        body: Json = {
            "prompt": rendered,
            "n_predict": max(1, options.max_tokens),
            "temperature": options.temperature,
            "seed": options.seed,
            "stop": list(options.stop),
            "cache_prompt": True,
            "stream": True,
        }
        if schema is not None:
            body["json_schema"] = schema
        with closing(self._server.events("/completion", body)) as events:
            # What is held to a schema is no thought, whatever the template opens.
            opened = schema is None and not isinstance(prompt, str) and ends_in_thought(rendered)
            yield from self._thinking.answer(self._pieces_of(events), opened=opened)

    def count_tokens(self, text: str) -> int:
        """Count the tokens of a text."""
        body = {"content": text, "add_special": False, "parse_special": False}
        return len(self._server.post("/tokenize", body)["tokens"])

    def warm_up(self) -> None:
        """Ask for what takes least, and keep nothing of it."""
        if not self.decisions.warm_up():
            self._server.post("/completion", {"prompt": "Hello", "n_predict": 1, "cache_prompt": False})

    def close(self) -> None:
        self._server.close()

    def _pieces_of(self, events: Iterator[Json]) -> Stream:
        for event in events:
            if event["content"]:
                yield Delta(event["content"])
            if event["stop"]:
                reason: str = event["stop_type"]
                tokens = int(event["tokens_evaluated"]), int(event["tokens_predicted"])
                yield Finished("length", *tokens) if reason == "limit" else Finished("stop", *tokens)
                return
        raise self._server.bad_answer("it broke off")

    def _rendered(self, prompt: Prompt) -> str:
        """Return a prompt as the text that the model continues; a last assistant message stays unfinished."""
        defused = self._control_tokens.defused
        if isinstance(prompt, str):
            return defused(prompt)
        messages = [{"role": m.role, "content": defused(m.content)} for m in prompt]
        body = {"messages": messages, "chat_template_kwargs": NO_THINKING}
        return str(self._server.post("/apply-template", body)["prompt"])

    def _pieces(self, text: str, parse_special: bool) -> list[tuple[int, object]]:
        body = {"content": text, "add_special": False, "parse_special": parse_special, "with_pieces": True}
        return [(token["id"], token["piece"]) for token in self._server.post("/tokenize", body)["tokens"]]
