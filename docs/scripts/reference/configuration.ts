import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { ReferencePage, Words } from "./reference-page.ts";
import { formatTable } from "./reference-page.ts";
import { readSources, walk, type SyntaxNode } from "./source.ts";

const root = join(import.meta.dirname, "../../..");

/** What a variable means, and what counts where it is not set. */
interface Variable {
  readonly meaning: Words;
  readonly default: Words;
}

const both = (text: string): Words => ({ en: text, ja: text });
const official: Words = { en: "the official address", ja: "公式の配布元" };

/** Variables that the workbook reads for itself. The page fails to be made where the sources read another. */
const VARIABLES: Readonly<Record<string, Variable>> = {
  OWNER: {
    meaning: {
      en: "Who does the labs: part of every name, tag and state key. 1 to 16 lower-case letters, digits and single hyphens.",
      ja: "ラボを行う人の名前。すべての名前、タグ、ステートのキーに入ります。英小文字で始まる 1 ～ 16 文字で、英小文字、数字、ハイフン (連続は不可) が使えます。",
    },
    default: { en: "the machine's user", ja: "マシンのユーザー名" },
  },
  HOME_CIDR: {
    meaning: {
      en: "The addresses that may reach the load balancer, such as `203.0.113.7/32`.",
      ja: "ロードバランサーにアクセスできるアドレスの範囲。例: `203.0.113.7/32`",
    },
    default: {
      en: "locally the simulated home address; on AWS your own, as AWS sees it",
      ja: "手元ではシミュレートした自宅のアドレス、AWS では AWS から見た自分のアドレス",
    },
  },
  AWS_REGION: {
    meaning: { en: "The region to build in.", ja: "構築するリージョン。" },
    default: both("`ap-northeast-1`"),
  },
  AWS_ENDPOINT_URL: {
    meaning: {
      en: "Answers every AWS call instead of AWS. `./workbook env` sets it.",
      ja: "AWS の代わりにすべての呼び出しに応答する URL。`./workbook env` が設定します。",
    },
    default: both("AWS"),
  },
  AVAILABILITY_ZONES: {
    meaning: {
      en: "Two or more zones of the region, separated by commas.",
      ja: "リージョンの AZ を 2 つ以上、カンマ区切りで。",
    },
    default: both("`<region>a,<region>c`"),
  },
  WORKBOOK_DIR: {
    meaning: {
      en: "Where the workbook keeps its cloud, its images, and your files.",
      ja: "クラウド、イメージ、自分のファイルを置く場所。",
    },
    default: {
      en: "`.workbook/` and `workspace/` in the clone",
      ja: "クローンの中の `.workbook/` と `workspace/`",
    },
  },
  WORKBOOK_LANG: {
    meaning: {
      en: "The language that the workbook speaks: `en` or `ja`. It goes before `LC_ALL`, `LC_MESSAGES` and `LANG`.",
      ja: "ワークブックの言語。`en` または `ja`。`LC_ALL`、`LC_MESSAGES`、`LANG` より優先します。",
    },
    default: {
      en: "Japanese where the locale is (`LANG=ja_JP.UTF-8`), else English",
      ja: "ロケールが日本語 (`LANG=ja_JP.UTF-8`) なら日本語、それ以外は英語",
    },
  },
  WORKBOOK_LANE: {
    meaning: {
      en: "`off`: each command of Terraform starts a provider of its own, as it does without the workbook.",
      ja: "`off` にすると、Terraform のコマンドごとにプロバイダーが起動します (ワークブックを使わないときと同じ)。",
    },
    default: {
      en: "one provider is kept between commands",
      ja: "コマンドの間、1 つのプロバイダーを動かしておく",
    },
  },
  WORKBOOK_PORT: {
    meaning: { en: "The port of Local AWS.", ja: "Local AWS のポート。" },
    default: {
      en: "what `cloud up --port` was told, else 4566",
      ja: "`cloud up --port` で指定した値、なければ 4566",
    },
  },
  WORKBOOK_LISTENERS: {
    meaning: {
      en: "Ports of load balancers: `exact` (as in the code; 10000 higher where that is not allowed), `offset` (always 10000 higher), or `ephemeral` (any free one).",
      ja: "ロードバランサーのポート。`exact` (コードのとおり。権限がなければ 10000 を足した番号)、`offset` (常に 10000 を足した番号)、`ephemeral` (空いている番号)。",
    },
    default: both("`exact`"),
  },
  WORKBOOK_TASKS: {
    meaning: {
      en: "How tasks run: `containers` (on Linux, see [architecture](/architecture#containers)), `process` (plain processes, everywhere), or `off`.",
      ja: "タスクの動かし方。`containers` (Linux のみ。[アーキテクチャ](/ja/architecture#containers)を参照)、`process` (プロセスとして。どこでも)、`off` (動かさない)。",
    },
    default: {
      en: "what `cloud up --tasks` was told, else containers where the machine can hold them and processes elsewhere",
      ja: "`cloud up --tasks` で指定した値、なければ、マシンが対応していればコンテナ、そうでなければプロセス",
    },
  },
  WORKBOOK_LOG_LIMIT: {
    meaning: {
      en: "What all log events of Local AWS may take up, in MiB; it is remembered, and holds from the next `cloud up` on. Where it is reached, the oldest events of the largest log group are dropped, and `status` says so.",
      ja: "Local AWS のログイベント全体の上限 (MiB)。覚えておかれ、次の `cloud up` から有効です。達すると、最も大きいロググループの古いイベントから捨てられ、`status` に表示されます。",
    },
    default: both("`256`"),
  },
  WORKBOOK_REGISTRY_MIRRORS: {
    meaning: {
      en: "Where images of registries are asked for first, such as `docker.io=http://127.0.0.1:5000,ghcr.io=https://mirror.example.com`: see [container images](/concepts/images#images-of-other-registries).",
      ja: "レジストリのイメージを先に探すミラー。例: `docker.io=http://127.0.0.1:5000,ghcr.io=https://mirror.example.com`。[コンテナイメージ](/ja/concepts/images#images-of-other-registries)を参照。",
    },
    default: {
      en: "what `cloud up --registry-mirror` was told, else none",
      ja: "`cloud up --registry-mirror` で指定した値、なければなし",
    },
  },
  SITE_BASE: {
    meaning: {
      en: "Where a site built with `site --build` lies on its host, such as `/courses/ecs/`.",
      ja: "`site --build` で作るサイトを置くパス。例: `/courses/ecs/`",
    },
    default: both("`/`"),
  },
  WORKBOOK_NODE_MIRROR: {
    meaning: { en: "Where Node.js is fetched from.", ja: "Node.js の取得元。" },
    default: official,
  },
  WORKBOOK_TERRAFORM_MIRROR: {
    meaning: { en: "Where Terraform is fetched from.", ja: "Terraform の取得元。" },
    default: official,
  },
  WORKBOOK_GO_MIRROR: {
    meaning: { en: "Where Go is fetched from.", ja: "Go の取得元。" },
    default: official,
  },
  WORKBOOK_RUNC_MIRROR: {
    meaning: {
      en: "Where runc, which runs containers, is fetched from: where it is all that a Linux lacks for them.",
      ja: "コンテナを動かす runc の取得元 (Linux で、コンテナに足りないものが runc だけのとき)。",
    },
    default: official,
  },
  WORKBOOK_ECSPRESSO_MIRROR: {
    meaning: {
      en: "Where ecspresso is fetched from, where none is on PATH.",
      ja: "ecspresso の取得元 (PATH にないとき)。",
    },
    default: official,
  },
  TF_CLI_CONFIG_FILE: {
    meaning: {
      en: "Your own configuration of Terraform's command line, for instance with a mirror of providers. It is used where the file exists.",
      ja: "Terraform CLI の設定ファイル (プロバイダーのミラーなど)。ファイルがあれば使います。",
    },
    default: { en: "made by the workbook", ja: "ワークブックが作成" },
  },
  TF_PLUGIN_CACHE_DIR: {
    meaning: {
      en: "Your own cache of Terraform's plugins. It is used where the folder exists.",
      ja: "Terraform のプラグインのキャッシュ。フォルダーがあれば使います。",
    },
    default: {
      en: "one in `.workbook/terraform/`",
      ja: "`.workbook/terraform/` の中のキャッシュ",
    },
  },
  TERRAFORM_CONFIG: {
    meaning: {
      en: "The older name of `TF_CLI_CONFIG_FILE`, read after it.",
      ja: "`TF_CLI_CONFIG_FILE` の古い名前。その次に読みます。",
    },
    default: both("–"),
  },
};

/** The machine's own variables, which mean here what they mean everywhere; and one that only the tests use. */
const OF_THE_MACHINE =
  /^(?:HOME|PATH|PATHEXT|TERM|CI|NO_COLOR|FORCE_COLOR|NO_PROXY|no_proxy|https_proxy|SSL_CERT_DIR|XDG_\w+|USERPROFILE|APPDATA|HTTPS?_PROXY|LANG|LC_ALL|LC_MESSAGES|COLUMNS|SHELL|USER|TMPDIR|BROWSER|DISPLAY|WAYLAND_DISPLAY|WSL_DISTRO_NAME|WORKBOOK_TEST_RESULT|VITEST\w*|AWS_\w+)$/;

const words = {
  en: {
    intro:
      "Nothing has to be configured. What can be is read from environment variables, which go before what is kept in `.workbook/config.json` (owner, port and listeners; written by the commands that set them).",
    variable: "Variable",
    meaning: "Meaning",
    default: "Default",
  },
  ja: {
    intro:
      "設定は必須ではありません。設定は環境変数から読み、`.workbook/config.json` (オーナー、ポート、リスナー。各コマンドが書き込みます) よりも優先します。",
    variable: "変数",
    meaning: "意味",
    default: "デフォルト",
  },
};

/** @throws where the sources read a variable that is not described here, or one is described that nothing reads */
export function configuration(): ReferencePage {
  const read = readVariables();
  const unknown = [...read].filter((name) => !(name in VARIABLES) && !OF_THE_MACHINE.test(name));
  const unused = Object.keys(VARIABLES).filter((name) => !read.has(name));
  if (unknown.length > 0 || unused.length > 0) {
    const problems = [
      ...unknown.map((name) => `${name} is read, but not described`),
      ...unused.map((name) => `${name} is described, but never read`),
    ];
    throw new Error(`docs/scripts/reference/configuration.ts: ${problems.join("; ")}`);
  }
  return {
    name: "configuration",
    title: { en: "Configuration", ja: "設定" },
    order: 6,
    body(language) {
      const say = words[language];
      const rows = Object.entries(VARIABLES).map(([name, variable]) => [
        `\`${name}\``,
        variable.meaning[language],
        variable.default[language],
      ]);
      return `${say.intro}\n\n${formatTable([say.variable, say.meaning, say.default], rows)}`;
    },
  };
}

/** `env["NAME"]` and `environment["NAME"]` of the sources, and the mirrors of tools.txt. */
function readVariables(): Set<string> {
  const names = new Set<string>();
  const sources = readSources("packages/{cli,toolchain,lab-kit}/src/**/*.ts", "infra/src/*.ts");
  for (const { program } of sources) {
    walk(program, (node) => {
      const name = variableOf(node);
      if (name) names.add(name);
    });
  }
  const tools = readFileSync(join(root, "packages/toolchain/tools.txt"), "utf8");
  for (const [, name] of tools.matchAll(/^base \S+\s+(\w+)/gm)) names.add(name!);
  return names;
}

function variableOf(node: SyntaxNode): string | undefined {
  if (node.type !== "MemberExpression") return undefined;
  const object = node["object"] as SyntaxNode;
  const property = node["property"] as SyntaxNode;
  const holder = object.type === "MemberExpression" ? object["property"] : object;
  const isEnvironment = /^(?:env|environment)$/.test((holder as { name?: string }).name ?? "");
  const key = property["value"];
  return isEnvironment && typeof key === "string" ? key : undefined;
}
