import { join } from "node:path";
import { findRoot, say, UserError, type Language, type Words } from "@workbook/toolchain";
import {
  addCounts,
  formatCounts,
  formatEnd,
  type Counts,
  type Suite,
} from "../test-runner/counts.ts";
import { goSuite } from "../test-runner/go-suite.ts";
import { nodeSuite } from "../test-runner/node-suite.ts";
import { selectFiles } from "../test-runner/select-files.ts";
import { vitestSuite } from "../test-runner/vitest-suite.ts";

const ALL: Words = [
  "All tests but the journeys: some twenty minutes on two cores. ./workbook test NAME… runs a part.\n",
  "journey を除くすべてのテストを実行します (2 コアで 20 分ほど)。./workbook test NAME… で一部だけ実行できます。\n",
];
/**
 * Runs the tests whose path contains one of the names; without names all but the
 * journeys. Nothing is cached: a test that talks
 * to Terraform or to a server says something only when it runs. The last line is `N passed, N failed`, and those that
 * failed are named right above it.
 * @returns the exit code: 1 where a test failed
 * @throws UserError where an option is given, or a name is in no test's path (exit code 2)
 */
export async function runTests(args: readonly string[], language: Language): Promise<number> {
  if (args.some((arg) => arg === "--help" || arg === "-h")) {
    const { helpCommand } = await import("./help.ts");
    return helpCommand({ language }, "test", false);
  }
  const option = args.find((arg) => arg.startsWith("-"));
  if (option)
    throw usage([
      `\`test\` takes names of packages and files, not ${option}.`,
      `test に指定できるのはパッケージとファイルの名前です。${option} は使えません。`,
    ]);
  const suites = chooseSuites(findRoot(), args);
  if (suites.length === 0)
    throw usage([
      `No test file has ${args.join(" or ")} in its path.`,
      `パスに ${args.join(" または ")} を含むテストファイルはありません。`,
    ]);
  if (args.length === 0) process.stdout.write(say(ALL, language));
  const all: Counts[] = [];
  for (const suite of suites) {
    process.stdout.write(`\n── ${suite.title}\n`);
    const counts = await suite.run();
    process.stdout.write(`── ${suite.title}: ${formatCounts(counts)}\n`);
    all.push(counts);
  }
  const total = addCounts(all);
  process.stdout.write(`\n${formatEnd(total)}\n`);
  return total.failed === 0 ? 0 : 1;
}

function chooseSuites(root: string, names: readonly string[]): Suite[] {
  const files = selectFiles(root, names);
  return [
    ...byApp(files.go).map(([app]) => goSuite(join(root, app), app)),
    ...byApp(files.node).map(([app, list]) =>
      nodeSuite(
        join(root, app),
        list.map((file) => file.slice(app.length + 1)),
        app,
      ),
    ),
    ...(files.vitest.length > 0 ? [vitestSuite(root, files.vitest, names.length === 0)] : []),
  ];
}

/** `apps/go-app` and its files; each app is a project of its own. */
function byApp(files: readonly string[]): [string, string[]][] {
  const grouped = Object.groupBy(files, (file) => file.split("/").slice(0, 2).join("/"));
  return Object.entries(grouped).map(([app, list]) => [app, list ?? []]);
}

function usage(message: Words): UserError {
  return new UserError(message, { code: "USAGE", next: "./workbook test", exitCode: 2 });
}
