import {
  type CheckResult,
  type Container,
  containerOf,
  containersOf,
  failed,
  hint,
  NODE_APP,
  parseJsonText,
  type SynthContext,
  type SynthResource,
  taskDefinitionsOf,
} from "@workbook/lab-kit";
import type { Words } from "@workbook/toolchain";

/** The task of the Node.js app, and its containers by what they are for. */
export interface RoutedTask {
  readonly definition: SynthResource;
  readonly app: Container;
  readonly router: Router | undefined;
  /** The container that prepares the router's file. */
  readonly writer: Container | undefined;
}

/** A container with a `firelensConfiguration`. */
export interface Router {
  readonly container: Container;
  readonly type: string;
  readonly options: Readonly<Record<string, string>>;
}

/** Help where there is no such task any more. */
export const NO_TASK = hint(
  ["Which task runs node-app?", "node-app はどのタスクで動きますか。"],
  [
    "The one that you were given, with more containers in it.",
    "はじめに渡されたタスクです。コンテナが増えるだけです。",
  ],
  'const task = new EcsTaskDefinition(this, "node_task", { … });',
);

/** Asks something of the task that runs the Node.js app, where there is one. */
export function withTask<Fault extends string>(
  context: SynthContext,
  examine: (context: SynthContext, task: RoutedTask) => CheckResult<Fault>,
): CheckResult<Fault | "no-task"> {
  const [definition] = taskDefinitionsOf(context, NODE_APP);
  const app = definition && containerOf(context, NODE_APP, definition);
  if (definition === undefined || app === undefined)
    return failed(
      "no-task",
      ["a task definition that runs node-app", "node-app を動かすタスク定義がある"],
      ["there is none", "ありません"],
    );
  const router = routerIn(definition);
  const writer = containersOf(definition)?.find(
    ({ name }) => name !== app.name && name !== router?.container.name,
  );
  return examine(context, { definition, app, router, writer });
}

function routerIn(definition: SynthResource): Router | undefined {
  const text = String(definition.attributes["container_definitions"] ?? "");
  const raw = parseJsonText(text);
  const all = (Array.isArray(raw) ? raw : []) as readonly {
    readonly name?: string;
    readonly firelensConfiguration?: { readonly type?: string; readonly options?: object };
  }[];
  const found = all.find(({ firelensConfiguration }) => firelensConfiguration);
  const container = containersOf(definition)?.find(({ name }) => name === found?.name);
  if (!found?.firelensConfiguration || !container) return undefined;
  const { type = "", options = {} } = found.firelensConfiguration;
  return { container, type, options: options as Readonly<Record<string, string>> };
}

/** A page of AWS's, in both languages. */
export function awsPage(path: string): Words {
  return [`https://docs.aws.amazon.com/${path}`, `https://docs.aws.amazon.com/ja_jp/${path}`];
}
