import { DescribeImagesCommand, type ECRClient } from "@aws-sdk/client-ecr";
import { list, UserError } from "@workbook/toolchain";
import type { PlacedApp } from "./images.ts";
import type { Target } from "./target.ts";

/** What answers is AWS, and nothing in its place. */
export function isAwsItself({ name, endpointUrl }: Target): boolean {
  return name === "aws" && endpointUrl === undefined;
}

/**
 * The workbook's own images have the layers of the app and no base: Local AWS brings the runtime, a virtual machine of
 * Fargate does not. On AWS the images have to be Docker's, pushed by the learner.
 *
 * @throws {UserError} where one is not there, with the commands that make it
 */
export async function requirePushed(ecr: ECRClient, placed: readonly PlacedApp[]): Promise<void> {
  const missing = [];
  for (const each of placed) {
    if (!(await isPushed(ecr, each))) missing.push(each);
  }
  if (missing.length === 0) return;
  const registry = missing[0]!.name.split("/")[0]!;
  const region = registry.split(".")[3];
  const commands = [
    `aws ecr get-login-password --region ${region} | docker login --username AWS --password-stdin ${registry}`,
    ...missing.flatMap(({ app, name, dockerfile }) => {
      const file = dockerfile === undefined ? "" : ` -f ${dockerfile}`;
      return [
        `docker build --platform linux/amd64 --provenance=false -t ${name}${file} ${app.folder}`,
        `docker push ${name}`,
      ];
    }),
  ];
  const names = missing.map(({ name }) => name).join(", ");
  throw new UserError(
    [
      `AWS itself needs images that Docker has built: ${names} cannot be found.`,
      `AWS では Docker でビルドしたイメージが必要ですが、見つかりません: ${names}`,
    ],
    {
      code: "IMAGES_NEED_DOCKER",
      next: list(
        [
          "",
          ...commands,
          [
            "and then the same command again, which goes on from here",
            "その後、同じコマンドをもう一度実行すると、ここから続きます",
          ],
        ],
        "\n  ",
      ),
    },
  );
}

async function isPushed(ecr: ECRClient, { repository, image }: PlacedApp): Promise<boolean> {
  const imageIds = [{ imageTag: image.contentTag }];
  try {
    await ecr.send(new DescribeImagesCommand({ repositoryName: repository, imageIds }));
    return true;
  } catch (error) {
    if ((error as Error).name === "ImageNotFoundException") return false;
    throw error;
  }
}
