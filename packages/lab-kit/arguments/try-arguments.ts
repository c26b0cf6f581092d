/**
 * Leads Terraform's resources through all that is done with one, with every argument that they have: `./workbook pnpm arguments`. It
 * ends with 1 where something fails, or is not what `results.json` says. `--record` writes that, for the page of the reference.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compareResults, readResults, recordResults } from "./results.ts";
import { tryCases } from "./try-cases.ts";

const { values, positionals } = parseArgs({
  options: { record: { type: "boolean", default: false } },
  allowPositionals: true,
});
const say = (line: string) => process.stdout.write(`${line}\n`);
const scratch = mkdtempSync(join(tmpdir(), "arguments-"));
try {
  const { results, failures } = await tryCases(scratch, positionals, say);
  for (const [type, { all, given, refused }] of Object.entries(results)) {
    const left = all.filter((name) => !given.includes(name) && !(name in refused));
    say(
      `${type}: ${given.length} of ${all.length}${left.length > 0 ? `, not ${left.join(", ")}` : ""}`,
    );
  }
  // Some of the cases tell only some of what is known of a type.
  const isWhole = positionals.length === 0;
  if (isWhole && values.record && failures.length === 0) recordResults(results);
  const changes = isWhole ? compareResults(results, readResults()) : [];
  for (const change of changes) say(`✗ ${change}`);
  process.exitCode = failures.length + changes.length > 0 ? 1 : 0;
} finally {
  rmSync(scratch, { recursive: true });
}
