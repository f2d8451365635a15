"""OpenAI's own client: lists models, asks, streams, stops, embeds, and reads the sources."""

import sys

from told import QUESTION, tell

import openai

url = sys.argv[1]
client = openai.OpenAI(base_url=f"{url}/v1", api_key="none")
asked = [{"role": "user", "content": QUESTION}]
tell("lists models", [model.id for model in client.models.list()])
whole = client.chat.completions.create(model="twolane", messages=asked)
message = whole.choices[0].message
tell("asks", message.content)
tell("sources", message.annotations)
tell("usage", whole.usage)
chunks = list(client.chat.completions.create(model="twolane", messages=asked, stream=True))
tell("streams", len(chunks) > 3)
stopped = client.chat.completions.create(model="twolane", messages=asked, stream=True)
next(stopped)
stopped.close()
tell("stops", True)
response = client.responses.create(model="twolane", input=QUESTION)
tell("responses", response.output_text)
with client.responses.stream(model="twolane", input=QUESTION) as events:
    tell("responses stream", [event.type for event in events][-1] == "response.completed")
