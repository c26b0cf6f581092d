import type { Checkpoint, Target } from "@workbook/lab-kit";
import { cleanEnvironment, terraformCliConfig } from "@workbook/toolchain";
import type { RunningCloud } from "../cloud/cloud.ts";
import { paceOf } from "../cloud/pace.ts";
import { requireListenerPorts } from "../cloud/listener-ports.ts";
import { effectiveListeners } from "../cloud/listeners.ts";
import { listSnapshots, restoreSnapshot, saveSnapshot } from "../cloud/snapshots.ts";
import { REGION } from "../region.ts";
import { ownerOf, type Workspace } from "../workspace.ts";

/** The snapshot that a deployment begins with. */
const CHECKPOINT = "before-last-deploy";

/** The workspace's own cloud as a target of deployments. */
export async function localTarget(
  workspace: Workspace,
  cloud: Pick<RunningCloud, "endpoint" | "health"> & {
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    /** Without it there is no way back for a deployment that is cut off. */
    readonly token?: string;
  },
): Promise<Target> {
  const { endpoint, credentials, health } = cloud;
  const { accessKeyId, secretAccessKey } = credentials;
  const cliConfig = terraformCliConfig({ root: workspace.root, env: process.env });
  const clean = cleanEnvironment(process.env, {
    endpoint,
    credentials: { accessKeyId, secretAccessKey },
    region: REGION,
  });
  return {
    name: "local",
    owner: ownerOf(workspace),
    region: REGION,
    homeCidr: `${String(health["homeAddress"])}/32`,
    ...(health["clock"] !== undefined && { pace: paceOf(cloud) }),
    endpointUrl: endpoint,
    connection: { region: REGION, endpoint, credentials: { accessKeyId, secretAccessKey } },
    environment: {
      // Terraform and its provider are short-lived: collecting garbage less often saves a fifth of their processor time.
      GOGC: "400",
      ...clean,
      ...cliConfig.cache,
      TF_CLI_CONFIG_FILE: cliConfig.file,
      TF_IN_AUTOMATION: "1",
      CHECKPOINT_DISABLE: "1",
    },
    requireListenerPorts: (ports) =>
      requireListenerPorts(endpoint, workspace.config.listeners, ports),
    revision: () => revisionOf(endpoint),
    checkpoint: cloud.token === undefined ? undefined : checkpointOf(endpoint, cloud.token),
    effectiveAddress: async (dnsName, port) => {
      const listener = (await effectiveListeners(endpoint)).find(
        (each) => each.dnsName === dnsName && each.port === port,
      );
      return listener?.addresses[0] ?? { host: "127.0.0.1", port };
    },
  };
}

/** A cloud that an earlier version of the workbook started knows no revision. */
async function revisionOf(endpoint: string): Promise<string | undefined> {
  const response = await fetch(`${endpoint}/_local/revision`);
  if (response.status === 404) return undefined;
  return ((await response.json()) as { revision: string }).revision;
}

function checkpointOf(endpoint: string, token: string): Checkpoint {
  const cloud = { endpoint, token };
  return {
    take: async () => void (await saveSnapshot(cloud, CHECKPOINT)),
    rollBack: async () => {
      const kept = (await listSnapshots(cloud)).some(({ name }) => name === CHECKPOINT);
      if (kept) await restoreSnapshot(cloud, CHECKPOINT);
      return kept;
    },
  };
}
