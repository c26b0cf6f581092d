import {
  BatchGetBuildsCommand,
  CodeBuildClient,
  CreateProjectCommand,
  StartBuildCommand,
  type Build,
  type CreateProjectCommandInput,
  type StartBuildCommandInput,
} from "@aws-sdk/client-codebuild";
import { GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect, vi } from "vitest";
import type { LocalAwsOptions } from "../../src/local-aws.ts";
import { TaskCloud } from "../../src/engine/scheduler/testing/task-cloud.ts";

export const BUILD_IMAGE = "aws/codebuild/amazonlinux-x86_64-standard:5.0";
export const BUCKET = "builds";
const POLL = { timeout: 120_000, interval: 50 };

const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "codebuild.amazonaws.com" },
      Action: "sts:AssumeRole",
    },
  ],
});

/** A cloud in which builds run as containers, with a bucket and a service role that may do what a build needs. */
export class BuildCloud {
  readonly cloud: TaskCloud;
  readonly codebuild: CodeBuildClient;
  readonly s3: S3Client;
  roleArn = "";

  private constructor(cloud: TaskCloud) {
    this.cloud = cloud;
    this.codebuild = new CodeBuildClient(cloud.test.clientConfig);
    this.s3 = new S3Client(cloud.test.clientConfig);
  }

  static async start(options: LocalAwsOptions): Promise<BuildCloud> {
    const cloud = new BuildCloud(await TaskCloud.start(options));
    cloud.roleArn = await cloud.role("build", [
      "logs:*",
      "s3:*",
      "ecr:*",
      "ssm:*",
      "secretsmanager:*",
    ]);
    await cloud.s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    return cloud;
  }

  async stop(): Promise<void> {
    this.codebuild.destroy();
    this.s3.destroy();
    await this.cloud.stop();
  }

  /** A service role that may do these things to everything. */
  async role(name: string, actions: readonly string[]): Promise<string> {
    const { Role } = await this.cloud.iam.send(
      new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: TRUST }),
    );
    const PolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }],
    });
    await this.cloud.iam.send(
      new PutRolePolicyCommand({ RoleName: name, PolicyName: "all", PolicyDocument }),
    );
    return Role!.Arn!;
  }

  put(key: string, body: string | Uint8Array) {
    return this.s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body }));
  }

  async bytes(key: string): Promise<Uint8Array> {
    const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
    return Body!.transformToByteArray();
  }

  /** The keys below a prefix of the bucket. */
  async keys(Prefix: string): Promise<string[]> {
    const listed = await this.s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix }));
    return (listed.Contents ?? []).map(({ Key = "" }) => Key);
  }

  async parameter(Name: string, Value: string): Promise<void> {
    const ssm = new SSMClient(this.cloud.test.clientConfig);
    await ssm.send(new PutParameterCommand({ Name, Value, Type: "SecureString" }));
    ssm.destroy();
  }

  async secret(Name: string, SecretString: string): Promise<void> {
    const secrets = new SecretsManagerClient(this.cloud.test.clientConfig);
    await secrets.send(new CreateSecretCommand({ Name, SecretString }));
    secrets.destroy();
  }

  /** Makes a project without a source, whose buildspec is the text. */
  async project(
    name: string,
    buildspec: string,
    more: Partial<CreateProjectCommandInput> = {},
  ): Promise<void> {
    await this.codebuild.send(
      new CreateProjectCommand({
        name,
        source: { type: "NO_SOURCE", buildspec },
        artifacts: { type: "NO_ARTIFACTS" },
        environment: {
          type: "LINUX_CONTAINER",
          image: BUILD_IMAGE,
          computeType: "BUILD_GENERAL1_SMALL",
        },
        serviceRole: this.roleArn,
        ...more,
      }),
    );
  }

  async begin(projectName: string, more: Partial<StartBuildCommandInput> = {}): Promise<string> {
    const { build } = await this.codebuild.send(new StartBuildCommand({ projectName, ...more }));
    return build!.id!;
  }

  async get(id: string): Promise<Build> {
    const { builds } = await this.codebuild.send(new BatchGetBuildsCommand({ ids: [id] }));
    return builds![0]!;
  }

  /** Resolves with a build when it is what `expected` says. */
  until(id: string, expected: Partial<Build>): Promise<Build> {
    return vi.waitFor(async () => {
      const build = await this.get(id);
      expect(build, JSON.stringify(build.phases)).toMatchObject(expected);
      return build;
    }, POLL);
  }

  /** Runs a build to its end: it, and the lines of its log without their instants. */
  async run(projectName: string, more: Partial<StartBuildCommandInput> = {}) {
    const build = await this.until(await this.begin(projectName, more), { buildComplete: true });
    return { build, lines: await this.lines(build) };
  }

  async lines({ logs }: Build): Promise<string[]> {
    if (!logs?.groupName) return [];
    const { events = [] } = await this.cloud.logs.send(
      new GetLogEventsCommand({
        logGroupName: logs.groupName,
        logStreamName: logs.streamName!,
        startFromHead: true,
      }),
    );
    return events.map(({ message = "" }) =>
      message.replace(/\n$/, "").replace(/^\[Container\] \d{4}\/\d\d\/\d\d [\d:.]{15} /, "[C] "),
    );
  }
}

/** How the phases of a build ended: `BUILD FAILED`. */
export const endsOf = ({ phases = [] }: Build) =>
  phases.map(({ phaseType, phaseStatus }) => [phaseType, phaseStatus].join(" ").trim());
