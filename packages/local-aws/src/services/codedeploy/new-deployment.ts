import { randomInt } from "node:crypto";
import type { RevisionLocation } from "@aws-sdk/client-codedeploy";
import type { DeploymentGroup, GroupSettings, Routing, StoredDeployment } from "./state.ts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** `d-` and nine letters and digits. */
export const newDeploymentId = () =>
  `d-${Array.from({ length: 9 }, () => LETTERS[randomInt(LETTERS.length)]).join("")}`;

/** The lifecycle events of a deployment of ECS, in their order. https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html#appspec-hooks-ecs */
export const EVENTS = [
  "BeforeInstall",
  "Install",
  "AfterInstall",
  "AllowTestTraffic",
  "AfterAllowTestTraffic",
  "BeforeAllowTraffic",
  "AllowTraffic",
  "AfterAllowTraffic",
] as const;

export type EventName = (typeof EVENTS)[number];

/** Those of a test listener are there where one is. */
const OF_TESTS: ReadonlySet<string> = new Set(["AllowTestTraffic", "AfterAllowTestTraffic"]);

/** What a new deployment is made of. */
export interface NewDeployment {
  readonly group: DeploymentGroup;
  readonly settings: GroupSettings;
  readonly routing: Routing;
  readonly revision: RevisionLocation;
  readonly description?: string | undefined;
  readonly creator: StoredDeployment["creator"];
  readonly now: number;
}

/** A deployment that has not begun; the engine takes it from there. */
export function newDeployment(wanted: NewDeployment): StoredDeployment {
  const { group, settings, routing, revision, description, creator, now } = wanted;
  const hasTests = settings.routes.testListenerArn !== undefined;
  return {
    id: newDeploymentId(),
    applicationName: group.applicationName,
    groupName: group.name,
    groupId: group.id,
    settings,
    routing,
    revision,
    ...(group.target && { previousRevision: group.target.revision }),
    ...(description !== undefined && { description }),
    creator,
    status: "Created",
    createdAt: now,
    step: "begin",
    stepAt: now,
    asked: {},
    weight: 0,
    lifecycle: EVENTS.filter((name) => hasTests || !OF_TESTS.has(name)).map((name) => ({
      name,
      status: "Pending",
    })),
    updatedAt: now,
  };
}
