import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { BaseRegistries, buildImage, type BuiltImage } from "../src/index.ts";
import { build } from "../src/testing/build-folder.ts";

const hasNamespaces =
  spawnSync("unshare", ["--user", "--map-root-user", "--mount", "true"]).status === 0;
const FAR = "far.test/team/base:1";

/** Programs of this machine with their libraries, as a base image has them: a shell that needs nothing of the rest. */
function layOutSystem(root: string): void {
  const programs = ["/bin/sh", "/bin/cat", "/bin/id", "/bin/mkdir", "/bin/rm"];
  const { stdout } = spawnSync("ldd", programs, { encoding: "utf8" });
  const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path!);
  for (const path of new Set([...programs, ...libraries])) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    cpSync(realpathSync(path), join(root, path));
  }
  mkdirSync(join(root, "etc"));
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0::/root:/bin/sh\nweb:x:70:71::/srv:/bin/sh\n");
  writeFileSync(join(root, "etc/group"), "root:x:0:\nweb:x:71:\nstaff:x:50:\n");
  mkdirSync(join(root, "gone"));
  writeFileSync(join(root, "gone/x"), "of the lower layer");
}

describe.skipIf(!hasNamespaces)("base images", () => {
  let work: string;
  let base: BuiltImage;
  let server: Server;
  let mirrors: Record<string, string[]>;
  const requests: string[] = [];

  beforeAll(async () => {
    work = mkdtempSync(join(tmpdir(), "bases-"));
    const context = join(work, "context");
    mkdirSync(context);
    layOutSystem(join(context, "root"));
    // By their numbers: the names are in files that a build on `scratch` does not read.
    writeFileSync(
      join(context, "Dockerfile"),
      'FROM scratch\nCOPY root /\nENV PATH=/bin BASE=of-the-base\nWORKDIR /srv\nUSER 70:50\nCMD ["/bin/sh"]\nLABEL kept=yes\n',
    );
    base = await buildImage({ context, outputDir: join(work, "registry") });
    server = createServer((request, response) => {
      const { pathname } = new URL(request.url!, "http://x");
      requests.push(pathname);
      const [, kind, name = ""] = /\/(manifests|blobs)\/([^/]+)$/.exec(pathname) ?? [];
      const digest = name === "1" ? base.digest : name;
      if (kind === undefined || !digest.startsWith("sha256:"))
        return void response.writeHead(404).end();
      const content = readFileSync(join(work, "registry/blobs/sha256", digest.slice(7)));
      const type = kind === "manifests" ? "application/vnd.oci.image.manifest.v1+json" : "x/y";
      response.writeHead(200, { "content-type": type, "docker-content-digest": digest });
      response.end(request.method === "HEAD" ? undefined : content);
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    mirrors = { "far.test": [`http://127.0.0.1:${(server.address() as AddressInfo).port}`] };
  }, 60_000);
  beforeEach(() => void requests.splice(0));
  afterAll(() => {
    server.close();
    rmSync(work, { recursive: true, force: true });
  });

  test("RUN happens in the image that FROM names, which the new image has below its own layers", async () => {
    const cacheDir = join(work, "cache");
    const options = () => ({ bases: new BaseRegistries({ mirrors }), cacheDir });
    const dockerfile = `FROM ${FAR}
USER root
RUN cat /etc/passwd > /seen && id -u >> /seen && [ ! -e /usr/bin/env ] && rm -r /gone && mkdir /made
USER web:staff
RUN id -u > /tmp/who; cat /tmp/who; echo "$BASE in $(pwd)"
COPY --chown=web:staff file /srv/
ENV MORE=1`;
    const lines: string[] = [];
    const onProgress = (event: { type: string; text: string }) =>
      lines.push(`${event.type} ${event.text}`);
    const image = await build(dockerfile, { file: "x" }, { ...options(), onProgress });
    expect(image.bases).toEqual([{ image: FAR, digest: base.digest }]);
    expect(image.base).toBeUndefined();
    expect(lines).toContain(`base FROM ${FAR}: fetched, ${base.digest}`);
    expect(lines).toContain("output 70");
    expect(lines).toContain("output of-the-base in /srv");
    expect(image.entries.get("seen")?.content).toMatch(/^root:x:0[^]*\n0\n$/);
    expect(image.entries.get(".wh.gone")).toBeDefined();
    expect(image.entries.get("srv/file")).toMatchObject({ uid: 70, gid: 50 });
    // Nothing of what the RUN was lent stays.
    expect(
      [...image.entries.keys()].filter((path) => /^\.build|^etc\/(hosts|resolv)/.test(path)),
    ).toEqual([]);
    expect(image.layers.slice(0, base.layers.length).map(({ digest }) => digest)).toEqual(
      base.layers.map(({ digest }) => digest),
    );
    expect(image.config.config).toMatchObject({
      Env: ["PATH=/bin", "BASE=of-the-base", "MORE=1"],
      Cmd: ["/bin/sh"],
      User: "web:staff",
      WorkingDir: "/srv",
      Labels: { kept: "yes" },
    });
    expect(image.config.rootfs.diff_ids).toHaveLength(image.layers.length);
    expect(image.manifest.annotations).toEqual({
      "org.opencontainers.image.base.digest": base.digest,
      "org.opencontainers.image.base.name": FAR,
    });
    // The same way, the same digest: with what is known, and in another folder without.
    expect((await build(dockerfile, { file: "x" }, options())).digest).toBe(image.digest);
    const fresh = { ...options(), cacheDir: join(work, "other") };
    expect((await build(dockerfile, { file: "x" }, fresh)).digest).toBe(image.digest);
  }, 60_000);

  test("where no registry answers, the image is what it is without any, and says why", async () => {
    const dockerfile = "FROM nowhere.invalid/app:2\nENV A=1";
    const plain = await build(dockerfile);
    expect(plain.bases).toEqual([{ image: "nowhere.invalid/app:2", digest: undefined }]);
    const gone = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => gone.once("listening", resolve));
    const closed = `127.0.0.1:${(gone.address() as AddressInfo).port}`;
    await new Promise((resolve) => gone.close(resolve));
    const bases = new BaseRegistries({ mirrors: { "nowhere.invalid": [`http://${closed}`] } });
    const image = await build(dockerfile, {}, { bases });
    expect(image.digest).toBe(plain.digest);
    expect(image.bases).toEqual([
      {
        image: "nowhere.invalid/app:2",
        digest: undefined,
        reason: `failed to do request: Get "http://${closed}/v2/": dial tcp ${closed}: connect: connection refused`,
      },
    ]);
  });

  test("an image that its registry does not have is told, and the registry is asked once whether it is there", async () => {
    const bases = new BaseRegistries({ mirrors });
    const image = await build("FROM far.test/team/none:2\nENV A=1", {}, { bases });
    expect(image.bases).toMatchObject([{ digest: undefined, reason: /not found/ }]);
    await build("FROM far.test/team/none:3\nENV A=1", {}, { bases });
    expect(requests.filter((path) => path === "/v2/")).toHaveLength(1);
  });
});
