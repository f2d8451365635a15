// @ts-check
// The search: passages and files that an inquiry finds.

export function startSearch() {}
