import {
  type CheckResult,
  type Container,
  containerOf,
  containersOf,
  failed,
  hint,
  NODE_APP,
  type PublicApp,
  type SynthContext,
  type SynthResource,
  taskDefinitionsOf,
} from "@workbook/lab-kit";
import type { Words } from "@workbook/toolchain";

/** nginx in front of the Node.js app, as visitors meet it. */
export const WEB: PublicApp = {
  container: "nginx",
  publicImage: "public.ecr.aws/docker/library/nginx",
  port: 80,
  listener: 8081,
  greeting: NODE_APP.greeting,
};

/** The task in which nginx runs, and its containers by what they are for. */
export interface WebTask {
  readonly definition: SynthResource;
  readonly containers: readonly Container[];
  readonly nginx: Container;
  readonly app: Container | undefined;
  /** The container that prepares something for the other two. */
  readonly writer: Container | undefined;
}

/** The task that runs nginx; undefined where the stack has none. */
export function webTask(context: SynthContext): WebTask | undefined {
  const [definition] = taskDefinitionsOf(context, WEB);
  const nginx = definition && containerOf(context, WEB, definition);
  if (definition === undefined || nginx === undefined) return undefined;
  const containers = containersOf(definition) ?? [];
  const app = containerOf(context, NODE_APP, definition);
  const writer = containers.find((each) => each !== nginx && each !== app);
  return { definition, containers, nginx, app, writer };
}

/** Where the app listens, as its task tells it. */
export function appPort({ app }: WebTask): string | undefined {
  return app?.environment.get("PORT");
}

/** AWS's page about a parameter of task definitions, in both languages. */
export function parameterPage(anchor: string): Words {
  const page = `AmazonECS/latest/developerguide/task_definition_parameters.html#${anchor}`;
  return [`https://docs.aws.amazon.com/${page}`, `https://docs.aws.amazon.com/ja_jp/${page}`];
}

/** Help where there is no such task yet. */
export const NO_TASK = hint(
  ["Which task runs nginx?", "nginx はどのタスクで動きますか。"],
  ["Write that one first.", "先にそのタスクを書きます。"],
  'return new EcsTaskDefinition(this, "web_task", { … });',
);

/** Asks something of the task that runs nginx, where there is one. */
export function withTask<Fault extends string>(
  context: SynthContext,
  examine: (context: SynthContext, task: WebTask) => CheckResult<Fault>,
): CheckResult<Fault | "no-task"> {
  const task = webTask(context);
  return task === undefined
    ? failed(
        "no-task",
        ["a task definition that runs nginx", "nginx を動かすタスク定義がある"],
        ["there is none", "ありません"],
      )
    : examine(context, task);
}
