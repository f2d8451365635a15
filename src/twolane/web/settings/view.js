// @ts-check
// The settings: what each person may change, and what only admins may.

export function startSettings() {}
