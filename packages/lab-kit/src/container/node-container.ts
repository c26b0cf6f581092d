import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

import type { LayoutImage } from "@workbook/image-builder";
import { SpokenError } from "@workbook/toolchain";

/** An image that lies in a layout on this machine. */
export interface LocalImage extends LayoutImage {
  readonly layoutDir: string;
}

/** A container's process came to an end before it listened; the message is what it wrote last. */
export class ContainerError extends SpokenError {
  override readonly name = "ContainerError";
}

/** The environment of a container, as its image has it. */
type Variables = Readonly<Record<string, string>>;

/**
 * A container of a Node.js app: the files of an image, unpacked into a folder, and the one process that is started in them
 * with the image's environment.
 *
 * Nothing is kept apart from the machine but the files: this is for looking at an image, not for running strangers' ones.
 */
export class NodeContainer {
  /** Its files; the image's root. */
  readonly root: string;
  readonly #image: LocalImage;

  private constructor(root: string, image: LocalImage) {
    this.root = root;
    this.#image = image;
  }

  /** Unpacks an image into a folder of its own, which must not be there yet. */
  static async create(image: LocalImage, root: string): Promise<NodeContainer> {
    const { listLayers, unpackLayer } = await import("@workbook/image-builder");
    await mkdir(root);
    for (const { digest } of listLayers(image)) {
      const blob = join(image.layoutDir, "blobs/sha256", digest.slice("sha256:".length));
      await unpackLayer(blob, root);
    }
    return new NodeContainer(root, image);
  }

  /** Where its process begins. */
  get workdir(): string {
    return join(this.root, this.#image.config.config.WorkingDir ?? "/");
  }

  /**
   * Starts the process, hands over the address that it listens on, and stops it with SIGTERM as ECS does.
   *
   * @param use given the URL that the app answers on
   * @returns what `use` returned, and the exit code, null where a signal ended it and not the app itself
   * @throws {ContainerError} when it ends, or the deadline passes, before it listens
   */
  async run<T>(
    use: (url: string) => Promise<T>,
    deadlineMs: number,
  ): Promise<{ readonly value: T; readonly exitCode: number | null }> {
    const { Entrypoint = [], Cmd = [], Env = [] } = this.#image.config.config;
    const [program = "", ...args] = [...(Entrypoint ?? []), ...(Cmd ?? [])];
    const child = spawn(program === "node" ? process.execPath : join(this.root, program), args, {
      cwd: this.workdir,
      // Port 0 lets the machine choose a free one.
      env: { ...toVariables(Env ?? []), PORT: "0" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const exited = once(child, "exit");
    const deadline = AbortSignal.timeout(deadlineMs);
    const kill = () => child.kill("SIGKILL");
    deadline.addEventListener("abort", kill);
    try {
      const value = await use(await listening(child));
      child.kill("SIGTERM");
      const [exitCode] = (await exited) as [number | null];
      return { value, exitCode };
    } finally {
      deadline.removeEventListener("abort", kill);
      kill();
    }
  }
}

/** Waits for the line in which the apps say where they listen. */
async function listening(child: ReturnType<typeof spawn>): Promise<string> {
  const errors: Buffer[] = [];
  child.stderr?.on("data", (chunk: Buffer) => errors.push(chunk));
  const failed = once(child, "error").then(([error]) => {
    throw new ContainerError((error as Error).message, { cause: error });
  });
  const found = (async () => {
    for await (const line of createInterface({ input: child.stdout! })) {
      const port = portIn(line);
      if (port === undefined) continue;
      child.stdout?.resume();
      return `http://127.0.0.1:${port}/`;
    }
    const words = Buffer.concat(errors).toString("utf8").trim().split("\n").slice(0, 8).join("\n");
    throw new ContainerError(
      words || [
        "the process ended without listening",
        "プロセスが、待ち受けを始める前に終了しました",
      ],
    );
  })();
  // Whichever loses is of no interest any more.
  failed.catch(() => {});
  found.catch(() => {});
  return Promise.race([found, failed]);
}

function portIn(line: string): number | undefined {
  if (!line.startsWith("{")) return undefined;
  const { message, port } = JSON.parse(line) as { message?: string; port?: number };
  return message === "listening" ? port : undefined;
}

function toVariables(env: readonly string[]): Variables {
  return Object.fromEntries(
    env.map((entry) => {
      const at = entry.indexOf("=");
      return [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
}
