// One TypeScript client of the Model Context Protocol: lists tools, asks, hears the text, reads, and stops.

const [name, url] = process.argv.slice(2);
const question = "When does the lease end?";
const isEarlier = name.endsWith("/sdk");
const { Client } = await import(isEarlier ? `${name}/client/index.js` : name);
const { StreamableHTTPClientTransport } = await import(isEarlier ? `${name}/client/streamableHttp.js` : name);
const client = new Client({ name: "try", version: "1" }, { versionNegotiation: { mode: "auto" } });
const transport = new StreamableHTTPClientTransport(new URL(url));
await client.connect(transport);
const version = transport.protocolVersion ?? client.getNegotiatedProtocolVersion();

/** Call a tool; the earlier client takes the shape of the result before the options. */
function call(tool, args, options) {
  const given = { name: tool, arguments: args };
  return isEarlier ? client.callTool(given, undefined, options) : client.callTool(given, options);
}

function tell(tried, got) {
  const text = typeof got === "string" ? got : JSON.stringify(got);
  console.log(JSON.stringify({ tried: `${version} ${tried}`, worked: Boolean(got), got: text.slice(0, 300) }));
}

tell("lists tools", (await client.listTools()).tools.map((tool) => tool.name));
let pieces = 0;
const answer = await call("ask", { question }, { onprogress: () => { pieces += 1; } });
tell("asks", answer.structuredContent.text);
tell("sources", answer.structuredContent.sources.map((source) => source.name));
tell("streams", pieces > 3);
tell("searches", (await call("search", { query: "rent" })).structuredContent.passages);
const stop = new AbortController();
let stopped = "";
try {
  await call("ask", { question }, { signal: stop.signal, onprogress: () => stop.abort() });
} catch (error) {
  stopped = String(error);
}
tell("stops", stopped);
await client.close();
