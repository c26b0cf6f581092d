import { LocalAws, type LocalAwsOptions } from "./local-aws.ts";

/** A cloud for one test file, and what SDK clients need to talk to it. */
export interface TestCloud {
  readonly cloud: LocalAws;
  readonly endpoint: string;
  readonly clientConfig: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly forcePathStyle: true;
    readonly maxAttempts: 1;
  };
  /** Errors that the server logged; a healthy test ends with none. */
  readonly errors: readonly string[];
  stop(): Promise<void>;
}

export const TEST_REGION = "ap-northeast-1";

/** Starts a cloud on free ports, in a directory of its own, without tasks unless asked for. */
export async function startTestCloud(options: LocalAwsOptions = {}): Promise<TestCloud> {
  const errors: string[] = [];
  const cloud = await LocalAws.start({
    port: 0,
    tasks: "off",
    listeners: "ephemeral",
    logger: {
      info: () => {},
      error: (message, error) => {
        errors.push(`${message}: ${error instanceof Error ? error.stack : String(error)}`);
      },
    },
    ...options,
  });
  const { accessKeyId, secretAccessKey } = cloud.credentials;
  return {
    cloud,
    endpoint: cloud.endpoint,
    clientConfig: {
      endpoint: cloud.endpoint,
      region: TEST_REGION,
      credentials: { accessKeyId, secretAccessKey },
      forcePathStyle: true,
      maxAttempts: 1,
    },
    errors,
    stop: () => cloud.stop(),
  };
}
