import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { buildImage, pushImage } from "@workbook/image-builder";
import { afterAll, beforeAll, expect, test } from "vitest";

import { containersAreDisposable } from "../checks/disposable-container.ts";
import { imagesArePushed } from "../checks/images-pushed.ts";
import {
  type AwsClients,
  createRequester,
  type LiveContext,
  NODE_APP,
  SynthReader,
} from "@workbook/lab-kit";
import { REGION, startTestCloud, type TestCloud } from "@workbook/lab-kit/testing";

const REPOSITORY = "nodejs-app-hanako";
const DOCKERFILE = `FROM node:24-slim
WORKDIR /app
COPY src ./src
CMD ["node", "src/main.js"]
`;
/** As much of the app as a container is looked at for. */
const MAIN = `const server = require("node:http").createServer((_, response) => response.end("Hello World from node.js"));
server.listen(process.env.PORT, "127.0.0.1", () => console.log(JSON.stringify({ message: "listening", port: server.address().port })));
`;
const STOPS = `process.on("SIGTERM", () => { server.close(); server.closeAllConnections(); });\n`;

let cloud: TestCloud;
let aws: AwsClients;
let scratch: string;

beforeAll(async () => {
  cloud = await startTestCloud({ tasks: "off" });
  aws = cloud.aws;
  await aws.ecr.createRepository({
    repositoryName: REPOSITORY,
    imageTagMutability: "IMMUTABLE",
  });
  scratch = await mkdtemp(join(tmpdir(), "disposable-"));
});

afterAll(async () => {
  await cloud.stop();
  await rm(scratch, { recursive: true, force: true });
});

/** Builds and pushes an image of these files. @returns what a check of it knows */
async function contextOf(main: string, file = "main.js"): Promise<LiveContext> {
  const folder = await mkdtemp(join(scratch, "app-"));
  await mkdir(join(folder, "src"));
  await writeFile(join(folder, "Dockerfile"), DOCKERFILE);
  await writeFile(join(folder, "src", file), main);
  const image = await buildImage({ context: folder, outputDir: join(scratch, "images") });
  const { authorizationData = [] } = await aws.ecr.getAuthorizationToken({});
  await pushImage({
    image,
    registry: authorizationData[0]!.proxyEndpoint!,
    repository: REPOSITORY,
    tags: [image.contentTag],
    authorization: `Basic ${authorizationData[0]!.authorizationToken}`,
  });
  return {
    owner: "hanako",
    region: REGION,
    homeCidr: "203.0.113.10/32",
    synth: new SynthReader([]),
    aws,
    images: [{ app: NODE_APP, image: `registry/${REPOSITORY}:${image.contentTag}` }],
    request: createRequester(),
  };
}

const check = containersAreDisposable("disposable-container", NODE_APP);

test("a container changed by hand is gone with it, and the next one is as the image is", async () => {
  const context = await contextOf(MAIN + STOPS);
  const result = await check.run(context);
  expect(result).toMatchObject({ passed: true });
  expect(result.actual.en.split("\n").slice(1)).toEqual([
    '  container 1 answers "Hello World from node.js", and stops with 0',
    '  container 1, changed by hand, answers "Changed by hand", and stops with 0',
    '  container 1 is scrapped; container 2 answers "Hello World from node.js", and stops with 0',
  ]);
  const pushed = await imagesArePushed("images-pushed", [NODE_APP]).run(context);
  expect(pushed).toMatchObject({
    passed: true,
    actual: { en: expect.stringMatching(/sha256:\w{64}\n {2}layer sha256:\w{12} +\d+ bytes/) },
  });
});

test("an image that lacks what it starts does not start, and Node.js says why", async () => {
  expect(await check.run(await contextOf(MAIN, "server.js"))).toMatchObject({
    passed: false,
    fault: "not-started",
    actual: { en: expect.stringContaining("Cannot find module") },
  });
});

test("an image of other sources answers something else", async () => {
  const other = MAIN.replace("Hello World", "Good Morning") + STOPS;
  expect(await check.run(await contextOf(other))).toMatchObject({
    passed: false,
    fault: "another-answer",
  });
});

test("a process that SIGTERM ends, instead of ending itself, was not stopped in order", async () => {
  expect(await check.run(await contextOf(MAIN))).toMatchObject({
    passed: false,
    fault: "not-stopped",
  });
});

test("where nothing could be pushed yet, that is what is said", async () => {
  const context = await contextOf(MAIN + STOPS);
  expect(await check.run({ ...context, images: [] })).toMatchObject({
    passed: false,
    fault: "not-pushed",
  });
});
