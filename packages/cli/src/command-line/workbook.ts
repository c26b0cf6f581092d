import { readMirrors } from "../cloud/registries.ts";
import { SHELLS } from "./completion.ts";
import { defineCommand, flag, oneOf, port, value, type Value } from "./define-command.ts";

/** The site, the cloud, and the workbook itself. */
export const WORKBOOK = [
  defineCommand({
    name: "site",
    group: "begin",
    isEssential: true,
    summary: [
      "Read the course in a browser; its pages are alive",
      "コースをブラウザで読む。ページは動いているものを映す",
    ],
    options: {
      build: flag([
        "Write the static site, for any host (SITE_BASE says where it lies there)",
        "静的なサイトを書き出す (置き場所のパスは SITE_BASE)",
      ]),
      out: value(
        "<folder>",
        [
          "With --build: where to; docs/.vitepress/dist where it is not given",
          "--build とともに: 書き出す先。省くと docs/.vitepress/dist",
        ],
        "files",
      ),
      port: port([
        "The site's port; 5180 or the next free one where it is not given",
        "サイトのポート。省くと 5180 か、その次の空きポート",
      ]),
      "no-open": flag(["Open no browser", "ブラウザを開かない"]),
    },
    run: async (session, _args, options) => {
      const site = await import("../commands/site.ts");
      return options.build
        ? site.buildSiteCommand(session, options.out)
        : site.siteCommand(session, { port: options.port, open: !options["no-open"] });
    },
  }),
  defineCommand({
    name: "repository",
    group: "workbook",
    summary: [
      "Git repositories on this machine that stand for GitHub's",
      "GitHub の代わりになる、このマシンの Git リポジトリ",
    ],
    args: {
      action: {
        isNeeded: true,
        actions: [
          {
            name: "create",
            needs: "OWNER/NAME",
            does: [
              "Make one, and say how to push into it; a push starts pipelines",
              "作成し、プッシュのしかたを示す。プッシュはパイプラインを起動する",
            ],
          },
          {
            name: "connect",
            needs: "CONNECTION",
            does: [
              "Let a connection that is PENDING use them, as one does at GitHub",
              "PENDING の接続に使用を許可する (GitHub の画面で行うこと)",
            ],
          },
          {
            name: "delete",
            needs: "OWNER/NAME",
            does: ["Delete one with its commits", "コミットごと削除する"],
          },
        ],
      },
      name: {},
    },
    run: async (session, { action = "", name }) =>
      (await import("../commands/repository.ts")).repositoryCommand(session, action, name),
  }),
  defineCommand({
    name: "cloud",
    group: "workbook",
    summary: [
      "Local AWS: up, down, status, logs, pace, clock, snapshots",
      "Local AWS: up、down、status、logs、pace、clock、snapshots",
    ],
    args: {
      action: {
        isNeeded: true,
        actions: [
          { name: "up", does: ["Start Local AWS", "Local AWS を起動する"] },
          { name: "down", does: ["Stop it; what it holds is kept", "停止する。中身は残る"] },
          {
            name: "status",
            does: ["Say what runs, and where it answers", "何が動き、どこで応答するかを示す"],
          },
          {
            name: "logs",
            does: ["Print what Local AWS itself has written", "Local AWS 自身のログを表示する"],
          },
          {
            name: "pace",
            values: ["real", "fast"],
            does: [
              "Say how fast idle waiting passes, or change it while Local AWS runs",
              "待ち時間の進む速さを示す、または動いたまま変える",
            ],
          },
          {
            name: "clock",
            values: ["next", "+1h"],
            does: [
              "Say by which time schedules go and what is due next, or put that time forward",
              "スケジュールの時計と次の実行を示す、または時計を進める",
            ],
          },
          {
            name: "interrupt",
            needs: "TASK",
            does: [
              "Take back the Spot capacity of a task, as AWS may at any time",
              "タスクの Spot キャパシティを回収する (AWS ではいつでも起こる)",
            ],
          },
          {
            name: "snapshot",
            needs: "NAME",
            does: [
              "Keep all that it holds; with --delete, forget what was kept",
              "中身をすべて取っておく。--delete なら、取っておいたものを消す",
            ],
          },
          {
            name: "restore",
            needs: "NAME",
            does: ["Make it again what it was then", "そのときの状態に戻す"],
          },
          { name: "snapshots", does: ["List what was kept", "取っておいたものを一覧する"] },
        ],
      },
      name: {},
    },
    options: {
      delete: flag([
        "With snapshot: forget the one of that name",
        "snapshot とともに: その名前のものを消す",
      ]),
      port: port(["The port of Local AWS; it is remembered", "Local AWS のポート。覚えておかれる"]),
      listeners: oneOf(
        "<mode>",
        ["exact", "offset", "ephemeral"],
        [
          "Ports of load balancers: exact, offset or ephemeral; it is remembered",
          "ロードバランサーのポート: exact、offset、ephemeral。覚えておかれる",
        ],
      ),
      tasks: oneOf(
        "<driver>",
        ["containers", "process", "off"],
        [
          "How tasks run: containers, process or off (the control plane alone); it is remembered",
          "タスクの動かし方: containers、process、off (コントロールプレーンのみ)。覚えておかれる",
        ],
      ),
      "registry-mirror": {
        takes: "<name>=<url>",
        isMany: true,
        does: [
          "Where images of a registry are asked for first, such as docker.io=http://127.0.0.1:5000; several may be given, none for no mirror; remembered",
          "レジストリのイメージを先に探すミラー。例: docker.io=http://127.0.0.1:5000。複数指定でき、none でなしに戻る。覚えておかれる",
        ],
        read: readMirrors,
      } satisfies Value<readonly string[]>,
      "real-time": flag([
        "With up: keep AWS's own waits, as pace real does later",
        "up とともに: AWS と同じ待ち時間にする (あとからは pace real)",
      ]),
    },
    run: async (session, { action, name }, options) => {
      const { port, listeners, tasks, "real-time": realTime } = options;
      const start = { port, listeners, tasks, realTime, mirrors: options["registry-mirror"] };
      const { cloudCommand } = await import("../commands/cloud.ts");
      return cloudCommand(session, action!, { ...start, name, delete: options.delete });
    },
  }),
  defineCommand({
    name: "prepare",
    group: "workbook",
    summary: [
      "Make all that chapters need, for a room without network",
      "章に必要なものをすべて用意する (ネットワークのない部屋のために)",
    ],
    options: { check: flag(["Only say what is there", "何があるかを示すだけ"]) },
    exits: { 3: ["not all is there", "そろっていないものがある"] },
    run: async (session, _args, { check }) => {
      const prepare = await import("../commands/prepare.ts");
      return check ? prepare.prepareCheckCommand(session) : prepare.prepareCommand(session);
    },
  }),
  defineCommand({
    name: "completion",
    group: "workbook",
    summary: [
      "Print what makes a shell complete ./workbook",
      "シェルで ./workbook を補完するための設定を書き出す",
    ],
    args: { shell: { isNeeded: true, actions: SHELLS } },
    more: [
      `To have it in every shell, add a line to the file that yours reads (here the clone is ~/ecs-workbook):
  ~/.bashrc                   eval "$(~/ecs-workbook/workbook completion bash)"
  ~/.zshrc, after compinit    eval "$(~/ecs-workbook/workbook completion zsh)"
  ~/.config/fish/config.fish  ~/ecs-workbook/workbook completion fish | source`,
      `いつも使うには、シェルが読み込むファイルに次の行を加えます (クローンが ~/ecs-workbook にある場合):
  ~/.bashrc                   eval "$(~/ecs-workbook/workbook completion bash)"
  ~/.zshrc (compinit の後)    eval "$(~/ecs-workbook/workbook completion zsh)"
  ~/.config/fish/config.fish  ~/ecs-workbook/workbook completion fish | source`,
    ],
    run: async (session, { shell }) =>
      (await import("../commands/completion.ts")).completionCommand(session, shell!),
  }),
  defineCommand({
    name: "help",
    group: "workbook",
    summary: ["Say what commands do", "コマンドの説明を表示する"],
    args: { command: {} },
    options: { all: flag(["Every command", "すべてのコマンド"]) },
    run: async (session, { command }, { all }) =>
      (await import("../commands/help.ts")).helpCommand(session, command, all),
  }),
  defineCommand({
    name: "version",
    group: "workbook",
    summary: ["Say which workbook this is", "ワークブックのバージョンを表示する"],
    run: async (session) => (await import("../commands/version.ts")).versionCommand(session),
  }),
];
