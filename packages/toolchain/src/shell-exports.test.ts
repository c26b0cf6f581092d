import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { shellChanges, toShellExports } from "./shell-exports.ts";

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
  const after = evaluate(from, toShellExports(shellChanges(from, to)));
  expect(after).toMatchObject(to);
  expect(after).not.toHaveProperty("AWS_ENDPOINT_URL_ECS");
  expect(after).not.toHaveProperty("AWS_SESSION_TOKEN");
});

test("what must be right in any shell is written even where nothing differs here", () => {
  const same = { AWS_REGION: "ap-northeast-1" };
  const lines = toShellExports(shellChanges(same, same, ["AWS_REGION", "AWS_PROFILE"]));
  const late = { PATH: "/usr/bin:/bin", AWS_PROFILE: "late" };
  expect(evaluate(late, lines)).not.toHaveProperty("AWS_PROFILE");
  expect(evaluate(late, lines)).toHaveProperty("AWS_REGION", "ap-northeast-1");
});

test("a variable that is the same in both is nobody's business", () => {
  expect(shellChanges({ SECRET: "x", A: "1" }, { SECRET: "x", A: "2" })).toEqual({
    export: { A: "2" },
    unset: [],
  });
});

test("a shell's NODE_OPTIONS stay its own", () => {
  expect(shellChanges({ NODE_OPTIONS: "--inspect" }, {})).toEqual({ export: {}, unset: [] });
});

test("a name that no shell could set is left out", () => {
  expect(shellChanges({ "BASH_FUNC_x%%": "() { :; }" }, {})).toEqual({ export: {}, unset: [] });
});
