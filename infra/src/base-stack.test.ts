import { expect, test } from "vitest";

import { WorkbookStack } from "./base-stack.ts";
import { readSettings } from "./settings.ts";
import { synthesisedStack } from "./testing.ts";

const AWS = { OWNER: "hanako", HOME_CIDR: "203.0.113.7/32" };

function stack(environment: Record<string, string>) {
  return synthesisedStack(
    (app) => new WorkbookStack(app, "service", readSettings(environment)),
  ) as {
    terraform: Record<string, never>;
    provider: { aws: [Record<string, unknown>] };
  };
}

test("keeps state in S3 per owner and stack, locked, with the bucket left to -backend-config", () => {
  expect(stack(AWS).terraform["backend"]).toEqual({
    s3: { key: "hanako/service.tfstate", region: "ap-northeast-1", use_lockfile: true },
  });
});

test("tags everything with the owner", () => {
  expect(stack(AWS).provider.aws).toEqual([
    {
      region: "ap-northeast-1",
      default_tags: [{ tags: { Owner: "hanako", Project: "ecs-workbook" } }],
    },
  ]);
});

test("sends every service elsewhere when there is an endpoint, and differs in nothing else", () => {
  const aws = stack(AWS);
  const local = stack({ ...AWS, AWS_ENDPOINT_URL: "http://127.0.0.1:4566" });
  const [{ endpoints, ...provider }] = local.provider.aws;
  expect(provider).toEqual({
    ...aws.provider.aws[0],
    s3_use_path_style: true,
    skip_metadata_api_check: "true",
  });
  expect(endpoints).toEqual([
    expect.objectContaining({ ecs: "http://127.0.0.1:4566", sts: "http://127.0.0.1:4566" }),
  ]);
  expect({ ...local, provider: null }).toEqual({ ...aws, provider: null });
});
