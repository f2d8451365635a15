"""LangChain's stock classes, ChatOpenAI and ChatOllama: ask, stream, stop, and read the sources."""

import sys

from langchain_ollama import ChatOllama
from langchain_openai import ChatOpenAI
from told import QUESTION, tell

url = sys.argv[1]
openai = ChatOpenAI(base_url=f"{url}/v1", api_key="none", model="twolane")
ollama = ChatOllama(base_url=url, model="twolane", validate_model_on_init=True)
for name, model in {"ChatOpenAI": openai, "ChatOllama": ollama}.items():
    whole = model.invoke(QUESTION)
    tell(f"{name} asks", whole.text)
    tell(f"{name} sources", "#/files/" in whole.text)
    tell(f"{name} usage", whole.usage_metadata)
    tell(f"{name} streams", len(list(model.stream(QUESTION))) > 3)
    stopped = model.stream(QUESTION)
    next(stopped)
    stopped.close()
    tell(f"{name} stops", True)
by_responses = ChatOpenAI(base_url=f"{url}/v1", api_key="none", model="twolane", use_responses_api=True)
tell("ChatOpenAI by responses", by_responses.invoke(QUESTION).content)
