// @ts-check
// The API as functions; every failure is a Problem with a message and a remedy.

import { EventParser } from "./events.js";
import { hearEvents } from "./following.js";
import { say } from "./say.js";
import { streamPlace } from "./streams.js";
import { told } from "./told.js";

/** @import { AffectedOut, AskIn, CatalogueOut, CategoryOut, CitationOut, ClassificationOut, ConfusedOut } from "./schemas.js" */
/** @import { ContradictionOut, ConversationOut, ConversationTurnsOut, ConversationsOut, CopyGroupOut } from "./schemas.js" */
/** @import { CorrespondentOut, CorrespondentsChangeOut, DoneOut, ErrorOut, ExtractsOut, FieldOut } from "./schemas.js" */
/** @import { FileHistoryOut, FileOut, FilesOut, FiltersOut, KeptOut, PageOut, QuestionOut } from "./schemas.js" */
/** @import { GivenOut, PageMarksOut, UserOut } from "./schemas.js" */
/** @import { ReclassifiedOut, RefusalOut, RetryOut, SenderPairOut, SourcesOut, StatusOut, SuggestionOut } from "./schemas.js" */
/** @import { ExclusionsOut, RemovalsOut, RemovedOut, RestoredOut } from "./schemas.js" */
/** @import { TaxonomyOut, TaxonomyPreviewOut, InterruptedOut, TextOut, UploadOut, WaitingOut } from "./schemas.js" */
/** @import { CopyGroupsOut, GivenUpOut, SavedViewIn, SavedViewOut } from "./schemas.js" */
/** @import { BackupsOut, CheckedRuleOut, DraftIn, DraftPlanOut, MoveOut, MoveState } from "./schemas.js" */
/** @import { OrganizeRuleIn, PastMoveOut, PlacementsOut, PlanIn, PlanOut, PlanProgressOut, PresetOut } from "./schemas.js" */
/**
 * @typedef {{ name: "sources", data: SourcesOut } | { name: "text", data: TextOut }
 *   | { name: "citation", data: CitationOut } | { name: "refusal", data: RefusalOut }
 *   | { name: "contradiction", data: ContradictionOut } | { name: "error", data: ErrorOut }
 *   | { name: "conversation", data: KeptOut } | { name: "extracts", data: ExtractsOut }
 *   | { name: "filters", data: FiltersOut } | { name: "catalogue", data: CatalogueOut }
 *   | { name: "question", data: QuestionOut } | { name: "waiting", data: WaitingOut }
 *   | { name: "interrupted", data: InterruptedOut }
 *   | { name: "done", data: DoneOut }} AnswerEvent
 */

/**
 * @typedef {{ name: "progress", data: PlanProgressOut } | { name: "plan", data: PlanOut }
 *   | { name: "error", data: ErrorOut }} PlanEvent
 */

const API = "/api/v1";

export class Problem extends Error {
  /**
   * @param {string} message
   * @param {string} [remedy]
   * @param {{ status?: number, wait?: number }} [how] the response's status, and in how many seconds to try again
   */
  constructor(message, remedy = "", { status = 0, wait = 0 } = {}) {
    super(message);
    this.remedy = remedy;
    this.status = status;
    this.wait = wait;
  }
}

/** Nobody is told to start a server that only this device does not reach. */
function unreachable() {
  const words = say().common;
  return globalThis.navigator?.onLine === false ? new Problem(words.no_network, words.by_itself) : new Problem(words.unreachable, words.start_again);
}

/** @param {unknown} error */
export const isAbort = (error) => error instanceof Error && error.name === "AbortError";

/**
 * Return an error as one that can be shown; what is no Problem is a fault of the page, and is thrown on.
 *
 * @param {unknown} error
 * @returns {Problem}
 */
export function shown(error) {
  if (error instanceof Problem) return error;
  throw error;
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 */
export async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(API + path, options);
  } catch (error) {
    if (isAbort(error)) throw error;
    throw unreachable();
  }
  if (response.ok) return response;
  if (response.status === 401 && !path.startsWith("/session")) leave();
  const wait = Number(response.headers.get("Retry-After") ?? 0);
  throw problemOf(response.status, await response.json().catch(() => null), wait);
}

/** Go to where one signs in; what is behind the # comes along, and leads back. */
export const leave = () => location.assign(`/signin${location.hash}`);

/**
 * @param {number} status
 * @param {Partial<ErrorOut> | null} body
 * @param {number} [wait]
 */
function problemOf(status, body, wait = 0) {
  const { error = say().common.answered(status), remedy = "", said = {} } = body ?? {};
  return new Problem(told({ error, said }, "error"), told({ remedy, said }, "remedy"), { status, wait });
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 */
export const json = async (path, options) => (await request(path, options)).json();

/**
 * @param {string} method
 * @param {unknown} body
 */
export const sending = (method, body) => ({
  method,
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

/** @type {(query: URLSearchParams, signal: AbortSignal) => Promise<FilesOut>} */
export const listFiles = (query, signal) => json(`/files?${query}`, { signal });
/** @type {(id: number) => Promise<FileHistoryOut>} */
export const getFile = (id) => json(`/files/${id}`);
/** @type {(id: number, number: number) => Promise<PageOut>} */
export const getPage = (id, number) => json(`/files/${id}/pages/${number}`);
/** @type {(id: number, number: number, width: number) => string} */
export const pictureAddress = (id, number, width) => `${API}/files/${id}/pages/${number}/picture?width=${width}`;
/** @type {(id: number) => string} */
export const smallPictureAddress = (id) => `${API}/files/${id}/thumbnail`;
/** @type {(id: number, number: number, spans: readonly (readonly number[])[]) => Promise<PageMarksOut>} */
export const getMarks = (id, number, spans) => json(`/files/${id}/pages/${number}/marks?${new URLSearchParams(
  spans.flatMap(([start = 0, end = 0]) => [["start", String(start)], ["end", String(end)]]),
)}`);
/** @type {() => Promise<CategoryOut[]>} */
export const getCategories = () => json("/categories");
/** @type {(id: number, category: string, document?: string) => Promise<FileOut>} */
export const correct = (id, category, document = "") => (
  json(`/files/${id}/category`, sending("PUT", { category, document }))
);
/** @type {(id: number) => Promise<FileOut>} */
export const undo = (id) => json(`/files/${id}/undo`, { method: "POST" });
/** @type {(id: number) => Promise<ClassificationOut | null>} */
export const getProposal = (id) => json(`/files/${id}/proposal`);
/** @type {(id: number) => Promise<AffectedOut>} */
export const getAffected = (id) => json(`/files/${id}/affected`);
/** @type {(start: number, apply: boolean) => Promise<ReclassifiedOut>} what filing again would change, or has */
export const look = (start, apply) => json(`/reclassify?start=${start}`, { method: apply ? "POST" : "GET" });
/** @type {() => Promise<FieldOut[]>} */
export const getFields = () => json("/fields");
/** @type {(id: number, field: string, value: string, document: string) => Promise<unknown>} "" says that it has none */
export const correctField = (id, field, value, document) => (
  json(`/files/${id}/fields/${encodeURIComponent(field)}`, sending("PUT", { value, document }))
);
/** @type {(id: number, field: string) => Promise<unknown>} */
export const undoField = (id, field) => json(`/files/${id}/fields/${encodeURIComponent(field)}/undo`, { method: "POST" });
/** @type {(id: number, tag: string) => Promise<FileOut>} */
export const addTag = (id, tag) => json(`/files/${id}/tags/${encodeURIComponent(tag)}`, { method: "PUT" });
/** @type {(id: number, tag: string) => Promise<FileOut>} */
export const removeTag = (id, tag) => json(`/files/${id}/tags/${encodeURIComponent(tag)}`, { method: "DELETE" });
/** @type {(id: number) => Promise<CopyGroupOut>} */
export const getCopies = (id) => json(`/files/${id}/copies`);
/** @type {(id: number, other: number, same: boolean) => Promise<unknown>} */
export const decideCopy = (id, other, same) => json(`/files/${id}/copies/${other}`, sending("PUT", { same }));
/** @type {(id: number, other: number) => Promise<unknown>} */
export const undoCopy = (id, other) => json(`/files/${id}/copies/${other}/undo`, { method: "POST" });
/** @type {(ids: number[], deleteFile: boolean) => Promise<RemovedOut>} */
export const removeFiles = (ids, deleteFile) => (
  json("/files/remove", sending("POST", { file_ids: ids, delete_file: deleteFile }))
);
/** @type {(id: number) => Promise<RestoredOut>} */
export const restoreFile = (id) => json(`/trash/${id}/restore`, { method: "POST" });
/** @type {(ids: number[]) => Promise<RetryOut>} */
export const readAgain = (ids) => json("/files/read-again", sending("POST", { file_ids: ids }));
/** @type {(ids: number[], owner: string) => Promise<GivenOut>} "" is everybody */
export const giveFiles = (ids, owner) => json("/files/owner", sending("PUT", { file_ids: ids, owner }));
/** @type {() => Promise<UserOut[]>} told to those alone who manage the library */
export const getUsers = () => json("/users");
/** @type {() => Promise<RemovalsOut>} */
export const getRemovals = () => json("/trash?every=true&limit=100");
/** @type {() => Promise<ExclusionsOut>} */
export const getExclusions = () => json("/exclusions");
/** @type {(pattern: string, isLeftOut: boolean) => Promise<unknown>} */
export const changeClutter = (pattern, isLeftOut) => (
  request("/exclusions/clutter", sending("PUT", { pattern, is_left_out: isLeftOut }))
);
/** @type {(id: number) => Promise<unknown>} */
export const admit = (id) => request(`/exclusions/${id}`, { method: "DELETE" });
/** @type {() => Promise<Record<string, number>>} how many files have each tag */
export const getTags = () => json("/tags");
/** @type {(text: string) => Promise<CorrespondentOut[]>} */
export const listCorrespondents = (text) => json(`/correspondents?${new URLSearchParams({ text, limit: "500" })}`);
/** @type {() => Promise<SenderPairOut[]>} which of them may be the same */
export const suggestCorrespondents = () => json("/correspondents/suggestions");
/** @type {() => Promise<CorrespondentsChangeOut | null>} what was taken back, null where there is nothing */
export const undoCorrespondents = () => json("/correspondents/undo", { method: "POST" });
/** @type {(id: number, name: string) => Promise<unknown>} */
export const renameCorrespondent = (id, name) => request(`/correspondents/${id}`, sending("PUT", { name }));
/** @type {(into: number, other: number) => Promise<unknown>} */
export const mergeCorrespondents = (into, other) => request(`/correspondents/${into}/merge`, sending("POST", { other }));
/** @type {(id: number, spelling: string) => Promise<unknown>} */
export const partName = (id, spelling) => request(`/correspondents/${id}/part`, sending("POST", { spelling }));
/** @type {() => Promise<TaxonomyOut>} */
export const getTaxonomy = () => json("/taxonomy");
/** @type {(act: string, sent: object, apply: boolean) => Promise<TaxonomyPreviewOut>} what a change does, or would */
export const changeTaxonomy = (act, sent, apply) => json(`/taxonomy/${act}?preview=${!apply}`, sending("POST", sent));
/** @type {(into: string, apply: boolean) => Promise<TaxonomyPreviewOut>} `into` gets what people put into what was new */
export const undoTaxonomy = (into, apply) => (
  json(`/taxonomy/undo?${new URLSearchParams({ into, preview: String(!apply) })}`, { method: "POST" })
);
/** @type {() => Promise<ConfusedOut[]>} categories that cannot be told apart */
export const checkTaxonomy = () => json("/taxonomy/check");
/** @type {() => Promise<SuggestionOut[]>} categories that are lacking */
export const suggestCategories = () => json("/taxonomy/suggestions");
export const TAXONOMY_FILE = `${API}/taxonomy/file`;
/** @type {() => Promise<RetryOut>} */
export const retryParked = () => json("/jobs/retry", { method: "POST" });
/** @type {(id: number, page?: number) => string} the page is where a browser opens a PDF */
export const originalAddress = (id, page = 1) => `${API}/files/${id}/content${page > 1 ? `#page=${page}` : ""}`;

/** @type {(query: string, limit: number, offset: number, signal: AbortSignal) => Promise<ConversationsOut>} the newest first */
export const listConversations = (query, limit, offset, signal) => (
  json(`/conversations?${new URLSearchParams({ query, limit: String(limit), offset: String(offset) })}`, { signal })
);
/** @type {() => Promise<ConversationOut>} */
export const startConversation = () => json("/conversations", sending("POST", {}));
/** @type {(id: string) => Promise<ConversationTurnsOut>} */
export const getConversation = (id) => json(`/conversations/${id}`);
/** @type {(id: string, title: string) => Promise<ConversationOut>} */
export const renameConversation = (id, title) => json(`/conversations/${id}`, sending("PATCH", { title }));
/** @type {(id: string) => Promise<unknown>} */
export const deleteConversation = (id) => request(`/conversations/${id}`, { method: "DELETE", keepalive: true });
/** @type {(id: string, format: "markdown" | "json") => string} */
export const conversationFile = (id, format) => `${API}/conversations/${id}/export?format=${format}`;

/**
 * Ask, and yield the events of the answer while they come; closing the stream stops it.
 *
 * @param {AskIn} asked
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<AnswerEvent>}
 */
export async function* ask(asked, signal) {
  const { headers, ...options } = sending("POST", asked);
  const asking = { ...options, headers: { ...headers, Accept: "text/event-stream" }, signal };
  const broken = new Problem(say().common.broke_off, say().common.ask_again);
  yield* /** @type {AsyncGenerator<AnswerEvent>} */ (streamed("/ask", asking, signal, broken));
}

/**
 * Ask once there is a place for a stream, and yield its events while they come.
 *
 * @param {string} path
 * @param {RequestInit} asking
 * @param {AbortSignal} signal
 * @param {Problem} broken what to say where it breaks off
 */
async function* streamed(path, asking, signal, broken) {
  const giveBack = await streamPlace(signal);
  try {
    yield* eventsOf(await request(path, asking), broken);
  } finally {
    giveBack();
  }
}

/**
 * Yield the events of a response while they come.
 *
 * @param {Response} response
 * @param {Problem} broken what to say where it breaks off
 */
async function* eventsOf(response, broken) {
  if (!response.body) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const parser = new EventParser();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      for (const { name, data } of parser.take(value)) yield { name, data: JSON.parse(data) };
    }
  } catch (error) {
    if (isAbort(error)) throw error;
    throw broken;
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** @type {() => Promise<PresetOut[]>} */
export const getPresets = () => json("/presets");
/** @type {(given: DraftIn, limit: number, offset: number) => Promise<DraftPlanOut>} */
export const draftPlan = (given, limit, offset) => json(`/plans/draft?limit=${limit}&offset=${offset}`, sending("POST", given));
/** @type {(rule: OrganizeRuleIn) => Promise<CheckedRuleOut>} */
export const checkRule = (rule) => json("/plans/check", sending("POST", rule));
/** @type {(given: PlanIn) => Promise<PlanOut>} */
export const keepPlan = (given) => json("/plans", sending("POST", given));
/** @type {(limit: number, offset: number) => Promise<PlanOut[]>} the newest first */
export const listPlans = (limit, offset) => json(`/plans?limit=${limit}&offset=${offset}`);
/** @type {(name: string) => string} */
const planPath = (name) => `/plans/${encodeURIComponent(name)}`;
/** @type {(name: string) => Promise<PlanOut>} */
export const getPlan = (name) => json(planPath(name));
/** @type {(name: string, states: MoveState[], limit: number, offset: number) => Promise<MoveOut[]>} */
export const listMoves = (name, states, limit, offset) => json(`${planPath(name)}/moves?${new URLSearchParams([
  ...states.map((state) => ["state", state]), ["limit", String(limit)], ["offset", String(offset)],
])}`);
/** @type {(name: string) => Promise<unknown>} */
export const forgetPlan = (name) => request(planPath(name), { method: "DELETE" });
/** @type {(path: string) => Promise<PastMoveOut[]>} what plans have done to the file that is or was there, the last first */
export const listPast = (path) => json(`/history?${new URLSearchParams({ path, limit: "20" })}`);
/** @type {(name: string, number: number) => Promise<PlanOut>} */
export const undoMove = (name, number) => json(`${planPath(name)}/moves/${number}/undo`, { method: "POST" });

/**
 * Apply or undo a plan, and yield how far it is; closing the stream stops it between files.
 *
 * @param {string} name
 * @param {"apply" | "undo"} act
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<PlanEvent>}
 */
export async function* runPlan(name, act, signal) {
  const asking = { method: "POST", headers: { Accept: "text/event-stream" }, signal };
  const broken = new Problem(say().common.gone_moving, say().common.finish_or_undo);
  yield* /** @type {AsyncGenerator<PlanEvent>} */ (streamed(`${planPath(name)}/${act}`, asking, signal, broken));
}

/** @type {() => Promise<PlacementsOut>} files that were put into folders of other categories, to be asked about */
export const getPlacements = () => json("/placements?limit=20");
/** @type {(id: number, accept: boolean) => Promise<FileOut>} */
export const answerPlacement = (id, accept) => json(`/placements/${id}`, sending("POST", { accept }));
/** @type {() => Promise<BackupsOut>} */
export const getBackups = () => json("/backups");
/** @type {() => Promise<unknown>} */
export const makeBackup = () => json("/backups", { method: "POST" });

/**
 * Follow the status; what brings it connects again by itself.
 *
 * @param {(status: StatusOut) => void} onStatus
 * @param {(problem: Problem) => void} onProblem
 */
export function follow(onStatus, onProblem) {
  hearEvents(({ name, data }) => {
    if (name === "status") onStatus(JSON.parse(data));
    else if (data) onProblem(problemOf(0, JSON.parse(data)));
    else {
      onProblem(unreachable());
      leaveIfOut();
    }
  });
}

/** Go to where one signs in if the server answers, and knows nobody any more: a lost stream does not say why it was. */
const leaveIfOut = async () => {
  const { signed_in: isIn } = await json("/session").catch(() => ({ signed_in: true }));
  if (!isIn) leave();
};

/**
 * Upload one file; fetch cannot tell how far it is, so this is the older interface.
 *
 * @param {File} file
 * @param {(share: number) => void} onProgress
 * @returns {Promise<UploadOut>}
 */
export function upload(file, onProgress) {
  return new Promise((resolve, reject) => {
    const sender = new XMLHttpRequest();
    const form = new FormData();
    form.append("files", file);
    sender.open("POST", `${API}/files`);
    sender.responseType = "json";
    sender.upload.onprogress = (event) => onProgress(event.loaded / Math.max(1, event.total));
    sender.onload = () => {
      if (sender.status === 200 || sender.status === 201) resolve(sender.response);
      else reject(problemOf(sender.status, sender.response));
    };
    sender.onerror = () => reject(new Problem(say().common.not_sent(file.name), say().common.does_it_run));
    sender.send(form);
  });
}

/** @type {() => Promise<SavedViewOut[]>} of every part of the page, by name */
export const listViews = () => json("/views");
/** @type {(view: SavedViewIn) => Promise<SavedViewOut>} */
export const saveView = (view) => json("/views", sending("PUT", view));
/** @type {(id: number) => Promise<SavedViewOut>} what was forgotten */
export const dropView = (id) => json(`/views/${id}`, { method: "DELETE" });
/** @type {() => Promise<GivenUpOut[]>} the files whose jobs failed too often, the last first */
export const listParked = () => json("/jobs/parked");
/** @type {(offset: number) => Promise<CopyGroupsOut>} all files that are copies of each other, in groups */
export const listCopies = (offset) => json(`/copies?limit=20&offset=${offset}`);
