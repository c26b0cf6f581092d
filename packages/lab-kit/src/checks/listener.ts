import { both, text } from "@workbook/toolchain";
import { defineCheck, failed } from "../check.ts";
import type { Check, CheckResult, SynthContext } from "../check.ts";
import { hint } from "../hint.ts";
import type { SynthResource } from "../synth-reader.ts";
import { blocksOf } from "../synth-reader.ts";
import { listenerPort, type ServedApp } from "../web-app.ts";
import { walk, type Step } from "./steps.ts";
import { given, listed, listenersOn, targetGroupsOf } from "./wiring.ts";

const HEALTH_PATH = "/healthz";

function faultsFor(app: ServedApp, targetType: TargetType) {
  return { ...listenerHints(app), ...targetGroupHints(app, targetType) };
}

function listenerHints(app: ServedApp) {
  const { container } = app;
  const port = listenerPort(app);
  return {
    "no-listener": hint(
      [
        `Which resource makes the load balancer answer on port ${port}?`,
        `ALB がポート ${port} で応答するには、どのリソースが必要ですか。`,
      ],
      [
        "One LbListener for each port: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html",
        "ポートごとに LbListener を 1 つ作ります: https://docs.aws.amazon.com/ja_jp/elasticloadbalancing/latest/application/load-balancer-listeners.html",
      ],
      `new LbListener(this, "…", { loadBalancerArn: alb.arn, port: ${port}, protocol: "HTTP", defaultAction: [{ type: "forward", targetGroupArn: targets.arn }] });`,
    ),
    "no-target-group": hint(
      [
        `Where does the listener on ${port} send a request?`,
        `ポート ${port} のリスナーはリクエストをどこへ送りますか。`,
      ],
      [
        "Its default action forwards to a target group: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html",
        "デフォルトアクションでターゲットグループに転送します: https://docs.aws.amazon.com/ja_jp/elasticloadbalancing/latest/application/load-balancer-target-groups.html",
      ],
      `defaultAction: [{ type: "forward", targetGroupArn: targets.arn }],`,
    ),
    "shared-target-group": hint(
      [
        `Who answers on ${port}, if two listeners lead to one target group?`,
        `2 つのリスナーが同じターゲットグループに転送したら、ポート ${port} では誰が応答しますか。`,
      ],
      [
        `${container} has a target group of its own.`,
        `${container} には専用のターゲットグループを作ります。`,
      ],
      'defaultAction: [{ type: "forward", targetGroupArn: targets.arn }],',
    ),
    "other-load-balancer": hint(
      ["How many load balancers do two ports need?", "ポートが 2 つなら ALB はいくつ必要ですか。"],
      [
        "One: a load balancer has as many listeners as you like, and every other one is paid for by the hour.",
        "1 つです。1 つの ALB に複数のリスナーを付けられます。ALB を増やすと、その分だけ時間課金されます。",
      ],
      "loadBalancerArn: alb.arn,",
    ),
  };
}

function targetGroupHints({ port, container }: ServedApp, targetType: TargetType) {
  return {
    "target-type": targetType === "ip" ? BY_ADDRESS : BY_INSTANCE,
    "target-port": hint(
      [`On which port does ${container} listen?`, `${container} はどのポートで待ち受けますか。`],
      ["The target group carries that port.", "ターゲットグループにそのポートを指定します。"],
      `protocol: "HTTP", port: ${port},`,
    ),
    "health-check": hint(
      [
        "How does the load balancer know that a task is well?",
        "ALB はタスクが正常だとどうやって判断しますか。",
      ],
      [
        `The app answers ${HEALTH_PATH} with 200: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html`,
        `アプリは ${HEALTH_PATH} に 200 を返します: https://docs.aws.amazon.com/ja_jp/elasticloadbalancing/latest/application/target-group-health-checks.html`,
      ],
      `healthCheck: { path: "${HEALTH_PATH}", matcher: "200" },`,
    ),
  };
}

const BY_ADDRESS = hint(
  [
    "By what is a task with a network interface of its own reached?",
    "自分の ENI を持つタスクには、どのアドレスで到達しますか。",
  ],
  [
    "By its own address: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html",
    "タスク自身の IP アドレスです: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/alb.html",
  ],
  `targetType: "ip",`,
);
const BY_INSTANCE = hint(
  [
    "By what is a task reached that has no address of its own?",
    "自分のアドレスを持たないタスクには、何を通して到達しますか。",
  ],
  [
    "By its instance, and the port that it has there: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb.html",
    "インスタンスと、そこでのポートです: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/alb.html",
  ],
  `targetType: "instance",`,
);

type TargetType = "ip" | "instance";
type Fault = keyof ReturnType<typeof faultsFor>;

/** What a listener is asked for beyond leading to the app. */
interface ListenerOptions {
  /** The path that the health check of its target group asks for, or that it may be any. `/healthz` unless told. */
  readonly healthPath?: typeof HEALTH_PATH | "any";
  /** What its targets are: `ip` unless told. */
  readonly targetType?: TargetType;
}

/** The load balancer has a listener on an app's port that forwards to a target group made for its tasks. */
export function hasListener(
  id: string,
  app: ServedApp,
  { healthPath = HEALTH_PATH, targetType = "ip" }: ListenerOptions = {},
): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      `Listener ${listenerPort(app)} leads to a target group for ${app.container}`,
      `リスナー ${listenerPort(app)} から ${app.container} のターゲットグループへ`,
    ]),
    faults: faultsFor(app, targetType),
    run(context) {
      const wanted = listenerPort(app);
      const [listener] = listenersOn(context, wanted);
      if (listener === undefined) {
        const ports = context.synth
          .all("aws_lb_listener")
          .map(({ attributes }) => String(attributes["port"]));
        return failed(
          "no-listener",
          [`a listener on port ${wanted}`, `ポート ${wanted} のリスナーがある`],
          both`${["listeners on", "リスナーのポート:"]} ${listed(ports)}`,
        );
      }
      const [group] = targetGroupsOf(context, listener);
      if (group === undefined) {
        return failed(
          "no-target-group",
          [
            `${listener.address} forwards to a target group`,
            `${listener.address} がターゲットグループに転送する`,
          ],
          ["it forwards to none", "転送先がありません"],
        );
      }
      return examine(context, app, { listener, group, healthPath, targetType });
    },
  });
}

/** What is looked at when a listener leads to a target group. */
interface Found extends Required<ListenerOptions> {
  readonly listener: SynthResource;
  readonly group: SynthResource;
}

function examine(context: SynthContext, app: ServedApp, found: Found): CheckResult<Fault> {
  return walk<Fault>(found.group.address, [
    ...listenerSteps(context, found),
    ...targetGroupSteps(app, found),
  ]);
}

function listenerSteps(context: SynthContext, { listener, group }: Found): Step<Fault>[] {
  const listeners = context.synth.all("aws_lb_listener");
  const rivals = listeners.filter(
    (other) => other !== listener && targetGroupsOf(context, other).includes(group),
  );
  const balancers = listeners
    .flatMap((each) => context.synth.referredToBy(each, each.attributes["load_balancer_arn"]))
    .map((balancer) => balancer.address);
  return [
    {
      fault: "other-load-balancer",
      expected: [
        "all listeners belong to one load balancer",
        "すべてのリスナーが 1 つのロードバランサーに属する",
      ],
      actual: both`${["listeners of", "リスナーの属する先:"]} ${listed([...new Set(balancers)])}`,
      holds: new Set(balancers).size === 1,
    },
    {
      fault: "shared-target-group",
      expected: [
        `${listener.address} has a target group to itself`,
        `${listener.address} に専用のターゲットグループがある`,
      ],
      actual: both`${["used by", "使っているもの:"]} ${listed([listener, ...rivals].map((one) => one.address))}`,
      holds: rivals.length === 0,
    },
  ];
}

function targetGroupSteps(
  app: ServedApp,
  { group: { attributes }, healthPath, targetType }: Found,
): Step<Fault>[] {
  const type = given(attributes["target_type"], "instance");
  const protocol = String(attributes["protocol"]);
  const port = String(attributes["port"]);
  const path = given(blocksOf(attributes, "health_check")[0]?.["path"], "/");
  return [
    {
      fault: "target-type",
      expected: both`${TARGET_TYPE} ${targetType}`,
      actual: both`${TARGET_TYPE} ${type}`,
      holds: type.en.split(" ")[0] === targetType,
    },
    {
      fault: "target-port",
      expected: [`HTTP on port ${app.port}`, `ポート ${app.port} の HTTP`],
      actual: [`${protocol} on port ${port}`, `ポート ${port} の ${protocol}`],
      holds: protocol === "HTTP" && port === String(app.port),
    },
    {
      fault: "health-check",
      expected: [
        `a health check of ${HEALTH_PATH}`,
        `ヘルスチェックのパスが ${HEALTH_PATH} である`,
      ],
      actual: [`a health check of ${path.en}`, `ヘルスチェックのパスは ${path.ja} です`],
      holds: healthPath === "any" || path.en === healthPath,
    },
  ];
}

const TARGET_TYPE = ["target type", "ターゲットタイプ"] as const;
