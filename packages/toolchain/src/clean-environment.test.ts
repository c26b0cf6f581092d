import { expect, test } from "vitest";
import { cleanEnvironment, withoutTarget, type LocalTarget } from "./clean-environment.ts";

const target: LocalTarget = {
  endpoint: "http://127.0.0.1:4566",
  region: "ap-northeast-1",
  credentials: { accessKeyId: "AKIDLOCAL", secretAccessKey: "secret" },
};

const hostile = {
  PATH: "/usr/bin",
  HOME: "/nowhere",
  NODE_OPTIONS: "--require=/nowhere.js",
  AWS_PROFILE: "work",
  AWS_DEFAULT_PROFILE: "work",
  AWS_ACCESS_KEY_ID: "AKIDREAL",
  AWS_SESSION_TOKEN: "token",
  AWS_CA_BUNDLE: "/nowhere.pem",
  AWS_ENDPOINT_URL: "http://127.0.0.1:1",
  AWS_ENDPOINT_URL_ECS: "http://127.0.0.1:1",
  AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true",
  AWS_USE_FIPS_ENDPOINT: "true",
  AWS_WEB_IDENTITY_TOKEN_FILE: "/nowhere",
  AWS_PAGER: "less",
  TF_CLI_ARGS: "-no-such-flag",
  TF_CLI_ARGS_plan: "-no-such-flag",
  TF_WORKSPACE: "other",
  TF_DATA_DIR: "/nowhere",
  TF_PLUGIN_CACHE_DIR: "/nowhere",
  TF_LOG: "TRACE",
  TF_VAR_name: "kept",
  TF_TOKEN_app_terraform_io: "kept",
  no_proxy: "internal.example",
  NO_PROXY: "other.example",
};

test("a local target gets exactly its own settings, whatever the shell held", () => {
  const { PATH, HOME, ...rest } = cleanEnvironment(hostile, target);
  expect({ PATH, HOME }).toEqual({ PATH: "/usr/bin", HOME: "/nowhere" });
  const exceptions = "other.example,internal.example,localhost,127.0.0.1,::1,.localhost";
  expect(rest).toEqual({
    AWS_ACCESS_KEY_ID: "AKIDLOCAL",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_ENDPOINT_URL: "http://127.0.0.1:4566",
    AWS_REGION: "ap-northeast-1",
    AWS_DEFAULT_REGION: "ap-northeast-1",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PAGER: "less",
    CHECKPOINT_DISABLE: "1",
    NO_PROXY: exceptions,
    no_proxy: exceptions,
    TF_VAR_name: "kept",
    TF_TOKEN_app_terraform_io: "kept",
  });
});

test("a session token of the target is set", () => {
  const credentials = { ...target.credentials, sessionToken: "local" };
  const env = cleanEnvironment(hostile, { ...target, credentials });
  expect(env["AWS_SESSION_TOKEN"]).toBe("local");
});

test("without a target the user's own AWS settings stay, and what breaks tools goes", () => {
  const env = cleanEnvironment(hostile);
  expect(env).toMatchObject({
    AWS_PROFILE: "work",
    AWS_SESSION_TOKEN: "token",
    TF_VAR_name: "kept",
  });
  for (const name of ["NODE_OPTIONS", "TF_CLI_ARGS", "TF_WORKSPACE", "TF_DATA_DIR"]) {
    expect(env).not.toHaveProperty(name);
  }
});

test("the way back takes away what the target has set, and nothing else", () => {
  const mine = { PATH: "/usr/bin", AWS_PAGER: "less", NO_PROXY: "other.example", KEPT: "y" };
  const back = withoutTarget(cleanEnvironment(mine, target));
  expect(back).toEqual({
    ...mine,
    CHECKPOINT_DISABLE: "1",
    NO_PROXY: expect.stringContaining("other.example"),
    no_proxy: expect.stringContaining("other.example"),
  });
  const { NO_PROXY: _one, ...without } = mine;
  expect(withoutTarget(cleanEnvironment(without, target))).toEqual({
    ...without,
    CHECKPOINT_DISABLE: "1",
  });
});
