import { expect, test } from "vitest";
import { isOwn, parseArn, readArn } from "./arn.ts";

const own = { account: "123456789012", region: "eu-west-1" };

test("an ARN is read by its parts, and the resource keeps its colons", () => {
  expect(parseArn("arn:aws:logs:eu-west-1:123456789012:log-group:/a:*")).toEqual({
    partition: "aws",
    service: "logs",
    ...own,
    resource: "log-group:/a:*",
  });
  expect(parseArn("arn:aws:iam::123456789012:role/r")).toMatchObject({ region: "" });
});

test.each(["", "web", "arn:aws:ecs:eu-west-1:123456789012:", "arn:aws:ecs", "xarn:aws:s3:::b"])(
  "%j is none",
  (text) => {
    expect(parseArn(text)).toBeUndefined();
    expect(() => readArn(text)).toThrow("is no ARN");
  },
);

test("what is of another account or region is not one's own", () => {
  const arn = readArn("arn:aws:ecs:eu-west-1:123456789012:cluster/web");
  expect(isOwn(arn, own)).toBe(true);
  expect(isOwn(arn, { ...own, account: "999999999999" })).toBe(false);
  expect(isOwn(arn, { ...own, region: "us-east-1" })).toBe(false);
});
