import {
  cleanEnvironment,
  shellChanges,
  TARGET_VARIABLES,
  terraformCliConfig,
  toShellExports,
  withoutTarget,
  type ShellChanges,
} from "@workbook/toolchain";
import { join } from "node:path";
import { effectiveListeners, listenerUrl } from "../cloud/listeners.ts";
import { REGION } from "../region.ts";
import type { Session } from "../session.ts";
import { ownerOf } from "../workspace.ts";

/** What a shell, and programs of the learner's own, may want to know of names. */
const NAMES = ["WORKBOOK_OWNER", "WORKBOOK_CLUSTER", "WORKBOOK_URL"];

/**
 * Prints what a shell has to export, and unset, so that every AWS tool talks to the workspace's cloud; with `unset`, what
 * brings the shell back to its own settings. As JSON the same, and nothing else of the environment.
 */
export async function envCommand(session: Session, unset: boolean): Promise<number> {
  const changes = unset ? wayBack(session) : await wayThere(session);
  if (session.json) session.result(changes, "");
  else process.stdout.write(toShellExports(changes));
  return 0;
}

async function wayThere(session: Session): Promise<ShellChanges> {
  const owner = ownerOf(session.workspace);
  const { endpoint } = await session.target.runningCloud();
  // An address, not the load balancer's name, which not every program resolves.
  const [first] = await effectiveListeners(endpoint);
  const url = first && listenerUrl(first);
  const names = {
    WORKBOOK_OWNER: owner,
    WORKBOOK_CLUSTER: `workbook-${owner}`,
    ...(url !== undefined && { WORKBOOK_URL: url }),
  };
  const to = { ...(await toolEnvironment(session)), ...names };
  return shellChanges(process.env, to, [...TARGET_VARIABLES, ...NAMES]);
}

/** It is there when Local AWS is not, too: that is when it is missed. */
function wayBack({ workspace }: Session): ShellChanges {
  const to = withoutTarget(process.env);
  for (const name of NAMES) delete to[name];
  const generated = join(workspace.root, ".workbook");
  if (to["TF_CLI_CONFIG_FILE"]?.startsWith(generated)) delete to["TF_CLI_CONFIG_FILE"];
  return shellChanges(process.env, to);
}

/** This process's environment, made one in which AWS tools talk to the workspace's cloud. */
export async function toolEnvironment(session: Session): Promise<NodeJS.ProcessEnv> {
  const { endpoint, credentials } = await session.target.runningCloud();
  const { file } = terraformCliConfig({ root: session.workspace.root, env: process.env });
  const environment = cleanEnvironment(process.env, { endpoint, credentials, region: REGION });
  return { ...environment, TF_CLI_CONFIG_FILE: file };
}
