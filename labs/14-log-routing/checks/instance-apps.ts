import {
  type Check,
  type CheckResult,
  defineCheck,
  hint,
  type SynthContext,
  type SynthResource,
  walk,
} from "@workbook/lab-kit";
import { both, text } from "@workbook/toolchain";
import {
  addressOf,
  asked,
  configurationIn,
  daemonOf,
  hostPortOf,
  type InstanceTask,
  onInstance,
  propertyOf,
  sendsBy,
} from "./instance-parts.ts";
import { awsPage } from "./stack-parts.ts";

const DRIVER = "https://docs.docker.com/engine/logging/drivers/fluentd/";
const DEPLOYMENT = awsPage("AmazonECS/latest/developerguide/deployment-type-ecs.html");
const PORTS = awsPage("AmazonECS/latest/developerguide/networking-networkmode-bridge.html");

/** Where drivers find a listener by TCP: the instance itself. */
const tcp = (port: number | undefined) => [`localhost:${port}`, `tcp://localhost:${port}`];

const SENDS = {
  missing: hint(
    [
      "Which driver sends a container's lines to an address of its instance?",
      "コンテナの行を、インスタンスのアドレスに送るドライバーはどれですか。",
    ],
    both`${["fluentd. awsfirelens knows the router of its own task alone:", "fluentd です。awsfirelens が知っているのは、同じタスクのルーターだけです:"]} ${DRIVER}`,
    'logDriver: "fluentd",',
  ),
  address: hint(
    ["At which address does the daemon listen?", "デーモンはどのアドレスで待ち受けていますか。"],
    both`${["The address is one of the instance, for that is where the driver is: a port that leads to the daemon, or the socket's path on the instance:", "ドライバーはインスタンスの上にいるので、インスタンスのアドレスです。デーモンにつながるポートか、インスタンスでのソケットのパスを書きます:"]} ${DRIVER}`,
    'const byPort = this.app("localhost:24224");',
  ),
  waits: hint(
    [
      "The daemon is not there at the moment. May a new container start?",
      "いまデーモンがいません。新しいコンテナは起動できますか。",
    ],
    both`${["Not unless the driver may connect later. Then lines wait in its memory:", "後で接続してよいとドライバーに伝えたときだけです。行はドライバーのメモリーで待ちます:"]} ${DRIVER}`,
    '"fluentd-async": "true"',
  ),
};

/** A service's lines go to the daemon, by its port or by its socket. */
export function sendsToDaemon(id: string, way: "port" | "socket"): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text(
      way === "port"
        ? ["A service sends its lines to the daemon's port", "サービスがデーモンのポートに行を送る"]
        : [
            "A service sends its lines to the daemon's socket",
            "サービスがデーモンのソケットに行を送る",
          ],
    ),
    faults: SENDS,
    run: (context) =>
      asked(sendsBy(context, way), (task, service) => examineSender(context, way, task, service)),
  });
}

function examineSender(
  context: SynthContext,
  way: "port" | "socket",
  task: InstanceTask,
  service: SynthResource,
): CheckResult<keyof typeof SENDS> {
  const daemon = daemonOf(context);
  const socket =
    daemon && onInstance(daemon, propertyOf(configurationIn(daemon.router), "unix_path"));
  const addresses = way === "port" ? tcp(daemon && hostPortOf(daemon)) : [`unix://${socket}`];
  const address = addressOf(task);
  return walk<keyof typeof SENDS>(service.address, [
    {
      fault: "address",
      expected: `fluentd-address: ${addresses[0]}`,
      actual: `fluentd-address: ${address}`,
      holds: addresses.includes(address),
    },
    asyncStep(task),
  ]);
}

function asyncStep({ app }: InstanceTask) {
  const value = String(app?.logOptions["fluentd-async"] ?? "false");
  return {
    fault: "waits",
    expected: both`${LATER} true`,
    actual: both`${LATER} ${value}`,
    holds: value === "true",
  } as const;
}

const LATER = ["it may connect later, fluentd-async:", "後で接続してよい fluentd-async:"] as const;

const BESIDE = {
  missing: hint(
    [
      "Which task brings a router of its own to the instance?",
      "ルーターを自分で持ってインスタンスに来るタスクはどれですか。",
    ],
    both`${["One with two containers: the app by the driver fluentd, and the router behind a port of the instance:", "コンテナが 2 つのタスクです。アプリは fluentd ドライバーを使い、ルーターはインスタンスのポートにいます:"]} ${PORTS}`,
    'this.run("logs-by-sidecar", [sidecar, this.app("localhost:24230")], ground, { … });',
  ),
  taken: hint(
    [
      "Which ports of the instance are taken already?",
      "インスタンスのどのポートがすでに使われていますか。",
    ],
    both`${["The daemon has 24224. A second container at that port finds no instance:", "24224 はデーモンが使っています。同じポートのコンテナには、置けるインスタンスがありません:"]} ${PORTS}`,
    "const sidecar = this.router(configuration, 24230, ground.logs);",
  ),
  address: hint(
    [
      "To whose port does the driver send: to the container's or to the instance's?",
      "ドライバーが送るのは、コンテナのポートですか、インスタンスのポートですか。",
    ],
    both`${["To the instance's, which leads to the task's own router:", "インスタンスのポートです。そこからタスクのルーターにつながります:"]} ${DRIVER}`,
    'this.run("logs-by-sidecar", [sidecar, this.app("localhost:24230")], ground, { … });',
  ),
  waits: SENDS.waits,
  "no-room": hint(
    [
      "A new task is to start beside the old one. Whose is the port?",
      "古いタスクの隣で新しいタスクが起動しようとしています。ポートは誰のものですか。",
    ],
    both`${["The old one's, and it is there once. Let it go first:", "古いタスクのもので、1 つしかありません。先に止めることを許します:"]} ${DEPLOYMENT}`,
    "deploymentMinimumHealthyPercent: 0,",
  ),
};

/** A task has a router of its own, behind a port that the instance has once. */
export function hasSidecar(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "A task has a router of its own, behind a port of its instance",
      "タスクが自分のルーターを、インスタンスのポートに持つ",
    ]),
    faults: BESIDE,
    run: (context) =>
      asked(sendsBy(context, "sidecar"), (task, service) => examineSidecar(context, task, service)),
  });
}

function examineSidecar(
  context: SynthContext,
  task: InstanceTask,
  service: SynthResource,
): CheckResult<keyof typeof BESIDE> {
  const daemon = daemonOf(context);
  const [port, taken] = [hostPortOf(task), daemon && hostPortOf(daemon)];
  const address = addressOf(task);
  const percent = (bound: string, otherwise: number) =>
    Number(service.attributes[`deployment_${bound}`] ?? otherwise);
  const least = percent("minimum_healthy_percent", 100);
  return walk<keyof typeof BESIDE>(service.address, [
    {
      fault: "taken",
      expected: ["a port of the instance that nobody has", "誰も使っていないインスタンスのポート"],
      actual: both`hostPort: ${String(port ?? "-")}, ${["the daemon's", "デーモン"]}: ${String(taken ?? "-")}`,
      holds: port !== undefined && port !== 0 && port !== taken,
    },
    {
      fault: "address",
      expected: `fluentd-address: localhost:${port}`,
      actual: `fluentd-address: ${address}`,
      holds: tcp(port).includes(address),
    },
    asyncStep(task),
    {
      fault: "no-room",
      expected: [
        "a deployment may stop the old task first",
        "デプロイで古いタスクを先に止められる",
      ],
      actual: `minimum ${least}`,
      holds: least === 0,
    },
  ]);
}
