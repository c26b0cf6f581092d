import {
  type Check,
  type CheckResult,
  defineCheck,
  failed,
  hint,
  NODE_APP,
  type SynthContext,
  walk,
} from "@workbook/lab-kit";
import { both, text, type Words } from "@workbook/toolchain";
import { BUILDSPEC as FILE, readBuildspec } from "./repository-files.ts";
import { awsPage } from "./stack-parts.ts";

const SPEC = awsPage("codebuild/latest/userguide/build-spec-ref.html");
const LOGIN = awsPage("AmazonECR/latest/userguide/registry_auth.html");
const DEFINITIONS = awsPage("codepipeline/latest/userguide/file-reference.html");

const FAULTS = {
  unreadable: hint(
    ["Is it YAML, with phases in it?", "phases のある YAML になっていますか。"],
    both`${["A buildspec has phases, and each has commands:", "buildspec には phases があり、それぞれに commands があります:"]} ${SPEC}`,
    "version: 0.2",
  ),
  untested: hint(
    [
      "What stops a push that should not get to the users?",
      "利用者に届けてはいけないプッシュを、何が止めますか。",
    ],
    [
      "A command that fails, before anything is built: node --test test.mjs.",
      "何かをビルドする前に失敗するコマンドです。node --test test.mjs を使います。",
    ],
    "- node --test test.mjs",
  ),
  login: hint(
    [
      "As whom does docker push into your repository?",
      "docker は誰としてリポジトリにプッシュしますか。",
    ],
    both`${["With a password of the registry, for some hours, which the build's role may ask for:", "レジストリのパスワードを使います。数時間だけ有効で、ビルドのロールで取得できます:"]} ${LOGIN}`,
    '- sh ecr-password.sh | docker login --username AWS --password-stdin "${REPOSITORY%%/*}"',
  ),
  image: hint(
    ["Is the image built, and pushed?", "イメージをビルドして、プッシュしていますか。"],
    [
      "docker build, then docker push, under a name that no other commit has.",
      "docker build、次に docker push です。コミットごとに違う名前を付けます。",
    ],
    '- docker push "$IMAGE"',
  ),
  definitions: hint(
    [
      "How does the last stage learn which container gets which image?",
      "どのコンテナにどのイメージを渡すか、最後のステージはどう知りますか。",
    ],
    both`${["By imagedefinitions.json, with the container's name as the task definition has it:", "imagedefinitions.json です。コンテナ名はタスク定義のとおりに書きます:"]} ${DEFINITIONS}`,
    `- printf '[{"name":"node-app","imageUri":"%s"}]' "$IMAGE" > imagedefinitions.json`,
  ),
  artifacts: hint(
    ["What of the build is left when it has ended?", "ビルドが終わった後に残るのは何ですか。"],
    both`${["What stands below artifacts, and nothing else:", "artifacts に書いたものだけです:"]} ${SPEC}`,
    "files: [imagedefinitions.json]",
  ),
};
type Fault = keyof typeof FAULTS;

/** The buildspec tests, builds, pushes, and says what is to be deployed. */
export function buildspecDoes(id: string): Check<"synth"> {
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      "The buildspec tests, builds, pushes, and says what to deploy",
      "buildspec がテスト、ビルド、プッシュを行い、デプロイするものを示す",
    ]),
    faults: FAULTS,
    run: examine,
  });
}

/** Where in the commands each thing is done; -1 where it is not. */
function placesIn(commands: readonly string[]) {
  const at = (pattern: RegExp) => commands.findIndex((line) => pattern.test(line));
  return {
    test: at(/--test\b|npm (?:run )?test/),
    build: at(/docker build\b/),
    login: at(/docker login\b.*--password-stdin/),
    push: at(/docker push\b/),
    definition: at(/imagedefinitions\.json/),
  };
}

async function examine(context: SynthContext): Promise<CheckResult<Fault>> {
  const spec = await readBuildspec(context);
  if ("problem" in spec)
    return failed(
      "unreadable",
      [`${FILE} can be read`, `${FILE} を読める`],
      both`${["it cannot", "読めません"]}: ${spec.problem}`,
    );
  const { commands, files } = spec;
  const { test, build, login, push, definition } = placesIn(commands);
  const definitions = commands[definition] ?? "-";
  const inOrder = (first: number, second: number) => first >= 0 && first < second;
  const where = (what: Words, line: number) =>
    both`${what}: ${line < 0 ? ["no command", "コマンドがない"] : commands[line]!}`;
  return walk<Fault>(FILE, [
    {
      fault: "untested",
      expected: ["tests run before anything is built", "ビルドの前にテストを動かす"],
      actual: where(["tests", "テスト"], test),
      holds: test >= 0 && (build < 0 || test < build),
    },
    {
      fault: "image",
      expected: ["docker build, then docker push", "docker build の後に docker push"],
      actual: where("docker push", push),
      holds: inOrder(build, push),
    },
    {
      fault: "login",
      expected: ["docker login before the push", "プッシュの前に docker login"],
      actual: where("docker login", login),
      holds: inOrder(login, push),
    },
    {
      fault: "definitions",
      expected: both`${["imagedefinitions.json names", "imagedefinitions.json に書くコンテナ"]}: ${NODE_APP.container}`,
      actual: definitions,
      holds:
        definitions.includes(`"name":"${NODE_APP.container}"`) && definitions.includes("imageUri"),
    },
    {
      fault: "artifacts",
      expected: ["it is handed on", "成果物として渡す"],
      actual: `artifacts: ${files.join(", ") || "-"}`,
      holds: files.some((file) => file === "imagedefinitions.json" || file === "**/*"),
    },
  ]);
}
