import { afterAll, beforeAll, beforeEach } from "vitest";

import type { Check, CheckResult } from "../check.ts";
import { createRequester } from "../http-request.ts";
import type { AwsClients, LiveContext } from "../live.ts";
import { SynthReader } from "../synth-reader.ts";
import { NODE_APP } from "../web-app.ts";
import { REGION, startTestCloud, type TestCloud } from "./test-cloud.ts";

/** The addresses that may reach the load balancer. */
export const HOME = "203.0.113.10/32";

/** A cloud without tasks for the checks of one test file. */
export interface CheckedCloud {
  readonly aws: AwsClients;
  /** What a check knows; every test is another learner's. */
  readonly context: LiveContext;
  /** Runs a check, with some of what it knows replaced. */
  run(check: Check<"live">, known?: Partial<LiveContext>): Promise<CheckResult>;
}

/** Starts a cloud before a file's tests, and ends it after them; what it hands back is there while tests run. */
export function useCheckedCloud(): CheckedCloud {
  let cloud: TestCloud;
  let context: LiveContext;
  let number = 0;
  beforeAll(async () => {
    cloud = await startTestCloud({ tasks: "off" });
  });
  afterAll(async () => {
    await cloud.stop();
  });
  beforeEach(() => {
    number += 1;
    const owner = `owner${number}`;
    context = {
      owner,
      region: REGION,
      homeCidr: HOME,
      synth: new SynthReader([]),
      aws: cloud.aws,
      images: [{ app: NODE_APP, image: `registry/nodejs-app-${owner}:0123456789ab` }],
      request: createRequester(),
      deadlineMs: 10_000,
    };
  });
  return {
    get aws() {
      return cloud.aws;
    },
    get context() {
      return context;
    },
    run: async (check, known = {}) => check.run({ ...context, ...known }),
  };
}
