import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { measureApi } from "./api.ts";
import { measureApply } from "./apply.ts";
import { measureBalancer } from "./balancer.ts";
import { toMarkdown } from "./table.ts";
import { Traffic } from "./traffic.ts";
import { measureUpstream } from "./upstream.ts";
import { measureVerify } from "./verify.ts";

/*
 * `pnpm bench [--write] [NAME…]` measures Local AWS beside what else there is, in one run, and prints Markdown. Names
 * choose among the parts; without any all of them run, in about twenty minutes. `--write` puts what was printed into
 * `docs/benchmarks.md`, from where the Japanese page takes it.
 */

const PARTS = {
  api: measureApi,
  "load-balancer": measureBalancer,
  upstream: measureUpstream,
  apply: measureApply,
  verify: measureVerify,
};

function machine(): string {
  const date = new Date().toISOString().slice(0, 10);
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  const memory = Math.round(totalmem() / 2 ** 30);
  const busy = loadavg()[0]!.toFixed(1);
  return `${date}, ${availableParallelism()} × ${model}, ${memory} GB, Node ${process.versions.node}, load average ${busy} before.`;
}

const PAGE = "docs/benchmarks.md";
const FIGURES = /(?<=<!-- #region figures -->\n)[^]*(?=\n<!-- #endregion figures -->)/;

function print(text: string): string {
  process.stdout.write(text);
  return text;
}

/** @throws Error where the page has no place for figures */
function writePage(root: string, figures: string): void {
  const file = join(root, PAGE);
  const page = readFileSync(file, "utf8");
  if (!FIGURES.test(page)) throw new Error(`${PAGE} has no place that is marked for figures`);
  writeFileSync(
    file,
    page.replace(FIGURES, () => `\n${figures.trim()}\n`),
  );
}

const { values: flags, positionals: names } = parseArgs({
  options: { write: { type: "boolean" } },
  allowPositionals: true,
});
const unknown = names.find((name) => !(name in PARTS));
if (unknown !== undefined) {
  process.stderr.write(`There is no part "${unknown}": ${Object.keys(PARTS).join(", ")}.\n`);
  process.exit(2);
}
if (flags.write && names.length > 0) {
  process.stderr.write(`${PAGE} shows one run of all parts: leave the names away, or --write.\n`);
  process.exit(2);
}

const directory = mkdtempSync(join(tmpdir(), "bench-"));
const root = resolve(import.meta.dirname, "../../..");
try {
  let figures = print(`${machine()}\n`);
  const traffic = await Traffic.build(root, directory);
  for (const [name, measure] of Object.entries(PARTS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    figures += print(`\n${toMarkdown(await measure({ root, directory, traffic }))}\n`);
  }
  if (flags.write) writePage(root, figures);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
