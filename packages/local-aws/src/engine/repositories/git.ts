import { execFile, spawn } from "node:child_process";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { createGunzip } from "node:zlib";
import {
  repositoriesFolder,
  repositoryFolder,
} from "../../services/codeconnections/repository-folder.ts";

const run = promisify(execFile);

/** What a whole repository may be as an archive; AWS's artifacts of actions are smaller. */
const LONGEST_BYTES = 1 << 30;

/** Somebody's own settings and hooks are not to change what happens here. */
const CLEAN = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
};

const environment = () => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"))),
  ...CLEAN,
});

/** A commit, as a source action tells it. */
export interface Commit {
  readonly id: string;
  readonly message: string;
  readonly authorName: string;
  readonly authorEmail: string;
  /** Milliseconds since the epoch. */
  readonly authoredAt: number;
}

/** Where pushes are told: a file each, `owner/name` in its first line and git's `old new ref` in the others. */
export const pushesFolder = (dataDir: string) => join(repositoriesFolder(dataDir), ".pushes");

/**
 * Run by git in the bare repository after each push, with a line for each ref. The file is moved into place, so that whoever
 * looks sees it whole; it waits there for a cloud that does not run.
 */
const hookOf = (fullName: string) => `#!/bin/sh
# Stands for GitHub's webhook: tells Local AWS of a push.
umask 077
pushes="$(dirname "$(dirname "$PWD")")/.pushes"
mkdir -p "$pushes/new"
file="$(date +%s)-$$"
{ echo "${fullName}"; cat; } >"$pushes/new/$file" && mv "$pushes/new/$file" "$pushes/$file"
`;

/** Bare repositories on this machine, which stand for those of GitHub. */
export class Repository {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Undefined where there is none of this name. */
  static find(dataDir: string, fullName: string): Repository | undefined {
    const folder = repositoryFolder(dataDir, fullName);
    return folder !== undefined && existsSync(folder) ? new Repository(folder) : undefined;
  }

  /**
   * Makes an empty one whose pushes are told; one that is there stays what it is.
   * @param fullName such as `you/greeting`
   * @throws Error where it is no name of a repository, or git is not there
   */
  static async create(dataDir: string, fullName: string): Promise<Repository> {
    const folder = repositoryFolder(dataDir, fullName);
    if (folder === undefined) throw new RangeError(`${fullName} is no name of a repository`);
    await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
    if (!existsSync(folder))
      await run("git", ["init", "--quiet", "--bare", "--initial-branch=main", folder], {
        env: environment(),
      });
    const hook = join(folder, "hooks", "post-receive");
    await mkdir(dirname(hook), { recursive: true, mode: 0o700 });
    await writeFile(hook, hookOf(fullName));
    await chmod(hook, 0o755);
    return new Repository(folder);
  }

  /** Removes it with all of its commits. */
  async delete(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The commit that a name means: a branch, a tag, an id. Undefined where it means none. */
  async resolve(name: string): Promise<string | undefined> {
    try {
      const options = ["--verify", "--quiet", "--end-of-options"];
      return (await this.#git("rev-parse", ...options, `${name}^{commit}`)).trim();
    } catch {
      // Git says by its exit code alone that there is none.
      return undefined;
    }
  }

  async commit(id: string): Promise<Commit> {
    const told = await this.#git(
      "show",
      "--no-patch",
      "--format=%H%x00%an%x00%ae%x00%at%x00%B",
      id,
    );
    const [hash = "", authorName = "", authorEmail = "", at = "", message = ""] = told.split("\0");
    return {
      id: hash,
      authorName,
      authorEmail,
      authoredAt: Number(at) * 1000,
      message: message.trim(),
    };
  }

  /** The files that a push has changed: of a new ref, those of the commits that no other ref has. */
  async changed(
    { before, ref }: { before: string; ref: string },
    after: string,
  ): Promise<string[]> {
    const isNew = /^0+$/.test(before);
    const told = isNew
      ? await this.#git(
          "log",
          "--name-only",
          "--format=",
          after,
          "--not",
          `--exclude=${ref}`,
          "--all",
        )
      : await this.#git("diff", "--name-only", before, after);
    return [...new Set(told.split("\n").filter(Boolean))];
  }

  /** A commit's files as a ZIP. */
  async archive(id: string): Promise<Buffer> {
    const { stdout } = await run("git", ["archive", "--format=zip", id], {
      cwd: this.folder,
      env: environment(),
      encoding: "buffer",
      maxBuffer: LONGEST_BYTES,
    });
    return stdout;
  }

  /**
   * Answers what `git clone` asks by Git's smart protocol: https://git-scm.com/docs/http-protocol
   * @param path `info/refs` or `git-upload-pack`
   */
  async serve(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isOffer = path === "info/refs";
    if (!isOffer && path !== "git-upload-pack") return void response.writeHead(404).end();
    const kind = isOffer ? "advertisement" : "result";
    response.writeHead(200, {
      "content-type": `application/x-git-upload-pack-${kind}`,
      "cache-control": "no-cache",
    });
    if (isOffer) response.write("001e# service=git-upload-pack\n0000");
    const advertise = isOffer ? ["--advertise-refs"] : [];
    const child = spawn("git", ["upload-pack", "--stateless-rpc", ...advertise, this.folder], {
      stdio: ["pipe", "pipe", "ignore"],
      env: { ...environment(), GIT_PROTOCOL: String(request.headers["git-protocol"] ?? "") },
    });
    const packed = request.headers["content-encoding"] === "gzip";
    const input = packed ? request.pipe(createGunzip()) : request;
    await Promise.all([pipeline(input, child.stdin), pipeline(child.stdout, response)]);
  }

  async #git(...words: string[]): Promise<string> {
    const options = { cwd: this.folder, env: environment(), maxBuffer: 1 << 26 };
    return (await run("git", words, options)).stdout;
  }
}
