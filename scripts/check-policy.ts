/** Checks rules of this repository that no linter knows: each has a name, a pattern, and a reason. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findShortWaits } from "./short-waits.ts";

const root = join(import.meta.dirname, "..");

interface Rule {
  readonly name: string;
  readonly pattern: RegExp;
  /** Files that the rule is about; all text files by default. */
  readonly files?: RegExp;
  readonly why: string;
}

/** Written in pieces, so that this file passes its own check. */
const host = (...labels: readonly string[]) => labels.join(String.raw`\.`);
const registries = [
  host("registry", "npmjs", "org"),
  host("registry", "yarnpkg", "com"),
  host("pypi", "org"),
  host("files", "pythonhosted", "org"),
  host("proxy", "golang", "org"),
  host("static", "crates", "io"),
  host("deb", "debian", "org"),
  host("repo1?", "maven", "apache", "org"),
];

const rules: readonly Rule[] = [
  {
    name: "no-machine-path",
    pattern: /(?<![\w.$}\])])\/(?:root|home\/[a-z]\w*|Users\/\w+|work)\/[\w.]/,
    why: "a path of one machine does not exist on another",
  },
  {
    name: "no-registry-host",
    pattern: new RegExp(String.raw`\b(?:${registries.join("|")})\b`),
    why: "the package client's own configuration says where packages come from",
  },
  {
    name: "no-unfinished-test",
    pattern: /\b(?:it|test|describe|suite)\.(?:only|skip|todo|fails)\b/,
    files: /\.(?:test|spec)\.[jt]s$/,
    why: "a test runs, or it is not there",
  },
  {
    name: "no-retried-test",
    pattern: /\bretry:\s*[1-9]/,
    files: /\.(?:test\.ts|config\.ts)$/,
    why: "a test that passes the second time has found something the first time",
  },
  {
    name: "named-doors",
    pattern: /"\.\/\*"/,
    // The constructs of infra are what learners import, each by its name.
    files: /^packages\/[\w-]+\/package\.json$/,
    why: "a package has few doors, each named in its exports: what lies behind them can move",
  },
  {
    name: "no-way-around-a-door",
    pattern: /(?:from |import\()"(?:\.\.\/)+(?:packages|infra)\//,
    files: /^(?:apps|docs|infra|labs|packages)\/.*\.(?:ts|vue)$/,
    why: "another package is imported by its name",
  },
  {
    name: "no-unfinished-work",
    pattern: /\b(?:[T]ODO|[F]IXME)\b/,
    files: /\.(?:ts|js|go|sh|md)$/,
    why: "what is missing says so by name when it is used",
  },
];

/** Written by tools, or made of other people's words. */
const exempt = [
  /^pnpm-lock\.yaml$/,
  /package-lock\.json$/,
  /^packages\/local-aws\/(?:src\/models|scripts\/models)\//,
];
const binary = /\.(?:png|jpe?g|gif|ico|webp|woff2?|zip|gz|tgz)$/;

function checkFile(file: string): string[] {
  const relevant = rules.filter((rule) => !rule.files || rule.files.test(file));
  const lines = readFileSync(join(root, file), "utf8").split("\n");
  return lines.flatMap((line, index) =>
    relevant
      .filter(({ pattern }) => pattern.test(line))
      .map(({ name, why }) => `${file}:${index + 1} ${name}: ${why}\n    ${line.trim()}`),
  );
}

function checkWaits(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  const why = "on a machine that others use it takes longer: give it a minute";
  return findShortWaits(file, text).map((line) => `${file}:${line} no-short-wait: ${why}`);
}

const args = ["ls-files", "--cached", "--others", "--exclude-standard"];
const files = execFileSync("git", args, { cwd: root, encoding: "utf8" })
  .split("\n")
  .filter((file) => file !== "" && existsSync(join(root, file)))
  .filter((file) => !binary.test(file) && !exempt.some((pattern) => pattern.test(file)));
const tests = files.filter((file) => /\.test\.ts$|\/(?:tests|testing)\/.*\.ts$/.test(file));
const findings = [...files.flatMap(checkFile), ...tests.flatMap(checkWaits)];
for (const finding of findings) console.error(finding);
console.log(`${files.length} files, ${rules.length + 1} rules, ${findings.length} findings`);
process.exitCode = findings.length === 0 ? 0 : 1;
