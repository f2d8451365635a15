"""The command `llm`, by OpenAI's API and by llm-ollama: lists models, asks, streams and stops."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from told import QUESTION, tell

url, home = sys.argv[1], Path(sys.argv[2])
models = f"""- model_id: files
  model_name: twolane
  api_base: {url}/v1
"""
(home / "extra-openai-models.yaml").write_text(models)
env = {**os.environ, "LLM_USER_PATH": str(home), "OLLAMA_HOST": url}
command = [sys.executable, "-m", "llm"]


def run(*args: str) -> str:
    """Run a command of llm to its end."""
    return subprocess.run([*command, *args], env=env, capture_output=True, text=True, check=True).stdout


listed = run("models")
tell("lists models", [line for line in listed.splitlines() if "files" in line or "twolane" in line])
answer = run("prompt", "-m", "files", "--no-stream", QUESTION)
tell("asks", answer)
tell("sources", "#/files/" in answer)
tell("goes on", run("prompt", "-m", "files", "-c", "And what is the rent?"))
tell("asks by llm-ollama", run("prompt", "-m", "ollama/twolane", "--no-stream", QUESTION))
streaming = subprocess.Popen([*command, "prompt", "-m", "files", QUESTION], env=env, stdout=subprocess.PIPE)
assert streaming.stdout
tell("streams", streaming.stdout.read(1))
streaming.send_signal(signal.SIGINT)
tell("stops", streaming.wait(60) != 0)
streaming.stdout.close()
