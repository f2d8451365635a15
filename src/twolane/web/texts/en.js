// @ts-check
// English.

import { counted } from "./counted.js";

/** @import { AuditAct, CopyKind, ExclusionKind, FieldSource, ReadStatus, Tier } from "../common/schemas.js" */

export const en = {
  /** What the server says, by its codes: it says it in English itself. */
  sentences: /** @type {Readonly<Record<string, string>>} */ ({}),
  /** Names and descriptions that nobody has chosen, by the ids of categories and fields. */
  shipped: {
    names: /** @type {Readonly<Record<string, string>>} */ ({}),
    descriptions: /** @type {Readonly<Record<string, string>>} */ ({}),
    fields: /** @type {Readonly<Record<string, string>>} */ ({}),
  },
  common: {
    close: "Close",
    undo: "Undo",
    /** @param {number} number */
    files: (number) => counted(number, { one: "1 file", other: "# files" }),
    sizes: ["bytes", "KiB", "MiB", "GiB"],
    /** @type {(number: number) => string} */
    documents: (number) => counted(number, { one: "1 document", other: "# documents" }),
    none_of_these: "None of these",
    /** @type {(id: number) => string} */
    correspondent: (id) => `correspondent ${id}`,
    cancel: "Cancel",
    save: "Save",
    undo_last: "Undo last change",
    unreachable: "twolane does not answer",
    start_again: "start it again with: twolane serve",
    no_network: "This device has no network",
    by_itself: "what you see goes on by itself once it has",
    /** @type {(status: number) => string} */
    answered: (status) => `the server answered ${status}`,
    broke_off: "the answer broke off",
    ask_again: "ask again",
    gone_moving: "twolane has gone while files were being moved",
    finish_or_undo: "start it again, then finish the plan or undo it",
    /** @type {(name: string) => string} */
    not_sent: (name) => `${name} could not be sent`,
    does_it_run: "look whether twolane runs",
    no_clipboard: "The browser lets nothing be copied here",
  },
  shell: {
    parts: "Parts of the page",
    more: "More",
    lanes: "Both lanes",
    affected_show: "Show them",
    dismiss: "Dismiss",
    drop: "Drop to file them",
    /** @type {(view: string) => string} */
    not_open: (view) => `${view} is not open to you`,
    ask_manager: "ask who manages this library",
    views: {
      ask: "Ask",
      search: "Search",
      files: "Files",
      review: "Review",
      order: "Order",
      categories: "Categories",
      correspondents: "Correspondents",
      lanes: "Lanes",
      settings: "Settings",
    },
  },
  lanes: {
    standing: "How all stands",
    names: {
      filing: "Filing",
      chat: "Chat",
    },
    embedder: "Search by meaning",
    goes_on: {
      filing: "Questions are still answered.",
      chat: "Files are still being filed.",
    },
    health: {
      ready: "ready",
      loading: "loading",
      down: "down",
    },
    rules_only: "rules only",
    /** @type {(number: number) => string} */
    waiting: (number) => counted(number, { one: "# waiting", other: "# waiting" }),
    nothing_waits: "nothing waiting",
    /** @type {(rate: string) => string} */
    rate: (rate) => `${rate} jobs a minute`,
    /** @type {(time: string) => string} */
    left: (time) => `about ${time} left`,
    /** @type {(number: number) => string} */
    workers: (number) => counted(number, { one: "1 worker", other: "# workers" }),
    /** @type {(number: number) => string} */
    under_way: (number) => counted(number, { one: "1 question is being answered", other: "# questions are being answered" }),
    /** @type {(number: number) => string} */
    in_line: (number) => counted(number, { one: "1 question waits in line", other: "# questions wait in line" }),
    no_question: "nobody asks anything now",
    /** @type {(time: string) => string} */
    first_word: (time) => `first word after ${time}`,
    /** @type {(rate: string) => string} */
    tokens: (rate) => `${rate} tokens a second`,
    in_memory: "in memory",
    not_in_memory: "not in memory: the first use loads it",
    pushed_out: "was pushed out of memory by the other model",
    /** @type {(breaker: string) => string} */
    server_down: (breaker) => `down, breaker ${breaker}`,
    why: "What waits for what",
    nothing_held: "Nothing is held up.",
    store_away: "The library’s database does not answer: all waits for it.",
    /** @type {(jobs: number) => string} */
    no_worker: (jobs) => `${jobs} jobs wait for a worker: none runs. Start one with: twolane worker`,
    /** @type {(jobs: number, lane: string) => string} */
    waits_for_model: (jobs, lane) => `${jobs} jobs wait for the model of the lane ${lane}, which is not ready.`,
    gives_way: "Filing gives way while a question is being answered.",
    /** @type {(number: number) => string} */
    parked: (number) => counted(number, { one: "One job failed too often and waits for you.", other: "# jobs failed too often and wait for you." }),
    retry: "Try them again",
    /** @type {(number: number) => string} */
    retried: (number) => counted(number, { one: "One job is tried again", other: "# jobs are tried again" }),
    steps: {
      read: "read",
      read_slowly: "read slowly",
      classify: "classify",
      embed: "embed",
      fields: "fields",
      picture: "pictures of pages",
    },
    jobs: "Jobs",
    jobs_columns: ["Step", "Lane", "Queued", "Running", "Done", "Failed", "Oldest"],
    /** @type {(number: number) => string} */
    workers_title: (number) => `Workers: ${number}`,
    workers_columns: ["Process", "Lane", "Files at once", "For", "Jobs done", "Version"],
    ending: "ending",
    folders: "Watched folders",
    folders_columns: ["Folder", "Watched", "Still written", "Last change", ""],
    watched: {
      starting: "starting",
      events: "by events",
      polling: "by polling",
      away: "away",
      elsewhere: "by another process",
    },
    /** @type {(how: string) => string} */
    empties: (how) => `${how}, empties itself`,
    tiers: "Filed by",
    tiers_columns: ["What decided", "Files", "Share"],
    /** @type {Record<Tier, string>} */
    tier_names: {
      history: "an earlier version",
      rules: "rules",
      similarity: "similarity",
      small_model: "small model",
      large_model: "large model",
      person: "person",
    },
    proof: "How sure filing is",
    proof_columns: ["What", ""],
    without_you: "Filed without you",
    /** @type {(share: string) => string} */
    certain_on: (share) => `from ${share} certain on`,
    /** @type {(share: string) => string} */
    at_most: (share) => `At most ${share} of that wrong`,
    proven: "proven",
    not_proven: "not proven yet",
    right_where_asked: "Right, where you were asked",
    /** @type {(right: number, all: number, share: string) => string} */
    right_of: (right, all, share) => `${right} of ${all} (${share})`,
    ece: "Confidence and accuracy apart (ECE)",
    /** @type {(share: string) => string} */
    to_prove: (share) => `To prove at most ${share} wrong`,
    /** @type {(number: number) => string} */
    more_decisions: (number) => counted(number, { one: "1 more decision that agrees", other: "# more decisions that agree" }),
    library: "Library",
    library_columns: ["What", "How many"],
    /** @type {(state: string) => string} */
    files_in: (state) => `Files: ${state}`,
    documents: "Documents",
    passages: "Passages",
    vectors: "Passages with a vector",
    causes: "To review, because",
    causes_columns: ["Cause", "Files"],
    backups: "Backups",
    backup_now: "Back up now",
    backing_up: "Backing up…",
    backed_up: "The backup is made, and was read back",
    planned: "Planned",
    not_planned_how: "no: name a folder in the settings (backup.folder)",
    last: "Last",
    none_yet: "none yet",
    next: "Next",
    not_planned: "not planned",
    as_soon: "as soon as may be",
    kept_in: "Kept in",
    /** @type {(number: number) => string} */
    unusable: (number) => counted(number, { one: "One cannot be used", other: "# cannot be used" }),
    taken_out: "Taken out",
    kept_out: "Kept out",
    in_trash: "in the trash",
    in_place: "in its place",
    bring_back: "Bring back",
    forgotten_path: "a path that is forgotten",
    /** @type {Record<ExclusionKind, string>} */
    exclusion_kinds: {
      path: "path",
      name: "name",
      content: "content",
      "taken in": "taken in",
      forgotten: "forgotten",
    },
    keep_no_more: "Keep out no more",
    /** @type {(number: number) => string} */
    clutter: (number) => `Left out by their names, since they are no documents (${number})`,
    take_in: "Take in",
    leave_out: "Leave out",
    next_scan: "taken in by the next scan",
  },
  correspondents: {
    search: "Search the correspondents",
    merge_marked: "Merge those that are marked",
    merge_into: "Merge them into",
    merge: "Merge",
    mark_none: "Mark none",
    alike: "Which may be the same",
    none: "No correspondent",
    none_narrowed: "No correspondent in what you may see",
    where_from: "Who sent or issued a document is read out of it when it is filed.",
    /** @type {(name: string) => string} */
    merge_one: (name) => `Merge ${name}`,
    rename: "Rename",
    /** @type {(name: string) => string} */
    rename_one: (name) => `Rename ${name}`,
    /** @type {(name: string) => string} */
    spellings: (name) => `Other spellings of ${name}`,
    somebody_else: "This is somebody else",
    /** @type {(name: string, other: string) => string} */
    else_than: (name, other) => `${name} is somebody else than ${other}`,
    /** @type {(name: string) => string} */
    of_its_own: (name) => `${name} is a correspondent of its own`,
    /** @type {(name: string) => string} */
    new_name: (name) => `New name of ${name}`,
    /** @type {(name: string, now: string) => string} */
    renamed: (name, now) => `${name} is now called ${now}`,
    nobody_twice: "Nobody seems to be here twice.",
    and: "and",
    are_one: "They are one",
    /** @type {(one: string, other: string) => string} */
    are_one_named: (one, other) => `They are one: ${one} and ${other}`,
    /** @type {(other: string, one: string) => string} */
    is_other: (other, one) => `${other} is ${one}`,
    taken_back: "The last change was taken back",
    nothing_back: "there is nothing to take back",
    /** @type {(number: number, name: string) => string} */
    now_one: (number, name) => `${counted(number, { one: "# is", other: "# are" })} now one: ${name}`,
  },
  categories: {
    add: "Add a category",
    better: "What could be better",
    save_file: "Save as a file",
    take_file: "Take a file over…",
    file: "Taxonomy file",
    /** @type {(documents: string, within: number) => string} */
    with_below: (documents, within) => `${documents}, ${within} with those below`,
    change: "Change",
    /** @type {(name: string) => string} */
    change_one: (name) => `Change ${name}`,
    see: "See what changes…",
    wherever: "wherever it fits",
    undo_into: "What people have put into what was new goes to",
    acts: {
      add: "Add one below",
      rename: "Rename",
      move: "Move",
      merge: "Merge into",
      split: "Split",
      remove: "Remove",
    },
    name: "Name",
    belongs: "What belongs there",
    below: "Below",
    at_top: "nothing: at the top",
    into: "Into",
    parts: "Its parts, one a line, each with what belongs there behind a colon",
    goes_to: "What is in it goes to",
    would_change: "What this would change",
    change_nothing: "Change nothing",
    do_it: "Do it",
    /** @type {(number: number, from: string, to: string, people: number) => string} */
    go: (number, from, to, people) => `${counted(number, { one: "One document goes", other: "# documents go" })} from ${from} to ${to}${people ? ", " + people + " of them put there by people" : ""}.`,
    /** @type {(number: number) => string} */
    refiled: (number) => counted(number, { one: "One document is filed again.", other: "# documents are filed again." }),
    /** @type {(number: number) => string} */
    staying: (number) => counted(number, { one: "One document stays where people have put it, and is proposed a place in review.", other: "# documents stay where people have put them, and are proposed a place in review." }),
    nothing_else: "No document is filed otherwise.",
    columns: ["File", "Was", "Would be", "Certain"],
    /** @type {(looked: number) => string} */
    of_looked: (looked) => `Of ${looked} that were looked at:`,
    /** @type {(documents: string, files: string, words: string) => string} */
    like: (documents, files, words) => `${documents} like ${files}; ${words}`,
    add_more: "Add…",
    /** @type {(name: string) => string} */
    add_one: (name) => `Add ${name}`,
    /** @type {(one: string, other: string) => string} */
    pair: (one, other) => `${one} and ${other}`,
    merge_more: "Merge…",
    /** @type {(other: string, one: string) => string} */
    merge_one: (other, one) => `Merge ${other} into ${one}`,
    looking: "Looking…",
    all_well: "Nothing is lacking, and all that there are can be told apart.",
  },
  ask: {
    title: "Ask",
    conversations: "Conversations",
    new_talk: "New",
    new_conversation: "New conversation",
    search_label: "Search in conversations",
    search: "Search",
    conversation: "Conversation",
    empty_title: "What do you want to know?",
    empty_text: "Ask in your own words. The answer is taken from your files, and every number in it opens the page it comes from.",
    your_question: "Your question",
    placeholder: "Ask about your files…",
    send: "Ask",
    stop: "Stop",
    edit: "Edit",
    edit_this: "Edit this question",
    copy: "Copy",
    copy_question: "Copy this question",
    question_copied: "The question is copied",
    changed: "The question, changed",
    replaces: "The new answer takes the place of this one and of all below it.",
    cancel: "Cancel",
    copy_answer: "Copy this answer",
    answer_copied: "The answer is copied, with its sources",
    again: "Ask again",
    weak: "part of this does not stand there",
    next_in_line: "Next in line",
    /** @param {number} place */
    in_line: (place) => `Number ${place} in line`,
    looking: "Looking through your files",
    /** @param {number} number */
    reading: (number) => counted(number, { one: "Reading one passage", other: "Reading # passages" }),
    stopped: "Stopped.",
    /** @type {(whole: string, first: string) => string} */
    took: (whole, first) => `${whole}, first word after ${first}`,
    /** @param {number} number */
    unread: (number) => counted(number, { one: "1 file has not been read yet.", other: "# files have not been read yet." }),
    file: "File",
    amount: "Amount",
    on_average: "On average",
    added_up: "Added up",
    catalogue: "Files of the catalogue",
    to_review: "to review",
    kinds: {
      category: "Category", date: "Date", correspondent: "From", kind: "Kind", folder: "Folder", language: "Language", amount: "Amount", tag: "Tag",
      name: "Name",
    },
    only_these: "Only these files were looked at",
    /** @param {string} filter */
    without: (filter) => `Ask again without ${filter}`,
    /** @param {string} words */
    read_from: (words) => `read from “${words}”`,
    narrow_to: "Ask only of some files",
    of_these: "Only of these files",
    cut: "The answer was cut off.",
    seen_alone: "Only files that you may see were looked at.",
    differ: "Your files differ:",
    searched_for: "Searched for: ",
    /** @type {(number: number, about: string) => string} */
    source: (number, about) => `Source ${number}: ${about}`,
    sources: "Sources",
    /** @param {number} number */
    found: (number) => `Found in your files: ${counted(number, { one: "one passage", other: "# passages" })}`,
    also: "Also looked at",
    looked: "Looked at",
    nearest: "Nearest in your files",
    beside: "Where it stands",
    /** @type {(number: number, place: string) => string} */
    picture: (number, place) => `Source ${number}, as it looks: ${place}`,
    broke_off: "The model broke off. Its answer goes on once it is back.",
    ended_early: "The answer broke off.",
    ask_again: "ask again",
    answered: "Answer",
    code: "Code",
    table: "Table",
    no_match: "No conversation has these words.",
    none: "What you ask is kept here.",
    /** @param {string} title */
    change: (title) => `Change ${title}`,
    rename: "Rename",
    /** @type {(title: string, format: string) => string} */
    save_as: (title, format) => `Save ${title} as ${format}`,
    delete: "Delete",
    /** @param {string} title */
    is_deleted: (title) => `${title} is deleted`,
    name: "Title",
    save: "Save",
  },
  settings: {
    parts: {
      you: "This page",
      models: "Models",
      folders: "Folders",
      taxonomy: "Categories",
      users: "Users",
      groups: "Groups",
      shares: "Private and shared",
      tokens: "Keys for programs",
      audit: "Who did what",
      backups: "Backups",
      sources: "All settings",
    },
    chosen_part: "The chosen part",
    parts_label: "Parts of the settings",
    language: "Language",
    browser_language: "as the browser asks for",
    theme: "Colours",
    themes: {
      auto: "as the device has it",
      light: "light",
      dark: "dark",
    },
    kept_here: "Kept in this browser, and with your name where you are signed in.",
    model_columns: ["For", "Model", "Runs at", "State", "Memory"],
    models_how: "Chosen in the settings file, or by LLM_CLASSIFICATION_MODEL and LLM_CHAT_MODEL; restart after a change.",
    /** @type {(path: string) => string} */
    settings_file: (path) => `Settings file: ${path}`,
    no_settings_file: "No settings file is in use.",
    no_folder: "No folder is watched.",
    folders_how: "Name folders in the settings (watch.folders), or file what comes into one with:",
    taxonomy_how: "Every change of the categories is shown before it is made, and can be taken back.",
    to_taxonomy: "Open the categories",
    no_users: "There are no users: whoever opens the start address is the library’s one person. The first user you add is its admin, and everybody signs in from then on.",
    roles: {
      admin: "admin",
      member: "member",
      reader: "reader",
    },
    never: "never",
    disabled: "disabled",
    add_user: "Add a user",
    name: "Name",
    full_name: "Full name",
    role: "Role",
    password: "Password",
    new_password: "New password, empty to keep the old one",
    change: "Change",
    disable: "Disable",
    enable: "Enable",
    sign_out: "Sign out everywhere",
    /** @type {(act: string, name: string) => string} */
    act_on: (act, name) => `${act}: ${name}`,
    /** @type {(name: string) => string} */
    added: (name) => `${name} was added`,
    /** @type {(name: string) => string} */
    changed: (name) => `${name} was changed`,
    /** @type {(name: string) => string} */
    was_disabled: (name) => `${name} can sign in no more`,
    /** @type {(name: string) => string} */
    was_enabled: (name) => `${name} can sign in again`,
    /** @type {(number: number) => string} */
    signed_out: (number) => counted(number, { one: "1 sign-in has ended", other: "# sign-ins have ended" }),
    no_groups: "There are no groups.",
    members: "Members",
    set_group: "Set the members of a group",
    remove: "Remove",
    /** @type {(name: string) => string} */
    removed: (name) => `${name} was removed`,
    files_to: "Whose the files shall be",
    /** @type {(name: string) => string} */
    removing: (name) => `${name} is removed for good: sign-ins, tokens, passkeys and shares end, conversations and saved views are deleted. What ${name} did stays under the name, which nobody else can get.`,
    leaving: {
      files: "files", conversations: "conversations", views: "saved views", tokens: "tokens", passkeys: "passkeys", sign_ins: "sign-ins", shares: "shares",
    },
    no_shares: "Nothing is private or shared apart: a file without an owner is everybody’s.",
    kinds: {
      folder: "folder",
      category: "category",
    },
    /** @type {(who: string) => string} */
    seen_by: (who) => `seen by ${who}`,
    only_owner: "seen by the owners of its files alone",
    everybody: "everybody",
    set_share: "Share, or make private",
    what: "What",
    whole_path: "The folder’s whole path",
    category: "Category",
    audience: "Who sees it beside its files’ owners",
    unshare: "Take back",
    no_tokens: "No program has a key.",
    make_token: "Make a key",
    rights: "What it opens",
    right_names: {
      ask: "ask questions",
      read: "see and search files",
      add: "add files",
      correct: "correct, tag and take out files",
      metrics: "read the metrics",
      admin: "manage all",
    },
    for_user: "Acts for",
    nobody: "nobody",
    last_day: "Last day it is good, empty for ever",
    secret: "This is the key. It is shown this once: keep it where the program reads it.",
    copy: "Copy",
    copied: "Copied",
    revoke: "Revoke",
    really_revoke: "Revoke for good",
    revoked: "revoked",
    /** @type {(day: string) => string} */
    until: (day) => `until ${day}`,
    /** @type {(when: string) => string} */
    used: (when) => `used ${when}`,
    unused: "never used",
    /** @type {Record<AuditAct, string>} */
    acts: {
      asked: "asked", searched: "searched", saw: "saw", added: "added", changed: "changed", moved: "moved", removed: "removed",
      exported: "exported", managed: "managed", "signed in": "signed in", "signed out": "signed out", came: "came", lost: "lost",
    },
    audit_columns: ["When", "Who", "What", "To what", "From", "Outcome"],
    machine: "this machine",
    done: "done",
    more: "Show more",
    only_user: "Only this user",
    nothing_yet: "Nothing yet.",
    backup_columns: ["Made", "Size", "Documents", "File"],
    source_columns: ["Setting", "Value", "From"],
    search_settings: "Search the settings",
    again: "Show anew",
  },
  views: {
    saved: "Saved views", name: "Name of this view", keep: "Save this view", none_saved: "None is saved yet.",
    /** @param {string} name */
    is_kept: (name) => `${name} is saved`,
    /** @param {string} name */
    forget: (name) => `Forget ${name}`,
    /** @param {string} name */
    is_forgotten: (name) => `${name} is forgotten`,
  },
  search: {
    label: "Search in all files",
    placeholder: "Words, names, a sentence…",
    go: "Search",
    title: "Search in all files",
    hint: "What stands in your files, what it means, and what they are called. / leads here, arrows through what is found.",
    found: "What was found",
    /** @param {number} number */
    count: (number) => counted(number, { one: "1 file", other: "# files" }),
    /** @param {number} number */
    at_least: (number) => counted(number, { one: "1 file or more", other: "# files or more" }),
    more: "Show more",
    /** @param {number} number */
    more_of: (number) => counted(number, { one: "Show one more", other: "Show # more" }),
    /** @param {number} number */
    more_places: (number) => counted(number, { one: "and one more place", other: "and # more places" }),
    by_meaning: "by its meaning",
    by_name: "by its name",
    /** @param {number} number */
    copies: (number) => counted(number, { one: "1 copy or version", other: "# copies and versions" }),
    nothing: "Nothing was found",
    /** @param {number} number */
    without_filters: (number) => counted(number, { one: "1 file without the filters", other: "# files without the filters" }),
    tries: ["Use fewer words, or other words for the same.", "Part of a file's name is enough.", "What was not read yet is found by its name only."],
    ask: "Ask it instead",
    filters: "Filters",
    in_use: "Filters in use",
    /** @param {string} filter */
    without: (filter) => `${filter}: no longer`,
    all: "All",
    category: "Category",
    from: "From",
    no_sender: "Nobody of that name has sent anything",
    tag: "Tag",
    since: "First day",
    until: "Last day",
    kind: "Kind of file",
    language: "Language",
    folder: "Folder",
    state: "State",
    sort: "Sorted by",
    sorts: { relevance: "Relevance", newest: "Newest first", oldest: "Oldest first", name: "Name" },
    kinds: { pdf: "PDF", picture: "Picture", mail: "E-mail", word: "Word", sheet: "Excel", slides: "PowerPoint", text: "Text" },
    states: { filed: "Filed", review: "To review", waiting: "Waiting", unread: "Not read", quarantined: "Failed", skipped: "Skipped", gone: "Gone" },
    saved: "Saved searches",
    name: "Name of this search",
    keep: "Save this search",
    none_saved: "None is saved yet.",
    /** @param {string} name */
    is_kept: (name) => `${name} is saved`,
    /** @param {string} name */
    forget: (name) => `Forget ${name}`,
    /** @param {string} name */
    is_forgotten: (name) => `${name} is forgotten`,
  },
  signin: {
    title: "Sign in",
    name: "Name",
    password: "Password",
    go: "Sign in",
    passkey: "Sign in with a passkey",
    /** @type {(name: string) => string} */
    office: (name) => `Sign in with ${name}`,
    start: "Nobody has an account here yet. Open the address that twolane printed when it started, or run on its machine: twolane open",
    used: "This address has let somebody in already, or it is another server’s. For another one, run on its machine: twolane open",
    office_failed: "The office's sign-in did not let you in. Try again, or ask who manages this library.",
    wrong: "Name or password is wrong, or the passkey is not known here",
    wrong_do: "Try again, or ask who manages this library.",
    too_many: "Too many wrong tries",
    /** @type {(seconds: number) => string} */
    wait: (seconds) => counted(seconds, { one: "Wait a second, then try again.", other: "Wait # seconds, then try again." }),
    no_passkey: "No passkey was used",
    no_passkey_do: "Try again, or sign in another way.",
  },
  account: {
    mine: "My account",
    /** @type {(name: string) => string} */
    of: (name) => `Account of ${name}`,
    roles: { admin: "manages the library", member: "adds and corrects files", reader: "asks and reads" },
    out: "Sign out",
    password: "Password",
    old: "Old password",
    fresh: "New password",
    least: "At least 10 characters.",
    change: "Change the password",
    changed: "The password is changed, and you are signed out everywhere else",
    passkeys: "Passkeys",
    no_passkeys: "None yet. A passkey is a key of your device that you open as you open the device.",
    add: "Add a passkey",
    called: "What it is called",
    added: "The passkey is added",
    forget: "Forget",
    forgotten: "The passkey is forgotten",
    not_here: "Passkeys need a name instead of a number as the page's address, and an encrypted way to it.",
    sessions: "Signed in with",
    here: "this browser",
    end: "Sign out there",
    ended: "Signed out there",
    /** @type {(when: string) => string} */
    last: (when) => `last used ${when}`,
    methods: { password: "by password", passkey: "by passkey", office: "by the office's sign-in", start: "by the start address" },
  },
  review: {
    search: "Search the categories",
    search_key: "Search the categories  /",
    none: "None of these",
    none_of_them: "none of the categories",
    skip: "Skip",
    back: "Back",
    accept: "Accept",
    choices: "What it may be",
    begins: "How it begins",
    text: "Text",
    show_skipped: "Show what was skipped",
    rest_skipped: "The rest was skipped",
    nothing: "Nothing to review",
    all_placed: "Every file that was read has its place.",
    seen_placed: "No file that you may see waits for anybody.",
    /** @param {string} reason */
    because: (reason) => `Because ${reason}.`,
    /** @param {string} cause */
    in_review: (cause) => `It is in review: ${cause}.`,
    /** @type {(name: string, share: string) => string} */
    runner_up: (name, share) => `Next likely: ${name}, ${share}.`,
    /** @param {string} name */
    taken_back: (name) => `${name}: taken back`,
    /** @param {string} category */
    to_review: (category) => `${category}, to review`,
    causes: {
      unsure: "it is not sure enough",
      incomplete: "it is not sure enough, and something that could have helped did not answer",
      contradicted: "a rule or an earlier decision says otherwise",
      unlike: "it is unlike every category",
      sampled: "it is sure, and was drawn to see how often that is right",
    },
    again_title: "What filing again would change",
    again_close: "Close this list",
    again_columns: ["File", "Was", "Would be", "Certain"],
    no_change: "Nothing would change.",
    /** @param {number} number */
    affected: (number) => counted(number, {
      one: "One similar file would be filed otherwise now.", other: "# similar files would be filed otherwise now.",
    }),
    /** @type {(done: number, total: number) => string} */
    looked_at: (done, total) => `${done} of ${total} files looked at`,
    /** @param {number} number */
    and_more: (number) => counted(number, { one: "and 1 more", other: "and # more" }),
    /** @param {number} number */
    file_them: (number) => counted(number, { one: "File it so", other: "# files: file them so" }),
    /** @param {number} number */
    filed_anew: (number) => counted(number, { one: "One file was filed anew.", other: "# files were filed anew." }),
    placement: {
      /** @param {string} name */
      where: (name) => `Where ${name} was put`,
      /** @type {(category: string) => [string, string, string]} before the file, before the folder, and behind it */
      question: (category) => ["You put ", " into ", `: file it as ${category}?`],
      yes: "Yes",
      no: "No",
      no_long: "No, leave it as it is",
      /** @param {string} category */
      yes_long: (category) => `Yes, file it as ${category}`,
      /** @param {string} category */
      no_it_is: (category) => `No, it is ${category}`,
      /** @param {string} name */
      stays: (name) => `${name} stays as it is; that is not asked again`,
    },
  },
  panel: {
    states_it: "What it states", another_field: "State another field…", which_field: "Which field?", fill_in: "Fill in",
    show_in_text: "Show it in the text", none: "none", change: "Change", add: "Add", all_its_papers: "All its papers", save: "Save",
    it_has_none: "It has none", cancel: "Cancel", tags: "Tags", add_tag: "Add a tag", copies: "Copies and versions", newest: "newest",
    another_paper: "Another paper", also: "Also as", also_newest: "Also as (this one is the newest)", said_by_you: "said by you",
    /** @param {string} name */
    undo_of: (name) => `Undo what was said of ${name}`,
    /** @type {(name: string, value: string) => string} */
    is_now: (name, value) => `${name} is now ${value}`,
    /** @param {string} name */
    it_has_none_of: (name) => `${name}: it has none`,
    /** @param {string} tag */
    take_tag: (tag) => `Take the tag ${tag} away`,
    /** @param {string} name */
    is_another: (name) => `${name} is another paper`,
    /** @param {string} about */
    a_guess: (about) => `a guess: ${about}`,
    /** @type {Record<Exclude<FieldSource, "person">, string>} */
    sources: { file: "the file itself", pattern: "its wording", sender: "this sender's other papers", model: "small model" },
    /** @type {Record<CopyKind, string>} */
    kinds: { same_bytes: "the same content", same_text: "the same text", nearly_same: "nearly the same", version: "another version" },
    take_out: "Take out",
    take_out_how: "Out of the library: the file stays where it is, and no scan takes it in",
    to_trash: "Move to trash",
    to_trash_how: "Out of the library, and the file into the system's trash",
    /** @param {number} number */
    are_out: (number) => counted(number, { one: "1 file is out of the library", other: "# files are out of the library" }),
    /** @param {number} number */
    in_trash: (number) => `${number} in the trash`,
    /** @param {number} number */
    stay: (number) => counted(number, { one: "1 stays", other: "# stay" }),
    /** @type {(name: string, number: number) => string} */
    picture_of: (name, number) => `Page ${number} of ${name}`,
    open_original: "Open the original",
    page_before: "Page before",
    page_after: "Page after",
    before: "← Page",
    after: "Page →",
    larger: "Larger",
    smaller: "Smaller",
    text: "Text",
    about: "About this file",
    see_pages: "See its pages",
    read_text: "Read the text",
    by_ocr: "read from a picture",
    /** @type {(number: number, pages: number) => string} */
    page_of: (number, pages) => `page ${number} of ${pages}`,
    /** @type {(number: number, pages: number) => string} */
    part_of: (number, pages) => `part ${number} of ${pages}`,
    hidden: "Text that nobody sees who opens the file; no model is given it",
    decisions: "Decisions",
    not_at_place: "This file is no longer at its place.",
    was_taken_out: "This file was taken out of the library.",
    /** @param {string} path */
    it_was: (path) => `it was ${path}`,
    no_text: "Nothing of this page could be read as text.",
    /** @type {Record<ReadStatus, string>} */
    read_states: {
      text: "text", empty: "empty", needs_ocr: "needs OCR", encrypted: "encrypted", unsupported: "no kind that is read",
      too_large: "too large", damaged: "damaged",
    },
    facts: {
      category: "Category", decided_by: "Decided by", why: "Why", note: "Note", read: "Read", seen: "Seen", pages: "Pages",
      type: "Type", size: "Size", added: "Added", path: "Path",
    },
    /** @type {(name: string, share: string) => string} */
    certain: (name, share) => `${name}, ${share} certain`,
    /** @param {string} share */
    of_it: (share) => `${share} of it`,
    taken_back: "taken back",
  },
  owner: {
    title: "Whose it is",
    /** @param {string} name */
    of: (name) => `It is ${name}’s`,
    yours: "It is yours",
    of_everybody: "It is everybody’s",
    admins_alone: "It is nobody’s own; only administrators see it",
    others: "others see it too",
    nobody_else: "beside administrators, nobody else sees it",
    to: "Name of a user",
    give: "Give",
    to_everybody: "Give to everybody",
    /** @type {(number: number, name: string) => string} */
    given: (number, name) => counted(number, { one: `1 file is now ${name}’s`, other: `# files are now ${name}’s` }),
    /** @param {number} number */
    given_to_all: (number) => counted(number, { one: "1 file is now everybody’s", other: "# files are now everybody’s" }),
  },
  firstrun: {
    title: "No files yet",
    title_narrowed: "Nothing that you may see",
    stay: "Your files stay where they are, and nothing leaves this machine.",
    add: "Add files",
    add_how: "Choose them here, or drop them anywhere on this page.",
    folder: "Take in a folder",
    folder_how: "All that is in it is filed, on the machine that twolane runs on:",
    watch: "Watch a folder",
    watch_how: "What comes into it is filed seconds later:",
    take_over: "Take over from another program",
    take_over_how: "Documents, their tags, senders and dates come along:",
    copy: "Copy the command",
    copied: "The command is copied",
  },
  order: {
    title: "Order",
    make: "Make a plan",
    plans: "Plans",
    folders: "Folders, one a line",
    all_files: "All files",
    root: "Files go into",
    root_usual: "The folder itself, or as in the settings",
    no_root: "Nothing says which folder the files are to go into",
    no_root_how: "Fill in “Files go into”, or name one folder above",
    only_category: "Only this category",
    all_categories: "All categories",
    what_is_done: "What is done",
    into_by: "Into folders by",
    as_settings: "As in the settings",
    rules: "Rules",
    add_rule: "Add a rule of my own",
    unsure: "Files that are not surely filed, too",
    show: "Show where files would go",
    /** @type {(path: string) => string} */
    such_as: (path) => `Such as ${path}`,
    such: "Such as",
    without_rule: "Files of categories without a rule stay where they are.",
    rule_category: "Category of the rule",
    every_category: "Every category",
    rule_where: "Where its files go",
    rule_out: "Take this rule out",
    none_yet: "No file is filed there yet.",
    looking: "Looking where files would go…",
    would_go: "Where files would go",
    /** @type {(options: string) => string} */
    untouched: (options) => `${options}. Nothing has been touched.`,
    files_going: "Files that would go",
    files_staying: "Files that stay",
    /** @type {(number: number) => string} */
    staying: (number) => counted(number, { one: "1 file that stays", other: "# files that stay, one by one" }),
    what_stays: "What stays where it is",
    /** @type {(number: number, cause: string) => string} */
    stays: (number, cause) => `${number === 1 ? "stays" : "stay"}: ${cause}`,
    name_hint: "Name, or none for the day",
    name_of_plan: "Name of the plan",
    keep: "Keep this plan",
    from: "from",
    /** @type {(reason: string) => string} */
    because: (reason) => `Because ${reason}`,
    no: "No",
    moves: "Moves",
    moved_by_plans: "Moved by plans",
    from_place: "From ",
    /** @type {(kind: string) => string} */
    kind_of: (kind) => `${kind.replace("_", " ")} of `,
    plan_word: "plan",
    looking_at_plan: "Looking at the plan…",
    /** @type {(name: string) => string} */
    plan: (name) => `Plan ${name}`,
    /** @type {(time: string) => string} */
    made_at: (time) => `made ${time}`,
    /** @type {(time: string) => string} */
    applied_at: (time) => `applied ${time}`,
    /** @type {(time: string) => string} */
    undone_at: (time) => `undone ${time}`,
    /** @type {(name: string) => string} */
    by: (name) => `by ${name}`,
    back: "← All plans",
    /** @type {(total: number, parts: string) => string} */
    in_all: (total, parts) => `${total} in all: ${parts}`,
    forget: "Forget it",
    forget_question: "It cannot be brought back. Forget it?",
    /** @type {(name: string) => string} */
    forgotten: (name) => `${name} is forgotten`,
    all: "All",
    undo: "Undo",
    /** @type {(target: string) => string} */
    undo_only: (target) => `Undo only ${target}`,
    back_again: "It is back where it was",
    /** @type {(name: string) => string} */
    unfinished: (name) => `Plan ${name} is not finished`,
    /** @type {(parts: string) => string} */
    not_finished: (parts) => ` is not finished: ${parts}.`,
    show_more: "Show more",
    none: "No plan yet",
    none_about: "A plan shows where each file would go, into folders by category, sender or year. Nothing moves until you apply it, "
      + "and you can take it back.",
    how_far: "How far it is",
    stop: "Stop",
    closing: "Closing this page stops it too: it can be finished or undone later.",
    /** @type {(name: string) => string} */
    under_way: (name) => `${name} is under way: wait until it is done, or stop it`,
    beginning: "Beginning…",
    stopping: "Stopping after the files under way…",
    kinds: { move: "Move them", copy: "Copy them", hard_link: "Link them (hard links)", symbolic_link: "Link them (symbolic links)" },
    would: {
      /** @type {(files: string, folders: string) => string} */
      move: (files, folders) => `${files} would be moved, to ${folders}`,
      /** @type {(files: string, folders: string) => string} */
      copy: (files, folders) => `${files} would be copied, to ${folders}`,
      /** @type {(files: string, folders: string) => string} */
      hard_link: (files, folders) => `${files} would be linked, to ${folders}`,
      /** @type {(files: string, folders: string) => string} */
      symbolic_link: (files, folders) => `${files} would be linked, to ${folders}`,
    },
    would_none: {
      move: "No file would be moved", copy: "No file would be copied", hard_link: "No file would be linked",
      symbolic_link: "No file would be linked",
    },
    /** @type {(number: number) => string} */
    to_folders: (number) => counted(number, { one: "1 folder", other: "# folders" }),
    causes: {
      in_place: "already where it belongs",
      unsure: "not sure enough where it belongs",
      no_category: "belongs to no category",
      unread: "not read, or not filed yet",
      by_person: "a person has put it where it is",
      no_rule: "no rule says where its category goes",
      taken: "something else lies where it would go",
      unsafe_name: "its new name does not fit the file system",
    },
    move_states: {
      proposed: "Proposed", started: "Begun", done: "Done", left: "Left", undoing: "Being undone", undone: "Undone", kept: "Not undone",
    },
    plan_states: {
      proposed: "proposed", applying: "not finished", applied: "applied", undoing: "undo not finished", undone: "undone",
    },
    parts: {
      proposed: "to do", started: "begun", done: "done", left: "left in place", undoing: "being undone", undone: "undone", kept: "not undone",
    },
    no_files: "no files",
    /** @type {(name: string, parts: string) => string} */
    has_stopped: (name, parts) => `${name} has stopped: ${parts}`,
    /** @type {(number: number) => string} */
    in_place: (number) => counted(number, { one: "1 file is where it belongs", other: "# files are where they belong" }),
    /** @type {(number: number) => string} */
    brought_back: (number) => counted(number, { one: "1 file is back", other: "# files are back" }),
    /** @type {(number: number) => string} */
    stay: (number) => counted(number, { one: "1 stays as it is", other: "# stay as they are" }),
    /** @type {(done: number, total: number) => string} */
    done_of: (done, total) => `${done} of ${total}`,
    /** @type {(rate: string) => string} */
    rate: (rate) => `${rate} files/s`,
    /** @type {(time: string) => string} */
    time_left: (time) => `${time} left`,
    /** @type {(number: number) => string} */
    left_there: (number) => counted(number, { one: "1 stays", other: "# stay" }),
    acts: {
      apply: "Apply", finish: "Finish", undo: "Undo", rest: "Try the rest again", finish_undo: "Finish the undo", again: "Apply again",
    },
  },
  files: {
    pictures: "Pictures", file_again: "File again…", add: "Add files", to_add: "Files to add", filter: "Filter files", state: "State",
    category: "Category", name_or_title: "Name or title", order: "Order", more_filters: "More filters", from: "From", to: "To",
    correspondent: "Correspondent", tag: "Tag", condition: "Condition on a field", field: "Field", which_field: "Field…",
    compared: "Compared", at_least: "at least", at_most: "at most", exactly: "exactly", value: "Value", add_one: "Add",
    folder: "Folder", all_folders: "All folders", in_use: "Filters in use", uploads: "Uploads", chosen_files: "Chosen files",
    list: "List of files", name: "Name", date: "Date", all_categories: "All categories",
    states: {
      all: "All", review: "To review", filed: "Filed", waiting: "Waiting", unread: "Not read", quarantined: "Failed", skipped: "Skipped",
      gone: "Gone",
    },
    orders: { review: "To review first", date: "Newest first", added: "Added last first", path: "By path",
      name: "By name", correspondent: "By correspondent", category: "By category", state: "By state",
    },
    reverse: "Reversed", duplicates: "Duplicates", with_copies: "with copies", given_up: "Files that were given up", try_again: "Try them again",
    groups: "Groups of duplicates", more_groups: "More groups",
    /** @param {number} number */
    groups_of: (number) => counted(number, { one: "1 group, the newest file first", other: "# groups, the newest file of each first" }),
    /** @param {string} word */
    no_longer: (word) => `${word}: no longer`,
    /** @param {string} name */
    no_correspondent: (name) => `No correspondent is called ${name}`,
    /** @param {string} name */
    from_one: (name) => `From ${name}`,
    /** @param {string} tag */
    tag_one: (tag) => `Tag ${tag}`,
    /** @param {string} day */
    since: (day) => `since ${day}`,
    /** @param {string} day */
    until: (day) => `until ${day}`,
    /** @type {(since: string, until: string) => string} */
    between: (since, until) => `${since} to ${until}`,
    /** @param {string} share */
    was_read: (share) => `${share} of it was read`,
    no_match: "No file matches",
    show_all: "Show all files",
    /** @param {number} number */
    retry: (number) => counted(number, { one: "Retry 1 failed job", other: "Retry # failed jobs" }),
    /** @param {number} number */
    retried: (number) => counted(number, { one: "One job is tried again", other: "# jobs are tried again" }),
    /** @param {string} name */
    only_from: (name) => `Only what ${name} sent`,
    /** @param {string} tag */
    only_tag: (tag) => `Only what has the tag ${tag}`,
    /** @param {string} folder */
    only_folder: (folder) => `Only what lies in ${folder}`,
    /** @param {number} number */
    copies: (number) => counted(number, { one: "1 copy", other: "# copies" }),
    /** @param {string} name */
    category_of: (name) => `Category of ${name}`,
    /** @type {(name: string, category: string) => string} */
    enter_files: (name, category) => `Enter files ${name} in ${category}, Escape leaves it where it is`,
    keep: "Keep",
    /** @type {(category: string, name: string) => string} */
    keep_for: (category, name) => `Keep ${category} for ${name}`,
    no_category: "none yet",
    confidence: "Confidence",
    /** @type {(name: string, category: string) => string} */
    now_in: (name, category) => `${name} is now in ${category}`,
    /** @param {string} name */
    choose: (name) => `Choose ${name}`,
    /** @param {number} number */
    chosen: (number) => counted(number, { one: "1 chosen", other: "# chosen" }),
    choose_all: "Choose all here",
    choose_none: "Choose none",
    category_for_all: "Category…",
    file_so: "File so",
    tag_for_all: "Tag for all",
    tag_them: "Tag",
    read_again: "Read again",
    read_again_why: "The files are read and filed anew from their originals; what people decided stays",
    /** @type {(number: number, category: string) => string} */
    filed_in: (number, category) => counted(number, { one: `1 file is now in ${category}`, other: `# files are now in ${category}` }),
    /** @type {(number: number, tag: string) => string} */
    tagged: (number, tag) => counted(number, { one: `1 file has the tag ${tag}`, other: `# files have the tag ${tag}` }),
    /** @param {number} number */
    being_read: (number) => counted(number, { one: "1 file is read and filed anew, what people decided stays", other: "# files are read and filed anew, what people decided stays" }),
    /** @param {string} why */
    stopped: (why) => `the rest was left: ${why}`,
    /** @param {number} number */
    taken_back: (number) => counted(number, { one: "1 file: taken back", other: "# files: taken back" }),
    /** @type {(done: number, total: number) => string} */
    how_far: (done, total) => `${done} of ${total}…`,
    /** @param {number} most */
    too_many: (most) => `Only the first ${most} are taken → for more, run: twolane add FOLDER`,
    not_readable: "What was dropped cannot be read",
    /** @param {string} name */
    progress: (name) => `Progress of ${name}`,
    /** @type {(name: string, limit: string) => string} */
    larger: (name, limit) => `${name} is larger than ${limit}`,
    larger_remedy: "put it in a folder and run: twolane add FOLDER",
    /** @param {string} name */
    there: (name) => `${name} is there already.`,
    /** @type {(name: string, known: string) => string} */
    there_as: (name, known) => `${name} is there already, as ${known}.`,
    show_it: "Show it",
    /** @param {number} number */
    being_filed: (number) => counted(number, { one: "One file is being filed", other: "# files are being filed" }),
    /** @param {number} number */
    still_to_send: (number) => counted(number, { one: "One file still to be sent", other: "# files still to be sent" }),
    /** @param {number} number */
    known: (number) => counted(number, { one: "One is there already", other: "# are there already" }),
    /** @param {number} number */
    refused: (number) => counted(number, { one: "One could not be taken in", other: "# could not be taken in" }),
  },
};
