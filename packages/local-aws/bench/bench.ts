import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { measureApi } from "./api.ts";
import { measureApply } from "./apply.ts";
import { measureBalancer } from "./balancer.ts";
import { toMarkdown } from "./table.ts";
import { Traffic } from "./traffic.ts";

/*
 * `pnpm bench [NAME…]` measures Local AWS beside what else there is, in one run, and prints Markdown. Names choose among
 * the parts; without any all of them run, in about ten minutes.
 */

const PARTS = { api: measureApi, "load-balancer": measureBalancer, apply: measureApply };

function machine(): string {
  const date = new Date().toISOString().slice(0, 10);
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  const memory = Math.round(totalmem() / 2 ** 30);
  const busy = loadavg()[0]!.toFixed(1);
  return `${date}, ${availableParallelism()} × ${model}, ${memory} GB, Node ${process.versions.node}, load average ${busy} before`;
}

const names = process.argv.slice(2);
const unknown = names.find((name) => !(name in PARTS));
if (unknown !== undefined) {
  process.stderr.write(`There is no part "${unknown}": ${Object.keys(PARTS).join(", ")}.\n`);
  process.exit(2);
}

const directory = mkdtempSync(join(tmpdir(), "bench-"));
const root = resolve(import.meta.dirname, "../../..");
try {
  process.stdout.write(`${machine()}\n`);
  const traffic = await Traffic.build(root, directory);
  for (const [name, measure] of Object.entries(PARTS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    process.stdout.write(`\n${toMarkdown(await measure({ root, directory, traffic }))}\n`);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
