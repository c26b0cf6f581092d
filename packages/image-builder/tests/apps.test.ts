import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { cp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { buildImage, findImage, listLayers, unpackLayer } from "../src/index.ts";
import type { BuildEvent, BuiltImage } from "../src/index.ts";

const APPS = fileURLToPath(new URL("../../../apps", import.meta.url));
/** The first Go build compiles the standard library, which takes two minutes on two cores that others use as well. */
const BUILD_MS = 600_000;

const work = mkdtempSync(join(tmpdir(), "image-builder-apps-"));
// With the files of a Go compiler's cache.
afterAll(() => rmSync(work, { recursive: true, force: true }), 120_000);
const cacheDir = join(work, "cache");
const layoutDir = join(work, "layout");

const apps = [
  {
    name: "node-app",
    greeting: "Hello World from node.js",
    base: expect.stringMatching(/^node:24-slim@sha256:[0-9a-f]{64}$/),
    port: "80",
  },
  { name: "go-app", greeting: "Hello World from Golang", base: undefined, port: "8080" },
];

describe.each(apps)("$name", ({ name, greeting, base, port }) => {
  let built: BuiltImage;

  test("builds into an image of a few layers", { timeout: BUILD_MS }, async () => {
    built = await buildImage({ context: join(APPS, name), outputDir: layoutDir, cacheDir });
    expect(built.base).toEqual(base);
    const { config } = await findImage(layoutDir, built.contentTag);
    expect(config.config.Env).toContain(`PORT=${port}`);
    expect(config.config.ExposedPorts).toEqual({ [`${port}/tcp`]: {} });
    expect(config.config.User).not.toMatch(/^(root|0)?(:|$)/);
  });

  test(
    "has the same digest from another folder and without a cache, and the next build does nothing anew",
    { timeout: BUILD_MS },
    async () => {
      const copy = join(work, "another folder", name);
      mkdirSync(join(work, "another folder"), { recursive: true });
      await cp(join(APPS, name), copy, {
        recursive: true,
        filter: (path) => !path.includes("node_modules"),
      });
      // What the package managers have downloaded and compiled may be shared: it decides nothing about the result.
      const otherCache = join(work, `cache-${name}`);
      await cp(join(cacheDir, "mounts"), join(otherCache, "mounts"), { recursive: true });
      const again = await buildImage({
        context: copy,
        outputDir: join(work, "other-layout"),
        cacheDir: otherCache,
      });
      expect(again.digest).toBe(built.digest);
      const done: BuildEvent[] = [];
      const third = await buildImage({
        context: copy,
        outputDir: join(work, "other-layout"),
        cacheDir: otherCache,
        onProgress: (event) => void done.push(event),
      });
      const runs = done.filter(
        (event) => event.type === "step-done" && event.text.startsWith("RUN "),
      );
      expect(runs).toEqual([expect.objectContaining({ cached: true })]);
      expect(done.filter(({ type }) => type === "output")).toEqual([]);
      expect(third.digest).toBe(built.digest);
    },
  );

  test("gives the same image without a namespace", { timeout: BUILD_MS }, async () => {
    const otherCache = join(work, `portable-${name}`);
    await cp(join(cacheDir, "mounts"), join(otherCache, "mounts"), { recursive: true });
    const portable = await buildImage({
      context: join(APPS, name),
      outputDir: join(work, "portable-layout"),
      cacheDir: otherCache,
      isolation: "portable",
    });
    expect(portable.digest).toBe(built.digest);
  });

  test("answers when its files are unpacked and its command is started, and stops on SIGTERM", async () => {
    const root = join(work, `root-${name}`);
    mkdirSync(root);
    const image = await findImage(layoutDir, built.digest);
    for (const { digest } of listLayers(image)) {
      await unpackLayer(join(layoutDir, "blobs/sha256", digest.slice(7)), root);
    }
    const child = start(root, image.config.config.Cmd ?? [], image.config.config.WorkingDir ?? "/");
    const address = await listening(child);
    expect(await (await fetch(address)).text()).toBe(greeting);
    const info = (await (await fetch(`${address}/info`)).json()) as { version: string };
    expect(info.version).toBe("1.0.0");
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
  });

  test.skipIf(spawnSync("skopeo", ["--version"]).error)(
    "is read by skopeo as an ordinary image",
    () => {
      const read = spawnSync("skopeo", ["inspect", `oci:${layoutDir}:${built.contentTag}`], {
        encoding: "utf8",
      });
      expect(read.stderr).toBe("");
      const seen = JSON.parse(read.stdout) as {
        Digest: string;
        Layers: string[];
        Labels: Record<string, string>;
      };
      expect(seen.Digest).toBe(built.digest);
      expect(seen.Layers).toEqual(built.layers.map(({ digest }) => digest));
      expect(seen.Labels["org.opencontainers.image.title"]).toBe(name);
      const copied = join(work, `skopeo-${name}`);
      const copy = spawnSync(
        "skopeo",
        ["copy", `oci:${layoutDir}:${built.contentTag}`, `dir:${copied}`],
        { encoding: "utf8" },
      );
      expect(copy.status, copy.stderr).toBe(0);
    },
  );
});

function start(root: string, [program = "", ...args]: string[], workdir: string): ChildProcess {
  const file = program.startsWith("/")
    ? join(root, program)
    : program === "node"
      ? process.execPath
      : program;
  const child = spawn(file, args, {
    cwd: join(root, workdir),
    env: { PORT: "0", APP_VERSION: "1.0.0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

async function listening(child: ChildProcess): Promise<string> {
  for await (const text of createInterface({ input: child.stdout! })) {
    const line = JSON.parse(text) as { message?: string; port?: number };
    if (line.message === "listening") {
      child.stdout!.resume();
      return `http://127.0.0.1:${line.port}`;
    }
  }
  throw new Error("the app ended without listening");
}
