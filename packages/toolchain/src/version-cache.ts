import {
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { findRoot, type ToolOptions } from "./tool.ts";

/** Smaller files are scripts that choose among versions by folder or by variable: their answer is not for keeping. */
const SMALLEST_PROGRAM_BYTES = 1024 * 1024;

/**
 * A program's version, asked for once: Terraform takes a quarter of a second to say it. The answer is kept in
 * `.workbook/cache/` for as long as the file is the same, by size and time of change.
 */
export async function rememberVersion(
  path: string,
  options: Pick<ToolOptions, "root">,
  ask: () => Promise<string | undefined>,
): Promise<string | undefined> {
  const { size, mtimeMs } = statSync(path);
  if (size < SMALLEST_PROGRAM_BYTES) return await ask();
  const file = join(options.root ?? findRoot(), ".workbook", "cache", "versions.json");
  const key = `${realpathSync(path)} ${size} ${mtimeMs}`;
  const known = read(file)[key];
  if (known) return known;
  const version = await ask();
  if (version) write(file, { ...read(file), [key]: version });
  return version;
}

function read(file: string): Record<string, string> {
  try {
    const content: unknown = JSON.parse(readFileSync(file, "utf8"));
    return typeof content === "object" && content !== null ? { ...content } : {};
  } catch {
    return {}; // not there yet, or not ours: then the program is asked
  }
}

function write(file: string, content: Record<string, string>): void {
  mkdirSync(join(file, ".."), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(content, undefined, 2));
  renameSync(temporary, file);
}
