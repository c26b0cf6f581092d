import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { buildImage, pushImage } from "@workbook/image-builder";

import type { AwsClients } from "../live.ts";

const DOCKERFILE = 'FROM node:24-slim\nCMD ["node", "-e", "setInterval(() => {}, 1000)"]\n';

/**
 * Pushes an image that runs for ever and listens nowhere.
 *
 * @param scratch an empty folder to build it in
 * @returns what a task definition says to run it
 */
export async function pushIdleImage(
  aws: AwsClients,
  repositoryName: string,
  scratch: string,
): Promise<string> {
  await writeFile(join(scratch, "Dockerfile"), DOCKERFILE);
  const built = await buildImage({ context: scratch, outputDir: join(scratch, "images") });
  const { repository } = await aws.ecr.createRepository({ repositoryName });
  const { authorizationData = [] } = await aws.ecr.getAuthorizationToken({});
  await pushImage({
    image: built,
    registry: authorizationData[0]!.proxyEndpoint!,
    repository: repositoryName,
    tags: [built.contentTag],
    authorization: `Basic ${authorizationData[0]!.authorizationToken}`,
  });
  return `${repository!.repositoryUri}:${built.contentTag}`;
}
