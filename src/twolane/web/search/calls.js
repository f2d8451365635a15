// @ts-check
// What the search asks the server for.

import { json } from "../common/api.js";

/** @import { FolderOut, FoundFilesOut } from "../common/schemas.js" */

/** @type {(query: URLSearchParams, signal?: AbortSignal) => Promise<FoundFilesOut>} */
export const searchFiles = (query, signal) => json(`/search/files?${query}`, signal ? { signal } : {});
/** @type {() => Promise<{ folders: FolderOut[] }>} */
export const getFolders = () => json("/folders");
