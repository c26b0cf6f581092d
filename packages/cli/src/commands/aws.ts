import { spawn } from "node:child_process";
import { findAwsCli } from "@workbook/toolchain";
import type { Session } from "../session.ts";
import { toolEnvironment } from "./env.ts";

/** Runs the machine's AWS CLI against the workspace's cloud; its exit code is ours. */
export async function awsCommand(session: Session, args: readonly string[]): Promise<number> {
  const { path } = await findAwsCli();
  const env = await toolEnvironment(session);
  const child = spawn(path, toEndpoint(env["AWS_ENDPOINT_URL"], args), {
    env: { ...env, AWS_PAGER: "" },
    stdio: "inherit",
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 130));
  });
}

/** Version 1 of the AWS CLI asks AWS itself for queues, whatever the variable says; an option it heeds. One that is given comes later, and counts. */
const toEndpoint = (url: string | undefined, args: readonly string[]): readonly string[] =>
  url === undefined ? args : ["--endpoint-url", url, ...args];
