import type { ImageDetail } from "@aws-sdk/client-ecr";

import { defineCheck, failed, passed } from "../check.ts";
import type { Check, CheckResult } from "../check.ts";
import { hint, text } from "../hint.ts";
import type { LiveContext } from "../live.ts";
import type { WebApp } from "../web-app.ts";
import { combined } from "./steps.ts";
import { repositoryName } from "./wiring.ts";
import { TAGS_MUTABLE } from "./tags-mutable.ts";

const FAULTS = {
  "no-repository": hint(
    [
      "Does the repository exist, or is it only written down?",
      "リポジトリは存在しますか。コードに書いただけではありませんか。",
    ],
    [
      "What is written has to be applied: ./workbook deploy 1",
      "書いたものは適用して初めて存在します: ./workbook deploy 1",
    ],
    "./workbook deploy 1",
  ),
  "tags-mutable": TAGS_MUTABLE,
  "not-pushed": hint(
    [
      "Is the image in the repository the one that your Dockerfile builds now?",
      "リポジトリにあるイメージは、いまの Dockerfile からできるものですか。",
    ],
    [
      "Another content is another digest and another tag; it has to be pushed: https://docs.aws.amazon.com/AmazonECR/latest/userguide/docker-push-ecr-image.html",
      "内容が変わればダイジェストもタグも変わり、もう一度 push が必要です: https://docs.aws.amazon.com/ja_jp/AmazonECR/latest/userguide/docker-push-ecr-image.html",
    ],
    "./workbook deploy 1",
  ),
  "another-digest": hint(
    [
      "Does the tag in the registry mean what was built here?",
      "レジストリのタグは、ここでビルドしたものを指していますか。",
    ],
    [
      "Tags are made from the digest. Scrap what was pushed under this one and deploy again.",
      "タグはダイジェストから作られます。このタグのイメージを削除して、もう一度デプロイしてください。",
    ],
    "./workbook aws ecr batch-delete-image … && ./workbook deploy 1",
  ),
};

type Fault = keyof typeof FAULTS;

/**
 * Each app's image, built again now, is in its repository under the tag made from its content: the same sources, the same
 * digest. What was seen lists the layers.
 */
export function imagesArePushed(id: string, apps: readonly WebApp[]): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      "The registry has what building gives: the same digest, under its own tag",
      "レジストリに、ビルド結果と同じダイジェストのイメージがそのタグで入っている",
    ]),
    faults: FAULTS,
    async run(context) {
      return combined(await Promise.all(apps.map((app) => examine(context, app))));
    },
  });
}

async function examine(context: LiveContext, app: WebApp): Promise<CheckResult<Fault>> {
  const { ecr } = context.aws;
  const name = repositoryName(context, app);
  const { repositories = [] } = await ecr.describeRepositories({});
  const repository = repositories.find(({ repositoryName: each }) => each === name);
  if (repository === undefined) {
    return failed("no-repository", `the repository ${name}`, "ECR has none of that name");
  }
  const { imageTagMutability: mutability } = repository;
  if (mutability !== "IMMUTABLE")
    return failed("tags-mutable", `${name} with immutable tags`, `tags are ${mutability}`);
  const built = context.images.find(({ app: each }) => each.repository === app.repository);
  const tag = /:([^:/@]+)$/.exec(built?.image ?? "")?.[1];
  if (tag === undefined)
    throw new RangeError(`Building ${app.container} came to no image with a tag`);
  const expected = `${name} has the image that building gives now, ${tag}`;
  const { imageDetails = [] } = await ecr.describeImages({ repositoryName: name });
  const image = imageDetails.find(({ imageTags = [] }) => imageTags.includes(tag));
  if (image === undefined)
    return failed(
      "not-pushed",
      expected,
      `${name} has ${imageDetails.map(tell).join(", ") || "no image"}`,
    );
  if (!image.imageDigest?.startsWith(`sha256:${tag}`))
    return failed("another-digest", expected, `${name}:${tag} is ${image.imageDigest}`);
  return passed(expected, `${name}:${tag}\n${await layersOf(context, name, image)}`);
}

function tell({ imageTags = [], imageDigest }: ImageDetail): string {
  return `${imageTags.join(" ")} (${imageDigest?.slice(0, 19)})`;
}

interface Manifest {
  readonly layers?: readonly { readonly digest: string; readonly size: number }[];
}

/** One line for the image and one for each layer, lowest first, as its manifest in the registry lists them. */
async function layersOf(
  { aws }: LiveContext,
  repository: string,
  { imageDigest }: ImageDetail,
): Promise<string> {
  const { images = [] } = await aws.ecr.batchGetImage({
    repositoryName: repository,
    imageIds: [{ imageDigest }],
  });
  const { layers = [] } = JSON.parse(images[0]?.imageManifest ?? "{}") as Manifest;
  if (layers.length === 0) throw new RangeError(`The manifest of ${imageDigest} lists no layers`);
  const lines = layers.map(
    ({ digest, size }) => `  layer ${digest.slice(0, 19)}  ${String(size).padStart(9)} bytes`,
  );
  return [`  ${imageDigest}`, ...lines].join("\n");
}
