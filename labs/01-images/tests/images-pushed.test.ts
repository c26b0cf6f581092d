import { useCheckedCloud } from "@workbook/lab-kit/testing";
import { NODE_APP } from "@workbook/lab-kit";
import { expect, test } from "vitest";

import { imagesArePushed } from "../checks/images-pushed.ts";

const cloud = useCheckedCloud();
const pushed = imagesArePushed("images-pushed", [NODE_APP]);

test("an image is looked for in a repository whose tags do not move", async () => {
  const repositoryName = `nodejs-app-${cloud.context.owner}`;
  expect(await cloud.run(pushed)).toMatchObject({ passed: false, fault: "no-repository" });
  await cloud.aws.ecr.createRepository({ repositoryName });
  expect(await cloud.run(pushed)).toMatchObject({ passed: false, fault: "tags-mutable" });
  await cloud.aws.ecr.putImageTagMutability({ repositoryName, imageTagMutability: "IMMUTABLE" });
  expect(await cloud.run(pushed)).toMatchObject({
    passed: false,
    fault: "not-pushed",
    actual: { en: `${repositoryName} has no image` },
  });
});
