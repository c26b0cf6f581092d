import { text } from "@workbook/toolchain";
import {
  type Check,
  defineCheck,
  failed,
  hint,
  listed,
  passed,
  type WebApp,
} from "@workbook/lab-kit";

const REVISIONS =
  "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-definition-state.html";
const REVISIONS_JA =
  "https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/task-definition-state.html";

const FAULTS = {
  "not-registered": hint(
    [
      "Is the task definition registered, or only written down?",
      "タスク定義は登録されていますか。コードに書いただけではありませんか。",
    ],
    [
      "What is written has to be applied: ./workbook deploy 4",
      "書いたものは適用して初めて登録されます: ./workbook deploy 4",
    ],
    "./workbook deploy 4",
  ),
  "another-image": hint(
    [
      "A revision never changes. Which image does the newest one have?",
      "リビジョンは後から変わりません。最新のリビジョンのイメージはどれですか。",
    ],
    [
      `A new image takes a new revision; deploy registers one. ${REVISIONS}`,
      `イメージを変えるには新しいリビジョンが必要です。デプロイで登録されます: ${REVISIONS_JA}`,
    ],
    "./workbook deploy 4",
  ),
};

/** The newest revision of an app's family is active and runs the image that building gives now. */
export function revisionIsActive(id: string, app: WebApp): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      "The newest revision runs the image that was built",
      "最新リビジョンがビルドしたイメージを指している",
    ]),
    faults: FAULTS,
    async run({ aws, owner, images }) {
      const family = `${app.container}-${owner}`;
      const expected = [
        `an active revision of ${family} with the image that building gives now`,
        `${family} に、いまのビルド結果のイメージを指す有効なリビジョンがある`,
      ] as const;
      const { taskDefinitionArns = [] } = await aws.ecs.listTaskDefinitions({
        familyPrefix: family,
        sort: "DESC",
      });
      // A prefix of a family finds longer names too.
      const arns = taskDefinitionArns.filter((arn) => arn.includes(`/${family}:`));
      const [newest] = arns;
      if (newest === undefined)
        return failed("not-registered", expected, [
          `${family} has no revision`,
          `${family} のリビジョンがありません`,
        ]);
      const { taskDefinition } = await aws.ecs.describeTaskDefinition({ taskDefinition: newest });
      const image = taskDefinition?.containerDefinitions?.[0]?.image;
      const built = images.find((each) => each.app.repository === app.repository)?.image;
      const active = listed(arns.map((arn) => arn.split(":").at(-1) ?? arn));
      const revision = taskDefinition?.revision;
      const actual = text([
        `revision ${revision} (active: ${active.en}) with ${image}`,
        `リビジョン ${revision} (有効: ${active.ja}) のイメージは ${image} です`,
      ]);
      return image !== undefined && image === built
        ? passed(expected, actual)
        : failed("another-image", expected, [
            `${actual.en}, but built was ${built ?? "nothing"}`,
            `${actual.ja}が、ビルドしたのは ${built ?? "なし"} です`,
          ]);
    },
  });
}
