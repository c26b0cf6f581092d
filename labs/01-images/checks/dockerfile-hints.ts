import { hint } from "@workbook/lab-kit";

const STAGES = "https://docs.docker.com/build/building/multi-stage/";
const FORMS = "https://docs.docker.com/reference/dockerfile/#shell-and-exec-form";
const IMAGES =
  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-considerations.html";
const IMAGES_JA =
  "https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/container-considerations.html";
const SECURITY =
  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html";
const SECURITY_JA =
  "https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/security-tasks-containers.html";

/** Help with everything that can be wrong in the Dockerfile of a Node.js app. */
export const DOCKERFILE_HINTS = {
  missing: hint(
    ["What is the image built from?", "イメージは何から作られますか。"],
    [
      `A file called Dockerfile beside stack.ts: ${IMAGES}`,
      `stack.ts の隣の Dockerfile です: ${IMAGES_JA}`,
    ],
    "FROM node:24-slim AS dependencies",
  ),
  unreadable: hint(
    [
      "On which line does the Dockerfile stop making sense?",
      "Dockerfile のどの行が読めなくなっていますか。",
    ],
    [
      "Every line is an instruction with arguments: https://docs.docker.com/reference/dockerfile/",
      "各行は命令と引数です: https://docs.docker.com/reference/dockerfile/",
    ],
    `CMD ["node", "src/main.js"]`,
  ),
  unpinned: hint(
    [
      "If you build again next year, which Node.js do you get?",
      "来年もう一度ビルドしたら、どの Node.js になりますか。",
    ],
    [
      `Name the version of the base image, never latest; a digest behind it names one image of that version: ${IMAGES}`,
      `ベースイメージは latest ではなくバージョンで指定します。ダイジェストも付けると、そのバージョンのうちの 1 つのイメージに決まります: ${IMAGES_JA}`,
    ],
    "FROM node:24-slim@sha256:…",
  ),
  "one-stage": hint(
    [
      "What is in the image that only the build needed?",
      "イメージの中に、ビルドのときだけ必要だったものはありませんか。",
    ],
    [
      `Install in one stage, copy the result into the next: ${STAGES}`,
      `1 つのステージでインストールし、結果だけを次のステージへコピーします: ${STAGES}`,
    ],
    "COPY --from=dependencies /app/node_modules ./node_modules",
  ),
  dependencies: hint(
    [
      "Which versions of the dependencies are in the image, and does it need all of them to run?",
      "イメージに入る依存パッケージのバージョンは何で決まりますか。実行時にすべて必要ですか。",
    ],
    [
      "npm ci installs what the lockfile says, and can leave the development ones out: https://docs.npmjs.com/cli/commands/npm-ci",
      "npm ci はロックファイルどおりにインストールし、開発用の依存を除けます: https://docs.npmjs.com/cli/commands/npm-ci",
    ],
    "RUN npm ci --omit=dev --no-audit --no-fund",
  ),
  "no-command": hint(
    ["What does a container of this image start?", "このイメージのコンテナは何を起動しますか。"],
    [`The last stage says it with CMD: ${FORMS}`, `最後のステージの CMD で指定します: ${FORMS}`],
    `CMD ["node", "src/main.js"]`,
  ),
  "shell-form": hint(
    [
      "ECS stops a task with SIGTERM. Which process gets it: the app, or a shell?",
      "ECS は SIGTERM でタスクを止めます。受け取るのはアプリですか、シェルですか。",
    ],
    [
      `CMD as plain text runs in /bin/sh -c; as a JSON array it is the app itself: ${FORMS}`,
      `CMD を文字列で書くと /bin/sh -c が起動し、JSON 配列で書くとアプリ自身が起動します: ${FORMS}`,
    ],
    `CMD ["node", "src/main.js"]`,
  ),
  wrapped: hint(
    [
      "How many processes are in the container, and which one is the first?",
      "コンテナの中にプロセスはいくつあり、最初のプロセスはどれですか。",
    ],
    [
      `One container, one process: start node, not npm or a process manager: ${IMAGES}`,
      `1 コンテナ 1 プロセスです。npm やプロセスマネージャーではなく node を起動します: ${IMAGES_JA}`,
    ],
    `CMD ["node", "src/main.js"]`,
  ),
  root: hint(
    ["As which user does the app run?", "アプリはどのユーザーで動きますか。"],
    [`Without USER it is root: ${SECURITY}`, `USER がなければ root です: ${SECURITY_JA}`],
    "USER 1000:1000",
  ),
};
