import {
  type Check,
  type CheckResult,
  type Container,
  blocksOf,
  defineCheck,
  hint,
  listed,
  type Step,
  type SynthContext,
  walk,
} from "@workbook/lab-kit";
import { both, text, type Words } from "@workbook/toolchain";
import { appPort, NO_TASK, parameterPage, WEB, type WebTask, withTask } from "./web.ts";

const DIRECTORY = "/etc/nginx/conf.d";
const NETWORK = [
  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html",
  "https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/fargate-task-networking.html",
] as const;
const VOLUMES = [
  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html",
  "https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/bind-mounts.html",
] as const;

const BESIDE = {
  "no-task": NO_TASK,
  alone: hint(
    [
      "Who answers the requests that nginx hands on?",
      "nginx が渡すリクエストには誰が応答しますか。",
    ],
    both`${["The app runs in the same task, as one more container definition:", "アプリも同じタスクの中で動きます。コンテナ定義を 1 つ加えます:"]} ${parameterPage("container_definitions")}`,
    '{ name: "node-app", image: settings.image("nodejs-app"), … },',
  ),
  "port-variable": hint(
    [
      "On which port does node-app listen, if nobody tells it?",
      "何も指定しないと、node-app はどのポートで待ち受けますか。",
    ],
    both`${["On 80, which nginx has. The containers of a task share one network, so a port has one owner:", "80 です。それは nginx が使います。1 つのタスクのコンテナはネットワークを共有するので、1 つのポートを使えるのは 1 つだけです:"]} ${NETWORK}`,
    'environment: [{ name: "PORT", value: "3000" }],',
  ),
};

/** The app runs beside nginx, on a port of its own. */
export function runsAppBeside(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "The app beside nginx, on a port of its own",
      "nginx と同じタスクでアプリが別のポートを使う",
    ]),
    faults: BESIDE,
    run: (context) => withTask(context, examineApp),
  });
}

function examineApp(_: SynthContext, task: WebTask): CheckResult<keyof typeof BESIDE> {
  const { definition, containers, app } = task;
  const port = appPort(task);
  return walk(definition.address, [
    {
      fault: "alone",
      expected: [
        "a container of the app's image beside nginx",
        "nginx のほかに、アプリのイメージのコンテナがある",
      ],
      actual: both`${["containers", "コンテナ"]}: ${listed(containers.map(({ name }) => name))}`,
      holds: app !== undefined,
    },
    {
      fault: "port-variable",
      expected: [`PORT of the app is not ${WEB.port}`, `アプリの PORT が ${WEB.port} ではない`],
      actual:
        port === undefined ? ["PORT is not set", "PORT が設定されていません"] : `PORT=${port}`,
      holds: port !== undefined && port !== String(WEB.port),
    },
  ]);
}

const CONFIGURATION = {
  "no-task": NO_TASK,
  "no-writer": hint(
    [
      "nginx's image knows nothing of your app. Who tells it, and when?",
      "nginx のイメージはあなたのアプリを知りません。誰が、いつ教えますか。",
    ],
    both`${["A container that writes the file and ends, before nginx begins:", "ファイルを書いて終わるコンテナです。nginx より先に動かします:"]} ${parameterPage("container_definition_dependson")}`,
    '{ name: "configure", image: NGINX, essential: false, entryPoint: ["sh", "-c"], … },',
  ),
  "writer-mount": hint(
    [
      "Into whose file system does configure write?",
      "configure が書き込むのは、どのファイルシステムですか。",
    ],
    both`${["Each container has its own, gone with it. What is shared is a volume of the task, mounted in both:", "コンテナのファイルシステムはそれぞれ別で、コンテナとともに消えます。共有するには、タスクのボリュームを両方にマウントします:"]} ${VOLUMES}`,
    'mountPoints: [{ sourceVolume: "conf", containerPath: "/etc/nginx/conf.d" }],',
  ),
  "nginx-mount": hint(
    [
      "Where does nginx see the file that configure has written?",
      "configure が書いたファイルは、nginx からどこに見えますか。",
    ],
    both`${["Nowhere, unless the same volume is mounted in its container too:", "同じボリュームを nginx のコンテナにもマウントしないと、どこにも見えません:"]} ${VOLUMES}`,
    'mountPoints: [{ sourceVolume: "conf", containerPath: "/etc/nginx/conf.d", readOnly: true }],',
  ),
  "mount-path": hint(
    [
      `From which folder does nginx read its configuration?`,
      "nginx はどのフォルダから設定を読みますか。",
    ],
    [
      `nginx.conf of the image includes ${DIRECTORY}/*.conf: https://nginx.org/en/docs/beginners_guide.html`,
      `イメージの nginx.conf は ${DIRECTORY}/*.conf を取り込みます: https://nginx.org/en/docs/beginners_guide.html`,
    ],
    'containerPath: "/etc/nginx/conf.d"',
  ),
  "no-proxy": hint(
    ["What shall nginx do with a request?", "nginx はリクエストをどうしますか。"],
    [
      "Pass it on: https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
      "次に渡します: https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_pass",
    ],
    "'proxy_pass http://127.0.0.1:3000;'",
  ),
  "upstream-name": hint(
    [
      "By which name does nginx find the container beside it?",
      "nginx は隣のコンテナをどの名前で見つけますか。",
    ],
    both`${["There is no name of a container in the network of an awsvpc task: all of its containers are localhost.", "awsvpc のタスクのネットワークに、コンテナ名という名前はありません。どのコンテナも localhost です。"]} ${NETWORK}`,
    "'proxy_pass http://127.0.0.1:3000;'",
  ),
  "upstream-port": hint(
    [
      "On which port does the app listen, and which one does nginx ask?",
      "アプリはどのポートで待ち受け、nginx はどのポートに接続しますか。",
    ],
    [
      "The port in proxy_pass is the app's PORT.",
      "proxy_pass のポートは、アプリの PORT と同じです。",
    ],
    "'proxy_pass http://127.0.0.1:3000;'",
  ),
};

/** A container writes nginx's configuration to a volume that nginx sees, and it leads to the app. */
export function writesConfiguration(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "nginx's configuration on a shared volume leads to the app",
      "共有ボリュームに nginx の設定があり、アプリに転送する",
    ]),
    faults: CONFIGURATION,
    run: (context) => withTask(context, examineConfiguration),
  });
}

type ConfigurationFault = keyof typeof CONFIGURATION;

function examineConfiguration(_: SynthContext, task: WebTask): CheckResult<ConfigurationFault> {
  return walk(task.definition.address, [...volumeSteps(task), ...upstreamSteps(task)]);
}

/** A volume brings what the third container writes to nginx. */
function volumeSteps({
  definition,
  containers,
  nginx,
  writer,
}: WebTask): Step<ConfigurationFault>[] {
  const volumes = blocksOf(definition.attributes, "volume").map(({ name }) => String(name));
  const written = writer?.mounts.find(({ volume }) => volumes.includes(volume));
  const seen = nginx.mounts.find(({ volume }) => volume === written?.volume);
  return [
    {
      fault: "no-writer",
      expected: [
        "a third container, which writes the configuration",
        "設定を書く 3 つ目のコンテナがある",
      ],
      actual: both`${["containers", "コンテナ"]}: ${listed(containers.map(({ name }) => name))}`,
      holds: writer !== undefined,
    },
    {
      fault: "writer-mount",
      expected: both`${writer?.name ?? ""}: ${MOUNTS_ONE}`,
      actual: both`${writer?.name ?? ""}: ${mountsOf(writer)}`,
      holds: written !== undefined,
    },
    {
      fault: "nginx-mount",
      expected: both`nginx: ${["mounts the volume", "マウントするボリューム"]} ${written?.volume ?? ""}`,
      actual: both`nginx: ${mountsOf(nginx)}`,
      holds: seen !== undefined,
    },
    {
      fault: "mount-path",
      expected: both`nginx: ${["the volume is at", "ボリュームの場所は"]} ${DIRECTORY}`,
      actual: both`nginx: ${mountsOf(nginx)}`,
      holds: seen?.path.replace(/\/$/, "") === DIRECTORY,
    },
  ];
}

/** What it writes leads to the app. */
function upstreamSteps(task: WebTask): Step<ConfigurationFault>[] {
  const { writer } = task;
  const upstream = upstreamIn(writer);
  const port = appPort(task);
  return [
    {
      fault: "no-proxy",
      expected: both`${writer?.name ?? ""}: proxy_pass`,
      actual: upstream
        ? both`proxy_pass ${upstream.host}`
        : ["no proxy_pass in what it writes", "書かれる設定に proxy_pass がありません"],
      holds: upstream !== undefined,
    },
    {
      fault: "upstream-name",
      expected: ["nginx asks localhost", "nginx の転送先が localhost である"],
      actual: both`${ASKS} ${upstream?.host ?? ""}`,
      holds: upstream !== undefined && LOOPBACK.has(upstream.host),
    },
    {
      fault: "upstream-port",
      expected: both`${["nginx asks the app's port", "nginx の転送先がアプリのポートである:"]} ${port ?? ""}`,
      actual: both`${["nginx asks port", "nginx の転送先のポート:"]} ${upstream?.port ?? ""}`,
      holds: upstream?.port === port,
    },
  ];
}

const ASKS = ["nginx asks", "nginx の転送先:"] as const;
const MOUNTS_ONE = ["mounts a volume of the task", "タスクのボリュームをマウントする"] as const;
const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1"]);

function mountsOf(container: Container | undefined): Words {
  const mounts = container?.mounts.map(({ volume, path }) => `${volume} → ${path}`) ?? [];
  return both`${["mounts", "マウント"]}: ${listed(mounts)}`;
}

/** Where the configuration that a container writes sends requests, by name or through an `upstream` block. */
function upstreamIn(
  writer: Container | undefined,
): { readonly host: string; readonly port: string } | undefined {
  if (writer === undefined) return undefined;
  const written = [...writer.command, ...writer.environment.values()].join("\n");
  const passed = /proxy_pass\s+http:\/\/([\w.-]+)(?::(\d+))?/.exec(written);
  if (passed === null) return undefined;
  const [, host = "", port = "80"] = passed;
  const block = new RegExp(`upstream\\s+${host}\\s*\\{[^}]*?server\\s+([\\w.-]+)(?::(\\d+))?`);
  const [, behind = host, on = port] = block.exec(written) ?? [];
  return { host: behind, port: on };
}
