import { fileURLToPath } from "node:url";
import { join } from "node:path";

/** A program that the workbook runs. */
export interface Tool {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly version: string;
  /** `PATH`: the machine's own. `workbook`: below `.workbook/tools`. `running`: the Node that runs this. */
  readonly source: "PATH" | "workbook" | "running";
}

/** How far a download has come. */
export interface DownloadProgress {
  readonly tool: string;
  readonly version: string;
  readonly address: string;
  readonly receivedBytes: number;
  /** Undefined where the server does not say. */
  readonly totalBytes: number | undefined;
  readonly elapsedMs: number;
}

/** Where tools are looked for and put. */
export interface ToolOptions {
  /** The workbook's folder; tools go to `.workbook/tools` below it. Default: the folder that this package is in. */
  readonly root?: string;
  /** Default: this process's. PATH, the mirrors' variables and the proxy's are read from it. */
  readonly env?: NodeJS.ProcessEnv;
  /** Told when a download begins, then at most ten times a second, and when it ends. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
  /** Another table of pinned tools. Default: tools.txt. */
  readonly tableFile?: string;
}

/** The workbook's folder. */
export function findRoot(): string {
  return fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
}

/** Where fetched tools are. */
export function toolsFolder(options: ToolOptions): string {
  return join(options.root ?? findRoot(), ".workbook", "tools");
}
