import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { text } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import { BuildFault } from "./build-fault.ts";

/**
 * A bare repository of this machine that stands for one of GitHub's: `repositories/<owner>/<name>.git` in the cloud's folder.
 * Builds read it by Git's smart protocol.
 * @see https://git-scm.com/docs/http-protocol
 */
export class Repository {
  readonly #folder: string;
  readonly #name: string;

  constructor(dataDir: string, owner: string, name: string) {
    this.#name = `${owner}/${name}`;
    this.#folder = join(dataDir, "repositories", owner, `${name}.git`);
  }

  /**
   * The commit that a branch, a tag or a commit's own id means; that of the repository's HEAD without one.
   * @throws BuildFault where there is none
   */
  async resolve(version = "HEAD"): Promise<string> {
    if (!existsSync(this.#folder))
      throw new BuildFault(
        "GIT_CLONE_FAILED",
        `repository not found for primary source and source version ${version}: ${this.#name} is not among the repositories of this machine`,
      );
    const wanted = /^[\w./-]+$/.test(version) && !version.startsWith("-") ? version : "-";
    const { code, said } = await this.#git("rev-parse", "-q", "--verify", `${wanted}^{commit}`);
    if (code === 0) return said.trim();
    throw new BuildFault(
      "GIT_CLONE_FAILED",
      `reference not found for primary source and source version ${version}`,
    );
  }

  async #git(...args: readonly string[]): Promise<{ code: number | null; said: string }> {
    const child = spawn("git", ["--git-dir", this.#folder, ...args], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const ended = once(child, "close") as Promise<[number | null]>;
    const said = await text(child.stdout);
    const [code] = await ended;
    return { code, said };
  }

  /** Answers what `git clone` asks. @param path `info/refs` or `git-upload-pack` */
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
    const child = spawn("git", ["upload-pack", "--stateless-rpc", ...advertise, this.#folder], {
      stdio: ["pipe", "pipe", "ignore"],
      env: { ...process.env, GIT_PROTOCOL: String(request.headers["git-protocol"] ?? "") },
    });
    const packed = request.headers["content-encoding"] === "gzip";
    const input = packed ? request.pipe(createGunzip()) : request;
    await Promise.all([pipeline(input, child.stdin), pipeline(child.stdout, response)]);
  }
}
