// The API as functions; every failure is a Problem with a message and a remedy.

export class Problem extends Error {
  constructor(message, remedy = "") {
    super(message);
    this.remedy = remedy;
  }
}

const API = "/api/v1";
const UNREACHABLE = new Problem("twolane does not answer", "start it again with: twolane serve");

async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw UNREACHABLE;
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function problemOf(response) {
  const body = await response.json().catch(() => ({}));
  return new Problem(body.error ?? `the server answered ${response.status}`, body.remedy);
}

const json = async (path, options) => (await request(path, options)).json();

const sending = (method, body) => ({
  method,
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

export const contentUrl = (id) => `${API}/files/${id}/content`;
export const listFiles = (query, signal) => json(`${API}/files?${query}`, { signal });
export const getFile = (id) => json(`${API}/files/${id}`);
export const getPage = (id, number) => json(`${API}/files/${id}/pages/${number}`);
export const getCategories = () => json(`${API}/categories`);
export const correct = (id, category) => json(`${API}/files/${id}/category`, sending("PUT", { category }));
export const retryParked = () => json(`${API}/jobs/retry`, { method: "POST" });

/** Ask, and yield the events of the answer as [name, data] while they come. */
export async function* ask(question, history, signal) {
  const options = { ...sending("POST", { question, history }), signal };
  options.headers.Accept = "text/event-stream";
  const response = await request(`${API}/ask`, options);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      yield* blocks.map(parseEvent).filter(Boolean);
    }
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem("the answer broke off", "ask again");
  } finally {
    reader.cancel().catch(() => {});
  }
}

function parseEvent(block) {
  let name = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) name = line.slice(7);
    else if (line.startsWith("data: ")) data.push(line.slice(6));
  }
  return data.length ? [name, JSON.parse(data.join("\n"))] : null;
}

/** Follow the status; the browser connects again by itself. */
export function follow(onStatus, onProblem) {
  const source = new EventSource(`${API}/events`);
  source.addEventListener("status", (event) => onStatus(JSON.parse(event.data)));
  source.addEventListener("error", (event) => {
    if (!event.data) return onProblem(UNREACHABLE);
    const { error, remedy } = JSON.parse(event.data);
    return onProblem(new Problem(error, remedy));
  });
  // A page that is being left must not report that the server is gone.
  addEventListener("pagehide", () => source.close());
}

/** Upload one file; fetch cannot tell how far it is, so this is the older interface. */
export function upload(file, onProgress) {
  return new Promise((resolve, reject) => {
    const sender = new XMLHttpRequest();
    const form = new FormData();
    form.append("files", file);
    sender.open("POST", `${API}/files`);
    sender.responseType = "json";
    sender.upload.onprogress = (event) => onProgress(event.loaded / Math.max(1, event.total));
    sender.onload = () => {
      const body = sender.response ?? {};
      if (sender.status === 201) resolve(body.files[0]);
      else reject(new Problem(body.error ?? `the server answered ${sender.status}`, body.remedy));
    };
    sender.onerror = () => reject(new Problem(`${file.name} could not be sent`, "look whether twolane runs"));
    sender.send(form);
  });
}
