import {
  cleanEnvironment,
  shellChanges,
  TARGET_VARIABLES,
  terraformCliConfig,
  toShellExports,
  withoutTarget,
  type ShellChanges,
} from "@workbook/toolchain";
import { stateBucketName } from "@workbook/lab-kit";
import { join } from "node:path";
import { effectiveListeners, listenerUrl } from "../cloud/listeners.ts";
import { REGION } from "../region.ts";
import type { Session } from "../session.ts";
import { ownerOf } from "../workspace.ts";

/** What a shell, and programs of the learner's own, may want to know of names. */
const NAMES = [
  "WORKBOOK_OWNER",
  "WORKBOOK_CLUSTER",
  "WORKBOOK_REGISTRY",
  "WORKBOOK_STATE",
  "WORKBOOK_URL",
];

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
  const to = { ...(await toolEnvironment(session)), ...(await nameVariables(session)) };
  return shellChanges(process.env, to, [...TARGET_VARIABLES, ...NAMES]);
}

/** What the learner's things are called, by {@link NAMES}. */
export async function nameVariables({ workspace, target }: Session): Promise<NodeJS.ProcessEnv> {
  const owner = ownerOf(workspace);
  const { endpoint, credentials } = await target.runningCloud();
  const { accountId } = credentials;
  // An address, not the load balancer's name, which not every program resolves.
  const [first] = await effectiveListeners(endpoint);
  const url = first && listenerUrl(first);
  return {
    WORKBOOK_OWNER: owner,
    WORKBOOK_CLUSTER: `workbook-${owner}`,
    // By ECR's own name, which tasks know as well as the address that images are pushed to.
    WORKBOOK_REGISTRY: `${accountId}.dkr.ecr.${REGION}.amazonaws.com`,
    WORKBOOK_STATE: `s3://${stateBucketName(accountId, REGION)}/${owner}`,
    ...(url !== undefined && { WORKBOOK_URL: url }),
  };
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
