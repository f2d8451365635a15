"""An OpenAI-compatible server in the shapes and failures of llama-server and vLLM, without a model."""

from __future__ import annotations

import json
import queue
from collections.abc import Iterator
from typing import Any

from standins.model_server import Exchange, FakeServer, Said, decided, next_words
from twolane.llm.runtimes.scripted import example, hashed_words

MODEL = "small-1b"


class FakeOpenAI(FakeServer):
    """One model that generates and embeds.

    `dialect` is "llama-server", "vllm" or "ollama": they differ in log probabilities of completions, in error
    bodies, in `/tokenize`, and in that Ollama's has a mark in its answers, and `kept` by its own route.
    `health` is the status of `/health`; `api_key` is asked for where it is set. One that `decides` holds a
    decision model, and says so as llama-server does.
    """

    def __init__(self, dialect: str = "llama-server", context_tokens: int = 256) -> None:
        super().__init__()
        self.dialect = dialect
        self.context_tokens = context_tokens
        self.health = 200
        self.api_key = ""
        self.has_tokenizer = True
        self.models_answer = ""
        self.decides = False
        self.kept: queue.Queue[object] = queue.Queue()
        self.thought_field = "reasoning_content"

    def answer(self, exchange: Exchange) -> None:
        path = exchange.seen.path
        if self.api_key and exchange.seen.headers.get("authorization") != f"Bearer {self.api_key}":
            error = {"message": "Invalid API Key", "type": "authentication_error", "code": 401}
            exchange.json({"error": error}, 401)
        elif path == "/health":
            exchange.json({"status": "ok"}, self.health)
        elif path == "/v1/models" and self.models_answer:
            exchange.reply(200, self.models_answer, "application/json")
        elif path == "/v1/models":
            exchange.json({"object": "list", "data": [self._model_entry()]})
        elif path == "/tokenize" and self.has_tokenizer:
            tokens = list(range(len(exchange.seen.body["content"].split())))
            exchange.json({"tokens": tokens, "count": len(tokens)})
        elif path == "/api/generate" and self.dialect == "ollama":
            self.kept.put(exchange.seen.body["keep_alive"])
            exchange.json({"model": MODEL, "done": True, "done_reason": "load"})
        elif path == "/v1/systemone":
            with self.stage.visit(exchange.is_gone):
                self._decide(exchange)
        elif path in {"/v1/completions", "/v1/chat/completions", "/v1/embeddings"}:
            with self.stage.visit(exchange.is_gone):
                self._model(exchange, path)
        else:
            error = {"code": 404, "message": "File Not Found", "type": "not_found_error"}
            exchange.json({"error": error}, 404)

    @property
    def _mark(self) -> dict[str, str]:
        return {"system_fingerprint": "fp_ollama"} if self.dialect == "ollama" else {}

    def _model(self, exchange: Exchange, path: str) -> None:
        trick = self.trick(exchange)
        if trick == "done":
            return
        body = exchange.seen.body
        if body["model"] != MODEL:
            error = {"message": f"The model `{body['model']}` does not exist.", "type": "NotFoundError"}
            exchange.json({"error": error | {"code": 404}}, 404)
        elif path == "/v1/embeddings":
            self._embed(exchange, body)
        else:
            self._complete(exchange, body, trick)

    def _decide(self, exchange: Exchange) -> None:
        if self.trick(exchange) == "done":
            return
        body = exchange.seen.body
        count = len(str(body["state"]).split())
        if not self.decides:
            error = {"message": "This model is not a decision model", "type": "not_supported_error"}
            exchange.json({"error": error | {"code": 501}}, 501)
        elif count > self.context_tokens:
            exchange.json(self._too_long(count), 400)
        else:
            exchange.json(decided(body, MODEL, count))

    def _complete(self, exchange: Exchange, body: dict[str, Any], trick: str) -> None:
        messages = body.get("messages")
        prompt = "\n".join(m["content"] for m in messages) if messages else body["prompt"]
        count = len(prompt.split())
        if count > self.context_tokens:
            exchange.json(self._too_long(count), 400)
            return
        schema = _schema_of(body)
        if schema and trick == "refuses schemas":
            detail = [{"loc": ["body", "response_format"], "msg": "Extra inputs are not permitted"}]
            exchange.json({"detail": detail}, 422)
            return
        is_held = schema and trick != "ignores schemas"
        text = json.dumps(example(schema, prompt)) if is_held else prompt
        said = self.say(None if is_held else messages, text, body["max_tokens"])
        if body.get("stream"):
            events = self._events(bool(messages), said, count, body, trick)
            exchange.stream(events, "text/event-stream")
            return
        choice: dict[str, Any] = {"index": 0, "finish_reason": "length"}
        choice |= {"message": {"content": said.pieces[0]}} if messages else {"text": said.pieces[0]}
        if body.get("logprobs") and trick != "no logprobs":
            choice["logprobs"] = self._logprobs(prompt, bool(messages))
        exchange.json({"choices": [choice], "usage": _usage(count, 1), **self._mark})

    def _events(
        self, is_chat: bool, said: Said, count: int, body: dict[str, Any], trick: str
    ) -> Iterator[str]:
        def event(text: str | None, reason: str | None = None, field: str = "content") -> str:
            piece: dict[str, Any] = {"index": 0, "finish_reason": reason}
            if is_chat:
                piece["delta"] = {field: text} if text is not None else {}
            else:
                piece["text"] = text or ""
            return f"data: {json.dumps({'choices': [piece], **self._mark})}\n\n"

        if trick == "only pings":
            while not self.closing.wait(0.01):
                yield ": ping\n\n"
            return
        if trick == "only pieces of pings":
            while not self.closing.wait(0.01):
                yield ": pi"
                yield "ng\n\n"
            return
        yield ": ping\n\n"
        sent = 0
        for thought in said.thoughts:
            yield event(thought, field=self.thought_field)
        for word in self.tokens(said.pieces, trick):
            sent += 1
            yield event(word)
        if trick == "error mid-stream":
            yield f"data: {json.dumps({'error': {'message': 'the engine died', 'code': 500}})}\n\n"
            return
        if trick == "end mid-stream":
            return
        if trick not in {"no finish reason", "neither reason nor mark"}:
            yield event(None, said.reason)
        if (body.get("stream_options") or {}).get("include_usage"):
            yield f"data: {json.dumps({'choices': [], 'usage': _usage(count, sent)})}\n\n"
        if trick not in {"no done", "neither reason nor mark"}:
            yield "data: [DONE]\n\n"

    def _logprobs(self, prompt: str, is_chat: bool) -> dict[str, Any]:
        top = next_words(prompt)
        if is_chat or self.dialect == "llama-server":
            items = [{"token": t, "logprob": p, "bytes": list(t.encode())} for t, p in top]
            return {"content": [items[0] | {"top_logprobs": items}]}
        return {"tokens": [top[0][0]], "token_logprobs": [top[0][1]], "top_logprobs": [dict(top)]}

    def _embed(self, exchange: Exchange, body: dict[str, Any]) -> None:
        texts = body["input"]
        longest = max(len(text.split()) for text in texts)
        if longest > self.context_tokens:
            exchange.json(self._too_long(longest), 400)
            return
        rows = [
            {"index": i, "embedding": [3.0 * float(x) for x in hashed_words(text)]}
            for i, text in enumerate(texts)
        ]
        exchange.json({"data": rows[::-1], "usage": {"prompt_tokens": 3}})

    def _too_long(self, count: int) -> dict[str, Any]:
        if self.dialect == "vllm":
            message = f"This model's maximum context length is {self.context_tokens} tokens."
            return {"object": "error", "message": message, "type": "BadRequestError", "code": 400}
        return {
            "error": {
                "code": 400,
                "message": "the request exceeds the available context size, try increasing it",
                "type": "exceed_context_size_error",
                "n_prompt_tokens": count,
                "n_ctx": self.context_tokens,
            }
        }

    def _model_entry(self) -> dict[str, Any]:
        if self.dialect == "vllm":
            return {"id": MODEL, "max_model_len": self.context_tokens}
        outputs = ["decisions"] if self.decides else ["text"]
        architecture = {"input_modalities": ["text"], "output_modalities": outputs}
        meta = {"n_ctx_train": self.context_tokens, "size": 1000}
        return {"id": MODEL, "architecture": architecture, "meta": meta}


def _schema_of(body: dict[str, Any]) -> Any:
    """Return the schema that an answer is held to: of completions llama-server reads it elsewhere."""
    if "messages" not in body and "json_schema" in body:
        return body["json_schema"]
    return body.get("response_format", {}).get("json_schema", {}).get("schema")


def _usage(prompt: int, completion: int) -> dict[str, Any]:
    details = {"cached_tokens": prompt // 2}
    return {"prompt_tokens": prompt, "completion_tokens": completion, "prompt_tokens_details": details}
