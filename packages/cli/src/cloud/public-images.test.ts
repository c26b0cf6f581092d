import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openWorkspace } from "../workspace.ts";
import { reachRegistry, standInFor } from "./public-images.ts";

let folder: string;
let mirror: Server;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "public-images-"));
  // Whoever wants to know who asks is there as well.
  mirror = createServer((_request, response) => response.writeHead(401).end());
  await new Promise<void>((resolve) => mirror.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(mirror.address() as AddressInfo).port}`;
});
afterAll(async () => {
  mirror.closeAllConnections();
  await new Promise((resolve) => mirror.close(resolve));
  rmSync(folder, { recursive: true });
});

const open = (mirrors = "") =>
  openWorkspace({ WORKBOOK_DIR: folder, WORKBOOK_REGISTRY_MIRRORS: mirrors });

test("a registry is there when a mirror of it answers, whoever named the mirror", async () => {
  const by = new URL(url).host;
  expect(await reachRegistry(open(`far.invalid=${url}`), "far.invalid")).toMatchObject({ by });
  const workspace = open();
  mkdirSync(workspace.learner, { recursive: true });
  const file = join(workspace.learner, "registries.json");
  writeFileSync(file, JSON.stringify({ mirrors: { "*": { endpoint: [`${url}/v2/`] } } }));
  expect(await reachRegistry(workspace, "other.invalid")).toMatchObject({ by });
  writeFileSync(file, "{");
  await expect(reachRegistry(workspace, "other.invalid")).rejects.toMatchObject({
    code: "REGISTRIES_UNREADABLE",
  });
  rmSync(file);
});

test("one that nobody answers for is not, and why is said", async () => {
  const { by, why } = await reachRegistry(open(), "nowhere.invalid");
  expect(by).toBeUndefined();
  expect(why).toMatch(/nowhere\.invalid/);
}, 60_000);

test("an image for which nothing can stand in is refused with those for which something can", async () => {
  const made = standInFor(
    open(),
    ["docker.io/library/none:1"],
    undefined,
    AbortSignal.timeout(60_000),
  );
  await expect(made).rejects.toThrow(
    /none:1: nothing here can stand in .*docker\.io\/library\/nginx/,
  );
});
