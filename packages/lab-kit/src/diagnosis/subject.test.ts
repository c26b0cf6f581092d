import type { Task } from "@aws-sdk/client-ecs";
import { expect, test } from "vitest";

import { subjectOf } from "./subject.ts";

const DEFINITION = "arn:aws:ecs:ap-northeast-1:123456789012:task-definition/web:1";
const DEPLOYMENT = "ecs-svc/1";
const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1000);

const failed: Task = {
  startedBy: DEPLOYMENT,
  stopCode: "EssentialContainerExited",
  startedAt: secondsAgo(61),
  stoppedAt: secondsAgo(60),
};
const living: Task = { startedBy: DEPLOYMENT, startedAt: secondsAgo(50) };

const ofRevision = (revision: number) => ({ taskDefinitionArn: `${DEFINITION}${revision}` });

/** A task that was told to stop, and how it ended. */
const told = (revision: number, exitCode: number): Task => ({
  ...ofRevision(revision),
  stopCode: "ServiceSchedulerInitiated",
  containers: [{ exitCode }],
});

/** A service that says of itself that it has come to rest, one of whose tasks had failed. */
const subjectBeside = (running: readonly Task[], stopped: readonly Task[] = [failed]) =>
  subjectOf({
    service: {
      serviceName: "web",
      taskDefinition: DEFINITION,
      desiredCount: 1,
      runningCount: 1,
      deployments: [
        {
          id: DEPLOYMENT,
          status: "PRIMARY",
          rolloutState: "COMPLETED",
          taskDefinition: DEFINITION,
        },
      ],
    },
    definitions: new Map([[DEFINITION, { taskDefinitionArn: DEFINITION }]]),
    stopped,
    running,
    newest: undefined,
  });

test("a failure counts as mended once the tasks have outlived those that failed", () => {
  expect(subjectBeside([living])?.failures).toEqual([]);
});

test("a failure stays one where the task that ran when the service was read has ended meanwhile", () => {
  expect(subjectBeside([])?.failures).toEqual([failed]);
});

test("a task that was killed tells nothing of SIGTERM where those of its revision end by themselves", () => {
  const stopped = [{ ...failed, ...ofRevision(1) }, told(1, 137), told(2, 137)];
  expect(subjectBeside([living], stopped)?.killed).toEqual([told(2, 137)]);
});

test("a task that was killed tells nothing of SIGTERM where another one of its revision ended in time", () => {
  const stopped = [told(1, 137), told(1, 0), told(2, 137), told(3, 143)];
  expect(subjectBeside([living], stopped)?.killed).toEqual([told(2, 137)]);
});
