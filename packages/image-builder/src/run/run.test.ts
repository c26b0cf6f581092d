import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { say } from "@workbook/toolchain";
import { buildImage } from "../build-image.ts";
import type { BuildEvent } from "../build/options.ts";
import { build, inspect, makeContext, makeFolder, type Files } from "../testing/build-folder.ts";
import { pickCallerSettings } from "./environment.ts";
import { probeNamespace } from "./namespace.ts";
import { resolveTools } from "./tools.ts";

const probeFolder = mkdtempSync(join(tmpdir(), "image-builder-probe-"));
const hasNamespaces =
  (await probeNamespace({
    tools: resolveTools({}, process.env),
    caller: pickCallerSettings(process.env),
    cacheDir: probeFolder,
    scratchDir: probeFolder,
  })) !== undefined;
rmSync(probeFolder, { recursive: true });
const tiers = hasNamespaces ? (["namespace", "portable"] as const) : (["portable"] as const);

/** A process that has ended but that nobody has asked about yet counts as ended. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return !/^(Z|$)/.test(stdout.trim());
}

describe.each(tiers)("RUN, %s tier", (isolation) => {
  const run = (instructions: string, files: Files = {}, more = {}) =>
    build(`FROM base:1\n${instructions}`, files, { isolation, ...more });

  test("changes become a layer: new, changed and removed files, folders and links", async () => {
    const { entries, layers } = await run(
      `WORKDIR /app
COPY --chown=7:8 keep change drop ./
RUN mkdir sub && echo new > sub/new && echo more >> change && rm drop && ln -s sub/new link && chmod 755 sub/new`,
      { keep: "k", change: "c", drop: "d" },
    );
    const last = layers.at(-1)?.createdBy;
    expect(last).toMatch(/^RUN mkdir sub/);
    expect(entries.get("app/sub/new")).toMatchObject({
      content: "new\n",
      mode: 0o755,
      uid: 0,
      gid: 0,
    });
    expect(entries.get("app/change")).toMatchObject({ content: "cmore\n", uid: 7, gid: 8 });
    expect(entries.get("app/link")).toMatchObject({ type: "symlink", linkname: "sub/new" });
    expect(entries.has("app/.wh.drop")).toBe(true);
    expect(entries.get("app/sub")).toMatchObject({ type: "directory", mode: 0o755 });
  });

  test("absolute paths are those of the image", async () => {
    const { entries } = await run(
      "RUN mkdir -p /out/x && echo here > /out/x/file\nRUN cat /out/x/file > /copy",
    );
    expect(entries.get("out/x/file")?.content).toBe("here\n");
    expect(entries.get("copy")?.content).toBe("here\n");
  });

  test("a command that changes nothing makes no layer", async () => {
    const { layers, config } = await run("RUN true");
    expect(layers).toEqual([]);
    expect(config.history.at(-1)).toMatchObject({ created_by: "RUN true", empty_layer: true });
  });

  test("sees ENV and ARG and nothing of the caller, except what leads to a registry", async () => {
    const { entries } = await run(
      'ENV A=1\nARG B=2\nENV B=3\nARG C=4\nRUN echo "$A $B $C [$SECRET] $HTTPS_PROXY" > /seen',
      {},
      { env: { PATH: process.env["PATH"], SECRET: "s", HTTPS_PROXY: "http://proxy.example:1" } },
    );
    expect(entries.get("seen")?.content).toBe("1 3 4 [] http://proxy.example:1\n");
  });

  test("the exec form gets its arguments as they are, in the working directory", async () => {
    const { entries } = await run('WORKDIR /w\nRUN ["node", "-e", "fs.writeFileSync(`f`, `$A`)"]');
    expect(entries.get("w/f")?.content).toBe("$A");
  });

  test("runs as USER, who owns what it makes", async () => {
    const { entries } = await run("WORKDIR /w\nUSER 1234:99\nRUN echo x > /w/f");
    expect(entries.get("w/f")).toMatchObject({ uid: 1234, gid: 99 });
  });

  test("uses the shell that SHELL names", async () => {
    const { entries } = await run('SHELL ["node", "-e"]\nRUN fs.writeFileSync("f", "by node")');
    expect(entries.get("f")?.content).toBe("by node");
  });

  test("a cache mount is kept between builds and is no part of the image", async () => {
    const cacheDir = makeFolder();
    const instruction = (mark: string) =>
      `RUN --mount=type=cache,target=/var/c,sharing=locked cat /var/c/* > /old; echo ${mark} > /var/c/${mark}; ls /var/c > /list`;
    await run(`${instruction("one")} || true`, {}, { cacheDir });
    const second = await run(`${instruction("two")} || true`, {}, { cacheDir });
    expect(second.entries.get("old")?.content).toBe("one\n");
    expect([...second.entries.keys()].toSorted()).toEqual(["list", "old"]);
  });

  test("what it leaves in /tmp is there for the next RUN, and empty places are not in the image", async () => {
    const { entries } = await run("RUN echo x > /tmp/f\nRUN mv /tmp/f /g");
    expect(entries.get("g")?.content).toBe("x\n");
    expect([...entries.keys()].filter((path) => /^(proc|dev|etc|root|usr|bin)/.test(path))).toEqual(
      [],
    );
  });

  test("a failure names the line, the code and the output, and the build leaves no image", async () => {
    const outputDir = makeFolder();
    const failed = run("RUN echo it broke >&2; exit 7", {}, { outputDir });
    await expect(failed).rejects.toMatchObject({ code: "RUN_FAILED", line: 2 });
    await expect(failed).rejects.toThrow(/ended with exit code 7\.\nit broke/);
    expect(readdirSync(outputDir)).toEqual([]);
  });

  test("a process left in the background does not hold the build up", async () => {
    const { entries } = await run("RUN node -e 'setInterval(() => {}, 1000)' & echo x > /f");
    expect(entries.has("f")).toBe(true);
  });

  test("an unchanged build runs nothing again; a changed file runs what depends on it", async () => {
    const cacheDir = makeFolder();
    const context = makeContext({
      Dockerfile:
        "FROM base AS one\nCOPY a /a\nRUN cat /a > /b\nFROM base\nCOPY --from=one /b /c\nRUN cat /c > /d",
      a: "1",
    });
    const again = async () => {
      const done: Extract<BuildEvent, { type: "step-done" }>[] = [];
      const onProgress = (event: BuildEvent) =>
        void (event.type === "step-done" && done.push(event));
      const image = await buildImage({
        context,
        cacheDir,
        outputDir: makeFolder(),
        isolation,
        onProgress,
      });
      return {
        image: await inspect(image),
        cached: done.toSorted((a, b) => a.line - b.line).map(({ cached }) => cached),
      };
    };
    const first = await again();
    expect(first.cached).toEqual([false, false, false, false]);
    const second = await again();
    expect(second.cached).toEqual([true, true, true, true]);
    expect(second.image.digest).toBe(first.image.digest);
    writeFileSync(join(context, "a"), "2");
    const third = await again();
    expect(third.cached).toEqual([false, false, false, false]);
    expect(third.image.entries.get("d")?.content).toBe("2");
  });

  test("an abort ends the command and leaves nothing half-done", async () => {
    const cacheDir = makeFolder();
    const outputDir = makeFolder();
    const controller = new AbortController();
    const pidFile = join(makeFolder(), "pid");
    const onProgress = (event: BuildEvent) => {
      if (event.type !== "output") return;
      writeFileSync(pidFile, event.text);
      controller.abort(new Error("stopped by the reader"));
    };
    const stopped = run(
      "COPY a /a\nRUN node -e 'console.log(process.pid); setInterval(() => {}, 1000)'",
      { a: "" },
      {
        cacheDir,
        outputDir,
        onProgress,
        signal: controller.signal,
      },
    );
    await expect(stopped).rejects.toThrow("stopped by the reader");
    const pid = Number(readFileSync(pidFile, "utf8"));
    await expect.poll(() => isRunning(pid), { timeout: 60_000 }).toBe(false);
    expect(readdirSync(outputDir)).toEqual([]);
    expect(readdirSync(join(cacheDir, "work"))).toEqual([]);
    expect(readdirSync(join(cacheDir, "layers/partial"))).toEqual([]);
  });
});

describe.runIf(hasNamespaces)("RUN in a namespace", () => {
  const run = (instructions: string, files: Files = {}) =>
    build(`FROM base:1\n${instructions}`, files, { isolation: "namespace" });

  test("does not see the files of this machine", async () => {
    const secret = join(makeFolder(), "secret");
    writeFileSync(secret, "x");
    await expect(run(`RUN cat ${secret}`)).rejects.toMatchObject({ code: "RUN_FAILED" });
    await expect(run("RUN cat /etc/shadow")).rejects.toMatchObject({ code: "RUN_FAILED" });
  });

  test("cannot change the programs of this machine", async () => {
    await expect(run("RUN echo x > /usr/bin/image-builder-test")).rejects.toThrow(
      /Read-only file system/,
    );
    expect(existsSync("/usr/bin/image-builder-test")).toBe(false);
  });

  test("shows the image's folders inside those of the machine, and keeps what is written there", async () => {
    const { entries } = await run(
      "WORKDIR /usr/src/app\nCOPY a /etc/app/a\nRUN cat /etc/app/a > out && ls /usr/bin/env",
      { a: "A" },
    );
    expect(entries.get("usr/src/app/out")?.content).toBe("A");
    expect([...entries.keys()].toSorted()).toEqual([
      "etc",
      "etc/app",
      "etc/app/a",
      "usr",
      "usr/src",
      "usr/src/app",
      "usr/src/app/out",
    ]);
  });

  test("has a shell even if the image has a /bin of its own", async () => {
    const { entries } = await run("COPY a /bin/a\nRUN cat /bin/a > /out && echo y > /x", {
      a: "A",
    });
    expect(entries.get("out")?.content).toBe("A");
  });

  test("is itself and its user alone", async () => {
    const { entries } = await run("RUN id -u > /root-id\nWORKDIR /w\nUSER 1000\nRUN id -u > id");
    expect(entries.get("root-id")?.content).toBe("0\n");
    expect(entries.get("w/id")?.content).toBe("1000\n");
  });

  test("leaves no mount and no folder behind", async () => {
    const cacheDir = makeFolder();
    await build("FROM x\nRUN echo 1 > /a", {}, { isolation: "namespace", cacheDir });
    expect(readdirSync(join(cacheDir, "work"))).toEqual([]);
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(cacheDir);
  });
});

describe("RUN without a namespace", () => {
  const run = (instructions: string, files: Files = {}) =>
    build(`FROM base:1\n${instructions}`, files, { isolation: "portable" });

  test.each([
    ["RUN cat /etc/passwd", "RUN uses /etc/passwd, which is outside"],
    ["RUN cp a --target-directory=/usr/local/bin", "RUN uses /usr/local/bin, which is outside"],
    ["ENV CONFIG=/etc/app\nRUN true", "RUN uses /etc/app, which is outside"],
    ['RUN ["cat", "/proc/cpuinfo"]', "RUN uses /proc/cpuinfo, which is outside"],
    ["WORKDIR /a\nRUN cat ../../secret", "RUN uses ../.., which leads out of the image from /a"],
    [
      "RUN --mount=type=tmpfs,target=/x true",
      "RUN --mount=type=tmpfs,target=/x needs Linux with user namespaces",
    ],
  ])("%j is refused", async (instructions, message) => {
    await expect(run(instructions, { a: "" })).rejects.toThrow(message);
  });

  test("a path of the machine is one of the image's once the Dockerfile has put it there", async () => {
    const { entries, warnings } = await run(
      "COPY a /etc/app.conf\nRUN cat /etc/app.conf > /out 2>/dev/null",
      { a: "A" },
    );
    expect(entries.get("out")?.content).toBe("A");
    expect(warnings.map((warning) => say(warning, "en"))).toEqual([
      "line 3: without a file system of its own, the RUN took /etc/app.conf as a path inside the image",
      "line 3: without a file system of its own, the RUN took /out as a path inside the image",
    ]);
  });

  test("a URL is not taken for a path", async () => {
    const { entries } = await run("RUN echo http://example.com/a https://b/c > x");
    expect(entries.get("x")?.content).toBe("http://example.com/a https://b/c\n");
  });
});

test("removes what a build left whose process was killed", async () => {
  const cacheDir = makeFolder();
  await build("FROM x\nRUN true", {}, { cacheDir });

  mkdirSync(join(cacheDir, "work/4194305-abc/stage"), { recursive: true });
  await build("FROM x\nRUN true", {}, { cacheDir });
  expect(readdirSync(join(cacheDir, "work"))).toEqual([]);
});
