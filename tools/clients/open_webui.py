"""Open WebUI as a server of its own: lists models by both APIs, asks, streams, stops, passes sources on."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
from told import QUESTION, tell

START_S = 900
url, home = sys.argv[1], Path(sys.argv[2])
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
env = {
    **os.environ,
    "HOME": str(home),
    "DATA_DIR": str(home),
    "WEBUI_AUTH": "False",
    "OPENAI_API_BASE_URL": f"{url}/v1",
    "OPENAI_API_KEY": "none",
    "OLLAMA_BASE_URL": url,
    "OFFLINE_MODE": "true",
    "HF_HUB_OFFLINE": "1",
    "RAG_EMBEDDING_ENGINE": "openai",
    "RAG_OPENAI_API_BASE_URL": f"{url}/v1",
}
program = Path(sys.executable).parent / "open-webui"
serve = [str(program), "serve", "--host", "127.0.0.1", "--port", str(port)]
with (home / "log.txt").open("w") as log:
    server = subprocess.Popen(serve, env=env, cwd=home, stdout=log, stderr=log)
client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120, trust_env=False)
try:
    for _ in range(START_S):
        try:
            client.get("/api/version").raise_for_status()
            break
        except httpx.HTTPError:
            time.sleep(1)
    signed = client.post("/api/v1/auths/signin", json={"email": "admin@localhost", "password": "admin"})
    client.headers["Authorization"] = f"Bearer {signed.json()['token']}"
    tell("lists models", [model["id"] for model in client.get("/api/models").json()["data"]])
    for model in ("twolane", "twolane:latest"):
        asked = {"model": model, "messages": [{"role": "user", "content": QUESTION}]}
        whole = client.post("/api/chat/completions", json=asked).json()
        told = whole["choices"][0]["message"]
        tell(f"{model} asks", told["content"])
        tell(f"{model} sources", "#/files/" in told["content"])
        with client.stream("POST", "/api/chat/completions", json={**asked, "stream": True}) as stream:
            lines = [line for line in stream.iter_lines() if line.startswith("data: {")]
        tell(f"{model} streams", len(lines) > 3)
        with client.stream("POST", "/api/chat/completions", json={**asked, "stream": True}) as stream:
            next(stream.iter_lines())
        tell(f"{model} stops", True)
    title = {"model": "twolane", "messages": [{"role": "user", "content": QUESTION}]}
    made = client.post("/api/v1/tasks/title/completions", json=title).json()
    tell("makes a title", json.loads(made["choices"][0]["message"]["content"])["title"])
finally:
    server.terminate()
    server.wait(60)
