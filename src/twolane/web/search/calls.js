// @ts-check
// What the search asks the server for.

import { json, sending } from "../common/api.js";

/** @import { FolderOut, FoundFilesOut, SavedViewIn, SavedViewOut } from "../common/schemas.js" */

/** @type {(query: URLSearchParams, signal?: AbortSignal) => Promise<FoundFilesOut>} */
export const searchFiles = (query, signal) => json(`/search/files?${query}`, signal ? { signal } : {});
/** @type {() => Promise<{ folders: FolderOut[] }>} */
export const getFolders = () => json("/folders");
/** @type {() => Promise<SavedViewOut[]>} of every part of the page, by name */
export const listViews = () => json("/views");
/** @type {(view: SavedViewIn) => Promise<SavedViewOut>} */
export const saveView = (view) => json("/views", sending("PUT", view));
/** @type {(id: number) => Promise<SavedViewOut>} what was forgotten */
export const dropView = (id) => json(`/views/${id}`, { method: "DELETE" });
