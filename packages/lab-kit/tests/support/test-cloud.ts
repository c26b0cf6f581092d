import { LocalAws, type LocalAwsOptions } from "@workbook/local-aws";

import { connectAws, disconnectAws, type AwsClients } from "../../src/live.ts";

export const REGION = "ap-northeast-1";

/** A Local AWS for the tests of one file, on ports of its own, and clients that speak to it. */
export interface TestCloud {
  readonly aws: AwsClients;
  /** Where its API and `/_local/` answer. */
  readonly endpoint: string;
  /** Closes the clients and stops the cloud. */
  readonly stop: () => Promise<void>;
}

/** Starts a cloud that no test has used yet. */
export async function startTestCloud(
  options: Pick<LocalAwsOptions, "tasks" | "homeAddress">,
): Promise<TestCloud> {
  const cloud = await LocalAws.start({ port: 0, listeners: "ephemeral", ...options });
  const { accessKeyId, secretAccessKey } = cloud.credentials;
  const credentials = { accessKeyId, secretAccessKey };
  const aws = await connectAws({ region: REGION, endpoint: cloud.endpoint, credentials });
  const stop = async () => {
    disconnectAws(aws);
    await cloud.stop();
  };
  return { aws, endpoint: cloud.endpoint, stop };
}
