import { AttachRolePolicyCommand, CreateRoleCommand, type IAMClient } from "@aws-sdk/client-iam";
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

/** The trust policy of roles that tasks take on. */
export const TASKS_TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "ecs-tasks.amazonaws.com" },
      Action: "sts:AssumeRole",
    },
  ],
});
const EXECUTION_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";

/** Makes the role `execution`, which tasks are started with; its ARN. */
export async function createExecutionRole(iam: IAMClient): Promise<string> {
  const RoleName = "execution";
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TASKS_TRUST }),
  );
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: EXECUTION_POLICY }));
  return Role!.Arn!;
}
