import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";

/** Says which modules are loaded when `import`ing those that it is given. */
const LISTING = `
import { registerHooks } from "node:module";
const loaded = [];
registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
for (const url of process.argv.slice(1)) await import(url);
console.log(JSON.stringify(loaded));
`;

function loadedBy(files: readonly string[]): readonly string[] {
  const urls = files.map((file) => pathToFileURL(file).href);
  const args = ["--input-type=module", "-e", LISTING, ...urls];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as string[];
}

test("no command loads the server: it is a process of its own, and loading it takes longer than most commands", () => {
  const commands = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => join(import.meta.dirname, name));
  const loaded = loadedBy(commands);
  expect(loaded.some((url) => url.endsWith("/cli/src/commands/plan.ts"))).toBe(true);
  expect(loaded.some((url) => url.endsWith("/cli/src/cloud/cloud.ts"))).toBe(true);
  const ofServer = /\/local-aws\/src\/(?:index|local-aws|main)\.ts$|\/local-aws\/src\/server\//;
  expect(loaded.filter((url) => ofServer.test(url))).toEqual([]);
});
