import type { Mistake } from "./mistake.ts";
import type { Stack } from "./stack.ts";

const SERVES =
  "require('http').createServer((_, answer) => answer.end('hello')).listen(process.env.PORT)";
const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "ecs-tasks.amazonaws.com" },
      Action: "sts:AssumeRole",
    },
  ],
});

const BREAKER = { deploymentCircuitBreaker: { enable: true, rollback: false } };

/** The task that runs, for a session with it. */
async function openSession({ aws, cluster }: Stack): Promise<void> {
  const { taskArns = [] } = await aws.ecs.listTasks({ cluster });
  await aws.ecs.executeCommand({ cluster, task: taskArns[0], command: "sh", interactive: true });
}

/** What shows when a task is to stop, to wait for another container, or to be entered. */
export const SIGNAL_MISTAKES: readonly Mistake[] = [
  {
    what: "a program that does not heed SIGTERM",
    chapter: 5,
    finding: "container-signal",
    node: {
      container: {
        command: ["node", "-e", `process.on('SIGTERM', () => {}); ${SERVES}`],
        stopTimeout: 2,
      },
    },
    after: async ({ aws, cluster }) => {
      const { taskArns = [] } = await aws.ecs.listTasks({ cluster });
      await aws.ecs.stopTask({ cluster, task: taskArns[0] });
    },
  },
  {
    what: "a container that waits for one that is never healthy",
    chapter: 5,
    finding: "container-dependency",
    before: async ({ node: { definition }, options: { image } }) => {
      const [container] = definition.containerDefinitions!;
      container!.dependsOn = [{ containerName: "cache", condition: "HEALTHY" }];
      definition.containerDefinitions!.push({
        name: "cache",
        image,
        essential: false,
        command: ["node", "-e", "setInterval(() => {}, 1000)"],
        healthCheck: { command: ["CMD-SHELL", "exit 1"], interval: 5, retries: 1, timeout: 2 },
      });
    },
  },
  {
    what: "ECS Exec without the rights for it",
    chapter: 5,
    finding: "exec-rights",
    node: { service: { enableExecuteCommand: true } },
    before: async ({ aws: { iam }, node, options: { number } }) => {
      const RoleName = `exec-${number}`;
      const { Role } = await iam.createRole({ RoleName, AssumeRolePolicyDocument: TRUST });
      node.definition.taskRoleArn = Role!.Arn!;
    },
    asks: openSession,
  },
  {
    what: "a revision that crashes, and a circuit breaker that goes back to nothing",
    chapter: 5,
    finding: "container-exits",
    also: ["breaker-without-rollback"],
    catalogues: "breaker-without-rollback",
    node: {
      environment: { CRASH_ON_START: "3" },
      service: { deploymentConfiguration: BREAKER },
    },
  },
];
