import { cleanEnvironment, terraformCliConfig } from "@workbook/toolchain";
import type { Checkpoint, Target } from "@workbook/lab-kit/deploy/target";
import type { RunningCloud } from "./cloud/cloud.ts";
import { listSnapshots, restoreSnapshot, saveSnapshot } from "./cloud/snapshots.ts";
import { REGION } from "./region.ts";
import type { Workspace } from "./workspace.ts";

/** The snapshot that a deployment begins with. */
const CHECKPOINT = "before-last-deploy";

/** A listener as `/_local/endpoints` tells of it. */
export interface EffectiveListener {
  readonly loadBalancerArn: string;
  readonly dnsName: string;
  readonly port: number;
  /** Where it is reached on this machine; empty while it cannot be. */
  readonly addresses: readonly { readonly host: string; readonly port: number }[];
  /** Why it is not where its port says. */
  readonly problem?: string;
}

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
    owner: workspace.config.owner,
    region: REGION,
    homeCidr: `${String(health["homeAddress"])}/32`,
    endpointUrl: endpoint,
    connection: { region: REGION, endpoint, credentials: { accessKeyId, secretAccessKey } },
    environment: {
      // Terraform and its provider are short-lived: collecting garbage less often saves a fifth of their processor time.
      GOGC: "400",
      ...clean,
      TF_CLI_CONFIG_FILE: cliConfig.file,
      TF_IN_AUTOMATION: "1",
      CHECKPOINT_DISABLE: "1",
    },
    checkpoint: cloud.token === undefined ? undefined : checkpointOf(endpoint, cloud.token),
    effectiveAddress: async (dnsName, port) => {
      const listener = (await effectiveListeners(endpoint)).find(
        (each) => each.dnsName === dnsName && each.port === port,
      );
      return listener?.addresses[0] ?? { host: "127.0.0.1", port };
    },
  };
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

/** Where the listeners of all load balancers are really reached. */
export async function effectiveListeners(endpoint: string): Promise<readonly EffectiveListener[]> {
  const response = await fetch(`${endpoint}/_local/endpoints`);
  const { listeners } = (await response.json()) as { listeners: readonly EffectiveListener[] };
  return listeners;
}

/** The URL of a listener on this machine. */
export function listenerUrl({ addresses }: EffectiveListener): string | undefined {
  const address = addresses[0];
  if (!address) return undefined;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return address.port === 80 ? `http://${host}/` : `http://${host}:${address.port}/`;
}
