"""MCP's own SDK, in both revisions: lists tools, asks, hears the text, searches, stops."""

import asyncio
import sys

import anyio
from mcp import Client
from told import QUESTION, tell

url = f"{sys.argv[1]}/mcp"


async def use(client: Client) -> None:
    version = client.protocol_version
    tell(f"{version} lists tools", [tool.name for tool in (await client.list_tools()).tools])
    told: list[str] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append(message or "")

    answer = await client.call_tool("ask", {"question": QUESTION}, progress_callback=hear)
    tell(f"{version} asks", answer.structured_content["text"])
    tell(f"{version} sources", [source["name"] for source in answer.structured_content["sources"]])
    tell(f"{version} streams", len(told) > 3)
    passages = await client.call_tool("search", {"query": "rent"})
    tell(f"{version} searches", passages.structured_content["passages"])
    with anyio.CancelScope() as scope:

        async def stop(progress: float, total: float | None, message: str | None) -> None:
            scope.cancel()

        await client.call_tool("ask", {"question": QUESTION}, progress_callback=stop)
    tell(f"{version} stops", scope.cancelled_caught)


async def main() -> None:
    for mode in ("auto", "legacy"):
        async with Client(url, mode=mode) as client:
            await use(client)


asyncio.run(main())
