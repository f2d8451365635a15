// What the API sends and takes; written by `make docs` from twolane/api/schemas.

/** The questions that this process answered; times are None where there were none. */
export interface AnswerCounts {
  answered: number;
  refused: number;
  error: number;
  cancelled: number;
  first_token_p50_s: number | null;
  first_token_p95_s: number | null;
}

/** A whole answer, where `Accept: application/json` asked for one. */
export interface AnswerOut {
  text: string;
  cited: Array<number>;
  refused: boolean;
  first_token_s: number;
  seconds: number;
  prompt_tokens: number;
  completion_tokens: number;
  sources: Array<SourceOut>;
  reason: string;
}

/** A question about the files, with the turns of the conversation before it, oldest first. */
export interface AskIn {
  question: string;
  history?: Array<TurnIn>;
}

/** A person's decision. */
export interface CategoryIn {
  category: string;
}

/** A place in the taxonomy. */
export interface CategoryOut {
  id: string;
  name: string;
  description: string;
  documents: number;
}

/** Event `citation`: the answer has just cited source [number]. */
export interface CitationOut {
  number: number;
}

/** The category of a document, with the tier that decided and why. */
export interface ClassificationOut {
  category: string;
  confidence: number;
  tier: Tier;
  reason: string;
  review: boolean;
  seconds: number;
  taxonomy: string;
  scores: Array<ScoreOut>;
}

/** How much of everything the store holds; `tiers` counts files by what decided. */
export interface Counts {
  files: Record<string, number>;
  documents: number;
  passages: number;
  vectors: number;
  categories: Record<string, number>;
  tiers: Record<string, number>;
}

/** One of the decisions that were made on a document, each kept for as long as the document. */
export interface DecisionOut {
  at: string | null;
  by: string;
  tier: Tier;
  category: string;
  confidence: number;
  reason: string;
  review: boolean;
}

/** Event `done`: the whole answer and what it cost; the last event. */
export interface DoneOut {
  text: string;
  cited: Array<number>;
  refused: boolean;
  first_token_s: number;
  seconds: number;
  prompt_tokens: number;
  completion_tokens: number;
}

/** What went wrong, to what, and what to do now: the one shape of every error. */
export interface ErrorOut {
  error: string;
  remedy: string;
}

/** A file with every decision on its document. */
export interface FileHistoryOut {
  file_id: number;
  name: string;
  path: string;
  size_bytes: number;
  state: FileState;
  note: string;
  document: string;
  title: string;
  media_type: string;
  page_count: number;
  read_status: ReadStatus | null;
  seen: number;
  added_at: string;
  classification: ClassificationOut | null;
  decisions: Array<DecisionOut>;
}

/** A file as the catalogue knows it. */
export interface FileOut {
  file_id: number;
  name: string;
  path: string;
  size_bytes: number;
  state: FileState;
  note: string;
  document: string;
  title: string;
  media_type: string;
  page_count: number;
  read_status: ReadStatus | null;
  seen: number;
  added_at: string;
  classification: ClassificationOut | null;
}

/** The state of a file in the library. */
export type FileState = "waiting" | "filed" | "review" | "unread" | "skipped" | "quarantined" | "gone";

/** A part of the list of files; `total` counts all that match. */
export interface FilesOut {
  files: Array<FileOut>;
  total: number;
  offset: number;
  limit: number;
}

/** The health of a lane's runtime; `ready` means that a request would be answered now. */
export interface Health {
  ready: boolean;
  reachable: boolean;
  loaded: boolean;
  detail: string;
  remedy: string;
  servers: Array<ServerHealth>;
}

/** What this process has asked of a lane's model; `first_token_s` is the median, None where none came. */
export interface LaneCalls {
  requests: number;
  under_way: number;
  errors: Record<string, number>;
  completion_tokens: number;
  first_token_s: number | null;
}

/** One lane: its model, what runs it and where, its health, and what this process asked of it. */
export interface LaneSnapshot {
  name: "filing" | "chat";
  model: string;
  runtime: string;
  url: string;
  health: Health;
  size_bytes: number;
  calls: LaneCalls;
}

/** The server lives. */
export interface LiveOut {
  live: boolean;
}

/** An upload that was not taken in. */
export interface NotSavedOut {
  error: string;
  remedy: string;
  name: string;
}

/** Whether all is well, and each part alone. */
export interface OverallOut {
  ready: boolean;
  lanes: Array<LaneSnapshot>;
  embedder: Health;
}

/** The text of one page of a file. */
export interface PageOut {
  file_id: number;
  name: string;
  number: number;
  page_count: number;
  label: string;
  text: string;
  ocr: boolean;
}

/** How the reading of a document's content ended. */
export type ReadStatus = "text" | "empty" | "needs_ocr" | "encrypted" | "unsupported" | "too_large" | "damaged";

/** Whether the server can do its work, and which lanes would answer now. */
export interface ReadyOut {
  ready: boolean;
  draining: boolean;
  store: boolean;
  lanes: Record<string, boolean>;
}

/** Event `refusal`: the files do not answer the question. */
export interface RefusalOut {
  reason: string;
}

/** How many parked jobs were queued again. */
export interface RetryOut {
  queued: number;
}

/** A category and its probability, 0 to 1. */
export interface ScoreOut {
  category: string;
  probability: number;
}

/** One of a lane's model servers, and how its lane treats it. */
export interface ServerHealth {
  url: string;
  breaker: "closed" | "open" | "half-open";
  in_flight: number;
  ready: boolean;
  detail: string;
  remedy: string;
}

/** Everything at one moment. */
export interface Snapshot {
  lanes: Array<LaneSnapshot>;
  embedder: Health;
  counts: Counts;
  jobs: Record<string, StepJobs>;
  workers: number;
  working: Array<WorkerRecord>;
  queue_fault: string;
  store_answers: boolean;
  troubles: Array<Trouble>;
  answers: AnswerCounts;
  settings: string | null;
  version: string;
  uptime_s: number;
}

/** A passage that the answer may cite as [number]. */
export interface SourceOut {
  number: number;
  file_id: number | null;
  name: string;
  path: string;
  title: string;
  page: number;
  heading: string;
  text: string;
  ocr: boolean;
}

/** Event `sources`: the passages that the answer may cite, before its first word. */
export interface SourcesOut {
  sources: Array<SourceOut>;
}

/** Everything at a glance: what `twolane status --json` says, and how this server stands. */
export interface StatusOut {
  ready: boolean;
  waiting: number;
  parked: number;
  asks_under_way: number;
  unexpected_errors: number;
  upload_limit_bytes: number;
  snapshot: Snapshot;
}

/** The jobs of one step by state, of all workers; `oldest_s` is the age of the oldest still to be done. */
export interface StepJobs {
  lane: string;
  queued: number;
  running: number;
  done: number;
  parked: number;
  oldest_s: number;
}

/** A text to classify; it is not kept. */
export interface TextIn {
  text: string;
}

/** Event `text`: the next piece of the answer. */
export interface TextOut {
  text: string;
}

/** What decided a classification, cheapest first. */
export type Tier = "rules" | "similarity" | "small_model" | "person";

/** A file whose job failed for good, and why. */
export interface Trouble {
  what: string;
  why: string;
}

/** An earlier question of the conversation, with the answer it got. */
export interface TurnIn {
  question: string;
  answer: string;
}

/** What became of an upload: the files that are queued now, and those that were not taken in. */
export interface UploadOut {
  files: Array<FileOut>;
  not_saved: Array<NotSavedOut>;
}

/** A process that works: times are seconds since the epoch, `done` counts jobs since it started. */
export interface WorkerRecord {
  name: string;
  lane: string;
  threads: number;
  started_at: number;
  seen_at: number;
  done: number;
  draining: boolean;
}
