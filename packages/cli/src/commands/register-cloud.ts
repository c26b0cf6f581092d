import { UserError } from "@workbook/toolchain";
import type { Options, Register } from "../command-line.ts";

/** The commands that look at what runs, and those about the cloud, the machine and the site. */
export function registerCloudCommands(register: Register): void {
  registerLooks(register);
  registerCloud(register);
  registerMachine(register);
}

function registerLooks({ command }: Register): void {
  command("status", [
    "Say what runs, and where it answers",
    "何が動いていて、どこで応答するかを示す",
  ]).does(async (session) => (await import("./status.ts")).statusCommand(session));
  command("why [what]", [
    "Say why it does not work: all, a service, a task, a URL",
    "なぜ動かないかを示す: すべて、サービス、タスク、URL",
  ]).does(async (session, _options, what) => (await import("./why.ts")).whyCommand(session, what));
  command("logs [service]", [
    "Print what tasks wrote to CloudWatch Logs",
    "タスクが CloudWatch Logs に書いたものを表示する",
  ])
    .option("-f, --follow", ["Go on printing", "表示し続ける"])
    .does(async (session, options, service) =>
      (await import("./logs.ts")).logsCommand(session, service, options["follow"] === true),
    );
  command("env", [
    'Print shell exports: eval "$(./workbook env)"',
    'シェルの設定を書き出す: eval "$(./workbook env)"',
  ])
    .option("--unset", [
      "Print the way back: what makes the shell forget all that again",
      "元に戻すための設定を書き出す",
    ])
    .does(async (session, options) =>
      (await import("./env.ts")).envCommand(session, options["unset"] === true),
    );
  // Its arguments are handed on as they are, before any parser looks at them.
  command("aws [...args]", [
    "Run the AWS CLI against Local AWS",
    "Local AWS に対して AWS CLI を実行する",
  ]);
}

function registerCloud({ command }: Register): void {
  command("cloud [action] [name]", [
    "Local AWS: up, down, status, logs, pace, snapshots",
    "Local AWS: up、down、status、logs、pace、snapshots",
  ])
    .option("--delete", [
      "With snapshot: forget the one of that name",
      "snapshot とともに: その名前のものを消す",
    ])
    .option("--port <port>", [
      "The port of Local AWS; it is remembered",
      "Local AWS のポート。覚えておかれる",
    ])
    .option("--listeners <mode>", [
      "Ports of load balancers: exact, offset or ephemeral; it is remembered",
      "ロードバランサーのポート: exact、offset、ephemeral。覚えておかれる",
    ])
    .option("--tasks <driver>", [
      "How tasks run: process, docker or off",
      "タスクの動かし方: process、docker、off",
    ])
    .option("--real-time", [
      "With up: keep AWS's own waits, as pace real does later",
      "up とともに: AWS と同じ待ち時間にする (あとからは pace real)",
    ])
    .does(async (session, options, action, name) =>
      (await import("./cloud.ts")).cloudCommand(session, action, {
        ...readStartOptions(options),
        name,
        delete: options["delete"] === true,
      }),
    );
}

function registerMachine({ command }: Register): void {
  command("site", [
    "Read the course in a browser; its pages are alive",
    "コースをブラウザで読む。ページは動いているものを映す",
  ])
    .option("--build", [
      "Write the static site, for any host (SITE_BASE says where it lies there)",
      "静的なサイトを書き出す (置き場所のパスは SITE_BASE)",
    ])
    .option("--out <folder>", [
      "With --build: where to; docs/.vitepress/dist where it is not given",
      "--build とともに: 書き出す先。省くと docs/.vitepress/dist",
    ])
    .option("--port <port>", [
      "The site's port; 5180 or the next free one where it is not given",
      "サイトのポート。省くと 5180 か、その次の空きポート",
    ])
    .option("--no-open", ["Open no browser", "ブラウザを開かない"])
    .does(async (session, options) => {
      const site = await import("./site.ts");
      const { build, out, open } = options;
      return build === true
        ? site.buildSiteCommand(session, out === undefined ? undefined : String(out))
        : site.siteCommand(session, { port: readPort(options), open: open !== false });
    });
  command("prepare", [
    "Make all that chapters need, for a room without network",
    "章に必要なものをすべて用意する (ネットワークのない部屋のために)",
  ])
    .option("--check", ["Only say what is there", "何があるかを示すだけ"])
    .does(async (session, { check }) => {
      const prepare = await import("./prepare.ts");
      return check === true
        ? prepare.prepareCheckCommand(session)
        : prepare.prepareCommand(session);
    });
  command("doctor", [
    "Look at what this machine has and lacks",
    "このマシンにあるもの、足りないものを調べる",
  ]).does(async (session) => (await import("./doctor.ts")).doctorCommand(session));
  // Its arguments are handed on as they are, before any parser looks at them.
  command("test [...names]", [
    "Run all tests, or those whose path contains a name",
    "すべてのテスト、または名前を含むパスのテストを実行する",
  ]);
}

function readPort({ port }: Options): number | undefined {
  const isPort = Number.isInteger(Number(port)) && Number(port) >= 0 && Number(port) < 65_536;
  if (port !== undefined && !isPort)
    throw usage([
      `--port takes a number from 0 to 65535, not ${String(port)}.`,
      `--port には 0 から 65535 の数を指定します。${String(port)} は使えません。`,
    ]);
  return port === undefined ? undefined : Number(port);
}

function readStartOptions(options: Options) {
  const listeners = options["listeners"];
  if (listeners !== undefined && !["exact", "offset", "ephemeral"].includes(String(listeners)))
    throw usage([
      `--listeners takes exact, offset or ephemeral, not ${String(listeners)}.`,
      `--listeners には exact、offset、ephemeral のどれかを指定します。${String(listeners)} は使えません。`,
    ]);
  return {
    port: readPort(options),
    listeners: listeners as "exact" | "offset" | "ephemeral" | undefined,
    tasks: options["tasks"] as string | undefined,
    realTime: options["realTime"] === true,
  };
}

function usage(message: readonly [string, string]): UserError {
  return new UserError(message, { code: "USAGE", next: "./workbook help cloud", exitCode: 2 });
}
