import { cleanEnvironment, toShellExports } from "@workbook/toolchain";
import type { Session } from "../session.ts";
import { REGION } from "../region.ts";
import { terraformCliConfig } from "@workbook/toolchain";

/** Prints what a shell has to export, and unset, so that every AWS tool talks to the workspace's cloud. */
export async function envCommand(session: Session): Promise<number> {
  const environment = await toolEnvironment(session);
  if (session.json) session.result(environment, "");
  else process.stdout.write(`${toShellExports(process.env, environment)}\n`);
  return 0;
}

/** This process's environment, made one in which AWS tools talk to the workspace's cloud. */
export async function toolEnvironment(session: Session): Promise<NodeJS.ProcessEnv> {
  const { endpoint, credentials } = await session.runningCloud();
  const { file } = terraformCliConfig({ root: session.workspace.root, env: process.env });
  const environment = cleanEnvironment(process.env, { endpoint, credentials, region: REGION });
  return { ...environment, TF_CLI_CONFIG_FILE: file };
}
