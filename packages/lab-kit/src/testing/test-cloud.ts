import { LocalAws, type LocalAwsOptions } from "@workbook/local-aws";

import { connectAws, disconnectAws, type AwsClients, type AwsConnection } from "../live.ts";

export const REGION = "ap-northeast-1";

/** A Local AWS for the tests of one file, on ports of its own, and clients that speak to it. */
export interface TestCloud {
  readonly aws: AwsClients;
  /** For clients of one's own. */
  readonly connection: AwsConnection;
  /** Where its API and `/_local/` answer. */
  readonly endpoint: string;
  /** Closes the clients and stops the cloud. */
  readonly stop: () => Promise<void>;
}

/** Starts a cloud that no test has used yet. */
export async function startTestCloud(
  options: Pick<LocalAwsOptions, "tasks" | "homeAddress" | "registryMirrors" | "clock">,
): Promise<TestCloud> {
  const cloud = await LocalAws.start({ port: 0, listeners: "ephemeral", ...options });
  const { accessKeyId, secretAccessKey } = cloud.credentials;
  const credentials = { accessKeyId, secretAccessKey };
  const connection = { region: REGION, endpoint: cloud.endpoint, credentials };
  const aws = await connectAws(connection);
  const stop = async () => {
    disconnectAws(aws);
    await cloud.stop();
  };
  return { aws, connection, endpoint: cloud.endpoint, stop };
}
