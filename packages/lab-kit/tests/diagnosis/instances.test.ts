import { say } from "@workbook/toolchain";
import { afterAll, beforeAll, expect, test } from "vitest";

import { diagnose } from "../../src/diagnosis/diagnose.ts";
import type { FindingId } from "../../src/diagnosis/kinds.ts";
import { pollUntil } from "../../src/poll.ts";
import { REGION, startTestCloud, type TestCloud } from "../../src/testing/test-cloud.ts";
import { ENTRIES_BESIDE, ShownEntries } from "./entries-beside.ts";
import { type InstanceCase, makeInstances } from "./instance-cases.ts";
import { untilShown } from "./symptoms.ts";

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startTestCloud({ tasks: "off" });
}, 60_000);
afterAll(() => cloud.stop());

/** Mode host, on a port that every instance has a program of its own on. */
const ON_SSH = { networkMode: "host", port: 22 } as const;

const CASES: readonly (readonly [string, FindingId, RegExp, InstanceCase])[] = [
  [
    "user data that name another cluster",
    "instance-user-data",
    /i-\w+ does not register with cluster .*: its user data name elsewhere\.$/,
    { joins: "elsewhere" },
  ],
  ["no instance profile", "instance-role", /no instance profile with a role/, { role: "none" }],
  [
    "a role that may do nothing",
    "instance-role",
    /may not ecs:RegisterContainerInstance/,
    { role: "empty" },
  ],
  [
    "a security group that lets nothing out",
    "instance-network",
    /does not register with cluster .*sg-/,
    { isShutIn: true },
  ],
  [
    "a port that is taken, told by the service",
    "instance-port-taken",
    /already using a port required by your task/,
    { ...ON_SSH, byLaunchType: true },
  ],
  [
    "a port that is taken, where the group may not grow",
    "instance-port-taken",
    /wait for an instance \(1\): port 22 is taken on each that the cluster has \(1\)/,
    ON_SSH,
  ],
  [
    "more memory than the instance has",
    "instance-full",
    /too little MEMORY is left for 4000/,
    { memory: 4000 },
  ],
  [
    "more memory than any instance has, told by the service",
    "instance-full",
    /has insufficient memory available/,
    { memory: 4000, byLaunchType: true },
  ],
  [
    "a placement constraint that no instance meets",
    "instance-constraint",
    /placement constraint unsatisfied/,
    { placement: "attribute:ecs.instance-type == m5.large", byLaunchType: true },
  ],
  [
    "a log driver that its agent does not have",
    "instance-attribute",
    /is missing an attribute required by your task/,
    { logDriver: "gelf", byLaunchType: true },
  ],
];

/** What the catalogue says of these is told by a service that asks for the launch type: others wait without a word. */
const entries = new ShownEntries(ENTRIES_BESIDE.instances);

test.each(CASES.map((each, index) => ({ what: each[0], each, name: `case-${index}` })))(
  "why says of instances: $what",
  { timeout: 90_000 },
  async ({ each: [, id, words, given], name }) => {
    await makeInstances(cloud.aws, cloud.connection, name, given);
    const look = () => diagnose(cloud.aws, { region: REGION, cluster: name });
    const { last } = await pollUntil(
      look,
      ({ findings }) => findings.some((finding) => finding.id === id),
      { deadlineMs: 60_000, intervalMs: 50 },
    );
    expect(last.refused).toEqual([]);
    expect(last.findings).toEqual([expect.objectContaining({ id, subjects: [name] })]);
    expect(say(last.findings[0]!.cause, "en")).toMatch(words);
    if (!given.byLaunchType || !entries.isMissing(id)) return;
    await untilShown(cloud.aws, id, { cluster: name, services: [name] });
    entries.add(id);
  },
);

test("the words of every entry about instances were read", () => {
  expect(entries.missing).toEqual([]);
});
