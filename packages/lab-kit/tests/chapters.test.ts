import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";

import { afterAll, beforeAll, expect, test } from "vitest";

import { findLab } from "../src/load-lab.ts";
import { readBlocks, type StackBlocks } from "../src/neighbours.ts";
import { synthesise } from "../src/synth.ts";
import { GO_APP, NODE_APP } from "../src/web-app.ts";

const LABS = resolve(import.meta.dirname, "../../../labs");
const SETTINGS = { owner: "hanako", region: "ap-northeast-1", homeCidr: "203.0.113.7/32" };

/** What a chapter's solution has that the one before has not, by type, and what it changes of what was there. */
interface Taught {
  readonly lab: string;
  readonly adds: readonly string[];
  readonly changes: readonly string[];
}

const TAUGHT: readonly Taught[] = [
  {
    lab: "02",
    adds: [
      "aws_eip",
      "aws_internet_gateway",
      "aws_nat_gateway",
      "aws_route",
      "aws_route_table",
      "aws_route_table_association",
      "aws_security_group",
      "aws_subnet",
      "aws_vpc",
      "aws_vpc_security_group_egress_rule",
      "aws_vpc_security_group_ingress_rule",
    ],
    changes: [],
  },
  {
    lab: "03",
    adds: ["aws_ecs_cluster", "aws_ecs_cluster_capacity_providers", "cluster_name"],
    changes: [],
  },
  {
    lab: "04",
    adds: ["aws_ecs_task_definition", "aws_iam_policy", "aws_iam_role", "aws_iam_role_policy"],
    changes: [],
  },
  { lab: "05", adds: ["aws_ecs_service"], changes: [] },
  {
    lab: "06",
    adds: ["aws_cloudwatch_log_group", "aws_iam_policy_document"],
    changes: [
      "service/resource.aws_ecs_task_definition.node_task",
      "service/resource.aws_iam_role_policy.execution_role_policy",
    ],
  },
  {
    lab: "07",
    adds: ["alb_dns_name", "aws_lb", "aws_lb_listener", "aws_lb_target_group"],
    changes: ["service/resource.aws_ecs_service.node_service"],
  },
  {
    lab: "08",
    adds: [
      "aws_cloudwatch_log_group",
      "aws_ecs_service",
      "aws_ecs_task_definition",
      "aws_lb_listener",
      "aws_lb_target_group",
      "aws_security_group",
      "aws_vpc_security_group_egress_rule",
      "aws_vpc_security_group_ingress_rule",
    ],
    changes: [],
  },
];

let scratch: string;
const solutions = new Map<string, StackBlocks>();

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "chapters-"));
  for (const lab of ["01", ...TAUGHT.map((each) => each.lab)]) {
    const { directory } = await findLab(LABS, lab);
    const outDirectory = join(scratch, lab);
    const images = [NODE_APP, GO_APP].map((app) => ({ app, image: `${app.repository}-hanako:v1` }));
    await synthesise({
      labDirectory: directory,
      variant: "solution",
      settings: SETTINGS,
      images,
      outDirectory,
    });
    solutions.set(lab, readBlocks(outDirectory));
  }
}, 120_000);
afterAll(() => rm(scratch, { recursive: true, force: true }));

test.each(TAUGHT)("chapter $lab adds and changes what it teaches, and nothing else", (taught) => {
  const { lab, adds, changes } = taught;
  const before = solutions.get(String(Number(lab) - 1).padStart(2, "0"))!;
  const after = solutions.get(lab)!;
  const added = Object.keys(after).filter((address) => !(address in before));
  const changed = Object.keys(after).filter(
    (address) => address in before && !isDeepStrictEqual(after[address], before[address]),
  );
  expect([...new Set(added.map((address) => address.split(".")[1]))].toSorted()).toEqual(adds);
  expect(changed.toSorted()).toEqual(changes);
  expect(Object.keys(before).filter((address) => !(address in after))).toEqual([]);
});
