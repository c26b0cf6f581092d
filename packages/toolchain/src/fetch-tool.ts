import { execFile } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { download } from "./download.ts";
import { toPlatform } from "./platform.ts";
import { isAlive } from "./process-stamp.ts";
import { ToolTable, type PinnedTool } from "./tool-table.ts";
import { toolsFolder, type ToolOptions } from "./tool.ts";
import { readZipEntry } from "./unzip.ts";
import { UserError } from "./user-error.ts";

const run = promisify(execFile);
const PROGRESS_MS = 100;

/** The pinned release of a tool for this machine, and the folder that it has, or will have. */
export function pinnedTool(
  tool: string,
  options: ToolOptions,
): { readonly pin: PinnedTool; readonly folder: string } {
  const platform = toPlatform();
  const pin = ToolTable.read(options.tableFile).find(tool, platform);
  if (!pin) {
    throw new UserError(
      [
        `There is no ${tool} for ${platform} among the pinned tools.`,
        `固定されたツールの中に ${platform} 用の ${tool} がありません。`,
      ],
      {
        code: "TOOL_NOT_PINNED",
        next: [
          `install ${tool} and put it on PATH`,
          `${tool} をインストールして PATH に入れてください`,
        ],
      },
    );
  }
  return { pin, folder: join(toolsFolder(options), `${tool}-${pin.version}`) };
}

/**
 * Fetches a pinned release, checks its hash, and puts it in its folder: whole, or not at all. Two that do so at once
 * fetch it twice and keep one.
 * @param place a folder other than the tool's own
 * @returns the folder
 * @throws UserError TOOL_NOT_FETCHED, TOOL_HASH_WRONG
 */
export async function fetchTool(
  tool: string,
  options: ToolOptions,
  place?: string,
): Promise<string> {
  const { pin, folder: ownFolder } = pinnedTool(tool, options);
  const folder = place ?? ownFolder;
  if (existsSync(folder)) return folder;
  mkdirSync(toolsFolder(options), { recursive: true });
  removeLeftovers(toolsFolder(options));
  const temporary = mkdtempSync(join(toolsFolder(options), `.fetch-${process.pid}-`));
  try {
    const archive = join(temporary, basename(pin.name));
    await fetchArchive(pin, archive, options);
    keepOne(await unpack(pin, archive, join(temporary, "unpacked")), folder);
    return folder;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

async function fetchArchive(pin: PinnedTool, archive: string, options: ToolOptions): Promise<void> {
  const env = options.env ?? process.env;
  const base = ToolTable.read(options.tableFile).base(pin.tool, env);
  const address = `${base.address}/${pin.name}`;
  const report = reporter(pin, address, options);
  report(0, undefined);
  const hash = await download({
    address,
    file: archive,
    env,
    onBytes: report,
    signal: options.signal,
  }).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(
      [
        `${pin.tool} ${pin.version} is needed, is not on PATH, and could not be fetched from ${address}: ${why}`,
        `${pin.tool} ${pin.version} が必要ですが、PATH になく、${address} からも取得できませんでした: ${why}`,
      ],
      {
        code: "TOOL_NOT_FETCHED",
        next: [
          `install ${pin.tool} and put it on PATH; or name a mirror in ${base.variable}; or check the network and the proxy`,
          `${pin.tool} をインストールして PATH に入れるか、${base.variable} にミラーを指定するか、ネットワークとプロキシを確認してください`,
        ],
        cause,
      },
    );
  });
  if (hash === pin.hash) return;
  throw new UserError(
    [
      `${address} has the SHA-256 ${hash}; the pinned release has ${pin.hash}. It was thrown away.`,
      `${address} の SHA-256 は ${hash} で、固定されたリリースの ${pin.hash} と違うため、破棄しました。`,
    ],
    {
      code: "TOOL_HASH_WRONG",
      next: [
        `install ${pin.tool} yourself, or name a mirror that has the official file in ${base.variable}`,
        `${pin.tool} を自分でインストールするか、公式のファイルがあるミラーを ${base.variable} に指定してください`,
      ],
    },
  );
}

function reporter(
  pin: PinnedTool,
  address: string,
  options: ToolOptions,
): (received: number, total: number | undefined) => void {
  const began = Date.now();
  let told = Number.NEGATIVE_INFINITY;
  return (receivedBytes, totalBytes) => {
    const now = Date.now();
    if (now - told < PROGRESS_MS && receivedBytes !== totalBytes) return;
    told = now;
    options.onProgress?.({
      tool: pin.tool,
      version: pin.version,
      address,
      receivedBytes,
      totalBytes,
      elapsedMs: now - began,
    });
  };
}

/** @returns the folder that has the tool's files: where an archive has but one at its top, that one */
async function unpack(pin: PinnedTool, archive: string, folder: string): Promise<string> {
  mkdirSync(folder);
  if (pin.name.endsWith(".tar.gz")) {
    await run("tar", ["-xzf", archive, "--no-same-owner", "-C", folder]);
    const [top, ...others] = readdirSync(folder, { withFileTypes: true });
    return top?.isDirectory() && others.length === 0 ? join(folder, top.name) : folder;
  }
  const program = join(folder, pin.tool);
  if (pin.name.endsWith(".zip")) writeFileSync(program, readZipEntry(archive, pin.tool));
  else renameSync(archive, program);
  chmodSync(program, 0o755);
  return folder;
}

function keepOne(unpacked: string, folder: string): void {
  try {
    renameSync(unpacked, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error; // otherwise somebody else was quicker, with the same checked files
  }
}

/** Takes away what processes that were killed have left. */
function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = Number(/^\.fetch-(\d+)-/.exec(name)?.[1]);
    if (pid && !isAlive(pid)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}
