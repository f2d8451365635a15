"""The SDK of the Model Context Protocol as it was before revision 2026-07-28: lists tools, asks and reads."""

import asyncio
import sys

from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client
from told import QUESTION, tell

url = f"{sys.argv[1]}/mcp"


async def main() -> None:
    async with streamablehttp_client(url) as (read, write, _), ClientSession(read, write) as session:
        tell("agrees on a revision", (await session.initialize()).protocolVersion)
        tell("lists tools", [tool.name for tool in (await session.list_tools()).tools])
        told: list[str] = []

        async def hear(progress: float, total: float | None, message: str | None) -> None:
            told.append(message or "")

        answer = await session.call_tool("ask", {"question": QUESTION}, progress_callback=hear)
        tell("asks", answer.structuredContent["text"])
        tell("sources", [source["name"] for source in answer.structuredContent["sources"]])
        tell("streams", len(told) > 3)
        passages = await session.call_tool("search", {"query": "rent"})
        tell("searches", passages.structuredContent["passages"])


asyncio.run(main())
