import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * What pages present to change anything. It is kept (mode 0600), so that a page that is open goes on working when the site
 * is started again.
 *
 * @param state where commands keep what they keep
 */
export function siteToken(state: string): string {
  const file = join(state, "site-token");
  if (existsSync(file)) return readFileSync(file, "utf8").trim();
  const token = randomBytes(24).toString("base64url");
  writeFileSync(`${file}.new`, `${token}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return token;
}
