import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfig } from "../src/config.js";

test("an empty environment gives the defaults", () => {
  assert.deepEqual(parseConfig({ PORT: "" }), {
    port: 80,
    version: "dev",
    startDelaySeconds: 0,
    crashOnStart: undefined,
    crashAfterSeconds: undefined,
    metadataUri: undefined,
    arrived: {
      siteName: undefined,
      password: undefined,
      bucket: undefined,
      aws: {
        region: "us-east-1",
        endpointUrl: undefined,
        credentialsUri: undefined,
        authorization: undefined,
      },
    },
  });
});

test("every bad value is named at once", () => {
  assert.throws(
    () =>
      parseConfig({
        PORT: "http",
        START_DELAY_SECONDS: "-1",
        CRASH_AFTER_SECONDS: "9999999",
        CRASH_ON_START: "256",
        ECS_CONTAINER_METADATA_URI_V4: "nowhere",
      }),
    {
      message: [
        'PORT must be a whole number from 0 to 65535, not "http"',
        'START_DELAY_SECONDS must be a number of seconds from 0 to 2147483, not "-1"',
        'CRASH_ON_START must be a whole number from 0 to 255, not "256"',
        'CRASH_AFTER_SECONDS must be a number of seconds from 0 to 2147483, not "9999999"',
        'ECS_CONTAINER_METADATA_URI_V4 must be an http(s) URL, not "nowhere"',
      ].join("; "),
    },
  );
});
