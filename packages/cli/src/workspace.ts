import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { text, UserError } from "@workbook/toolchain";
import { readMirrors } from "./cloud/registries.ts";

/** What the workbook remembers between two commands: `.workbook/config.json`. */
export interface Config {
  /** The front door's port. */
  readonly port: number;
  readonly listeners: "exact" | "offset" | "ephemeral";
  /** How tasks run, where that was chosen by hand. */
  readonly tasks?: "containers" | "process" | "off" | undefined;
  /** What all log events of the cloud may take up, in MiB. */
  readonly logLimit: number;
  /** Of registries: `docker.io=http://127.0.0.1:5000` each. */
  readonly mirrors: readonly string[];
}

/** The clone that a command runs in. */
export interface Workspace {
  readonly root: string;
  /** What commands keep: `.workbook`, unless `WORKBOOK_DIR` says otherwise. */
  readonly state: string;
  readonly labs: string;
  /** The learner's own files: `workspace/`, or inside of `WORKBOOK_DIR` where that is given. */
  readonly learner: string;
  readonly config: Config;
  /** Who does the labs, where the environment says it. */
  readonly givenOwner: string | undefined;
}

type Saved = Partial<Config & { readonly owner: string }>;

/** What an owner's name has to be, because it becomes part of AWS names. */
export const OWNER_RULE = text([
  "1 to 16 lower-case letters, digits and single hyphens, starting with a letter",
  "英小文字で始まる 1〜16 文字の英小文字、数字、ハイフン (連続は不可)",
]);
const OWNER = /^[a-z](?:-?[a-z0-9])*$/;
const OWNER_LENGTH = 16;
const DEFAULT_PORT = 4566;
const DEFAULT_LOG_LIMIT = 256;

const ROOT = resolve(import.meta.dirname, "../../..");

/** Where commands keep what they keep. */
export function stateFolder(env: NodeJS.ProcessEnv): string {
  return env["WORKBOOK_DIR"] ? resolve(env["WORKBOOK_DIR"]) : join(ROOT, ".workbook");
}

/** Finds the workspace and reads its configuration. Environment variables go before the file: OWNER, WORKBOOK_PORT, WORKBOOK_LISTENERS, WORKBOOK_TASKS, WORKBOOK_LOG_LIMIT, WORKBOOK_REGISTRY_MIRRORS. */
export function openWorkspace(env: NodeJS.ProcessEnv = process.env): Workspace {
  const root = ROOT;
  const state = stateFolder(env);
  mkdirSync(state, { recursive: true });
  const saved = readConfig(join(state, "config.json"));
  const config: Config = {
    port: checkPort(env["WORKBOOK_PORT"] ?? saved.port ?? DEFAULT_PORT),
    listeners: checkListeners(env["WORKBOOK_LISTENERS"] || saved.listeners || "exact"),
    tasks: checkTasks(env["WORKBOOK_TASKS"] || saved.tasks),
    logLimit: checkLogLimit(env["WORKBOOK_LOG_LIMIT"] || saved.logLimit || DEFAULT_LOG_LIMIT),
    mirrors: readMirrors(env["WORKBOOK_REGISTRY_MIRRORS"] ?? saved.mirrors?.join(",") ?? ""),
  };
  const learner = join(env["WORKBOOK_DIR"] ? state : root, "workspace");
  const givenOwner = env["OWNER"] ? checkOwner(env["OWNER"]) : undefined;
  if (givenOwner === undefined && saved.owner) checkOwner(saved.owner);
  return { root, state, labs: join(root, "labs"), learner, config, givenOwner };
}

/**
 * Who does the labs, part of every name: where the environment or an earlier command has settled it. Read each time, because
 * a command may ask for it.
 * @throws {UserError} `OWNER_INVALID`, `CONFIG_UNREADABLE`
 */
export function settledOwner({ givenOwner, state }: Workspace): string | undefined {
  if (givenOwner !== undefined) return givenOwner;
  const { owner } = readConfig(join(state, "config.json"));
  return owner ? checkOwner(owner) : undefined;
}

/** Who does the labs; where nobody has settled it, the machine's user. */
export function ownerOf(workspace: Workspace): string {
  return settledOwner(workspace) ?? defaultOwner();
}

/** Keeps `changes` for the commands that follow. */
export function saveConfig({ state }: Workspace, changes: Saved): void {
  const file = join(state, "config.json");
  const next = { ...readConfig(file), ...changes };
  writeFileSync(`${file}.new`, `${JSON.stringify(next, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}

function readConfig(file: string): Saved {
  try {
    const config: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof config !== "object" || config === null || Array.isArray(config))
      throw new TypeError("it holds no settings");
    return config;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    const { message } = error as Error;
    throw new UserError(
      [`${file} cannot be read: ${message}`, `${file} を読めません: ${message}`],
      {
        code: "CONFIG_UNREADABLE",
        next: `rm ${file}`,
        cause: error,
      },
    );
  }
}

/** The name of the machine's user, as far as it can be part of AWS names. */
function defaultOwner(): string {
  const name = userInfo()
    .username.toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
  const short = name.slice(0, OWNER_LENGTH).replace(/-$/, "");
  return isOwner(short) ? short : "learner";
}

/** Whether it can be part of AWS names: {@link OWNER_RULE}. */
export function isOwner(owner: string): boolean {
  return OWNER.test(owner) && owner.length <= OWNER_LENGTH;
}

function checkOwner(owner: string): string {
  if (isOwner(owner)) return owner;
  throw new UserError(
    [
      `OWNER is "${owner}", but it becomes part of AWS names: ${OWNER_RULE.en}.`,
      `OWNER が「${owner}」になっています。AWS の名前の一部になるので、使えるのは${OWNER_RULE.ja}です。`,
    ],
    { code: "OWNER_INVALID", next: "OWNER=hanako ./workbook run", exitCode: 2 },
  );
}

function checkPort(port: number | string): number {
  const number = Number(port);
  if (Number.isInteger(number) && number >= 0 && number < 65_536) return number;
  throw new UserError(
    [
      `The port of Local AWS is "${port}": it has to be a number from 0 to 65535.`,
      `Local AWS のポートが「${port}」になっています。0 から 65535 までの数を指定してください。`,
    ],
    {
      code: "PORT_INVALID",
      next: "./workbook cloud up --port 4566",
      exitCode: 2,
    },
  );
}

function checkListeners(mode: string): Config["listeners"] {
  if (mode === "exact" || mode === "offset" || mode === "ephemeral") return mode;
  throw new UserError(
    [
      `The mode of listeners is "${mode}": it has to be exact, offset or ephemeral.`,
      `リスナーのモードが「${mode}」になっています。exact、offset、ephemeral のどれかを指定してください。`,
    ],
    {
      code: "LISTENERS_INVALID",
      next: "./workbook cloud up --listeners exact",
      exitCode: 2,
    },
  );
}

function checkTasks(tasks: string | undefined): Config["tasks"] {
  if (tasks === undefined || tasks === "containers" || tasks === "process" || tasks === "off")
    return tasks;
  throw new UserError(
    [
      `Tasks are to run as "${tasks}": it has to be containers, process or off.`,
      `タスクの動かし方が「${tasks}」になっています。containers、process、off のどれかを指定してください。`,
    ],
    {
      code: "TASKS_INVALID",
      next: "./workbook cloud up --tasks process",
      exitCode: 2,
    },
  );
}

function checkLogLimit(limit: number | string): number {
  const number = Number(limit);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new UserError(
    [
      `WORKBOOK_LOG_LIMIT is "${limit}": it has to be a whole number of MiB, at least 1.`,
      `WORKBOOK_LOG_LIMIT が「${limit}」になっています。1 以上の整数 (MiB) を指定してください。`,
    ],
    {
      code: "LOG_LIMIT_INVALID",
      next: "WORKBOOK_LOG_LIMIT=256 ./workbook cloud up",
      exitCode: 2,
    },
  );
}
