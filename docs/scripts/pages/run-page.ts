import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

import { pageFile, root } from "../../../scripts/site-pages.ts";
import { compareOutput } from "./compare-output.ts";
import type { FreshWorkspace } from "./fresh-workspace.ts";
import { mapPorts } from "./listener-ports.ts";
import { PageError, parsePage, type ShellBlock } from "./page-blocks.ts";
import { withoutProgress } from "./placeholders.ts";
import {
  closeTerminal,
  openTerminal,
  runBlock,
  type BlockResult,
  type Terminal,
} from "./run-block.ts";
import { showsOtherTimes, updateOutput } from "./update-output.ts";

/** How a page went. */
export interface PageReport {
  /** By its address, such as `labs/05-service.md`. */
  readonly page: string;
  readonly ran: number;
  readonly compared: number;
  readonly updated: number;
  /** Blocks that were not run: where they are, and why. */
  readonly skipped: readonly string[];
  /** What does not agree; empty where the page is right. */
  readonly problems: readonly string[];
  readonly seconds: number;
}

/** The blocks of a page of the site, or of any file by its absolute path. @throws {PageError} with the page's name */
export function readBlocks(page: string): ShellBlock[] {
  try {
    return parsePage(readFileSync(fileOf(page), "utf8"));
  } catch (error) {
    if (error instanceof PageError) throw new PageError(`${page}, ${error.message}`);
    throw error;
  }
}

function fileOf(page: string): string {
  return isAbsolute(page) ? page : join(root, pageFile(page));
}

/** How a page is run. */
interface PageOptions {
  /** Writes what was printed into the page where it shows something else. */
  readonly update?: boolean;
  /** Leaves out what takes away what the page has built. */
  readonly goesOn?: boolean;
  readonly tell: (line: string) => void;
  /** Ends the block that runs; the page rejects. */
  readonly signal: AbortSignal;
}

/**
 * Runs the blocks of a page in their order and compares what they print with what it shows. Stops at the first block
 * that ends with another exit code: what follows builds on it. What its blocks have left running ends with it.
 */
export async function runPage(
  workspace: FreshWorkspace,
  page: string,
  options: PageOptions,
): Promise<PageReport> {
  const terminal = openTerminal(workspace, page.startsWith("ja/") ? "ja" : "en");
  try {
    return await runBlocks(terminal, page, options);
  } finally {
    closeTerminal(terminal);
  }
}

async function runBlocks(
  terminal: Terminal,
  page: string,
  { update = false, goesOn = false, tell, signal }: PageOptions,
): Promise<PageReport> {
  const { workspace } = terminal;
  const since = performance.now();
  const counts = { ran: 0, compared: 0 };
  const skipped: string[] = [];
  const problems: string[] = [];
  const updates: { readonly block: ShellBlock; readonly text: string }[] = [];
  for (const block of readBlocks(page)) {
    if (goesOn && block.cleansUp) continue;
    const place = `${page}:${block.line}`;
    const reason = block.skip ?? lacks(block);
    if (reason) {
      skipped.push(`${place} ${reason}`);
      continue;
    }
    await mapPorts(workspace);
    const result = await runBlock(terminal, block, signal);
    const show = await mapPorts(workspace);
    const printed = show(result.printed);
    if (!block.hidden) counts.ran += 1;
    tell(`  ${place} ${block.commands.split("\n", 1)[0]} (${result.seconds.toFixed(1)} s)`);
    const failure = describeFailure(block, result, printed);
    if (failure) {
      problems.push(`${place} ${failure}`);
      break;
    }
    if (!block.output) continue;
    counts.compared += 1;
    const difference = compareOutput(block.output, printed);
    const text = update ? updateOutput(block.output, withoutProgress(printed)) : undefined;
    if (difference === undefined) {
      if (text !== undefined && showsOtherTimes(block.output.text, text))
        updates.push({ block, text });
      continue;
    }
    if (text !== undefined) updates.push({ block, text });
    else problems.push(`${place} prints something else than the page shows:\n${difference}`);
  }
  if (updates.length > 0) writeUpdates(page, updates);
  const seconds = (performance.now() - since) / 1000;
  return { page, ...counts, updated: updates.length, skipped, problems, seconds };
}

/** Programs that nothing but the pages' examples need, by what calls them in a block. */
const EXAMPLES_NEED = [
  ["aws", /(?:^|\s)(?:\.\/workbook )?aws /m, "the AWS CLI"],
  ["ecspresso", /\/workbook ecspresso /, "ecspresso"],
  ["session-manager-plugin", / exec --id /, "AWS's Session Manager plugin"],
] as const;

/** Why a machine without one of them cannot run a block. */
function lacks({ commands }: ShellBlock): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const missing = EXAMPLES_NEED.find(
    ([program, call]) =>
      call.test(commands) && !folders.some((folder) => existsSync(join(folder, program))),
  );
  return missing && `needs ${missing[2]}, which is not on PATH`;
}

function describeFailure(
  block: ShellBlock,
  { exitCode, timedOut }: BlockResult,
  printed: string,
): string | undefined {
  if (timedOut) return `took more than ${block.timeoutSeconds} s:\n${printed}`;
  if (exitCode !== null && block.exitCodes.includes(exitCode)) return undefined;
  return `ended with ${exitCode}, not ${block.exitCodes.join(" or ")}:\n${block.commands}\n\n${printed}`;
}

function writeUpdates(
  page: string,
  updates: readonly { readonly block: ShellBlock; readonly text: string }[],
): void {
  const file = fileOf(page);
  const lines = readFileSync(file, "utf8").split("\n");
  for (const { block, text } of updates.toReversed()) {
    const { firstLine, endLine } = block.output!;
    lines.splice(firstLine, endLine - firstLine, ...text.split("\n"));
  }
  writeFileSync(file, lines.join("\n"));
}
