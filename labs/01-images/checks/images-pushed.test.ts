import { expect, test } from "vitest";

import { judgePushed } from "./images-pushed.ts";

const TAG = "0123456789ab";
const repository = "nodejs-app-hanako";
const own = { imageTags: [TAG], imageDigest: `sha256:${TAG}${"0".repeat(52)}` };
const dockers = { imageTags: [TAG], imageDigest: `sha256:${"f".repeat(64)}` };

test("the workbook's own image has the digest that its tag is made from", () => {
  expect(judgePushed(repository, TAG, [own], false)).toMatchObject({ passed: true });
  expect(judgePushed(repository, TAG, [dockers], false)).toMatchObject({
    passed: false,
    fault: "another-digest",
  });
});

test("on AWS itself Docker's image under the tag passes, and says what was looked at", () => {
  expect(judgePushed(repository, TAG, [dockers], true)).toMatchObject({
    passed: true,
    actual: {
      en: expect.stringContaining("built by Docker: the tag and the layers were looked at"),
    },
  });
});

test("an image under another tag is not the one that was built, wherever it is", () => {
  const other = { ...dockers, imageTags: ["latest"] };
  for (const areDockers of [false, true]) {
    expect(judgePushed(repository, TAG, [other], areDockers)).toMatchObject({
      passed: false,
      fault: "not-pushed",
      actual: { en: expect.stringContaining("latest (sha256:ffff") },
    });
  }
});
