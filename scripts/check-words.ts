/**
 * Proves that the workbook speaks both languages to the end. The pairs `[english, japanese]` of the sources are its one
 * catalogue of messages, and stand where they are said; none may lack a half, and no sentence may stand outside.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findFaults } from "./words/find-faults.ts";

const root = join(import.meta.dirname, "..");
const SPEAKING = [
  "packages/{toolchain,image-builder,lab-kit,cli}/src/**/*.ts",
  "labs/*/{checks/,}*.ts",
];

/** What is not for readers of the workbook. */
const SILENT: readonly RegExp[] = [
  /\.(?:test|(?:[\w-]+-)?cases)\.ts$|\/testing\/|\/testing\.ts$/,
  // Proofs and wrong answers are for those who change a lab; tests for those who change the workbook.
  /lab-kit\/src\/(?:verify\/|mutation\.ts$|lab\.ts$|(?:boilerplate|new-lab)\.ts$)|\/mutations\.ts$|cli\/src\/test-runner\//,
  // Programs for shells; what they describe comes from the commands.
  /cli\/src\/command-line\/completion\.ts$/,
  // What a log keeps.
  /cli\/src\/lane\/keeper\.ts$/,
  // A server's answers to programs, as AWS's own are.
  /cli\/src\/(?:site\/(?:guard|cloud-proxy|site-server|static-site|waiting-page)|ecr-names\/[\w-]+)\.ts$/,
];

/** Texts that look like sentences and are said to nobody. */
const DATA: ReadonlySet<string> = new Set([
  // Typed, or written into a file, or matched against what others say.
  "Changed by hand",
  "Hello World from node.js",
  "Hello World from Golang",
  "Incomplete lock file information",
  "(default: true)",
  " --target aws",
  "snapshot before",
  "cloud clock next",
  "Day closed",
  "ecsTarget: task,",
  "ecsParameters: task,",
  "test infra go-app",
  "test journey",
  "test walk",
  "enableExecuteCommand: true,",
  "forceDelete: true,",
  "const CASE: number = …;",
  "lifecycle: { createBeforeDestroy: true },",
  "exports neither",
  "{ [key: string]: string",
  "Applications Library System Users Volumes bin boot dev etc lib lib32 lib64 libx32 nix private proc run sbin sys usr",
  "RUN npm ci --omit=dev",
  "FROM … (recorded, not fetched)",
  // AWS's own words, matched, or shown as what AWS has answered.
  "ELB health checks",
  "is unhealthy in",
  "Task failed ELB health checks",
  "timed out",
  "scheduled action",
  "Setting desired count to",
  "identity-based policy",
  "permissions boundary",
  "resource-based policy",
  "VPC endpoint policy",
  "rolling back to deployment ….",
  "the answers",
  "`Health checks failed with these codes: [404]`",
  "in tcp … …",
  "no listeners",
  "no targets",
  "no policy",
  "no routes",
  "no rules",
  "not attached",
  // Read in sentences that are AWS's verdicts.
  "a task of …",
  // A reason that AWS keeps with a task.
  "The check that started it gave up",
  "Stopped by the check that it comes back",
]);

const wanted = process.argv.slice(2);
const files = globSync(SPEAKING, { cwd: root })
  .filter((file) => !SILENT.some((pattern) => pattern.test(file)))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .toSorted();
const findings = files.flatMap((file) =>
  findFaults(file, readFileSync(join(root, file), "utf8"), DATA).map(
    ({ line, what }) => `${file}:${line} ${what}`,
  ),
);
for (const finding of findings) console.error(finding);
console.log(`${files.length} files, ${findings.length} findings`);
process.exitCode = findings.length === 0 ? 0 : 1;
