import { expect, test } from "vitest";

import { readSettings, SettingsError } from "./settings.ts";

const COMPLETE = { OWNER: "hanako", HOME_CIDR: "203.0.113.7/32" };

test("fills in Tokyo, its zones a and c, and AWS itself", () => {
  expect(readSettings(COMPLETE)).toMatchObject({
    owner: "hanako",
    homeCidr: "203.0.113.7/32",
    region: "ap-northeast-1",
    availabilityZones: ["ap-northeast-1a", "ap-northeast-1c"],
    endpointUrl: undefined,
  });
});

test("makes names the owner's", () => {
  expect(readSettings(COMPLETE).named("golang-app")).toBe("golang-app-hanako");
});

test("asks for an image only when a stack uses it", () => {
  const settings = readSettings({
    ...COMPLETE,
    NODEJS_APP_IMAGE: "127.0.0.1:4566/nodejs-app-hanako:v1",
  });
  expect(settings.image("nodejs-app")).toBe("127.0.0.1:4566/nodejs-app-hanako:v1");
  expect(() => settings.image("golang-app")).toThrow("GOLANG_APP_IMAGE is not set");
});

test("takes an image by its digest", () => {
  const image = `registry.example/golang-app@sha256:${"0".repeat(64)}`;
  expect(readSettings({ ...COMPLETE, GOLANG_APP_IMAGE: image }).image("golang-app")).toBe(image);
});

test("takes the zones that are named", () => {
  const settings = readSettings({
    ...COMPLETE,
    AVAILABILITY_ZONES: "ap-northeast-1c, ap-northeast-1d",
  });
  expect(settings.availabilityZones).toEqual(["ap-northeast-1c", "ap-northeast-1d"]);
});

test.each([
  [{ HOME_CIDR: COMPLETE.HOME_CIDR }, "OWNER is not set"],
  [{ ...COMPLETE, OWNER: "" }, "OWNER is not set"],
  [{ ...COMPLETE, OWNER: "Hanako" }, 'OWNER is "Hanako"'],
  [{ ...COMPLETE, OWNER: "a--b" }, 'OWNER is "a--b"'],
  [{ ...COMPLETE, OWNER: "a-" }, 'OWNER is "a-"'],
  [{ ...COMPLETE, OWNER: "a".repeat(17) }, "use 1 to 16 lower-case letters"],
  [{ OWNER: "hanako" }, "HOME_CIDR is not set"],
  [{ ...COMPLETE, HOME_CIDR: "203.0.113.7" }, 'HOME_CIDR is "203.0.113.7"'],
  [{ ...COMPLETE, HOME_CIDR: "203.0.113.256/32" }, "not an IPv4 CIDR block"],
  [{ ...COMPLETE, HOME_CIDR: "203.0.113.7/33" }, "not an IPv4 CIDR block"],
  [{ ...COMPLETE, AWS_REGION: "tokyo" }, 'AWS_REGION is "tokyo"'],
  [{ ...COMPLETE, AVAILABILITY_ZONES: "us-east-1a,us-east-1b" }, 'names "us-east-1a"'],
  [{ ...COMPLETE, AVAILABILITY_ZONES: "ap-northeast-1a" }, "needs two different zones"],
  [{ ...COMPLETE, AWS_ENDPOINT_URL: "localhost:4566" }, "not an http or https URL"],
])("refuses %j", (environment, words) => {
  expect(() => readSettings(environment)).toThrow(SettingsError);
  expect(() => readSettings(environment)).toThrow(words);
});

test("refuses an image without a tag, because it would mean another image tomorrow", () => {
  const settings = readSettings({ ...COMPLETE, GOLANG_APP_IMAGE: "127.0.0.1:4566/golang-app" });
  expect(() => settings.image("golang-app")).toThrow("names no tag or digest");
});
