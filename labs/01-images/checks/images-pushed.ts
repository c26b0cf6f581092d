import type { ImageDetail } from "@aws-sdk/client-ecr";

import { both, list, text, type Text, type Words } from "@workbook/toolchain";
import {
  allRepositories,
  type Check,
  type CheckResult,
  combined,
  defineCheck,
  failed,
  hint,
  type LiveContext,
  passed,
  repositoryName,
  TAGS_MUTABLE,
  type WebApp,
} from "@workbook/lab-kit";

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
      "内容が変わればダイジェストもタグも変わり、もう一度プッシュが必要です: https://docs.aws.amazon.com/ja_jp/AmazonECR/latest/userguide/docker-push-ecr-image.html",
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
 * digest. What was seen lists the layers. On AWS itself the image is Docker's, and the tag is what can be compared.
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
  const repositories = await allRepositories(ecr);
  const repository = repositories.find(({ repositoryName: each }) => each === name);
  if (repository === undefined) {
    return failed(
      "no-repository",
      [`the repository ${name}`, `リポジトリ ${name} がある`],
      ["ECR has none of that name", "ECR にその名前のリポジトリはありません"],
    );
  }
  const { imageTagMutability: mutability } = repository;
  if (mutability !== "IMMUTABLE")
    return failed(
      "tags-mutable",
      [`${name} with immutable tags`, `${name} のタグが変更不可である`],
      [`tags are ${mutability}`, `タグは ${mutability} です`],
    );
  const built = context.images.find(({ app: each }) => each.repository === app.repository);
  const tag = /:([^:/@]+)$/.exec(built?.image ?? "")?.[1];
  if (tag === undefined)
    throw new RangeError(`Building ${app.container} came to no image with a tag`);
  const imageDetails: ImageDetail[] = [];
  for await (const page of ecr.paginateDescribeImages({ repositoryName: name }))
    imageDetails.push(...(page.imageDetails ?? []));
  const judged = judgePushed(name, tag, imageDetails, context.imagesAreDockers === true);
  if (!judged.passed) return judged;
  const image = imageDetails.find((each) => hasTag(each, tag))!;
  return { ...judged, actual: both`${judged.actual}\n${await layersOf(context, name, image)}` };
}

/**
 * What the images of a repository say about the one that was built.
 *
 * @param tag made from the content: how the digest of the workbook's own image begins
 * @param areDockers the image under the tag is Docker's build of the same sources: its digest is another one, so that the
 *   tag alone can be looked at
 */
export function judgePushed(
  name: string,
  tag: string,
  images: readonly ImageDetail[],
  areDockers: boolean,
): CheckResult<Fault> {
  const expected: Words = areDockers
    ? [
        `${name} has an image under the tag of what is built now, ${tag}`,
        `${name} に、いまビルドしたもののタグ ${tag} のイメージがある`,
      ]
    : [
        `${name} has the image that building gives now, ${tag}`,
        `${name} に、いまのビルド結果のイメージ ${tag} がある`,
      ];
  const image = images.find((each) => hasTag(each, tag));
  if (image === undefined) return failed("not-pushed", expected, describeImages(name, images));
  if (areDockers)
    return passed(expected, [
      `${name}:${tag}, built by Docker: the tag and the layers were looked at, not the digest`,
      `${name}:${tag} (Docker のビルド。ダイジェストではなく、タグとレイヤーを確認しました)`,
    ]);
  if (!image.imageDigest?.startsWith(`sha256:${tag}`))
    return failed("another-digest", expected, [
      `${name}:${tag} is ${image.imageDigest}`,
      `${name}:${tag} は ${image.imageDigest} です`,
    ]);
  return passed(expected, `${name}:${tag}`);
}

function describeImages(name: string, images: readonly ImageDetail[]): Words {
  if (images.length === 0) return [`${name} has no image`, `${name} にイメージがありません`];
  const told = images.map(tell).join(", ");
  return [`${name} has ${told}`, `${name} にあるもの: ${told}`];
}

function hasTag({ imageTags = [] }: ImageDetail, tag: string): boolean {
  return imageTags.includes(tag);
}

function tell({ imageTags = [], imageDigest }: ImageDetail): string {
  return `${imageTags.join(" ")} (${imageDigest?.slice(0, 19)})`;
}

interface Manifest {
  readonly layers?: readonly { readonly digest: string; readonly size: number }[];
  /** Of an index, which Docker makes for several platforms: https://github.com/opencontainers/image-spec/blob/main/image-index.md */
  readonly manifests?: readonly {
    readonly digest: string;
    readonly platform?: { readonly architecture: string };
  }[];
}

/** One line for the image and one for each layer, lowest first, as its manifest in the registry lists them. */
async function layersOf(
  context: LiveContext,
  repository: string,
  { imageDigest }: Pick<ImageDetail, "imageDigest">,
): Promise<Text> {
  const { images = [] } = await context.aws.ecr.batchGetImage({
    repositoryName: repository,
    imageIds: [{ imageDigest }],
  });
  const manifest = JSON.parse(images[0]?.imageManifest ?? "{}") as Manifest;
  // What Fargate starts of it, unless a task definition asks for another processor.
  const part = manifest.manifests?.find(({ platform }) => platform?.architecture === "amd64");
  if (part) return layersOf(context, repository, { imageDigest: part.digest });
  const { layers = [] } = manifest;
  if (layers.length === 0) throw new RangeError(`The manifest of ${imageDigest} lists no layers`);
  const lines = layers.map(({ digest, size }): Words => [
    `  layer ${digest.slice(0, 19)}  ${String(size).padStart(9)} bytes`,
    `  レイヤー ${digest.slice(0, 19)}  ${String(size).padStart(9)} バイト`,
  ]);
  return list([`  ${imageDigest}`, ...lines], "\n");
}
