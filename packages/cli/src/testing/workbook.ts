import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";

const ROOT = resolve(import.meta.dirname, "../../../..");

/** What a shell may happen to hold, and what must not matter. */
const HOSTILE = {
  TF_CLI_CONFIG_FILE: "/does/not/exist.tfrc",
  TF_CLI_ARGS: "-no-such-flag",
  AWS_CA_BUNDLE: "/does/not/exist.pem",
  AWS_PROFILE: "no-such-profile",
  AWS_SESSION_TOKEN: "stale",
  AWS_ENDPOINT_URL: "http://127.0.0.1:9",
  HTTP_PROXY: "http://127.0.0.1:9",
  http_proxy: "http://127.0.0.1:9",
  NODE_OPTIONS: "--no-such-option",
};

/** How a command ended. */
export interface Ended {
  /** null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs. */
export interface Begun {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** The `./workbook` of this clone, with a folder of its own for all that it keeps, in a hostile environment. */
export class TestWorkbook {
  readonly state = mkdtempSync(join(tmpdir(), "workbook-"));
  readonly #environment: NodeJS.ProcessEnv;

  constructor(environment: NodeJS.ProcessEnv = {}) {
    this.#environment = { ...HOSTILE, ...environment };
  }

  /** Where the cloud is kept. */
  get dataDir(): string {
    return join(this.state, "cloud");
  }

  /** The clone. */
  get root(): string {
    return ROOT;
  }

  /** The whole environment of its commands. */
  get environment(): NodeJS.ProcessEnv {
    const { PATH, HOME } = process.env;
    return { PATH, HOME, OWNER: "hanako", WORKBOOK_DIR: this.state, ...this.#environment };
  }

  /** Begins a command, as a leader of a process group, as a terminal's shell does. */
  begin(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Begun {
    const child = spawn(join(ROOT, "workbook"), args, {
      cwd: ROOT,
      env: { ...this.environment, ...environment },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    return { child, ended: endOf(child) };
  }

  /** Runs a command to its end. */
  run(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return this.begin(args, environment).ended;
  }

  /** Runs a command with `--json` and reads what it says; an exit code other than `code` is an error. */
  async json<T>(args: readonly string[], code = 0): Promise<T> {
    const ended = await this.run([...args, "--json"]);
    if (ended.code !== code)
      throw new Error(`${args.join(" ")} ended with ${ended.code}:\n${ended.stderr}`);
    return JSON.parse(ended.stdout) as T;
  }

  /** Ids of the processes that name this workbook's folder, or have something of it mounted, as builds have. Linux only. */
  processes(): number[] {
    const tells = (pid: string, file: string) => {
      try {
        return readFileSync(`/proc/${pid}/${file}`, "utf8").includes(this.state);
      } catch (error) {
        // It has ended meanwhile.
        if (["ENOENT", "ESRCH", "EINVAL"].includes((error as NodeJS.ErrnoException).code ?? ""))
          return false;
        throw error;
      }
    };
    return readdirSync("/proc")
      .filter((entry) => /^\d+$/.test(entry))
      .filter((pid) => tells(pid, "cmdline") || tells(pid, "mountinfo"))
      .map(Number);
  }

  /** Stops the cloud and removes everything. */
  async remove(): Promise<void> {
    await this.run(["cloud", "down"]);
    rmSync(this.state, { recursive: true, force: true });
  }
}

async function endOf(child: ChildProcess): Promise<Ended> {
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, "exit") as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}
