import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDockerfile } from "@workbook/image-builder/dockerfile";
import { loadLabs } from "@workbook/lab-kit";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const PINNED = /^[^@]+:[\w][\w.-]*@sha256:[0-9a-f]{64}$/;
/** What is wrong with it is what chapter 01 is about. */
const TO_BE_MENDED = join("labs", "01-images", "start", "Dockerfile");
/**
 * CodeBuild knows its own images by these names, has them on its machines under no others, and repairs them there.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html
 */
const OF_CODEBUILD = /^public\.ecr\.aws\/codebuild\//;
const PUBLIC = /\b(?:public\.ecr\.aws|docker\.io|ghcr\.io|quay\.io)\/[\w./:@-]+/g;

const find = (patterns: readonly string[]) =>
  globSync([...patterns], { cwd: ROOT, exclude: ["**/node_modules", "**/cdktf.out"] });

/** The images that a Dockerfile begins its stages with, but for its own stages and `scratch`. */
function basesOf(file: string): string[] {
  const froms = parseDockerfile(readFileSync(join(ROOT, file), "utf8")).instructions.filter(
    ({ keyword }) => keyword === "FROM",
  );
  const words = froms.map(({ text }) => text.split(/\s+/));
  const stages = words.map(([, , name]) => name);
  return words.map(([image]) => image!).filter((it) => it !== "scratch" && !stages.includes(it));
}

test("every base image is pinned by digest, and one name means one image everywhere", () => {
  const files = find(["apps/*/Dockerfile", "labs/**/Dockerfile"]).filter(
    (file) => file !== TO_BE_MENDED,
  );
  expect(files.length).toBeGreaterThan(4);
  const bases = files.flatMap((file) => basesOf(file).map((image) => ({ file, image })));
  expect(bases.filter(({ image }) => !PINNED.test(image))).toEqual([]);
  const digests = Map.groupBy(bases, ({ image }) => image.split("@")[0]);
  for (const [name, all] of digests)
    expect([...new Set(all.map(({ image }) => image))], name).toHaveLength(1);
});

test("every public image of a lab is pinned by digest, and is the one that the lab's manifest names", async () => {
  const labs = await loadLabs(join(ROOT, "labs"));
  const named = labs.flatMap(({ publicImages = [] }) => publicImages);
  expect(named.filter((image) => !PINNED.test(image) && !OF_CODEBUILD.test(image))).toEqual([]);
  const written = labs.flatMap(({ id, publicImages = [] }) => {
    const files = find([`labs/${id}/*/**/*.{ts,json}`]).filter(
      (file) => !/[\\/](?:checks|tests)[\\/]/.test(file),
    );
    return files.flatMap((file) =>
      (readFileSync(join(ROOT, file), "utf8").match(PUBLIC) ?? [])
        .filter((image) => !publicImages.includes(image))
        .map((image) => ({ file, image })),
    );
  });
  expect(written).toEqual([]);
});
