"""Ollama as it was recorded on the wire (0.32), its shapes and its failures, without a model."""

from __future__ import annotations

import hashlib
import json
import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from standins.model_server import Cut, Exchange, FakeServer, Said, decided, next_words
from twolane.llm.runtimes.scripted import example, hashed_words
from twolane.llm.wire.loads import kept_s

GENERATES = "small:1b"
EMBEDS = "embed:latest"
THINKS = "thinker:latest"
DECIDES = "decides:600m"
_CAPABILITIES = {
    DECIDES: ["decision", "vision"],
    GENERATES: ["completion"],
    EMBEDS: ["embedding"],
    THINKS: ["completion", "thinking"],
}
_CONTEXT_DEFAULT = 4096
FOR_EVER = "2319-01-01T00:00:00Z"
_FOUND_NS, _LOAD_NS = 1_000_000, 600_000_000  # load_duration: as seen for a loaded model, and a small one


class FakeOllama(FakeServer):
    """An Ollama with four models: one generates, one embeds, one thinks, one decides.

    `loads` holds the launch settings of every load of a model: a request with others loads it again, and so
    does one for a model that another has pushed out, where more than `most_loaded` are wanted. Names with the
    same file in `files` share a runner. `kept` has the last keep-alive that was sent for each name.
    """

    def __init__(self) -> None:
        super().__init__()
        self.models = dict(_CAPABILITIES)
        self.loads: list[tuple[str, dict[str, Any]]] = []
        self.kept: dict[str, object] = {}
        self.files: dict[str, str] = {}
        self.most_loaded = 3
        self.pulled = 0  # of the model that is being pulled
        self._running: dict[str, Runner] = {}
        self._loading = threading.Lock()

    def restart(self) -> None:
        """Forget what is in memory, as a server that was stopped and started does."""
        self._running.clear()

    def run(self, name: str, context_tokens: int, expires_at: str = FOR_EVER) -> None:
        """Have a model in memory, as somebody else's requests would."""
        self._running[self.files.get(name, name)] = Runner(
            name, {"num_ctx": context_tokens}, 300.0, expires_at
        )

    def put_out(self, name: str) -> None:
        """Put a model out of memory, as the load of another one does."""
        self._running.pop(self.files.get(name, name), None)

    def answer(self, exchange: Exchange) -> None:
        path = exchange.seen.path
        if path == "/api/version":
            exchange.json({"version": "0.32.15"})
        elif path == "/api/tags":
            exchange.json({"models": [self._tag(name) for name in self.models]})
        elif path == "/api/ps":
            exchange.json({"models": [self._tag(name) | ps for name, ps in self._running_models()]})
        elif path == "/api/show":
            self._show(exchange)
        elif path == "/api/pull":
            self._pull(exchange)
        elif path == "/api/delete":
            self._delete(exchange)
        elif path in {"/api/generate", "/api/chat", "/api/embed", "/v1/systemone"}:
            with self.stage.visit(exchange.is_gone):
                self._model(exchange, path)
        else:
            exchange.reply(404, "404 page not found", "text/plain")

    def _model(self, exchange: Exchange, path: str) -> None:
        trick = self.trick(exchange)
        if trick == "done":
            return
        body = exchange.seen.body
        name = self._full(str(body.get("model", "")))
        if name not in self.models:
            quoted = f'model "{name}" not found, try pulling it first'
            error = quoted if path == "/api/embed" else f"model '{name}' not found"
            exchange.json({"error": error}, 404)
        elif body.get("think") and "thinking" not in self.models[name]:
            exchange.json({"error": f'"{name}" does not support thinking'}, 400)
        elif path == "/v1/systemone":
            self._decide(exchange, name, body)
        elif path == "/api/embed":
            self._embed(exchange, name, body)
        elif "completion" not in self.models[name]:
            exchange.json({"error": f'"{name}" does not support generate'}, 400)
        else:
            self._complete(exchange, name, body, trick)

    def _complete(self, exchange: Exchange, name: str, body: dict[str, Any], trick: str) -> None:
        load_ns = self._load(name, body)
        messages = body.get("messages")
        prompt = "\n".join(m["content"] for m in messages) if messages else body.get("prompt", "")
        if not prompt:
            reason = "unload" if body.get("keep_alive") == 0 else "load"
            answer = {"model": name, "response": "", "done": True, "done_reason": reason}
            exchange.json(answer | {"total_duration": load_ns, "load_duration": load_ns})
            return
        count, context = len(prompt.split()), self._context(body)
        if count > context and body.get("truncate") is False:
            exchange.json({"error": _too_long(count, context)}, 400)
            return
        text = json.dumps(example(body["format"], prompt)) if body.get("format") else prompt
        said = self.say(None if body.get("format") else messages, text, body["options"]["num_predict"])
        lines = self._lines(name, bool(messages), prompt, min(count, context), said, trick, body, load_ns)
        if body.get("stream", True):
            exchange.stream((json.dumps(line) + "\n" for line in lines), "application/x-ndjson")
        else:
            exchange.json(_gathered(list(lines)))

    def _lines(
        self,
        name: str,
        is_chat: bool,
        prompt: str,
        count: int,
        said: Said,
        trick: str,
        body: dict[str, Any],
        load_ns: int,
    ) -> Iterator[dict[str, Any]]:
        def part(text: str) -> dict[str, Any]:
            content = {"message": {"role": "assistant", "content": text}} if is_chat else {"response": text}
            return {"model": name, "created_at": "2026-08-19T00:00:00Z", **content}

        for thought in (*said.thoughts, *(("Hm.",) if trick == "think" else ())):
            yield part("") | {"message": {"role": "assistant", "content": "", "thinking": thought}}
        sent = 0
        for word in self.tokens(said.pieces, trick):
            sent += 1
            line = part(word) | {"done": False}
            if body.get("logprobs") and trick != "no logprobs":
                line["logprobs"] = [_logprob(prompt)]
            yield line
        if trick == "error mid-stream":
            yield {"error": "an error was encountered while running the model: unexpected EOF"}
            return
        if trick in {"silent abort", "end mid-stream"}:
            yield part("") | {"done": False}
            return
        yield part("") | {
            "done": True,
            "done_reason": said.reason,
            "total_duration": load_ns + 4_000_000,
            "load_duration": load_ns,
            "prompt_eval_count": count,
            "prompt_eval_duration": 2_000_000,
            "eval_count": sent,
        }

    def _decide(self, exchange: Exchange, name: str, body: dict[str, Any]) -> None:
        if "decision" not in self.models[name]:
            exchange.json({"error": f'"{name}" does not support decision'}, 400)
            return
        self._load(name, body)
        count, context = len(str(body["state"]).split()), self._context(body)
        if count > context:
            exchange.json({"error": _too_long(count, context)}, 400)
        else:
            exchange.json(decided(body, name, count))

    def _embed(self, exchange: Exchange, name: str, body: dict[str, Any]) -> None:
        if "embedding" not in self.models[name]:
            error = "This server does not support embeddings. Start it with `--embeddings`"
            exchange.json({"error": error}, 501)
            return
        load_ns = self._load(name, body)
        texts = body["input"]
        if any(len(text.split()) > self._context(body) for text in texts) and body.get("truncate") is False:
            exchange.json({"error": "the input length exceeds the context length"}, 400)
            return
        rows = [[float(x) for x in hashed_words(text)] for text in texts]
        answer = {"model": name, "embeddings": rows, "prompt_eval_count": 3}
        exchange.json(answer | {"total_duration": load_ns + 1, "load_duration": load_ns})

    def _load(self, name: str, body: dict[str, Any]) -> int:
        """Have a runner with a request's launch settings, and return how long that took, in nanoseconds."""
        options = body.get("options") or {}
        launch = {key: options.get(key) for key in ("num_ctx", "num_thread", "num_batch")}
        launch["shift"] = body.get("shift", True)
        file = self.files.get(name, name)
        with self._loading:
            runner, load_ns = self._running.get(file), _FOUND_NS
            if runner is None or runner.launch != launch:
                self._running.pop(file, None)
                while len(self._running) >= self.most_loaded:
                    del self._running[min(self._running, key=lambda each: (self._running[each].kept_s, each))]
                runner = self._running[file] = Runner(name, launch)
                self.loads.append((name, launch))
                load_ns = _LOAD_NS
            if "keep_alive" in body:
                self.kept[name] = body["keep_alive"]
                runner.kept_s = _seconds(body["keep_alive"])
            runner.keep(runner.kept_s)
            if runner.kept_s == 0:
                del self._running[file]
        return load_ns

    def _show(self, exchange: Exchange) -> None:
        name = self._full(exchange.seen.body["model"])
        if name not in self.models:
            exchange.json({"error": f"model '{name}' not found"}, 404)
        else:
            sizes = {"block_count": 30, "embedding_length": 576, "feed_forward_length": 1536}
            heads = {"attention.head_count": 9, "attention.head_count_kv": 3, "context_length": 8192}
            info: dict[str, Any] = {f"llama.{key}": number for key, number in (sizes | heads).items()}
            info["general.architecture"] = "llama"
            file = hashlib.sha256(self.files.get(name, name).encode()).hexdigest()
            modelfile = f"# Modelfile\nFROM /root/.ollama/models/blobs/sha256-{file}\nTEMPLATE x\n"
            answer = {"model_info": info, "template": "", "modelfile": modelfile}
            exchange.json(answer | {"capabilities": self.models[name]})

    def _pull(self, exchange: Exchange) -> None:
        name = exchange.seen.body["model"]
        trick = self.trick(exchange)
        if trick == "done":
            return
        steps: list[dict[str, Any]] = [{"status": "pulling manifest"}]
        if name.startswith("nope"):
            steps.append({"error": "pull model manifest: file does not exist"})
        else:
            layer = {"status": "pulling 123", "digest": "sha256:123", "total": 100}
            rest = {"status": "pulling 456", "digest": "sha256:456", "total": 10, "completed": 10}
            done = [layer | {"completed": self.pulled}] if self.pulled else []  # it goes on where it was
            self.pulled = 50
            if trick == "cut mid-stream":
                exchange.stream(_cut_after([layer, *done, layer | {"completed": 50}]), "application/x-ndjson")
                return
            steps += [layer, *done, layer | {"completed": 100}, rest, {"status": "verifying sha256 digest"}]
        if trick != "end mid-stream" and not name.startswith("nope"):
            steps.append({"status": "success"})
            self.models[name] = ["completion"]
        exchange.stream((json.dumps(step) + "\n" for step in steps), "application/x-ndjson")

    def _delete(self, exchange: Exchange) -> None:
        name = self._full(exchange.seen.body["model"])
        if self.models.pop(name, None) is None:
            exchange.json({"error": f"model '{name}' not found"}, 404)
        else:
            self._running.pop(self.files.get(name, name), None)
            exchange.reply(200, "", "application/json")

    def _full(self, name: str) -> str:
        return f"{name}:latest" if f"{name}:latest" in self.models else name

    def _context(self, body: dict[str, Any]) -> int:
        return int((body.get("options") or {}).get("num_ctx") or _CONTEXT_DEFAULT)

    def _tag(self, name: str) -> dict[str, Any]:
        details = {"format": "gguf", "family": "llama", "parameter_size": "1B", "quantization_level": "Q4_0"}
        digest = hashlib.sha256(name.encode()).hexdigest()
        return {"name": name, "model": name, "size": 1000, "digest": digest, "details": details}

    def _running_models(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for runner in list(self._running.values()):
            yield (
                runner.name,
                {
                    "expires_at": runner.expires_at,
                    "size": 3000,  # in memory; its file has 1000
                    "size_vram": 0,
                    "context_length": runner.launch["num_ctx"] or _CONTEXT_DEFAULT,
                },
            )


@dataclass
class Runner:
    """A model in memory, by the name that loaded it."""

    name: str
    launch: dict[str, Any]
    kept_s: float = 300.0  # OLLAMA_KEEP_ALIVE
    expires_at: str = ""

    def keep(self, seconds: float) -> None:
        """Stay for so long from now on."""
        self.kept_s = seconds
        until = (
            FOR_EVER if math.isinf(seconds) else (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
        )
        self.expires_at = until


def _seconds(keep_alive: float | str) -> float:
    seconds = keep_alive if isinstance(keep_alive, int | float) else kept_s(keep_alive)
    return seconds if seconds >= 0 else math.inf


def _cut_after(steps: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the lines of a stream, and then have the connection closed."""
    yield from (json.dumps(step) + "\n" for step in steps)
    raise Cut


def _too_long(count: int, context: int) -> str:
    inner = {
        "error": {
            "code": 400,
            "message": "the request exceeds the available context size, try increasing it",
            "type": "exceed_context_size_error",
            "n_prompt_tokens": count,
            "n_ctx": context,
        }
    }
    return json.dumps(inner)


def _logprob(prompt: str) -> dict[str, Any]:
    top = [{"token": t, "logprob": p, "bytes": list(t.encode())} for t, p in next_words(prompt)]
    return top[0] | {"top_logprobs": top}


def _gathered(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Put the lines of a stream together, as `stream: false` does."""
    whole = dict(lines[-1])
    if "response" in lines[0]:
        whole["response"] = "".join(line.get("response", "") for line in lines)
    elif "message" in lines[0]:
        text = "".join(line["message"]["content"] for line in lines if "message" in line)
        whole["message"] = {"role": "assistant", "content": text}
    if logprobs := [item for line in lines for item in line.get("logprobs", ())]:
        whole["logprobs"] = logprobs
    return whole
