import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { buildImage, pushImage } from "@workbook/image-builder";

import type { AwsClients } from "../../src/live.ts";
import type { Stack } from "./stack.ts";

/** Behaves like the workbook's apps, and as `HEALTH`, `HANG`, `SAYS` and `REQUIRED` want it to. */
const PROGRAM = `
const { createServer } = require("node:http");
const { PORT = "80", START_DELAY_SECONDS = "0", CRASH_ON_START, HEALTH = "200", HANG, REQUIRED, EACCES, SAYS } = process.env;
if (REQUIRED && !process.env[REQUIRED]) { console.error(REQUIRED + " must be set"); process.exit(1); }
if (EACCES) { console.error("Error: listen EACCES: permission denied 0.0.0.0:80"); process.exit(1); }
if (SAYS) console.error(SAYS);
if (CRASH_ON_START) { console.error("cannot go on"); process.exit(Number(CRASH_ON_START)); }
const server = createServer((request, response) => {
  if (HANG) return;
  response.statusCode = request.url === "/healthz" ? Number(HEALTH) : request.url === "/" ? 200 : 404;
  response.end("hello");
});
setTimeout(
  () => server.listen(Number(PORT), () => console.log(JSON.stringify({ message: "listening" }))),
  Number(START_DELAY_SECONDS) * 1000,
);
process.on("SIGTERM", () => { server.close(() => process.exit(0)); server.closeAllConnections(); });
`;

const DOCKERFILE = 'FROM node:24-slim\nCOPY main.js /main.js\nCMD ["node", "/main.js"]\n';

/** Builds the program's image and pushes it under a tag; what a task definition says to run it. */
export async function pushWebImage(
  aws: AwsClients,
  repositoryName: string,
  tag: string,
  comment = "",
): Promise<string> {
  const scratch = await mkdtemp(join(tmpdir(), "web-image-"));
  try {
    await writeFile(join(scratch, "main.js"), `${PROGRAM}// ${comment}\n`);
    await writeFile(join(scratch, "Dockerfile"), DOCKERFILE);
    const image = await buildImage({ context: scratch, outputDir: join(scratch, "images") });
    const { repositories = [] } = await aws.ecr.describeRepositories({});
    const known = repositories.find((each) => each.repositoryName === repositoryName);
    const { repository = known } = known ? {} : await aws.ecr.createRepository({ repositoryName });
    const { authorizationData = [] } = await aws.ecr.getAuthorizationToken({});
    await pushImage({
      image,
      registry: authorizationData[0]!.proxyEndpoint!,
      repository: repositoryName,
      tags: [tag],
      authorization: `Basic ${authorizationData[0]!.authorizationToken}`,
    });
    return `${repository!.repositoryUri}:${tag}`;
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/** Gives a stack's first app an image in a repository of its own, under the tag `v1`. */
export async function ownImage({ aws, node, options: { number } }: Stack): Promise<void> {
  node.definition.containerDefinitions![0]!.image = await pushWebImage(aws, `own-${number}`, "v1");
}
