import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Platform } from "./platform.ts";

/** A release that is pinned for one platform. */
export interface PinnedTool {
  readonly tool: string;
  readonly version: string;
  /** `npm`: a package of the registry that npm is configured for. `archive`: a path below {@link ToolTable.base}. */
  readonly source: "npm" | "archive";
  readonly name: string;
  /** Lower-case hexadecimal: SHA-512 of an npm package, SHA-256 of an archive. */
  readonly hash: string;
}

interface Row extends PinnedTool {
  readonly platform: string;
}

interface Base {
  readonly tool: string;
  readonly variable: string;
  readonly address: string;
}

/** Where tools.txt is: the one table of the tools that the workbook fetches, read by the set-up script too. */
export const toolTableFile: string = fileURLToPath(new URL("../tools.txt", import.meta.url));

/** The pinned tools. */
export class ToolTable {
  readonly #rows: readonly Row[];
  readonly #bases: readonly Base[];

  private constructor(rows: readonly Row[], bases: readonly Base[]) {
    this.#rows = rows;
    this.#bases = bases;
  }

  /** @throws Error naming the line that does not have the columns that the file's own head describes */
  static read(file: string = toolTableFile): ToolTable {
    const rows: Row[] = [];
    const bases: Base[] = [];
    for (const [index, line] of readFileSync(file, "utf8").split("\n").entries()) {
      if (line.trim() === "" || line.startsWith("#")) continue;
      const words = line.trim().split(/\s+/);
      if (words[0] === "base") bases.push(parseBase(words, `${file}:${index + 1}`));
      else rows.push(parseRow(words, `${file}:${index + 1}`));
    }
    return new ToolTable(rows, bases);
  }

  /** The release for a platform; undefined where none is pinned. */
  find(
    tool: string,
    platform: Platform,
    source: PinnedTool["source"] = "archive",
  ): PinnedTool | undefined {
    return this.#rows.find(
      (row) => row.tool === tool && row.platform === platform && row.source === source,
    );
  }

  /** Every line of one tool. */
  all(tool: string): readonly (PinnedTool & { readonly platform: string })[] {
    return this.#rows.filter((row) => row.tool === tool);
  }

  /** Where a tool's archives are, and the variable that names another place for them. */
  base(
    tool: string,
    env: NodeJS.ProcessEnv,
  ): { readonly address: string; readonly variable: string } {
    const base = this.#bases.find((entry) => entry.tool === tool);
    if (!base) throw new Error(`tools.txt has no base line for ${tool}`);
    const address = env[base.variable] || base.address;
    return { address: address.replace(/\/+$/, ""), variable: base.variable };
  }
}

function parseBase(words: readonly string[], where: string): Base {
  const [, tool, variable, address] = words;
  if (!tool || !variable || !address || words.length !== 4)
    throw new Error(`${where}: want: base TOOL VARIABLE ADDRESS`);
  return { tool, variable, address };
}

function parseRow(words: readonly string[], where: string): Row {
  const [tool, version, platform, source, name, hash] = words;
  const length = source === "npm" ? 128 : 64;
  if (
    !tool ||
    !version ||
    !platform ||
    !name ||
    !hash ||
    words.length !== 6 ||
    (source !== "npm" && source !== "archive")
  ) {
    throw new Error(`${where}: want: TOOL VERSION PLATFORM npm|archive NAME HASH`);
  }
  if (hash.length !== length || !/^[0-9a-f]+$/.test(hash))
    throw new Error(`${where}: the hash is not ${length} hexadecimal digits`);
  return { tool, version, platform, source, name, hash };
}
