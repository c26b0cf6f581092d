import { join } from "node:path";
import { findRoot, say, UserError, type Language, type Words } from "@workbook/toolchain";
import { addCounts, formatCounts, type Counts, type Suite } from "../test-runner/counts.ts";
import { goSuite } from "../test-runner/go-suite.ts";
import { nodeSuite } from "../test-runner/node-suite.ts";
import { selectFiles } from "../test-runner/select-files.ts";
import { vitestSuite } from "../test-runner/vitest-suite.ts";

const ALL: Words = [
  "All tests but the journeys: some fifteen minutes on two cores. ./workbook test NAME… runs a part.\n",
  "journey を除くすべてのテストを実行します (2 コアで 15 分ほど)。./workbook test NAME… で一部だけ実行できます。\n",
];
const HELP: Words = [
  `./workbook test              every test but the journeys
./workbook test NAME…        those whose path contains a name: infra, go-app, @workbook/cli, lab-kit/src/poll
./workbook test journey      whole paths through the product, at a terminal: half an hour
./workbook test walk         all chapters one after the other in one workspace, in both languages: an hour
`,
  `./workbook test              journey を除くすべてのテスト
./workbook test NAME…        パスに名前を含むテスト: infra、go-app、@workbook/cli、lab-kit/src/poll
./workbook test journey      端末で製品を通して使うテスト: 30 分ほど
./workbook test walk         1 つのワークスペースで全章を順に、両方の言語で: 1 時間ほど
`,
];

/**
 * Runs the tests whose path contains one of the names; without names all but the
 * journeys. Nothing is cached: a test that talks
 * to Terraform or to a server says something only when it runs. The last line is `N passed, N failed`.
 * @returns the exit code: 1 where a test failed
 * @throws UserError where an option is given, or a name is in no test's path (exit code 2)
 */
export async function runTests(args: readonly string[], language: Language): Promise<number> {
  if (args.some((arg) => arg === "--help" || arg === "-h")) {
    process.stdout.write(say(HELP, language));
    return 0;
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
  process.stdout.write(`\n${formatCounts(total)}\n`);
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
