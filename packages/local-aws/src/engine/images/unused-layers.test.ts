import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  BatchCheckLayerAvailabilityCommand,
  BatchDeleteImageCommand,
  ECRClient,
  BatchGetImageCommand,
} from "@aws-sdk/client-ecr";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ManualClock } from "../../clock/manual-clock.ts";
import { startTestCloud } from "../../testing.ts";
import { pushTinyImage } from "../scheduler/testing/push-tiny-image.ts";

const DAY_MS = 24 * 3_600_000;
let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "unused-layers-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const blobs = () => readdirSync(join(dataDir, "layers")).filter((name) => name.length === 64);

test("a day after its last image, a layer is forgotten, and its file goes with the next start", async () => {
  const clock = new ManualClock();
  const first = await startTestCloud({ dataDir, clock });
  const ecr = new ECRClient(first.clientConfig);
  const push = (name: string, content: string) =>
    pushTinyImage(ecr, first.endpoint, join(dataDir, "scratch"), name, {
      // The configuration is the same of both images, as long as it does not name their layers.
      diffIds: [],
      files: { content, name },
      config: {},
    });
  await push("kept", "kept");
  const kept = blobs();
  await push("gone", "gone");
  const left = blobs().filter((name) => !kept.includes(name));
  expect([kept.length, left.length]).toEqual([3, 2]);
  const imageIds = [{ imageTag: "v1" }];
  await ecr.send(new BatchDeleteImageCommand({ repositoryName: "gone", imageIds }));
  const available = async () => {
    const { layers } = await ecr.send(
      new BatchCheckLayerAvailabilityCommand({
        repositoryName: "gone",
        layerDigests: left.map((name) => `sha256:${name}`),
      }),
    );
    return layers!.map(({ layerAvailability }) => layerAvailability);
  };
  expect(await available()).toEqual(["AVAILABLE", "AVAILABLE"]);
  await clock.advance(DAY_MS + 3_600_000);
  expect(await available()).toEqual(["UNAVAILABLE", "UNAVAILABLE"]);
  expect(first.errors).toEqual([]);
  await first.stop();
  const again = await startTestCloud({ dataDir, clock });
  expect(blobs().sort()).toEqual(kept.sort());
  const { images } = await new ECRClient(again.clientConfig).send(
    new BatchGetImageCommand({ repositoryName: "kept", imageIds }),
  );
  expect(images).toHaveLength(1);
  expect(again.errors).toEqual([]);
  await again.stop();
});
