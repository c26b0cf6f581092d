import {
  type Check,
  type CheckResult,
  defineCheck,
  hint,
  type SynthContext,
  walk,
} from "@workbook/lab-kit";
import { both, text } from "@workbook/toolchain";
import { ROUTER } from "../lab.ts";
import { IMAGE, isRouterImage } from "./instance-parts.ts";
import { awsPage, NO_TASK, type RoutedTask, withTask } from "./stack-parts.ts";

const FIRELENS = awsPage("AmazonECS/latest/developerguide/firelens-taskdef.html");

const ROUTES = {
  "no-task": NO_TASK,
  missing: hint(
    ["Which container of the task is its router?", "タスクのどのコンテナがルーターですか。"],
    both`${["The one with a firelensConfiguration; there is one at most:", "firelensConfiguration を持つコンテナです。1 つだけです:"]} ${FIRELENS}`,
    'firelensConfiguration: { type: "fluentbit", … },',
  ),
  type: hint(
    ["Which program is in this image?", "このイメージの中のプログラムは何ですか。"],
    both`${["Fluent Bit. ECS writes its configuration by the type:", "Fluent Bit です。ECS は type に合わせて設定を書きます:"]} ${FIRELENS}`,
    'type: "fluentbit",',
  ),
  image: hint(
    ["Where does the router's image come from?", "ルーターのイメージはどこにありますか。"],
    both`${["From Amazon ECR Public, under a tag or a digest that you know:", "Amazon ECR Public です。タグかダイジェストも書きます:"]} ${FIRELENS}`,
    `const ROUTER = "${ROUTER}";`,
  ),
  essential: hint(
    [
      "The router has died, and the app runs on. Who sees its lines?",
      "ルーターが止まり、アプリは動き続けています。ログは誰が見ますか。",
    ],
    both`${["Nobody, and nothing tells you. An essential container takes its task with it, and the service starts another:", "誰にも見えず、何も知らせてくれません。essential なコンテナなら、止まるとタスクも止まり、サービスが次のタスクを起動します:"]} ${FIRELENS}`,
    "essential: true,",
  ),
  silent: hint(
    [
      "The router may not write to the log group. Where does it say so?",
      "ルーターがロググループに書けないとき、それはどこに出ますか。",
    ],
    both`${["In its own lines. They need a way that does not lead through itself:", "ルーター自身のログです。自分を通らない経路が要ります:"]} ${FIRELENS}`,
    'logConfiguration: this.awslogs("router"),',
  ),
};

/** The task has a router that may not die unseen. */
export function hasRouter(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "The task has a log router, whose end is the task's end",
      "タスクにログルーターがあり、止まるとタスクも止まる",
    ]),
    faults: ROUTES,
    run: (context) => withTask(context, examineRouter),
  });
}

function examineRouter(
  _: SynthContext,
  { definition, router }: RoutedTask,
): CheckResult<keyof typeof ROUTES> {
  const { container, type } = router ?? {};
  return walk<keyof typeof ROUTES>(definition.address, [
    {
      fault: "missing",
      expected: [
        "a container with a firelensConfiguration",
        "firelensConfiguration を持つコンテナがある",
      ],
      actual: container?.name ?? ["there is none", "ありません"],
      holds: router !== undefined,
    },
    {
      fault: "type",
      expected: ["its type is fluentbit", "type が fluentbit である"],
      actual: `type: ${type ?? "-"}`,
      holds: type === "fluentbit",
    },
    {
      fault: "image",
      expected: both`${["an image of", "イメージ"]}: ${IMAGE}`,
      actual: both`${["image", "イメージ"]}: ${container?.image ?? "-"}`,
      holds: container !== undefined && isRouterImage(container.image),
    },
    {
      fault: "essential",
      expected: ["it is essential", "essential である"],
      actual: `essential: ${container?.isEssential}`,
      holds: container?.isEssential === true,
    },
    {
      fault: "silent",
      expected: ["its own lines go by awslogs", "ルーター自身のログは awslogs で送る"],
      actual: `logDriver: ${container?.logDriver ?? "-"}`,
      holds: container?.logDriver === "awslogs",
    },
  ]);
}
