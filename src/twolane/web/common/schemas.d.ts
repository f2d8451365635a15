// What the API sends and takes; written by `make docs` from twolane/api/schemas.

/** A new category. */
export interface AddCategoryIn {
  name: string;
  description?: string;
  parent?: string;
  id?: string;
  examples?: Array<string>;
}

/** How many similar files would be filed otherwise after a correction. */
export interface AffectedOut {
  affected: number;
}

/** An upload whose content is in the library already: `file` has it. */
export interface AlreadyThereOut {
  name: string;
  file: FileOut;
}

/** The questions that this process answered, and those that wait; times are None where there were none. */
export interface AnswerCounts {
  answered: number;
  refused: number;
  error: number;
  cancelled: number;
  first_token_p50_s: number | null;
  first_token_p95_s: number | null;
  waiting: number;
}

/** A whole answer, where `Accept: application/json` asked for one. */
export interface AnswerOut {
  text: string;
  cited: Array<number>;
  citations: Array<CitationOut>;
  refused: boolean;
  cut: boolean;
  extracts: ExtractsCause | null;
  waiting_files: number;
  first_token_s: number;
  seconds: number;
  prompt_tokens: number;
  completion_tokens: number;
  sources: Array<SourceOut>;
  reason: string;
  cause: RefusalCause | null;
  unread: Array<UnreadOut>;
  contradictions: Array<ContradictionOut>;
  error: string;
  remedy: string;
  filters: Array<AskedFilterOut>;
  full_question: string;
  catalogue: CatalogueOut | null;
  conversation_id: string | null;
  turn: number | null;
}

/** A question about the files, with the turns of the conversation before it, oldest first. */
export interface AskIn {
  question: string;
  history?: Array<TurnIn>;
  conversation_id?: string | null;
  replaces_turn?: number | null;
  without?: Array<string>;
  within?: Array<string>;
}

/** One thing that narrows the files a question is about; `kind:value` in `without` takes it away. */
export interface AskedFilterOut {
  kind: string;
  value: string;
  label: string;
  words: string;
}

/** What somebody did, or tried to. */
export type AuditAct = "asked" | "searched" | "saw" | "added" | "changed" | "moved" | "removed" | "exported" | "managed" | "signed in" | "signed out" | "came" | "lost";

/** What somebody did, or tried to. */
export interface AuditEventOut {
  audit_id: number;
  at: string | null;
  user: string;
  act: AuditAct;
  target: string;
  file_id: number;
  means: string;
  sender: string;
  outcome: string;
  detail: string;
}

/** Events, the newest first; the next ones are those `before` the last one's id. */
export interface AuditOut {
  events: Array<AuditEventOut>;
}

/** One backup. */
export interface BackupFileOut {
  path: string;
  size_bytes: number;
  made_at: number;
  documents: number;
  copies: number;
  left: number;
  fault: string;
  said: Record<string, Sentence>;
}

/** The backups in the folder of the settings, newest first, and when the next one is due. */
export interface BackupsOut {
  folder: string | null;
  due_at: number | null;
  failure: string;
  remedy: string;
  backups: Array<BackupFileOut>;
  said: Record<string, Sentence>;
}

/** Event `catalogue`: an answer by a query of the catalogue and not from passages. */
export interface CatalogueOut {
  intent: string;
  rows: Array<CatalogueRowOut>;
  total: number;
  totals: Array<string>;
  unread: Array<UnreadOut>;
  unreviewed: number;
  without_value: number;
}

/** A file that an answer from the catalogue counts. */
export interface CatalogueRowOut {
  file_id: number;
  name: string;
  path: string;
  title: string;
  category: string;
  dated_at: string | null;
  correspondent: string;
  amount: string;
  document: string;
  page: number;
  place: string;
  review: boolean;
}

/** A person's decision. */
export interface CategoryIn {
  category: string;
  document?: string;
}

/** A place in the taxonomy. */
export interface CategoryOut {
  id: string;
  name: string;
  description: string;
  parent: string;
  title: string;
  is_shipped_name: boolean;
  is_shipped_description: boolean;
  documents: number;
  people: number;
  within: number;
  depth: number;
}

/** What a device is to sign; good once, for five minutes. */
export interface ChallengeOut {
  challenge_id: string;
  options: Record<string, unknown>;
}

/** What was changed about correspondents. */
export type ChangeKind = "merge" | "part" | "rename" | "undo";

/** A file that would be filed otherwise, or leave the review or enter it. */
export interface ChangeOut {
  file: FileOut;
  category: string;
  confidence: number;
  tier: Tier;
  reason: string;
  review: boolean;
  said: Record<string, Sentence>;
}

/** What a rule makes of some files, or what is wrong with its template. */
export interface CheckedRuleOut {
  examples: Array<string>;
  error: string;
  remedy: string;
  at: number;
  said: Record<string, Sentence>;
}

/** Event `citation`: the answer has just cited source [number]. */
export interface CitationOut {
  number: number;
  status: CitationStatus;
  spans: Array<SpanOut>;
}

/** How far a cited passage states what the answer says. */
export type CitationStatus = "verified" | "weak";

/** The category of a document, with the tier that decided and why. */
export interface ClassificationOut {
  category: string;
  confidence: number;
  tier: Tier;
  reason: string;
  review: boolean;
  review_cause: ReviewCause | null;
  left_out: Array<LeftOutOut>;
  seconds: number;
  taxonomy: string;
  scores: Array<ScoreOut>;
  said: Record<string, Sentence>;
}

/** What is to become of files of such a name. */
export interface ClutterIn {
  pattern: string;
  is_left_out: boolean;
}

/** A name of what is no document, as systems and programs use it. */
export interface ClutterOut {
  pattern: string;
  is_folder: boolean;
  why: string;
  is_left_out: boolean;
  said: Record<string, Sentence>;
}

/** Two categories that the evidence cannot tell apart. */
export interface ConfusedOut {
  one: string;
  other: string;
  why: string;
  share: number;
  documents: number;
  said: Record<string, Sentence>;
}

/** Event `contradiction`: documents state different values for what was asked, the newest first. */
export interface ContradictionOut {
  values: Array<StatedValueOut>;
}

/** A new conversation; without a title, its first question gives it one. */
export interface ConversationIn {
  title?: string;
}

/** A conversation, without its turns. */
export interface ConversationOut {
  id: string;
  title: string;
  created_at: string;
  updated_at: string;
  turns: number;
}

/** The title that a conversation is to have. */
export interface ConversationTitleIn {
  title: string;
}

/** A conversation with all its turns, oldest first. */
export interface ConversationTurnsOut {
  id: string;
  title: string;
  created_at: string;
  updated_at: string;
  turns: Array<TurnOut>;
}

/** Conversations, newest first, and how many there are in all. */
export interface ConversationsOut {
  conversations: Array<ConversationOut>;
  total: number;
}

/** Files that are the same, nearly the same, or versions of each other: the newest first. */
export interface CopyGroupOut {
  files: Array<CopyOut>;
}

/** A part of all groups, those with the document that was added last first; `total` counts all. */
export interface CopyGroupsOut {
  groups: Array<CopyGroupOut>;
  total: number;
  offset: number;
  limit: number;
}

/** How much two files, or two documents, are the same. */
export type CopyKind = "same_bytes" | "same_text" | "nearly_same" | "version";

/** A file of a group, and what it is to the newest of them, or to the file that was asked for. */
export interface CopyOut {
  file: FileOut;
  kind: CopyKind;
  likeness: number;
  reason: string;
  newest: boolean;
  said: Record<string, Sentence>;
}

/** Whom documents are from. */
export interface CorrespondentOut {
  correspondent_id: number;
  name: string;
  names: Array<string>;
  documents: number;
}

/** One change of correspondents, and whether it stands. */
export interface CorrespondentsChangeOut {
  change_id: number;
  kind: ChangeKind;
  correspondent_id: number;
  other_id: number;
  name: string;
  reason: string;
  by_evidence: boolean;
  by: string;
  at: string;
  undone_at: string | null;
  said: Record<string, Sentence>;
}

/** How much of everything the store holds. */
export interface Counts {
  files: Record<string, number>;
  documents: number;
  passages: number;
  vectors: number;
  categories: Record<string, number>;
  tiers: Record<string, number>;
  causes: Record<string, number>;
  languages: Record<string, number>;
  correspondents: Record<string, number>;
  tags: Record<string, number>;
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
  undone_at: string | null;
  said: Record<string, Sentence>;
}

/** Whose the files of a user who is removed shall be. */
export interface DepartureIn {
  files_to?: string | null;
}

/** What somebody leaves who is removed, in numbers: files get another owner, the rest ends. */
export interface DepartureOut {
  name: string;
  files: number;
  conversations: number;
  views: number;
  tokens: number;
  passkeys: number;
  sign_ins: number;
  groups: number;
  shares: number;
}

/** Event `done`: the whole answer and what it cost; the last event. */
export interface DoneOut {
  text: string;
  cited: Array<number>;
  citations: Array<CitationOut>;
  refused: boolean;
  cut: boolean;
  extracts: ExtractsCause | null;
  waiting_files: number;
  first_token_s: number;
  seconds: number;
  prompt_tokens: number;
  completion_tokens: number;
}

/** What a plan is made with; what is not given is as the settings say. */
export interface DraftIn {
  folders?: Array<string>;
  category?: string;
  rules?: Array<OrganizeRuleIn>;
  preset?: string;
  kind?: MoveKind | null;
  unsure?: boolean;
  root?: string;
}

/** Some moves of a plan that is not kept, and what it leaves where it is. */
export interface DraftPlanOut {
  moves: Array<MoveOut>;
  total: number;
  folders: Array<TargetFolderOut>;
  folder_count: number;
  left: Array<LeftFileOut>;
  left_total: number;
  left_counts: Record<string, number>;
  options: string;
  said: Record<string, Sentence>;
}

/** How many sign-ins have ended. */
export interface EndedOut {
  ended: number;
}

/** What went wrong, to what, and what to do now: the one shape of every error. */
export interface ErrorOut {
  error: string;
  remedy: string;
  said: Record<string, Sentence>;
}

/** What is to be kept out of the library. */
export interface ExclusionIn {
  kind: "path" | "name" | "content";
  value: string;
}

/** What an exclusion names. */
export type ExclusionKind = "path" | "name" | "content" | "taken in" | "forgotten";

/** What no scan takes in. */
export interface ExclusionOut {
  exclusion_id: number;
  kind: ExclusionKind;
  value: string;
  at: string;
  by: string;
}

/** All that no scan takes in: what people have excluded, and names of what is no document. */
export interface ExclusionsOut {
  exclusions: Array<ExclusionOut>;
  clutter: Array<ClutterOut>;
}

/** Why places of the files stand where a model's answer would. */
export type ExtractsCause = "no_model" | "loading" | "not_answering";

/** Event `extracts`: the text that follows quotes what fits best, until a model answers, if one does. */
export interface ExtractsOut {
  cause: ExtractsCause;
}

/** A field of a document; without a source where its category asks for it and nothing was found. */
export interface FactOut {
  field: string;
  name: string;
  type: FieldType;
  value: string;
  shown: string;
  words: string;
  confidence: number;
  guess: boolean;
  source: FieldSource | null;
  reason: string;
  page: number | null;
  start: number | null;
  end: number | null;
  said: Record<string, Sentence>;
}

/** A person's decision on a field. */
export interface FieldDecisionOut {
  value: string;
  by: string;
  at: string | null;
  undone_at: string | null;
}

/** A field that documents can have. */
export interface FieldOut {
  id: string;
  name: string;
  type: FieldType;
  description: string;
  categories: Array<string>;
}

/** Where a field's value comes from, cheapest first. */
export type FieldSource = "file" | "pattern" | "sender" | "model" | "person";

/** What the values of a field are, and how they are written once they are normalised. */
export type FieldType = "text" | "name" | "date" | "period" | "amount" | "quantity" | "number" | "iban" | "vat_id" | "language";

/** Whom a document is from. */
export interface FileCorrespondentOut {
  correspondent_id: number;
  name: string;
}

/** A file with every decision on its document, and with its facts. */
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
  dated_at: string | null;
  language: string;
  correspondent: FileCorrespondentOut | null;
  tags: Array<string>;
  owner: string;
  copies: number;
  classification: ClassificationOut | null;
  seen_by_others: boolean;
  decisions: Array<DecisionOut>;
  fields: Array<FactOut>;
  said: Record<string, Sentence>;
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
  dated_at: string | null;
  language: string;
  correspondent: FileCorrespondentOut | null;
  tags: Array<string>;
  owner: string;
  copies: number;
  classification: ClassificationOut | null;
  said: Record<string, Sentence>;
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

/** What people's decisions say of the machine's. */
export interface FilingProof {
  max_error: number;
  threshold: number;
  proven: boolean;
  decided: number;
  right: number;
  at_threshold: number;
  wrong_at_threshold: number;
  ece: number | null;
  needed: Array<Needed>;
}

/** Event `filters`: what was read out of the question, before all else. */
export interface FiltersOut {
  filters: Array<AskedFilterOut>;
}

/** A watched folder; times are in seconds since the epoch, 0 where there is none. */
export interface FolderOut {
  path: string;
  machine: string;
  watch: FolderWatch;
  since: number;
  waiting: number;
  taken: number;
  found: number;
  last_change_at: number;
  apply: boolean;
  fault: string;
  remedy: string;
  seen_at: number;
  said: Record<string, Sentence>;
}

/** How a watched folder stands, as the process that watches it last said. */
export interface FolderStanding {
  path: string;
  machine: string;
  watch: FolderWatch;
  since: number;
  waiting: number;
  taken: number;
  found: number;
  last_change_at: number;
  apply: boolean;
  fault: string;
  remedy: string;
  seen_at: number;
  said: Record<string, Sentence>;
}

/** By what a folder is watched, or why it is not just now. */
export type FolderWatch = "starting" | "events" | "polling" | "away" | "elsewhere";

/** All watched folders. */
export interface FoldersOut {
  folders: Array<FolderOut>;
}

/** Documents that go where their category went. */
export interface FollowedOut {
  category: string;
  into: string;
  documents: number;
  people: number;
}

/** A file that was found. */
export interface FoundFileOut {
  file: FileOut;
  places: Array<FoundPlaceOut>;
  place_count: number;
  name_marks: Array<MarkOut>;
  title_marks: Array<MarkOut>;
}

/** A part of what a search finds; `total` counts all of it. */
export interface FoundFilesOut {
  files: Array<FoundFileOut>;
  total: number;
  is_counted: boolean;
}

/** A passage of a found file. */
export interface FoundPlaceOut {
  page: number;
  place: string;
  heading: string;
  text: string;
  start: number;
  end: number;
  ocr: boolean;
  marks: Array<MarkOut>;
}

/** Files that were given to somebody, and whose they were: giving them back undoes it. */
export interface GivenOut {
  files: number;
  owner: string;
  before: Array<OwnedOut>;
}

/** A file on which a job failed too often. */
export interface GivenUpOut {
  file_id: number;
  name: string;
  kind: string;
  reason: string;
  said: Record<string, Sentence>;
}

/** A group and its members. */
export interface GroupOut {
  name: string;
  members: Array<string>;
}

/** The health of a lane's runtime; `ready` means that a request would be answered now. */
export interface Health {
  ready: boolean;
  reachable: boolean;
  loaded: boolean;
  detail: string;
  remedy: string;
  servers: Array<ServerHealth>;
  pushed_out: boolean;
  said: Record<string, Sentence>;
}

/** A taxonomy file that is to take the place of all categories. */
export interface ImportTaxonomyIn {
  text: string;
}

/** What became of files that came with a token, which gives no right to see more of them. */
export interface InboxOut {
  new: Array<string>;
  known: Array<string>;
  refused: Array<NotSavedOut>;
}

/** Event `interrupted`: the model broke off, and the text goes on once a server is ready for the rest. */
export interface InterruptedOut {
  why: string;
}

/** Event `conversation`: where the answer is kept; the first event within a conversation. */
export interface KeptOut {
  id: string;
  turn: number;
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

/** Why a plan leaves a file where it is. */
export type LeftCause = "in_place" | "unsure" | "no_category" | "unread" | "by_person" | "no_rule" | "taken" | "unsafe_name";

/** A file that stays where it is, and why. */
export interface LeftFileOut {
  file_id: number;
  path: string;
  cause: LeftCause;
  detail: string;
  said: Record<string, Sentence>;
}

/** A file that stays in the library, and why. */
export interface LeftInsideOut {
  path: string;
  why: string;
  said: Record<string, Sentence>;
}

/** A tier that was to say something of the document, and could not. */
export interface LeftOutOut {
  tier: Tier;
  why: string;
  said: Record<string, Sentence>;
}

/** The server lives. */
export interface LiveOut {
  live: boolean;
  proof: string;
}

/** A new token with its secret, which nobody can show again. */
export interface MadeTokenOut {
  token_id: string;
  name: string;
  rights: Array<Right>;
  user: string;
  made_at: string;
  ends_at: string | null;
  used_at: string | null;
  revoked_at: string | null;
  secret: string;
}

/** Characters `start` to `end`; they count whole characters from 0. */
export interface MarkOut {
  start: number;
  end: number;
}

/** The members that a group is to have; without any it is gone. */
export interface MembersIn {
  members: Array<string>;
}

/** Categories that go into another one, with all that is in and within them. */
export interface MergeCategoriesIn {
  into: string;
  others: Array<string>;
}

/** The correspondent that is the same as the one that is named in the address. */
export interface MergeIn {
  other: number;
}

/** A category that is to lie within another one, or within none. */
export interface MoveCategoryIn {
  category: string;
  parent?: string;
}

/** What a move does with a file; all but the first leave it where it is. */
export type MoveKind = "move" | "copy" | "hard_link" | "symbolic_link";

/** One file of a plan, from where it is to where it goes. */
export interface MoveOut {
  number: number;
  file_id: number;
  source: string;
  target: string;
  kind: MoveKind;
  size_bytes: number;
  category: string;
  reason: string;
  state: MoveState;
  note: string;
  at: string | null;
  said: Record<string, Sentence>;
}

/** How far a move is. The journal holds `STARTED` and `UNDOING` before anything is touched on disk. */
export type MoveState = "proposed" | "started" | "done" | "left" | "undoing" | "undone" | "kept";

/** How many more decisions without an error prove that at most `error` of what is accepted is wrong. */
export interface Needed {
  error: number;
  decisions: number;
}

/** An upload that was not taken in. */
export interface NotSavedOut {
  error: string;
  remedy: string;
  name: string;
  said: Record<string, Sentence>;
}

/** Where the files of a category go, and of those within it. */
export interface OrganizeRuleIn {
  category: string;
  template: string;
}

/** Whether all is well, and each part alone. */
export interface OverallOut {
  ready: boolean;
  lanes: Array<LaneSnapshot>;
  embedder: Health;
}

/** Files of one owner. */
export interface OwnedOut {
  owner: string;
  file_ids: Array<number>;
}

/** To whom files are given. */
export interface OwnerIn {
  file_ids: Array<number>;
  owner: string;
}

/** A box on a page, in shares of its width and height, from the top left. */
export interface PageBoxOut {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The boxes of what was asked for, one for each line that it stands in. */
export interface PageMarksOut {
  boxes: Array<PageBoxOut>;
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
  is_numbered: boolean;
  hidden: string;
}

/** What a user sets of the page. */
export interface PageSettingsIn {
  settings: Record<string, string>;
  full_name?: string | null;
}

/** A spelling that is a correspondent of its own. */
export interface PartIn {
  spelling: string;
}

/** A piece of the text of one page of a file. */
export interface PassageOut {
  file_id: number | null;
  name: string;
  path: string;
  title: string;
  page: number;
  place: string;
  start: number;
  end: number;
  heading: string;
  text: string;
  score: number;
  ocr: boolean;
  dated_at: string | null;
  language: string;
}

/** Passages, best first; `relevance` is how likely it is that the files say anything on it, 0 to 1. */
export interface PassagesOut {
  passages: Array<PassageOut>;
  relevance: number;
}

/** A device that has signed, and what it is called. */
export interface PasskeyIn {
  challenge_id: string;
  credential: Record<string, unknown>;
  name?: string;
}

/** A key of a device. */
export interface PasskeyOut {
  credential_id: string;
  name: string;
  made_at: string | null;
  used_at: string | null;
}

/** A new password, and the one that it replaces. */
export interface PasswordIn {
  old?: string;
  new: string;
}

/** A move that a plan has begun. */
export interface PastMoveOut {
  number: number;
  file_id: number;
  source: string;
  target: string;
  kind: MoveKind;
  size_bytes: number;
  category: string;
  reason: string;
  state: MoveState;
  note: string;
  at: string | null;
  plan: string;
  said: Record<string, Sentence>;
}

/** Whether the file is to be filed under the category of the folder: if not, that is not asked again. */
export interface PlacementAnswerIn {
  accept: boolean;
}

/** A file that a person has put into the folder of another category than it is filed under. */
export interface PlacementOut {
  file_id: number;
  name: string;
  path: string;
  folder: string;
  category: string;
  filed_as: string;
  seen_at: string;
}

/** Some of what is to be asked about, the oldest first; `total` counts all. */
export interface PlacementsOut {
  placements: Array<PlacementOut>;
  total: number;
  offset: number;
  limit: number;
}

/** A plan that is to be kept. */
export interface PlanIn {
  folders?: Array<string>;
  category?: string;
  rules?: Array<OrganizeRuleIn>;
  preset?: string;
  kind?: MoveKind | null;
  unsure?: boolean;
  root?: string;
  name?: string;
}

/** A plan that is kept, with the number of its moves by how far they are. */
export interface PlanOut {
  name: string;
  state: PlanState;
  options: string;
  total: number;
  counts: Record<string, number>;
  made_at: string;
  applied_at: string | null;
  undone_at: string | null;
  by: string;
  said: Record<string, Sentence>;
}

/** How far an apply or undo is. */
export interface PlanProgressOut {
  plan: string;
  done: number;
  total: number;
  left: number;
}

/** How far a plan is. What was interrupted stays applying or undoing until it is finished. */
export type PlanState = "proposed" | "applying" | "applied" | "undoing" | "undone";

/** What `twolane plan` has made, after its moves and the files that it leaves. */
export interface PlannedOut {
  total: number;
  left_counts: Record<string, number>;
  options: string;
  plan: PlanOut | null;
  said: Record<string, Sentence>;
}

/** An order of files that needs no rules. */
export interface PresetOut {
  id: string;
  words: string;
  example: string;
  said: Record<string, Sentence>;
}

/** Event `question`: a follow-up, as the full question that was searched for. */
export interface QuestionOut {
  question: string;
}

/** Which files are to be read again. */
export interface ReadAgainIn {
  file_ids: Array<number>;
}

/** How the reading of a document's content ended. */
export type ReadStatus = "text" | "empty" | "needs_ocr" | "encrypted" | "unsupported" | "too_large" | "damaged";

/** Whether the server can do its work, and which lanes would answer now. */
export interface ReadyOut {
  ready: boolean;
  reason: string;
  draining: boolean;
  store: boolean;
  lanes: Record<string, boolean>;
}

/** The changes among some files, and where the next ones begin. */
export interface ReclassifiedOut {
  changes: Array<ChangeOut>;
  total: number;
  next: number | null;
}

/** Why a question got no answer from the files. */
export type RefusalCause = "nothing_found" | "not_answered" | "unproven" | "unclear";

/** Event `refusal`: the files do not answer the question. */
export interface RefusalOut {
  reason: string;
  cause: RefusalCause;
  unread: Array<UnreadOut>;
}

/** A file that was taken out and can come back. */
export interface RemovalOut {
  removal_id: number;
  path: string;
  document: string;
  size_bytes: number;
  is_trashed: boolean;
  at: string;
  by: string;
}

/** A part of what was taken out, the newest first. */
export interface RemovalsOut {
  removals: Array<RemovalOut>;
  offset: number;
  limit: number;
}

/** A category that is to be no more. */
export interface RemoveCategoryIn {
  category: string;
  into?: string;
}

/** Files to take out of the library, by their numbers or by a filter. */
export interface RemoveIn {
  file_ids?: Array<number>;
  filter?: RemovedFilterIn | null;
  delete_file?: boolean;
  forget?: boolean;
}

/** Which files are meant: those that meet all that is given, of which something must be. */
export interface RemovedFilterIn {
  folders?: Array<string>;
  category?: string;
  before?: string | null;
  states?: Array<FileState>;
}

/** What was taken out of the library. */
export interface RemovedOut {
  files: number;
  documents: number;
  trashed: number;
  left: Array<LeftInsideOut>;
  removal_ids: Array<number>;
}

/** Another name, description or id of a category; what is null stays. */
export interface RenameCategoryIn {
  category: string;
  name?: string | null;
  description?: string | null;
  id?: string | null;
}

/** Another name for a correspondent. */
export interface RenameIn {
  name: string;
}

/** A file that is back in the library; null where it is excluded in another way. */
export interface RestoredOut {
  file_id: number | null;
}

/** How many parked jobs were queued again. */
export interface RetryOut {
  queued: number;
}

/** Why a classification waits for a person. */
export type ReviewCause = "unsure" | "incomplete" | "contradicted" | "unlike" | "sampled";

/** One thing that somebody may do; what is not his is not seen with any of them but the last. */
export type Right = "ask" | "read" | "add" | "correct" | "metrics" | "admin";

/** What a user is in a library: the rights that go with it. */
export type Role = "admin" | "member" | "reader";

/** A person's word on two files. */
export interface SameIn {
  same: boolean;
}

/** A view of the page to be kept under a name. */
export interface SavedViewIn {
  view: "search" | "files";
  name: string;
  query: string;
}

/** A view that a user keeps. */
export interface SavedViewOut {
  view_id: number;
  view: string;
  name: string;
  query: string;
}

/** Something that tells in sentences of the program, each of which it has by its code as well. */
export interface SayingOut {
  said: Record<string, Sentence>;
}

/** A category and its probability, 0 to 1. */
export interface ScoreOut {
  category: string;
  probability: number;
}

/** Two correspondents that may be the same, and why. */
export interface SenderPairOut {
  one: CorrespondentOut;
  other: CorrespondentOut;
  reason: string;
  said: Record<string, Sentence>;
}

/** A sentence: its code, and what it says of this one case; a value may be a sentence itself. */
export interface Sentence {
  code: string;
  values: Record<string, string | Sentence>;
}

/** One of a lane's model servers, and how its lane treats it. */
export interface ServerHealth {
  url: string;
  breaker: "closed" | "open" | "half-open";
  in_flight: number;
  ready: boolean;
  detail: string;
  remedy: string;
  loaded: boolean;
  said: Record<string, Sentence>;
}

/** Who asks. */
export interface SessionOut {
  signed_in: boolean;
  user: string | null;
  full_name: string;
  role: Role | null;
  rights: Array<Right>;
  settings: Record<string, string>;
  can_sign_out: boolean;
  ways: SignInWaysOut;
}

/** A setting, its value, and where that comes from. */
export interface SettingOut {
  name: string;
  value: string;
  source: string;
  default: string;
  description: string;
}

/** Who alone sees what lies in a folder or a category. */
export interface ShareIn {
  kind: ShareKind;
  place: string;
  audience: Array<string>;
}

/** What a share is about. */
export type ShareKind = "folder" | "category";

/** A share, who set it and when. */
export interface ShareOut {
  kind: ShareKind;
  place: string;
  audience: Array<string>;
  by: string;
  at: string | null;
}

/** A name and a password. */
export interface SignInIn {
  name: string;
  password: string;
}

/** A browser that is signed in. */
export interface SignInOut {
  sign_in_id: string;
  user: string;
  method: string;
  sender: string;
  agent: string;
  began_at: string | null;
  used_at: string | null;
  ends_at: string | null;
  is_this: boolean;
}

/** How one can sign in here. */
export interface SignInWaysOut {
  password: boolean;
  passkey: boolean;
  office: string;
  start: boolean;
}

/** What a device has signed. */
export interface SignedIn {
  challenge_id: string;
  credential: Record<string, unknown>;
}

/** Everything at one moment. */
export interface Snapshot {
  lanes: Array<LaneSnapshot>;
  embedder: Health;
  counts: Counts;
  jobs: Record<string, StepJobs>;
  workers: number;
  working: Array<WorkerRecord>;
  pools: number;
  queue_fault: string;
  backup_fault: string;
  store_answers: boolean;
  troubles: Array<Trouble>;
  proof: FilingProof | null;
  placements: number;
  folders: Array<FolderStanding>;
  answers: AnswerCounts;
  settings: string | null;
  version: string;
  uptime_s: number;
  said: Record<string, Sentence>;
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
  place: string;
  start: number;
  text: string;
  ocr: boolean;
}

/** Event `sources`: the passages that the answer may cite, before its first word. */
export interface SourcesOut {
  sources: Array<SourceOut>;
}

/** Characters `start` to `end` of a page's text; pages count from 1. */
export interface SpanOut {
  page: number;
  start: number;
  end: number;
}

/** New categories within one. */
export interface SplitCategoryIn {
  category: string;
  parts: Array<string>;
}

/** An address that lets in whoever opens it first. */
export interface StartOut {
  url: string;
}

/** What one document states where another states something else. */
export interface StatedValueOut {
  value: string;
  dated_at: string | null;
  file_id: number | null;
  name: string;
  page: number;
  place: string;
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

/** A category that might be added. */
export interface SuggestionOut {
  id: string;
  name: string;
  description: string;
  documents: number;
  words: Array<string>;
  files: Array<string>;
  named_by: string;
  examples: Array<string>;
}

/** A folder that files go to, and how many. */
export interface TargetFolderOut {
  folder: string;
  files: number;
}

/** The library's taxonomy; its version counts every change. */
export interface TaxonomyOut {
  version: number;
  notice: string;
  categories: Array<CategoryOut>;
  said: Record<string, Sentence>;
}

/** What a change of the taxonomy does, or would do. */
export interface TaxonomyPreviewOut {
  what: string;
  followed: Array<FollowedOut>;
  refiled: number;
  staying: number;
  changes: Array<ChangeOut>;
  looked_at: number;
  titles: Record<string, string>;
  said: Record<string, Sentence>;
}

/** One version of the taxonomy. */
export interface TaxonomyVersionOut {
  version: number;
  what: string;
  origin: string;
  by: string;
  at: string;
  undoes: number;
  said: Record<string, Sentence>;
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
export type Tier = "history" | "rules" | "similarity" | "small_model" | "large_model" | "person";

/** A new token. */
export interface TokenIn {
  name: string;
  rights: Array<Right>;
  user?: string;
  last_day?: string | null;
}

/** A token: whose it is, and what it lets its holder do. */
export interface TokenOut {
  token_id: string;
  name: string;
  rights: Array<Right>;
  user: string;
  made_at: string;
  ends_at: string | null;
  used_at: string | null;
  revoked_at: string | null;
}

/** A file whose job failed for good, and why. */
export interface Trouble {
  what: string;
  why: string;
  said: Record<string, Sentence>;
}

/** An earlier question of the conversation, with the answer it got. */
export interface TurnIn {
  question: string;
  answer: string;
}

/** One question of a conversation, with its answer as far as it came. */
export interface TurnOut {
  number: number;
  question: string;
  full_question: string;
  state: TurnState;
  text: string;
  sources: Array<SourceOut>;
  citations: Array<CitationOut>;
  contradictions: Array<ContradictionOut>;
  catalogue: CatalogueOut | null;
  filters: Array<AskedFilterOut>;
  without: Array<string>;
  within: Array<string>;
  refusal: RefusalOut | null;
  error: ErrorOut | null;
  asked_at: string;
  extracts: ExtractsCause | null;
  cut: boolean;
  waiting_files: number;
  first_token_s: number;
  seconds: number;
}

/** How far a kept turn is. */
export type TurnState = "answering" | "done" | "stopped" | "error";

/** Why the text of files is not in the index. */
export type UnreadCause = "scan" | "encrypted" | "damaged" | "too_large" | "failed" | "waiting";

/** How many files could not be looked at, for one reason. */
export interface UnreadOut {
  cause: UnreadCause;
  files: number;
}

/** A folder or a category whose share is taken back. */
export interface UnsharedIn {
  kind: ShareKind;
  place: string;
}

/** What became of an upload: files that are queued now, that were there already, and not taken in. */
export interface UploadOut {
  files: Array<FileOut>;
  already: Array<AlreadyThereOut>;
  not_saved: Array<NotSavedOut>;
}

/** What is to be changed of a user; what is left out stays as it is. */
export interface UserChangeIn {
  role?: Role | null;
  full_name?: string | null;
  password?: string | null;
  disabled?: boolean | null;
}

/** A new user; the first one of a library is its admin. */
export interface UserIn {
  name: string;
  role?: Role | null;
  full_name?: string;
  password?: string;
}

/** Somebody who may sign in. */
export interface UserOut {
  name: string;
  full_name: string;
  role: Role;
  has_password: boolean;
  has_office: boolean;
  made_at: string | null;
  seen_at: string | null;
  disabled_at: string | null;
}

/** A person's word on a field. */
export interface ValueIn {
  value: string;
  document?: string;
}

/** Event `waiting`: others are answered first. */
export interface WaitingOut {
  place: number;
  waited_s: number;
}

/** A process that works, on whatever machine. */
export interface WorkerRecord {
  name: string;
  lane: string;
  threads: number;
  started_at: number;
  seen_at: number;
  done: number;
  draining: boolean;
  host: string;
  concurrency: number;
  version: string;
  rates: Record<string, number>;
  waits_for: string;
}
