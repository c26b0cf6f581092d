import { both, text } from "@workbook/toolchain";
import { defineCheck, failed, passed } from "../check.ts";
import type { Check } from "../check.ts";
import { hint } from "../hint.ts";
import type { WebApp } from "../web-app.ts";
import { listed, repositoryName } from "./wiring.ts";
import { TAGS_MUTABLE } from "./tags-mutable.ts";

/** An app has an ECR repository of its own, called after app and owner, whose tags do not move. */
export function hasRepository(id: string, app: WebApp): Check<"synth"> {
  const name = `${app.repository}-<OWNER>`;
  return defineCheck({
    id,
    tier: "synth",
    title: text([
      `An image repository for ${app.container}`,
      `${app.container} のイメージリポジトリ`,
    ]),
    faults: {
      missing: hint(
        [
          `Where will the image of ${app.container} be pushed to? Look at ImagesStack.`,
          `${app.container} のイメージはどこにプッシュしますか。ImagesStack を見てください。`,
        ],
        [
          `Each app has a repository of its own, called ${name}. Use EcrRepository: https://docs.aws.amazon.com/AmazonECR/latest/userguide/Repositories.html`,
          `アプリごとに ${name} という名前のリポジトリを作ります。EcrRepository を使います: https://docs.aws.amazon.com/ja_jp/AmazonECR/latest/userguide/Repositories.html`,
        ],
        `new EcrRepository(this, "…", { name: settings.named("${app.repository}"), imageTagMutability: "IMMUTABLE", forceDelete: true });`,
      ),
      "tags-mutable": TAGS_MUTABLE,
    },
    run(context) {
      const wanted = repositoryName(context, app);
      const expected = [
        `an ECR repository "${wanted}" with immutable tags`,
        `ECR リポジトリ "${wanted}" があり、タグが変更不可である`,
      ] as const;
      const repositories = context.synth.all("aws_ecr_repository");
      const repository = repositories.find(({ attributes }) => attributes["name"] === wanted);
      if (repository === undefined) {
        const names = repositories.map(({ attributes }) => `"${String(attributes["name"])}"`);
        return failed(
          "missing",
          expected,
          both`${["repositories", "リポジトリ"]}: ${listed(names)}`,
        );
      }
      const mutability = String(repository.attributes["image_tag_mutability"] ?? "MUTABLE");
      const actual = [
        `${repository.address} "${wanted}" with tags ${mutability}`,
        `${repository.address} "${wanted}" のタグは ${mutability} です`,
      ] as const;
      return mutability === "IMMUTABLE"
        ? passed(expected, actual)
        : failed("tags-mutable", expected, actual);
    },
  });
}
