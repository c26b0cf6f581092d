import { mkdtempDisposable, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { pullImage } from "@workbook/image-builder";

import { list, text, type Text, type Words } from "@workbook/toolchain";
import {
  type Check,
  type CheckResult,
  ContainerError,
  defineCheck,
  failed,
  hint,
  type LiveContext,
  type LocalImage,
  NodeContainer,
  passed,
  repositoryName,
  type WebApp,
} from "@workbook/lab-kit";

const GUIDE =
  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/container-considerations.html";
const GUIDE_JA =
  "https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/container-considerations.html";

const FAULTS = {
  "not-pushed": hint(
    ["Where does a container's image come from?", "コンテナのイメージはどこから来ますか。"],
    [
      "From the registry, so it has to be there: ./workbook deploy 1 makes the repository and pushes.",
      "レジストリからです。先にそこへ入れておきます。./workbook deploy 1 がリポジトリを作り、プッシュします。",
    ],
    "./workbook deploy 1",
  ),
  "not-started": hint(
    [
      "Which file does CMD start, and did it come into the image?",
      "CMD が起動するファイルはどれですか。そのファイルはイメージに入っていますか。",
    ],
    [
      `A container has the files of its image and nothing else: ${GUIDE}`,
      `コンテナにあるのはイメージのファイルだけです: ${GUIDE_JA}`,
    ],
    `COPY src ./src … CMD ["node", "src/main.js"]`,
  ),
  "another-answer": hint(
    ["Which sources are in the image?", "イメージに入っているのはどのソースですか。"],
    [
      "Compare the app's folder with what the Dockerfile copies.",
      "アプリのフォルダーと、Dockerfile がコピーするものを比べてください。",
    ],
    "COPY src ./src",
  ),
  "not-stopped": hint(
    ["Which process got the SIGTERM?", "SIGTERM を受け取ったのはどのプロセスですか。"],
    [
      `ECS sends SIGTERM to the first process, and SIGKILL when nothing came of it: ${GUIDE}`,
      `ECS は最初のプロセスに SIGTERM を送り、終了しなければ SIGKILL を送ります: ${GUIDE_JA}`,
    ],
    `CMD ["node", "src/main.js"]`,
  ),
  kept: hint(
    ["What makes a container what it is?", "コンテナの内容を決めるものは何ですか。"],
    [
      `Its image alone; what is changed in a container goes with it: ${GUIDE}`,
      `イメージだけです。コンテナの中での変更は、コンテナとともに消えます: ${GUIDE_JA}`,
    ],
    "./workbook deploy 1",
  ),
};

type Fault = keyof typeof FAULTS;

/** Starting Node.js takes a moment, on a busy machine some. */
const DEADLINE_MS = 60_000;
const CHANGED = "Changed by hand";

/**
 * The image in the registry starts, answers and stops; what is changed by hand in one container is gone in the next one,
 * because that is made from the image again. Scrap and build.
 */
export function containersAreDisposable(id: string, app: WebApp): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      "A container changed by hand is scrapped; the next one is as the image is",
      "手で変更したコンテナは捨てられ、次のコンテナはイメージのとおりになる",
    ]),
    faults: FAULTS,
    async run(context) {
      await using scratch = await mkdtempDisposable(join(tmpdir(), "container-"));
      return await examine(context, app, scratch.path);
    },
  });
}

async function examine(
  context: LiveContext,
  app: WebApp,
  scratch: string,
): Promise<CheckResult<Fault>> {
  const expected = expectationOf(app);
  const image = await pull(context, app, join(scratch, "layout"));
  if (image === undefined)
    return failed("not-pushed", expected, [
      `ECR has no repository ${repositoryName(context, app)}`,
      `ECR にリポジトリ ${repositoryName(context, app)} がありません`,
    ]);
  const deadlineMs = context.deadlineMs ?? DEADLINE_MS;
  const seen: Words[] = [image.digest];
  const first = await NodeContainer.create(image, join(scratch, "1"));
  const look = async (container: NodeContainer, what: Text) => {
    const { value, exitCode } = await container.run(answerOf, deadlineMs);
    const end = text(exitCode === null ? ["a signal", "シグナル"] : `${exitCode}`);
    seen.push([
      `  ${what.en} answers "${value}", and stops with ${end.en}`,
      `  ${what.ja}は "${value}" を返し、${end.ja} で終了しました`,
    ]);
    return { value, exitCode };
  };
  try {
    const fresh = await look(first, text(["container 1", "コンテナ 1 "]));
    if (fresh.value !== app.greeting) return failed("another-answer", expected, list(seen, "\n"));
    if (fresh.exitCode !== 0) return failed("not-stopped", expected, list(seen, "\n"));
    await replaceIn(first.workdir, app.greeting, CHANGED);
    const changed = await look(
      first,
      text(["container 1, changed by hand,", "手で変更したコンテナ 1 "]),
    );
    requireChanged(changed.value);
    await rm(first.root, { recursive: true });
    const second = await look(
      await NodeContainer.create(image, join(scratch, "2")),
      text(["container 1 is scrapped; container 2", "コンテナ 1 は捨てました。コンテナ 2 "]),
    );
    return second.value === app.greeting
      ? passed(expected, list(seen, "\n"))
      : failed("kept", expected, list(seen, "\n"));
  } catch (error) {
    if (!(error instanceof ContainerError)) throw error;
    return failed("not-started", expected, list([...seen, error.said], "\n"));
  }
}

const expectationOf = ({ container, greeting }: WebApp) =>
  [
    `containers of ${container} answer "${greeting}", whatever was done to the one before`,
    `前のコンテナに何をしても、${container} のコンテナは "${greeting}" を返す`,
  ] as const;

/** What was done by hand has to show, or the next container would prove nothing. */
function requireChanged(answer: string): void {
  if (answer === CHANGED) return;
  throw new ContainerError([
    `The change of container 1 did not show: ${answer}`,
    `コンテナ 1 への変更が現れませんでした: ${answer}`,
  ]);
}

/** Pulls the image that building gives now, as ECS would; undefined where nothing has a place to be pushed to. */
async function pull(
  context: LiveContext,
  app: WebApp,
  outputDir: string,
): Promise<LocalImage | undefined> {
  const built = context.images.find(({ app: each }) => each.repository === app.repository);
  const reference = /:([^:/@]+)$/.exec(built?.image ?? "")?.[1];
  if (reference === undefined) return undefined;
  const { authorizationData = [] } = await context.aws.ecr.getAuthorizationToken({});
  const { authorizationToken, proxyEndpoint = "" } = authorizationData[0] ?? {};
  return pullImage({
    registry: proxyEndpoint,
    repository: repositoryName(context, app),
    reference,
    outputDir,
    authorization: `Basic ${authorizationToken}`,
  });
}

async function answerOf(url: string): Promise<string> {
  return (await fetch(url)).text();
}

/** Changes a text in the app's own files, as somebody would who is logged in to a container. */
async function replaceIn(folder: string, old: string, by: string): Promise<void> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const file of files) {
    if (!file.isFile() || file.parentPath.includes("node_modules")) continue;
    const path = join(file.parentPath, file.name);
    const content = await readFile(path, "utf8");
    if (content.includes(old)) await writeFile(path, content.replaceAll(old, by));
  }
}
