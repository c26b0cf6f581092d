import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { toShellExports } from "./shell-exports.ts";

/** The environment that a POSIX shell has after it has evaluated the lines. */
function evaluate(env: NodeJS.ProcessEnv, lines: string): NodeJS.ProcessEnv {
  const script = 'eval "$LINES_OF_TEST"; exec "$NODE_OF_TEST" -p "JSON.stringify(process.env)"';
  const output = execFileSync("/bin/sh", ["-c", script], {
    env: { ...env, LINES_OF_TEST: lines, NODE_OF_TEST: process.execPath },
    encoding: "utf8",
  });
  const {
    LINES_OF_TEST: _lines,
    NODE_OF_TEST: _node,
    PWD: _pwd,
    ...rest
  } = JSON.parse(output) as NodeJS.ProcessEnv;
  return rest;
}

test("a shell that evaluates them has the other environment", () => {
  const from = {
    PATH: "/usr/bin:/bin",
    AWS_ENDPOINT_URL_ECS: "x",
    AWS_SESSION_TOKEN: "x",
    KEPT: "y",
  };
  const to = {
    PATH: "/usr/bin:/bin",
    KEPT: "y",
    AWS_SECRET_ACCESS_KEY: `it's "quoted" $HOME \`id\` \\ ; rm -rf nothing`,
    NO_PROXY: "a\nb",
  };
  expect(evaluate(from, toShellExports(from, to))).toMatchObject(to);
  expect(evaluate(from, toShellExports(from, to))).not.toHaveProperty("AWS_ENDPOINT_URL_ECS");
  expect(evaluate(from, toShellExports(from, to))).not.toHaveProperty("AWS_SESSION_TOKEN");
});

test("what breaks the AWS tools is unset even where it is not set now", () => {
  const lines = toShellExports({}, {});
  expect(evaluate({ PATH: "/usr/bin:/bin", AWS_PROFILE: "late" }, lines)).not.toHaveProperty(
    "AWS_PROFILE",
  );
});

test("a shell's NODE_OPTIONS stay its own", () => {
  expect(toShellExports({ NODE_OPTIONS: "--inspect" }, {})).not.toContain("NODE_OPTIONS");
});

test("a name that no shell could set is left out", () => {
  expect(toShellExports({ "BASH_FUNC_x%%": "() { :; }" }, {})).not.toContain("BASH_FUNC");
});
