import stringWidth from "string-width";
import { both, say, text, type Language, type Words } from "@workbook/toolchain";
import {
  type Check,
  defineCheck,
  failed,
  hint,
  passed,
  pollUntil,
  readNetwork,
  type WebApp,
} from "@workbook/lab-kit";
import { reachabilityOf, type ReachabilityRow } from "./reachability-rows.ts";

const GROUPS = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html";
const GROUPS_JA =
  "https://docs.aws.amazon.com/ja_jp/vpc/latest/userguide/security-group-rules.html";
const NAT = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html";
const NAT_JA = "https://docs.aws.amazon.com/ja_jp/vpc/latest/userguide/vpc-nat-gateway.html";

const FAULTS = {
  "not-deployed": hint(
    [
      "Does the VPC exist, or is it only written down?",
      "VPC は存在しますか。コードに書いただけではありませんか。",
    ],
    [
      "What is written has to be applied: ./workbook deploy 2",
      "書いたものは適用して初めて存在します: ./workbook deploy 2",
    ],
    "./workbook deploy 2",
  ),
  "you-to-alb": hint(
    [
      "What keeps your requests from the load balancer's subnets?",
      "あなたのリクエストが ALB のサブネットに届かないのはなぜですか。",
    ],
    [
      `It takes a route and a rule: the table says which one is missing. ${GROUPS}`,
      `ルートとルールの両方が必要です。どちらが足りないかは表にあります: ${GROUPS_JA}`,
    ],
    "cidrIpv4: settings.homeCidr,",
  ),
  "others-to-alb": hint(
    [
      "Which addresses does the load balancer's group admit?",
      "ALB のセキュリティグループはどのアドレスを許可していますか。",
    ],
    [`Only yours should be among them: ${GROUPS}`, `自分のアドレスだけにします: ${GROUPS_JA}`],
    "cidrIpv4: settings.homeCidr,",
  ),
  "you-to-tasks": hint(
    ["Are the subnets of the tasks private?", "タスクのサブネットはプライベートですか。"],
    [
      `Their default route leads to a NAT gateway, through which nobody comes in: ${NAT}`,
      `デフォルトルートは NAT ゲートウェイに向けます。そこから入ってくることはできません: ${NAT_JA}`,
    ],
    "natGatewayId: nat.id,",
  ),
  "alb-to-tasks": hint(
    [
      "Which group does the tasks' group admit?",
      "タスクのセキュリティグループは、どのグループを許可していますか。",
    ],
    [
      `The load balancer's group, on the container port: ${GROUPS}`,
      `ALB のセキュリティグループを、コンテナポートで許可します: ${GROUPS_JA}`,
    ],
    "referencedSecurityGroupId: alb.id,",
  ),
  "tasks-out": hint(
    [
      "Which way does a task's request to ECR go?",
      "タスクから ECR へのリクエストはどこを通りますか。",
    ],
    [
      `From the private subnet to a NAT gateway in a public one: ${NAT}`,
      `プライベートサブネットから、パブリックサブネットの NAT ゲートウェイを通ります: ${NAT_JA}`,
    ],
    `new Route(this, "private_default", { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: nat.id });`,
  ),
};

/** A NAT gateway takes a minute or two to be available. */
const DEADLINE_MS = 180_000;

/** Who has to reach whom: everything else has to be refused. */
const WANTED: Readonly<Record<ReachabilityRow["id"], boolean>> = {
  "you-to-alb": true,
  "others-to-alb": false,
  "you-to-tasks": false,
  "alb-to-tasks": true,
  "tasks-out": true,
};

/** Who reaches whom in the network as it is on AWS: what was seen is a table. */
export function reachesWhomItShould(id: string, app: WebApp): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text(["Who can reach whom, and why not", "どこからどこへ届くか、届かないのはなぜか"]),
    faults: FAULTS,
    async run(context) {
      const { owner, homeCidr } = context;
      const { last: network } = await pollUntil(
        () => readNetwork(context),
        (look) => !look?.natGateways.some(({ State }) => State === "pending"),
        { deadlineMs: context.deadlineMs ?? DEADLINE_MS },
      );
      if (network === undefined)
        return failed(
          "not-deployed",
          [`a VPC with the tag Owner=${owner}`, `タグ Owner=${owner} の付いた VPC がある`],
          ["there is none", "ありません"],
        );
      const names = { alb: `alb-${owner}`, tasks: `${app.container}-${owner}` };
      const rows = reachabilityOf(network, homeCidr, names);
      const actual = both`${network.vpcId}\n${[toTable(rows, "en"), toTable(rows, "ja")]}`;
      const wrong = rows.find(({ id: row, reaches }) => reaches !== WANTED[row]);
      const expected = [
        "you reach the load balancer, it the tasks, they the internet; nothing else",
        "自分からロードバランサー、そこからタスク、タスクからインターネットにだけ届く",
      ] as const;
      return wrong === undefined ? passed(expected, actual) : failed(wrong.id, expected, actual);
    },
  });
}

const HEADS: readonly Words[] = [
  ["from", "送信元"],
  ["to", "宛先"],
  ["reaches", "届くか"],
  ["why", "理由"],
];

function toTable(rows: readonly ReachabilityRow[], language: Language): string {
  const cells = rows.map(({ from, to, port, reaches, why }): readonly Words[] => [
    from,
    both`${to}:${port}`,
    reaches ? ["yes", "はい"] : ["no", "いいえ"],
    why,
  ]);
  const all = [HEADS, ...cells].map((row) => row.map((cell) => say(cell, language)));
  const widths = [0, 1, 2].map((column) =>
    Math.max(...all.map((row) => stringWidth(row[column]!))),
  );
  const fill = (cell: string, at: number) =>
    cell + " ".repeat(Math.max(0, (widths[at] ?? 0) - stringWidth(cell)));
  return all.map((row) => `  ${row.map(fill).join("  ")}`).join("\n");
}
