import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import {
  CodePipelineClient,
  CreatePipelineCommand,
  DisableStageTransitionCommand,
  EnableStageTransitionCommand,
  GetPipelineStateCommand,
  ListPipelineExecutionsCommand,
  PutApprovalResultCommand,
  type ActionDeclaration,
  type PipelineDeclaration,
  type PipelineExecutionSummary,
  type StageState,
} from "@aws-sdk/client-codepipeline";
import {
  CodeStarConnectionsClient,
  CreateConnectionCommand,
} from "@aws-sdk/client-codestar-connections";
import { ECSClient } from "@aws-sdk/client-ecs";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, vi } from "vitest";
import { policyOf } from "../../../services/iam/testing/role-session.ts";
import { startTestCloud, type TestCloud } from "../../../testing.ts";
import { Repository } from "../../repositories/git.ts";
import { createIdleService } from "./idle-service.ts";
import { STATEMENTS } from "./statements.ts";

export const POLL = { timeout: 60_000, interval: 50 };
export const FULL_NAME = "you/greeting";
const run = promisify(execFile);

const trust = (Service: string) =>
  policyOf({ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" });

/** A cloud without tasks, with a repository, a connection, a bucket for artifacts, a role, and a service that wants no task. */
export class PipelineCloud {
  readonly test: TestCloud;
  readonly pipelines: CodePipelineClient;
  readonly connections: CodeStarConnectionsClient;
  readonly ecs: ECSClient;
  readonly s3: S3Client;
  readonly iam: IAMClient;
  /** A clone of the repository. */
  readonly clone: string;
  roleArn = "";
  connectionArn = "";

  private constructor(test: TestCloud, clone: string) {
    this.test = test;
    this.clone = clone;
    this.pipelines = new CodePipelineClient(test.clientConfig);
    this.connections = new CodeStarConnectionsClient(test.clientConfig);
    this.ecs = new ECSClient(test.clientConfig);
    this.s3 = new S3Client(test.clientConfig);
    this.iam = new IAMClient(test.clientConfig);
  }

  static async start(): Promise<PipelineCloud> {
    const test = await startTestCloud();
    const cloud = new PipelineCloud(test, mkdtempSync(join(tmpdir(), "pipeline-")));
    const { folder } = await Repository.create(test.cloud.dataDir, FULL_NAME);
    await cloud.git("init", "--quiet", "--initial-branch=main");
    await cloud.git("remote", "add", "origin", folder);
    await cloud.s3.send(new CreateBucketCommand({ Bucket: "artifacts" }));
    await cloud.#createRole();
    const { ConnectionArn } = await cloud.connections.send(
      new CreateConnectionCommand({ ConnectionName: "github", ProviderType: "GitHub" }),
    );
    cloud.connectionArn = ConnectionArn!;
    await createIdleService(test, cloud);
    return cloud;
  }

  async stop(): Promise<void> {
    await this.test.stop();
    for (const client of [this.pipelines, this.connections, this.ecs, this.s3, this.iam])
      client.destroy();
    rmSync(this.clone, { recursive: true, force: true });
    expect(this.test.errors).toEqual([]);
  }

  async #createRole(): Promise<void> {
    const { Role } = await this.iam.send(
      new CreateRoleCommand({
        RoleName: "pipeline",
        AssumeRolePolicyDocument: trust("codepipeline.amazonaws.com"),
      }),
    );
    this.roleArn = Role!.Arn!;
    await this.allow(...Object.values(STATEMENTS));
  }

  /** Makes a role of a service, which may nothing; its ARN. */
  async serviceRole(RoleName: string, service: string): Promise<string> {
    const { Role } = await this.iam.send(
      new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust(service) }),
    );
    return Role!.Arn!;
  }

  /** Makes a role that whoever the account lets may take on; its ARN. */
  async role(RoleName: string, AWS: string, ...statements: readonly object[]): Promise<string> {
    const trusted = { Effect: "Allow", Principal: { AWS }, Action: "sts:AssumeRole" };
    const { Role } = await this.iam.send(
      new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policyOf(trusted) }),
    );
    const PolicyDocument = policyOf(...statements);
    await this.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "own", PolicyDocument }));
    return Role!.Arn!;
  }

  /** Gives the pipeline's role these rights, and no others. */
  async allow(...statements: readonly object[]): Promise<void> {
    await this.iam.send(
      new PutRolePolicyCommand({
        RoleName: "pipeline",
        PolicyName: "own",
        PolicyDocument: policyOf(...statements),
      }),
    );
  }

  /** Says at the provider that the connection may be used: what the command line asks the server for. */
  async accept(): Promise<void> {
    const response = await fetch(`${this.test.endpoint}/_local/connections/accept`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.test.cloud.token}` },
      body: JSON.stringify({ connection: "github" }),
    });
    expect(response.status).toBe(200);
  }

  async git(...words: string[]): Promise<string> {
    const author = ["-c", "user.name=You", "-c", "user.email=you@example.com"];
    return (await run("git", [...author, ...words], { cwd: this.clone })).stdout.trim();
  }

  /** Commits files, and pushes the branch. @returns the commit */
  async push(
    files: Readonly<Record<string, string>>,
    branch = "main",
    message = "Change",
  ): Promise<string> {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.clone, name)), { recursive: true });
      writeFileSync(join(this.clone, name), content);
    }
    await this.git("checkout", "--quiet", "-B", branch);
    await this.git("add", "--all");
    await this.git("commit", "--quiet", "--allow-empty", "--message", message);
    await this.git("push", "--quiet", "--force", "origin", branch);
    return this.git("rev-parse", "HEAD");
  }

  get source(): ActionDeclaration {
    return action("Source", "Source", "CodeStarSourceConnection", {
      outputArtifacts: [{ name: "Code" }],
      namespace: "Src",
      configuration: {
        ConnectionArn: this.connectionArn,
        FullRepositoryId: FULL_NAME,
        BranchName: "main",
        // A push may be heard of later than a pipeline is made.
        DetectChanges: "false",
      },
    });
  }

  get deploy(): ActionDeclaration {
    return action("Deploy", "Deploy", "ECS", {
      inputArtifacts: [{ name: "Code" }],
      configuration: { ClusterName: "c", ServiceName: "web" },
    });
  }

  /** A pipeline of a source and these stages. */
  pipeline(
    name: string,
    stages: PipelineDeclaration["stages"],
    more: Partial<PipelineDeclaration> = {},
  ): PipelineDeclaration {
    return {
      name,
      roleArn: this.roleArn,
      pipelineType: "V2",
      artifactStore: { type: "S3", location: "artifacts" },
      stages: [{ name: "Source", actions: [this.source] }, ...(stages ?? [])],
      ...more,
    };
  }

  /** The executions of a pipeline, the newest first. */
  async executions(pipelineName: string): Promise<PipelineExecutionSummary[]> {
    const { pipelineExecutionSummaries = [] } = await this.pipelines.send(
      new ListPipelineExecutionsCommand({ pipelineName }),
    );
    return pipelineExecutionSummaries;
  }

  async stages(name: string): Promise<StageState[]> {
    const { stageStates = [] } = await this.pipelines.send(new GetPipelineStateCommand({ name }));
    return stageStates;
  }

  /** Waits until the newest execution of a pipeline has this status. @returns its id */
  async until(pipelineName: string, status: string): Promise<string> {
    return vi.waitFor(async () => {
      const [newest] = await this.executions(pipelineName);
      expect(newest).toMatchObject({ status });
      return newest!.pipelineExecutionId!;
    }, POLL);
  }

  /** The token of an approval that waits. */
  async token(name: string): Promise<string> {
    return vi.waitFor(async () => {
      const states = (await this.stages(name)).flatMap(({ actionStates = [] }) => actionStates);
      const token = states.map((it) => it.latestExecution?.token).find(Boolean);
      expect(token).toBeDefined();
      return token!;
    }, POLL);
  }

  /** Decides an approval called `Approve` of the stage `Deploy`, once it waits. @returns the execution's id */
  async approve(pipelineName: string, status: "Approved" | "Rejected"): Promise<string> {
    const token = await this.token(pipelineName);
    const [newest] = await this.executions(pipelineName);
    await this.pipelines.send(
      new PutApprovalResultCommand({
        pipelineName,
        stageName: "Deploy",
        actionName: "Approve",
        token,
        result: { status, summary: "seen" },
      }),
    );
    return newest!.pipelineExecutionId!;
  }

  /** Makes a pipeline into one of whose stages nothing goes; its first execution has ended. */
  async close(pipeline: PipelineDeclaration, stageName: string): Promise<void> {
    await this.pipelines.send(new CreatePipelineCommand({ pipeline }));
    await this.until(pipeline.name!, "Succeeded");
    await this.pipelines.send(
      new DisableStageTransitionCommand({
        pipelineName: pipeline.name,
        stageName,
        transitionType: "Inbound",
        reason: "a test",
      }),
    );
  }

  async open(pipelineName: string, stageName: string): Promise<void> {
    await this.pipelines.send(
      new EnableStageTransitionCommand({ pipelineName, stageName, transitionType: "Inbound" }),
    );
  }

  /** Waits until an execution waits for the stage `Deploy`. */
  async untilInbound(name: string, id: string): Promise<void> {
    await vi.waitFor(async () => {
      const deploy = (await this.stages(name)).find(({ stageName }) => stageName === "Deploy");
      const waiting = deploy?.inboundExecutions?.map((it) => it.pipelineExecutionId);
      expect(waiting).toContain(id);
    }, POLL);
  }
}

/** An action of AWS's. */
export function action(
  name: string,
  category: "Source" | "Build" | "Approval" | "Deploy",
  provider: string,
  more: Partial<ActionDeclaration> = {},
): ActionDeclaration {
  return { name, actionTypeId: { category, owner: "AWS", provider, version: "1" }, ...more };
}

export const definitions = (imageUri: string, name = "web") => JSON.stringify([{ name, imageUri }]);
