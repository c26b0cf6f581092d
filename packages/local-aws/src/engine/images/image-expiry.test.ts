import {
  CreateRepositoryCommand,
  DescribeImagesCommand,
  ECRClient,
  PutImageCommand,
  PutLifecyclePolicyCommand,
} from "@aws-sdk/client-ecr";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ManualClock } from "../../clock/manual-clock.ts";
import { startTestCloud, type TestCloud } from "../../testing.ts";

const clock = new ManualClock();
let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud({ clock });
});
afterAll(async () => {
  expect(cloud.errors).toEqual([]);
  await cloud.stop();
});

test("within a day, a policy leaves the newest images alone and takes the rest", async () => {
  const ecr = new ECRClient(cloud.clientConfig);
  const repositoryName = "aging";
  await ecr.send(new CreateRepositoryCommand({ repositoryName }));
  for (const imageTag of ["v1", "v2", "v3"]) {
    const imageManifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: [],
      annotations: { imageTag },
    });
    await ecr.send(new PutImageCommand({ repositoryName, imageTag, imageManifest }));
    await clock.advance(1000);
  }
  const selection = { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 2 };
  const rules = [{ rulePriority: 1, selection, action: { type: "expire" } }];
  await ecr.send(
    new PutLifecyclePolicyCommand({
      repositoryName,
      lifecyclePolicyText: JSON.stringify({ rules }),
    }),
  );
  await clock.advance(24 * 3_600_000);
  const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName }));
  expect(imageDetails!.flatMap(({ imageTags }) => imageTags)).toEqual(["v2", "v3"]);
});
