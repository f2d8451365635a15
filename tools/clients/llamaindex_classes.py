"""LlamaIndex's stock classes, OpenAILike and Ollama: ask, stream and stop."""

import sys

from llama_index.core.llms import ChatMessage
from llama_index.llms.ollama import Ollama
from llama_index.llms.openai_like import OpenAILike
from told import QUESTION, tell

url = sys.argv[1]
openai = OpenAILike(api_base=f"{url}/v1", api_key="none", model="twolane", is_chat_model=True)
ollama = Ollama(base_url=url, model="twolane", request_timeout=120)
for name, model in {"OpenAILike": openai, "Ollama": ollama}.items():
    asked = [ChatMessage(role="user", content=QUESTION)]
    told = model.chat(asked).message.content
    tell(f"{name} asks", told)
    tell(f"{name} sources", "#/files/" in (told or ""))
    tell(f"{name} streams", len(list(model.stream_chat(asked))) > 3)
    stopped = model.stream_chat(asked)
    next(stopped)
    stopped.close()
    tell(f"{name} stops", True)
tell("OpenAILike completes", openai.complete(QUESTION).text)
