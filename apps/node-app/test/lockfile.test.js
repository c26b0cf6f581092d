import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";

// The image is built from npm's lockfile, the workspace (and so these tests) from pnpm's.
test("the image gets the packages that these tests ran with", async () => {
  const lock = JSON.parse(await readFile(new URL("../package-lock.json", import.meta.url), "utf8"));
  const require = createRequire(import.meta.url);
  const { dependencies } = require("../package.json");
  for (const name of Object.keys(dependencies))
    assert.equal(
      lock.packages[`node_modules/${name}`].version,
      require(`../node_modules/${name}/package.json`).version,
    );
});
