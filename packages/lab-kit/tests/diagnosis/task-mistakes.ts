import { ownImage } from "./web-image.ts";
import type { Mistake } from "./mistake.ts";
import type { BuiltApp, Stack } from "./stack.ts";

/** A new revision of an app, deployed. */
const revision =
  (
    which: (stack: Stack) => BuiltApp,
    ...change: Parameters<Stack["register"]> extends [unknown, ...infer Rest] ? Rest : never
  ) =>
  async (stack: Stack): Promise<void> => {
    const app = which(stack);
    await stack.deploy(app, await stack.register(app, ...change));
  };

const node = (stack: Stack) => stack.node;

export const TASK_MISTAKES: readonly Mistake[] = [
  {
    what: "a typo in the command",
    chapter: 7,
    finding: "container-command",
    node: { container: { command: ["nod", "/main.js"] } },
  },
  {
    what: "an entry point that is not in the image",
    chapter: 5,
    finding: "container-command",
    node: { container: { entryPoint: ["/docker-entrypoint.sh"] } },
  },
  {
    what: "a program that is not in the image",
    chapter: 5,
    finding: "container-exits",
    node: { container: { command: ["node", "/no-such-file.js"] } },
  },
  {
    what: "6 MiB of memory",
    chapter: 7,
    finding: "container-memory",
    node: { container: { memory: 6 } },
  },
  {
    what: "an app that crashes",
    chapter: 8,
    finding: "container-exits",
    node: { environment: { CRASH_ON_START: "3" } },
  },
  {
    what: "a new revision that crashes",
    chapter: 7,
    finding: "container-exits",
    after: revision(node, { environment: [{ name: "CRASH_ON_START", value: "3" }] }),
  },
  {
    what: "a new revision that crashes, and a circuit breaker that rolls back",
    chapter: 5,
    finding: "container-exits",
    node: {
      service: {
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
      },
    },
    after: revision(node, { environment: [{ name: "CRASH_ON_START", value: "3" }] }),
  },
  {
    what: "a program that ends with 0",
    chapter: 5,
    finding: "container-ends",
    node: { container: { command: ["node", "-e", "console.log('done')"] } },
  },
  {
    what: "a variable that the app needs is missing",
    chapter: 5,
    finding: "container-environment",
    node: { environment: { REQUIRED: "DATABASE_URL" } },
  },
  {
    what: "a user who may not listen on port 80",
    chapter: 5,
    finding: "container-port-rights",
    node: { environment: { EACCES: "1" } },
  },
  {
    what: "a proxy that looks for the container beside it by name",
    chapter: 5,
    finding: "container-upstream",
    node: {
      environment: {
        SAYS: 'nginx: [emerg] host not found in upstream "app" in /etc/nginx/conf.d/default.conf:6',
        CRASH_ON_START: "1",
      },
    },
  },
  {
    what: "a proxy that asks a port on which nobody listens",
    chapter: 7,
    finding: "upstream-refused",
    node: {
      environment: {
        SAYS: '[error] 22#22: *1 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.5, server: , request: "GET /healthz HTTP/1.1", upstream: "http://127.0.0.1:3001/healthz"',
        HEALTH: "502",
      },
    },
  },
  {
    what: "a sidecar that ends, and is essential",
    chapter: 5,
    finding: "container-ends",
    before: async ({ node: { definition }, options }) => {
      definition.containerDefinitions!.push({
        name: "migrate",
        image: options.image,
        essential: true,
        command: ["node", "-e", "setTimeout(() => {}, 300)"],
      });
    },
  },
  {
    what: "a container health check that always fails",
    chapter: 7,
    finding: "container-health-check",
    node: {
      container: {
        healthCheck: { command: ["CMD-SHELL", "exit 1"], interval: 5, retries: 1, timeout: 2 },
      },
    },
  },
  {
    what: "a container health check with a program that is not there",
    chapter: 5,
    finding: "container-health-check",
    node: {
      container: { healthCheck: { command: ["CMD", "/no/curl"], interval: 5, retries: 1 } },
    },
  },
  {
    what: "a volume that plain processes cannot share",
    chapter: 5,
    finding: "local-limit",
    node: {
      container: { mountPoints: [{ sourceVolume: "data", containerPath: "/data" }] },
      task: { volumes: [{ name: "data" }] },
    },
  },
  {
    what: "the image is deleted, and a task has to be replaced",
    chapter: 5,
    finding: "image-missing",
    before: ownImage,
    after: async ({ aws, cluster, options: { number } }) => {
      const repositoryName = `own-${number}`;
      await aws.ecr.batchDeleteImage({ repositoryName, imageIds: [{ imageTag: "v1" }] });
      const { taskArns = [] } = await aws.ecs.listTasks({ cluster });
      await aws.ecs.stopTask({ cluster, task: taskArns[0]! });
    },
  },
  {
    what: "the whole command is one word",
    chapter: 5,
    finding: "container-command",
    node: { container: { command: ["node /main.js"] } },
  },
  {
    what: "a shell that is given the command in two words runs the first alone",
    chapter: 7,
    finding: "container-ends",
    node: { container: { entryPoint: ["sh", "-c"], command: ["node", "/main.js --flag"] } },
  },
  {
    what: "a port with a letter in it",
    chapter: 7,
    finding: "container-exits",
    node: { environment: { PORT: "8O" } },
  },
  {
    what: "two containers want the same port",
    chapter: 5,
    finding: "container-port-taken",
    before: async ({ node: { definition }, options }) => {
      definition.containerDefinitions!.push({
        name: "second",
        image: options.image,
        essential: true,
        environment: [{ name: "PORT", value: "80" }],
        logConfiguration: definition.containerDefinitions![0]!.logConfiguration,
      });
    },
  },
  {
    what: "the wrong container's memory is limited to what a sidecar needs",
    chapter: 5,
    finding: "container-memory",
    node: { container: { memory: 8, memoryReservation: 6 } },
  },
  {
    what: "a tag that was never pushed, and a circuit breaker",
    chapter: 5,
    finding: "image-missing",
    node: {
      service: {
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
      },
    },
    after: async (stack) => {
      const image = stack.options.image.replace(/:[^:]*$/, ":next");
      await stack.deploy(stack.node, await stack.register(stack.node, { image }));
    },
  },
  {
    what: "a container health check in a shell's language, without a shell",
    chapter: 7,
    finding: "container-health-check",
    node: {
      container: {
        healthCheck: {
          command: ["CMD", "curl -f http://localhost/ || exit 1"],
          interval: 5,
          retries: 1,
          timeout: 2,
        },
      },
    },
  },
];
