/** https://www.sqlite.org/rescode.html#full */
const SQLITE_FULL = 13;
const SYSTEM_CODES: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT"]);

/** Whether a write failed because there is no room left. */
export function isDiskFull(error: unknown): boolean {
  const { code, errcode } = (error ?? {}) as { code?: unknown; errcode?: number };
  return SYSTEM_CODES.has(code) || errcode === SQLITE_FULL;
}
