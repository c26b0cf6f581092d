import type {
  PathPicture,
  PictureMessage,
  TaskPicture,
  VpcPicture,
} from "@workbook/local-aws/live";
import { expect, test } from "vitest";

import { drawBands, drawTasks, tasksElsewhere, toWays } from "./picture-model.ts";

const task = (id: string, revision: number, subnetId: string): TaskPicture => ({
  taskArn: `arn:aws:ecs:ap-northeast-1:123456789012:task/main/${id}`,
  serviceName: "web",
  taskDefinition: `web:${revision}`,
  lastStatus: "RUNNING",
  desiredStatus: "RUNNING",
  subnetId,
  address: null,
  startedAt: null,
});

const subnet = (subnetId: string, availabilityZone: string, isPublic: boolean) => ({
  subnetId,
  availabilityZone,
  isPublic,
  name: null,
  cidrBlock: "10.0.0.0/24",
  natGateways: [],
});

const vpc: VpcPicture = {
  vpcId: "vpc-1",
  name: null,
  cidrBlock: "10.0.0.0/16",
  hasInternetGateway: true,
  subnets: [
    subnet("private-c", "c", false),
    subnet("public-a", "a", true),
    subnet("private-a", "a", false),
  ],
  loadBalancers: [],
};

const picture: PictureMessage = {
  type: "picture",
  at: 0,
  repositories: [],
  vpcs: [vpc],
  paths: [],
  roles: [],
  pipelines: [],
  schedules: [],
  calendarAhead: 0,
  clusters: [
    {
      clusterArn: "arn:cluster/main",
      name: "main",
      tasks: [task("t1", 1, "private-a"), task("t2", 2, "private-c"), task("t3", 2, "default")],
      services: [
        {
          serviceArn: "arn:service/main/web",
          name: "web",
          desiredCount: 2,
          runningCount: 2,
          pendingCount: 0,
          deployments: [
            { id: "new", status: "PRIMARY", taskDefinition: "web:2", rolloutState: "IN_PROGRESS" },
            { id: "old", status: "ACTIVE", taskDefinition: "web:1", rolloutState: "COMPLETED" },
          ],
          events: [],
          scaling: null,
        },
      ],
    },
  ],
};

test("a task of a revision that its service replaces is old", () => {
  const tones = drawTasks(picture).map(({ id, tone }) => [id, tone]);
  expect(tones).toEqual([
    ["t1", "old"],
    ["t2", "current"],
    ["t3", "current"],
  ]);
});

test("public subnets stand above private ones, and zones below each other", () => {
  const bands = drawBands(vpc, drawTasks(picture));
  expect(
    bands.map(({ isPublic, zones }) => [
      isPublic,
      zones.map(({ zone, subnets }) => [
        zone,
        subnets.map(({ tasks }) => tasks.map(({ id }) => id)),
      ]),
    ]),
  ).toEqual([
    [
      true,
      [
        ["a", [[]]],
        ["c", []],
      ],
    ],
    [
      false,
      [
        ["a", [["t1"]]],
        ["c", [["t2"]]],
      ],
    ],
  ]);
});

test("a task outside the VPCs that are drawn is not lost", () => {
  expect(tasksElsewhere(picture, drawTasks(picture)).map(({ id }) => id)).toEqual(["t3"]);
});

test("ports that share their fate share an arrow, and keep every reason", () => {
  const path = (port: number, code: string | null): PathPicture => ({
    from: "internet",
    to: "alb",
    port,
    allowed: code === null,
    code,
    reason: code && `no rule for ${port}`,
  });
  const ways = toWays([
    path(80, "SecurityGroupIngress"),
    path(8080, "SecurityGroupIngress"),
    path(81, null),
  ]);
  expect(ways.map(({ ports, allowed, reasons }) => ({ ports, allowed, reasons }))).toEqual([
    { ports: [80, 8080], allowed: false, reasons: ["no rule for 80", "no rule for 8080"] },
    { ports: [81], allowed: true, reasons: [] },
  ]);
});
