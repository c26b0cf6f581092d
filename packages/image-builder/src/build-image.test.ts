import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { buildImage } from "./build-image.ts";
import { build, inspect, makeContext, makeFolder } from "./testing/build-folder.ts";

describe("the image's configuration", () => {
  test("has what the instructions say", async () => {
    const { config } = await build(
      `FROM node:24-slim
MAINTAINER someone
ARG VERSION=1
ENV A=\${VERSION} B="x y"
ENV OLD form of it
WORKDIR /srv
WORKDIR app
LABEL version="$A" "with blank"=yes
EXPOSE 80 9000-9001/udp
VOLUME /data /more
USER node
STOPSIGNAL SIGQUIT
SHELL ["/bin/bash", "-c"]
HEALTHCHECK --interval=1m30s --retries=2 CMD ["curl", "x"]
ENTRYPOINT ["node"]
CMD ["main.js", "$A"]`,
      {},
      { buildArgs: { VERSION: "2" } },
    );
    expect(config).toMatchObject({ created: "1970-01-01T00:00:00Z", author: "someone" });
    expect(config.config).toEqual({
      Cmd: ["main.js", "$A"],
      Entrypoint: ["node"],
      Env: [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "A=2",
        "B=x y",
        "OLD=form of it",
      ],
      ExposedPorts: { "80/tcp": {}, "9000/udp": {}, "9001/udp": {} },
      Healthcheck: { Test: ["CMD", "curl", "x"], Interval: 90e9, Retries: 2 },
      Labels: {
        "org.opencontainers.image.base.name": "node:24-slim",
        version: "2",
        "with blank": "yes",
      },
      Shell: ["/bin/bash", "-c"],
      StopSignal: "SIGQUIT",
      User: "node",
      Volumes: { "/data": {}, "/more": {} },
      WorkingDir: "/srv/app",
    });
  });

  test("turns the shell form into a command of the shell", async () => {
    const { config } = await build(
      "FROM x\nCMD node $A\nENTRYPOINT run me\nHEALTHCHECK CMD curl x || exit 1",
    );
    expect(config.config.Entrypoint).toEqual(["/bin/sh", "-c", "run me"]);
    expect(config.config.Cmd).toEqual(["/bin/sh", "-c", "node $A"]);
    expect(config.config.Healthcheck).toEqual({ Test: ["CMD-SHELL", "curl x || exit 1"] });
  });

  test("a new ENTRYPOINT drops the CMD of the stage below", async () => {
    const { config } = await build('FROM x AS a\nCMD ["b"]\nFROM a\nENTRYPOINT ["c"]');
    expect(config.config.Cmd).toBeUndefined();
  });

  test("names the base in an annotation, and none for scratch", async () => {
    expect((await build("FROM a:1\nUSER 1")).manifest.annotations).toEqual({
      "org.opencontainers.image.base.name": "a:1",
    });
    const scratch = await build("FROM scratch\nUSER 1");
    expect(scratch.manifest.annotations).toBeUndefined();
    expect(scratch.base).toBeUndefined();
  });

  test("is for the platform asked for", async () => {
    const platform = { os: "linux", architecture: "riscv64" };
    const image = await build(
      "ARG BUILDPLATFORM\nFROM --platform=$TARGETPLATFORM x\nARG TARGETARCH\nENV T=$TARGETARCH",
      {},
      { platform },
    );
    expect(image.config).toMatchObject(platform);
    expect(image.config.config.Env).toContain("T=riscv64");
  });
});

describe("ARG", () => {
  test("before FROM serves FROM, and a stage only after its own ARG", async () => {
    const image = await build("ARG TAG=1\nFROM base:$TAG\nENV A=[$TAG]\nARG TAG\nENV B=[$TAG]");
    expect(image.base).toBe("base:1");
    expect(image.config.config.Env?.slice(1)).toEqual(["A=[]", "B=[1]"]);
    expect(image.warnings).toEqual(["line 3: ENV uses $TAG, which is not set"]);
  });

  test("that no build argument belongs to is worth a warning", async () => {
    const image = await build(
      "FROM x\nARG A\nUSER 1",
      {},
      { buildArgs: { A: "1", B: "2", HTTP_PROXY: "" } },
    );
    expect(image.warnings).toEqual([
      "the build argument B is not declared by any ARG, so it has no effect",
    ]);
  });
});

describe("COPY", () => {
  const files = { "a.txt": "A", "b.txt": "B", "dir/c.txt": "C", "dir/sub/d.txt": "D", empty: null };
  const paths = async (instructions: string, more: Record<string, string | null> = {}) => [
    ...(await build(`FROM scratch\n${instructions}`, { ...files, ...more })).entries.keys(),
  ];

  test.each([
    ["COPY a.txt /x", ["x"]],
    ["COPY a.txt /x/", ["x", "x/a.txt"]],
    ["WORKDIR /w\nCOPY a.txt b.txt ./", ["w", "w/a.txt", "w/b.txt"]],
    ["WORKDIR /w\nCOPY a.txt .", ["w", "w/a.txt"]],
    ["COPY dir /x", ["x", "x/c.txt", "x/sub", "x/sub/d.txt"]],
    ["COPY *.txt /", ["a.txt", "b.txt"]],
    ['COPY ["[ab].txt", "/x/"]', ["x", "x/a.txt", "x/b.txt"]],
    ["COPY dir/* /y/", ["y", "y/c.txt", "y/d.txt"]],
    ["COPY empty /e", ["e"]],
    ["COPY ../../a.txt /x", ["x"]],
    ["WORKDIR /x\nCOPY a.txt /x", ["x", "x/a.txt"]],
    ["ADD a.txt /x", ["x"]],
  ])("%s writes %j", async (instructions, expected) => {
    expect((await paths(instructions)).toSorted()).toEqual(expected.toSorted());
  });

  test("takes everything that .dockerignore leaves", async () => {
    const ignore = "# comment\n*\n!dir\n!a.txt\ndir/sub\n";
    expect((await paths("COPY . /", { ".dockerignore": ignore })).toSorted()).toEqual([
      "a.txt",
      "dir",
      "dir/c.txt",
    ]);
  });

  test("prefers the ignore file of its own Dockerfile", async () => {
    const context = makeContext({
      ...files,
      other: "FROM scratch\nCOPY . /",
      ".dockerignore": "a.txt",
      "other.dockerignore": "*\n!b.txt",
    });
    const image = await buildImage({ context, dockerfile: "other", outputDir: makeFolder() });
    expect(image.layers).toHaveLength(1);
    const { entries } = await inspect(image);
    expect([...entries.keys()]).toEqual(["b.txt"]);
  });

  test("sets owner and mode where told, and root and git's modes where not", async () => {
    const context = makeContext({
      ...files,
      Dockerfile: "FROM node:24\nCOPY a.txt b.txt /p/\nCOPY --chown=node:7 --chmod=640 dir /q",
    });
    chmodSync(join(context, "a.txt"), 0o600);
    chmodSync(join(context, "b.txt"), 0o775);
    const { entries } = await inspect(await buildImage({ context, outputDir: makeFolder() }));
    const facts = Object.fromEntries(
      [...entries].map(([path, { mode, uid, gid }]) => [path, [mode.toString(8), uid, gid]]),
    );
    expect(facts).toEqual({
      p: ["755", 0, 0],
      "p/a.txt": ["644", 0, 0],
      "p/b.txt": ["755", 0, 0],
      q: ["640", 1000, 7],
      "q/c.txt": ["640", 1000, 7],
      "q/sub": ["640", 1000, 7],
      "q/sub/d.txt": ["640", 1000, 7],
    });
  });

  test("keeps links inside folders, and follows the one that is named", async () => {
    const context = makeContext({
      ...files,
      Dockerfile: "FROM scratch\nCOPY dir /x\nCOPY named /y",
    });
    symlinkSync("c.txt", join(context, "dir/link"));
    symlinkSync("a.txt", join(context, "named"));
    const { entries } = await inspect(await buildImage({ context, outputDir: makeFolder() }));
    expect(entries.get("x/link")).toMatchObject({ type: "symlink", linkname: "c.txt" });
    expect(entries.get("y")).toMatchObject({ type: "file", content: "A" });
  });

  test("--from takes from a stage by name or number, with owners and through its links", async () => {
    const { entries, layers } = await build(
      `FROM node:24 AS One
WORKDIR /opt/app
COPY --chown=5 a.txt dir/c.txt ./
FROM scratch
COPY --from=one /opt/app/*.txt /x/
COPY --from=0 opt /y`,
      files,
    );
    expect(layers).toHaveLength(2);
    expect([...entries.keys()].toSorted()).toEqual([
      "x",
      "x/a.txt",
      "x/c.txt",
      "y",
      "y/app",
      "y/app/a.txt",
      "y/app/c.txt",
    ]);
    expect(entries.get("y/app/a.txt")).toMatchObject({ uid: 5, content: "A" });
  });

  test("into a linked folder of the image goes where the link leads", async () => {
    const context = makeContext({
      ...files,
      "tree/real/x": "",
      Dockerfile: "FROM scratch\nCOPY tree /\nCOPY a.txt /link/",
    });
    symlinkSync("real", join(context, "tree/link"));
    const { entries } = await inspect(await buildImage({ context, outputDir: makeFolder() }));
    expect(entries.has("real/a.txt")).toBe(true);
  });
});

describe("stages", () => {
  const dockerfile =
    "FROM a AS one\nENV X=1\nFROM one AS two\nENV Y=2\nFROM c\nRUN --mount=type=ssh false";

  test("only those that the target needs are built", async () => {
    const image = await build(dockerfile, {}, { target: "two" });
    expect(image.base).toBe("a");
    expect(image.config.config.Env?.slice(1)).toEqual(["X=1", "Y=2"]);
  });

  test("an unknown target is refused with the names there are", async () => {
    await expect(build(dockerfile, {}, { target: "three" })).rejects.toThrow(
      'there is no stage "three" to build; the stages are one, two, 2',
    );
  });
});

describe("what cannot be honoured is refused by name and line", () => {
  test.each([
    ["RUN true", "the Dockerfile has no FROM"],
    ["ENV A=1\nFROM x", "line 1: ENV may not come before FROM"],
    ["FROM x AS a\nFROM y AS A", "line 2: there are two stages with the name A"],
    ["FROM $NOTHING", "line 1: FROM $NOTHING names no image"],
    ["FROM --tag=x y", "line 1: FROM does not take the flag --tag"],
    ["FROM x\nONBUILD RUN y", "line 2: ONBUILD is not supported"],
    [
      "FROM x\nUSER someone",
      'line 2: the user or group "someone" of x is not known; use its number',
    ],
    [
      "FROM x\nCOPY --from=nginx:1 /a /b",
      "line 2: COPY --from=nginx:1: no earlier stage has this name, and images are not fetched",
    ],
    ["FROM x\nCOPY --parents a /b", "line 2: COPY with the flag --parents is not supported"],
    ["FROM x\nCOPY --chmod=u+x a /b", "line 2: --chmod=u+x is not an octal mode"],
    ["FROM x\nCOPY nothing /b", 'line 2: "nothing" does not exist in the build context'],
    ["FROM x\nCOPY hidden /b", 'line 2: "hidden" is left out by .dockerignore'],
    ["FROM x\nCOPY a", "line 2: COPY takes at least a source and a destination"],
    [
      "FROM x\nCOPY a Dockerfile /b",
      'line 2: several files are copied, so the destination "/b" must end with a slash',
    ],
    [
      "FROM x\nCOPY a /b\nCOPY a /b/c",
      "line 3: /b/c cannot be written: /b is a file, not a folder",
    ],
    [
      "FROM x\nADD https://example.com/a /b",
      "line 2: ADD https://example.com/a: only files of the build context can be added",
    ],
    ["FROM x\nADD zipped /b", "line 2: ADD would unpack the archive"],
    [
      "FROM x\nRUN --mount=type=secret,id=a true",
      "line 2: RUN --mount=type=secret is not supported; cache and tmpfs are",
    ],
    ["FROM x\nRUN --mount=type=cache true", "line 2: RUN --mount=type=cache has no target"],
    [
      "FROM x\nRUN --network=none true",
      "line 2: RUN with the flag --network=none is not supported",
    ],
    ["FROM x\nEXPOSE http", "line 2: EXPOSE http is neither a port nor a range of ports"],
    ["FROM x\nSTOPSIGNAL stop", "line 2: STOPSIGNAL stop is neither a signal's name nor a number"],
    ["FROM x\nSHELL sh -c", "line 2: SHELL takes a JSON array"],
    ["FROM x\nHEALTHCHECK --interval=soon CMD a", "line 2: --interval=soon is not a duration"],
    [
      "FROM x\nHEALTHCHECK a",
      "line 2: HEALTHCHECK takes NONE, or flags and then CMD and a command",
    ],
    ["FROM x\nENV A", "line 2: ENV A has no value"],
    ["FROM x\nLABEL A=1 B", 'line 2: LABEL: "B" is not of the form name=value'],
    ["FROM x\nCMD --now x", "line 2: CMD with the flag --now is not supported"],
    [
      "FROM --platform=plan9/mips x\nRUN true",
      "line 2: RUN in a stage for plan9/mips cannot be carried out on",
    ],
  ])("%j", async (dockerfile, message) => {
    const outputDir = makeFolder();
    const files = { a: "A", hidden: "h", ".dockerignore": "hidden", zipped: "\x1f\x8b" };
    // Latin-1 keeps the two bytes of gzip's mark as they are.
    const context = makeContext({ ...files, Dockerfile: dockerfile });
    writeFileSync(join(context, "zipped"), Buffer.from(files.zipped, "latin1"));
    const failed = buildImage({ context, outputDir });
    await expect(failed).rejects.toThrow(message);
    expect(readdirSync(outputDir)).toEqual([]);
  });

  test("a context or a Dockerfile that is not there", async () => {
    const missing = join(makeFolder(), "none");
    await expect(buildImage({ context: missing, outputDir: makeFolder() })).rejects.toThrow(
      `there is no folder ${missing}`,
    );
    await expect(buildImage({ context: makeFolder(), outputDir: makeFolder() })).rejects.toThrow(
      /the Dockerfile .* cannot be read/,
    );
  });
});

describe("reproducibility", () => {
  const files = { "src/a": "A", "src/b/c": "C", "package.json": "{}" };
  const dockerfile = 'FROM node:24\nWORKDIR /app\nCOPY . .\nCMD ["node"]';

  test("the same sources give the same digest in any folder, in any order of writing, with any umask", async () => {
    const one = await build(dockerfile, files);
    const context = makeFolder();
    for (const path of ["Dockerfile", "src/b/c", "package.json", "src/a"]) {
      mkdirSync(join(context, path, ".."), { recursive: true, mode: 0o700 });
      writeFileSync(
        join(context, path),
        path === "Dockerfile" ? dockerfile : (files as Record<string, string>)[path]!,
        { mode: 0o600 },
      );
    }
    const two = await buildImage({ context, outputDir: makeFolder() });
    expect(two.digest).toBe(one.digest);
    expect(two.contentTag).toBe(one.digest.slice(7, 19));
  });

  test("a changed file, a new name and a new mode each give another digest", async () => {
    const context = makeContext({ ...files, Dockerfile: dockerfile });
    const digests = new Set<string>();
    const again = async () =>
      digests.add((await buildImage({ context, outputDir: makeFolder() })).digest);
    await again();
    writeFileSync(join(context, "src/a"), "A2");
    await again();
    writeFileSync(join(context, "src/d"), "");
    await again();
    chmodSync(join(context, "src/d"), 0o755);
    await again();
    rmSync(join(context, "src/d"));
    await again();
    expect(digests.size).toBe(4);
  });

  test("every time stamp is SOURCE_DATE_EPOCH", async () => {
    const image = await build(dockerfile, files, {
      env: { ...process.env, SOURCE_DATE_EPOCH: "1700000000" },
    });
    expect(image.config.created).toBe("2023-11-14T22:13:20Z");
    expect(new Set([...image.entries.values()].map(({ mtime }) => mtime.toISOString()))).toEqual(
      new Set(["2023-11-14T22:13:20.000Z"]),
    );
    await expect(build(dockerfile, files, { env: { SOURCE_DATE_EPOCH: "now" } })).rejects.toThrow(
      "SOURCE_DATE_EPOCH must be",
    );
  });
});
