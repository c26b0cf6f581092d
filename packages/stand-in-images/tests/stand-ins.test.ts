import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { serveStandIns } from "../src/index.ts";
import type { Entry } from "../src/recipe.ts";
import { recipeFor } from "../src/recipes.ts";
import { writeImage } from "../src/write-image.ts";

/** Shared by all tests: making an image takes some seconds. */
const LAYOUT = join(import.meta.dirname, "../../../.workbook/stand-ins");
const isDebian = existsSync("/usr/bin/dpkg-deb");
const hasSkopeo = existsSync("/usr/bin/skopeo");

test.skipIf(!isDebian || !hasSkopeo)(
  "nginx is served under its public names, and says what it is",
  async () => {
    await using registry = await serveStandIns(LAYOUT, ["public.ecr.aws/nginx/nginx:1.28"]);
    expect(registry.mirrors).toEqual({
      "docker.io": [registry.url],
      "public.ecr.aws": [registry.url],
    });
    const inspect = async (name: string) => {
      const image = `docker://${new URL(registry.url).host}/${name}`;
      const { stdout } = await promisify(execFile)("skopeo", [
        "inspect",
        "--tls-verify=false",
        image,
      ]);
      return JSON.parse(stdout) as { Digest: string; Labels: Record<string, string> };
    };
    const image = await inspect("nginx/nginx:1.28");
    expect(image.Labels["org.opencontainers.image.version"]).toMatch(/^nginx \S+ of [A-Z]\w+$/);
    expect(await inspect("library/nginx:latest")).toMatchObject({ Digest: image.Digest });
    expect(await inspect(`nginx/nginx@${image.Digest}`)).toMatchObject({ Digest: image.Digest });
    await expect(inspect("nginx/nginx:no-such-tag")).rejects.toThrow(/manifest unknown/i);
  },
);

test("the same files give the same image, in whatever order they come", async () => {
  const folder = mkdtempSync(join(tmpdir(), "stand-ins-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const files: [string, Entry][] = [
    ["bin", { type: "symlink", target: "usr/bin" }],
    ["usr/bin/a", { type: "file", content: "a", mode: 0o755 }],
    ["usr/bin/b", { type: "link", target: "usr/bin/a" }],
    ["var/data", { type: "directory", mode: 0o700, uid: 999, gid: 999 }],
  ];
  const one = await writeImage(folder, new Map(files), { Cmd: ["a"] });
  expect(await writeImage(folder, new Map(files.toReversed()), { Cmd: ["a"] })).toEqual(one);
});

test("a tag has a stand-in with a digest behind it too; a digest alone has none, nor has a tag that nobody knows", () => {
  const digest = `sha256:${"0".repeat(64)}`;
  expect(recipeFor("docker.io/library/nginx:1.28")?.name).toBe("nginx");
  expect(recipeFor(`docker.io/library/nginx:1.28@${digest}`)?.name).toBe("nginx");
  expect(recipeFor("docker.io/library/nginx:0.1")).toBeUndefined();
  expect(recipeFor(`docker.io/library/nginx@${digest}`)).toBeUndefined();
});
