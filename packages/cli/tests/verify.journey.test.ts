import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findLab, type Lab, type Mutation } from "@workbook/lab-kit";
import { verify } from "@workbook/lab-kit/deploy";
import { findGo, findTerraform, nodeRuntimeFolder } from "@workbook/toolchain";
import { afterAll, expect, test } from "vitest";
import { localTarget } from "../src/target/local-target.ts";
import { TestWorkbook } from "../src/testing/workbook.ts";
import { openWorkspace } from "../src/workspace.ts";

const state = mkdtempSync(join(tmpdir(), "verify-test-"));
const workbook = new TestWorkbook();
afterAll(async () => {
  rmSync(state, { recursive: true, force: true });
  await workbook.remove();
}, 5 * 60_000);

/** Claims about chapter 01, some of them false: who proves what is true must not prove these. */
const CLAIMS: Mutation[] = [
  {
    id: "true-claim",
    file: "stack.ts",
    replace: 'name: settings.named("nodejs-app"),\n      imageTagMutability: "IMMUTABLE",',
    by: 'name: settings.named("nodejs-app"),',
    caughtBy: "node-repository",
    fault: "tags-mutable",
  },
  {
    id: "truly-refused",
    file: "stack.ts",
    replace: 'name: settings.named("golang-app"),',
    by: 'name: settings.named("nodejs-app"),',
    caughtBy: "go-repository",
    fault: "missing",
    deployed: { refused: "RepositoryAlreadyExistsException" },
  },
  {
    id: "another-hint",
    file: "stack.ts",
    replace: 'name: settings.named("golang-app"),',
    by: 'name: settings.named("nodejs-app"),',
    caughtBy: "go-repository",
    fault: "tags-mutable",
  },
  {
    id: "other-words",
    file: "stack.ts",
    replace: 'name: settings.named("golang-app"),',
    by: 'name: settings.named("nodejs-app"),',
    caughtBy: "go-repository",
    fault: "missing",
    deployed: { refused: "LimitExceededException" },
  },
];

test(
  "what is true of a lab is proved against a cloud, and what is not is told with all there is to see",
  async () => {
    const workspace = openWorkspace({ WORKBOOK_DIR: state, OWNER: "hanako" });
    const { root } = workspace;
    const node = await nodeRuntimeFolder({ root });
    const lab: Lab = {
      ...(await findLab(workspace.labs, "01")),
      startFailsAt: "images-pushed",
      mutations: CLAIMS,
    };
    const report = await verify({
      root,
      state,
      labs: [lab],
      wanted: [lab],
      lanes: 2,
      tools: {
        terraform: (await findTerraform({ root })).path,
        build: {
          node: `${node}/node`,
          npm: `${node}/npm`,
          go: (await findGo({ root })).path,
          path: [node],
        },
      },
      targetOf: ({ homeAddress, ...cloud }) =>
        localTarget(workspace, { ...cloud, health: { homeAddress } }),
      onProof: () => {},
    });
    const held = (passed: boolean) =>
      report.proofs
        .filter((proof) => proof.passed === passed)
        .map(({ kind, id }) => (kind === id ? kind : `${kind} ${id}`))
        .toSorted();
    expect(held(true)).toEqual([
      "deploy",
      "deployed-mutation truly-refused",
      "destroy",
      "mutation other-words",
      "mutation true-claim",
      "mutation truly-refused",
      "second-plan",
      "solution",
    ]);
    expect(held(false)).toEqual([
      "deployed-mutation other-words",
      "mutation another-hint",
      "start",
    ]);
    expect(report.passed).toBe(false);
    const refused = report.proofs.find(
      ({ kind, passed }) => kind === "deployed-mutation" && !passed,
    );
    expect(refused!.detail).toMatch(/not with "LimitExceededException": .*RepositoryAlreadyExists/);
    const kept = readdirSync(refused!.artifacts!, { recursive: true });
    expect(kept).toEqual(
      expect.arrayContaining(["error.txt", "topology.json", "mutant.ts", "images/cdk.tf.json"]),
    );
    expect(readFileSync(join(refused!.artifacts!, "images/apply.log"), "utf8")).toContain(
      "RepositoryAlreadyExistsException",
    );
    // Nothing is left of the clouds, their tasks and their providers.
    expect(readdirSync(state).filter((name) => name.startsWith("verify-"))).toEqual([]);
  },
  15 * 60_000,
);

test.each([
  [["verify"], /Say which labs to verify, or --all/],
  [["verify", "99"], /There is no chapter "99"/],
  [["verify", "--all", "--shard", "5/4"], /--shard takes a part such as 1\/4, not 5\/4/],
  [["verify", "--all", "--lanes", "none"], /--lanes takes a number from 1 to 16, not none/],
])("`%j` is a mistake, and nothing is started", async (args, says) => {
  const { code, stderr } = await workbook.run(args);
  expect(stderr).toMatch(says);
  expect(code).toBe(2);
  expect(existsSync(workbook.dataDir)).toBe(false);
});
