import type { Mistake } from "./mistake.ts";
import type { Stack } from "./stack.ts";

/** The image of an app's container, changed. */
const image =
  (change: (image: string) => string) =>
  async ({ node }: Stack): Promise<void> => {
    const [container] = node.definition.containerDefinitions!;
    container!.image = change(container!.image!);
  };

const logs =
  (changes: Readonly<Record<string, string>>) =>
  async ({ node }: Stack): Promise<void> => {
    const { options } = node.definition.containerDefinitions![0]!.logConfiguration!;
    Object.assign(options!, changes);
  };

const NO_SUCH_DIGEST = `sha256:${"0".repeat(64)}`;

/** What keeps a task from its images, and from where it logs to. */
export const IMAGE_AND_LOG_MISTAKES: readonly Mistake[] = [
  {
    what: "an image tag that was never pushed",
    chapter: 8,
    finding: "image-missing",
    before: image((name) => name.replace(/:[^:]*$/, ":never")),
  },
  {
    what: "a new revision with a tag that was never pushed",
    chapter: 7,
    finding: "image-missing",
    after: async (stack) => {
      const { image: name } = stack.options;
      const change = { image: name.replace(/:[^:]*$/, ":never") };
      await stack.deploy(stack.node, await stack.register(stack.node, change));
    },
  },
  {
    what: "a digest that is not there",
    chapter: 5,
    finding: "image-missing",
    before: image((name) => `${name.replace(/:[^:]*$/, "")}@${NO_SUCH_DIGEST}`),
  },
  {
    what: "a repository that does not exist",
    chapter: 5,
    finding: "image-repository-missing",
    before: image((name) => name.replace(/\/[^/]*$/, "/no-such-repository:v1")),
  },
  {
    what: "the registry of another account",
    chapter: 5,
    finding: "image-registry",
    before: image(() => "999999999999.dkr.ecr.us-east-1.amazonaws.com/nodejs-app:v1"),
  },
  {
    what: "an image of Docker Hub",
    chapter: 5,
    finding: "image-registry",
    before: image(() => "no-such-user/nodejs-app:v1"),
  },
  {
    what: "a task for ARM64 with an image for this machine",
    chapter: 7,
    finding: "image-platform",
    node: { task: { runtimePlatform: { cpuArchitecture: "ARM64" } } },
  },
  {
    what: "logs to a group that does not exist",
    chapter: 8,
    finding: "log-group-missing",
    before: logs({ "awslogs-group": "/ecs/no-such-group" }),
  },
  {
    what: "logs to another region",
    chapter: 5,
    finding: "log-region",
    before: logs({ "awslogs-region": "us-east-1" }),
  },
  {
    what: "the log group is deleted while tasks run",
    chapter: 5,
    finding: "log-group-missing",
    after: async ({ aws, node: { logGroup: logGroupName } }) => {
      await aws.logs.deleteLogGroup({ logGroupName });
    },
  },
  {
    what: "a log buffer whose size is none",
    chapter: 5,
    finding: "log-options",
    before: logs({ mode: "non-blocking", "max-buffer-size": "big" }),
  },
  {
    what: "two ways to begin a log event at once",
    chapter: 5,
    finding: "log-options",
    catalogues: "log-options",
    before: logs({ "awslogs-datetime-format": "%Y", "awslogs-multiline-pattern": "^INFO" }),
  },
];
