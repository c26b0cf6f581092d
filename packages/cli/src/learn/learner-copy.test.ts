import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { listLabs, loadLab } from "@workbook/lab-kit";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { labFiles } from "@workbook/lab-kit";
import { ensureCopy, replaceCopy } from "./learner-copy.ts";
import { learnerFolder, type LearnerFolder } from "./learner-folder.ts";
import { writeProjectFiles } from "./learner-copy.ts";

const ROOT = join(import.meta.dirname, "../../../..");
const COMPILER = join(
  dirname(createRequire(import.meta.url).resolve("typescript/package.json")),
  "bin/tsc",
);

let folder: LearnerFolder;

beforeEach(() => {
  const scratch = mkdtempSync(join(tmpdir(), "project-"));
  onTestFinished(() => rmSync(scratch, { recursive: true, force: true }));
  folder = learnerFolder({ learner: join(scratch, "workspace") });
});

/** What the compiler says of the project in the learner's folder, and the learner's files that it looked at. */
async function compile(): Promise<{ problems: string[]; files: string[] }> {
  const args = [COMPILER, "-p", folder.root, "--listFiles", "--pretty", "false"];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error: { stdout: string }) => error);
  const lines = stdout.split("\n");
  return {
    problems: lines.filter((line) => /\berror TS\d+:/.test(line)),
    files: lines
      .filter((line) => line.startsWith(folder.root) && !line.includes("node_modules"))
      .map((line) => line.slice(folder.root.length + 1)),
  };
}

const labs = () =>
  Promise.all(listLabs(join(ROOT, "labs")).map((id) => loadLab(join(ROOT, "labs", id))));

test.each(["start", "solution"] as const)(
  "the project that editors open has the %s of every chapter in it, and finds nothing wrong there",
  async (variant) => {
    const all = await labs();
    for (const lab of all) replaceCopy(folder, ROOT, lab, labFiles(lab, variant));
    const { problems, files } = await compile();
    expect(problems).toEqual([]);
    const given = all.flatMap((lab) =>
      lab.files.filter((name) => name.endsWith(".ts")).map((name) => `${lab.id}/${name}`),
    );
    expect(files.toSorted()).toEqual(given.toSorted());
  },
);

test("the project refuses no code that works, and what Node could not run it refuses", async () => {
  const [lab] = await labs();
  ensureCopy(folder, ROOT, lab!);
  const write = (name: string, text: string) =>
    writeFileSync(join(folder.root, lab!.id, name), text);
  write(
    "works.ts",
    `import { EcsService } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import { Subnet } from "@cdktf/provider-aws/lib/subnet/index.js";
import { Network } from "@workbook/infra/network";
import type { Settings } from "@workbook/infra/settings";
import type { Construct } from "constructs";

export class Works {
  cluster: string;
  constructor(scope: Construct, settings: Settings) {
    const name = (suffix) => settings.named("x") + suffix;
    const subnets = settings.availabilityZones.map(
      (availabilityZone, index) =>
        new Subnet(scope, \`subnet_\${index}\`, { vpcId: name("vpc"), availabilityZone }),
    );
    const network = new Network(scope, "network", { name: "x", availabilityZones: settings.availabilityZones });
    const [first] = subnets;
    new EcsService(scope, "service", {
      name: subnets[0].id + first.id + subnets.at(-1).id,
      networkConfiguration: { subnets: network.privateSubnetIds },
    });
  }
}
`,
  );
  write("enum.ts", "export enum Port {\n  Http = 80,\n}\n");
  expect((await compile()).problems).toEqual([
    expect.stringContaining("enum.ts(1,13): error TS1294"),
  ]);
});

test("a learner's own settings stay, and those of an earlier workbook are brought up to date", () => {
  const file = join(folder.root, "tsconfig.json");
  mkdirSync(folder.root, { recursive: true });
  const earlier = {
    extends: `../tsconfig.json`,
    include: ["*/"],
    exclude: ["**/node_modules", "**/cdktf.out"],
  };
  writeFileSync(file, `${JSON.stringify(earlier, null, 2)}\n`);
  const root = dirname(folder.root);
  writeProjectFiles(folder, root);
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
    compilerOptions: { typeRoots: ["../node_modules/@types"] },
    include: ["**/*.ts"],
  });
  writeFileSync(file, "{}\n");
  writeProjectFiles(folder, root);
  expect(readFileSync(file, "utf8")).toBe("{}\n");
});
