import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";

/** An error in Docker's words. */
export class DockerError extends Error {}

/** Lays a context down: what would lead out of the folder is left out by `tar` itself. @throws DockerError */
export async function unpack(archive: Readable, folder: string): Promise<void> {
  const tar = spawn("tar", ["-xf", "-", "-C", folder, "--no-same-owner"], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  const said = text(tar.stderr);
  const ended = once(tar, "close") as Promise<[number | null]>;
  await pipeline(archive, tar.stdin);
  const [code] = await ended;
  if (code !== 0) throw new DockerError(`the context could not be read: ${(await said).trim()}`);
}
