"""Ollama's own client: lists models, asks, streams and stops."""

import sys

from told import QUESTION, tell

import ollama

client = ollama.Client(sys.argv[1])
asked = [{"role": "user", "content": QUESTION}]
tell("lists models", [model.model for model in client.list().models])
tell("shows", client.show("twolane").capabilities)
whole = client.chat("twolane", asked)
tell("asks", whole.message.content)
tell("sources", "#/files/" in whole.message.content)
tell("usage", whole.eval_count)
tell("streams", len(list(client.generate("twolane", QUESTION, stream=True))) > 3)
stopped = client.chat("twolane", asked, stream=True)
next(stopped)
stopped.close()
tell("stops", True)
