import * as iam from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient, type AssumeRoleCommandInput } from "@aws-sdk/client-sts";
import type { TestCloud } from "../../../testing.ts";
import { policyOf, ROOT } from "./role-session.ts";

/** Somebody whose rights are tried: what SDK clients need to be it. */
export type Actor = Omit<TestCloud["clientConfig"], "credentials"> & {
  readonly credentials: TestCloud["clientConfig"]["credentials"] & {
    readonly sessionToken?: string;
  };
};

export interface Wanted {
  readonly boundary?: string;
  readonly trust?: readonly object[];
  readonly tags?: readonly { Key: string; Value: string }[];
  readonly session?: Partial<AssumeRoleCommandInput>;
}

/** Makes roles and users with policies, and becomes them. */
export class Actors {
  readonly iam: iam.IAMClient;
  readonly #sts: STSClient;
  readonly #config: Actor;
  #made = 0;

  constructor({ clientConfig }: TestCloud) {
    this.#config = clientConfig;
    this.iam = new iam.IAMClient(clientConfig);
    this.#sts = new STSClient(clientConfig);
  }

  stop(): void {
    this.iam.destroy();
    this.#sts.destroy();
  }

  #name = (kind: string) => `${kind}-${++this.#made}`;

  /** A managed policy of these statements; its ARN. */
  async policy(...statements: readonly object[]): Promise<string> {
    const made = await this.iam.send(
      new iam.CreatePolicyCommand({
        PolicyName: this.#name("policy"),
        PolicyDocument: policyOf(...statements),
      }),
    );
    return made.Policy!.Arn!;
  }

  /** A session of a new role with these statements. */
  async role(statements: readonly object[], wanted: Wanted = {}): Promise<Actor> {
    const RoleName = this.#name("role");
    const trust = wanted.trust ?? [
      { Effect: "Allow", Principal: { AWS: ROOT }, Action: ["sts:AssumeRole", "sts:TagSession"] },
    ];
    const { Role } = await this.iam.send(
      new iam.CreateRoleCommand({
        RoleName,
        AssumeRolePolicyDocument: policyOf(...trust),
        Tags: [...(wanted.tags ?? [])],
        ...(wanted.boundary !== undefined && { PermissionsBoundary: wanted.boundary }),
      }),
    );
    if (statements.length > 0)
      await this.iam.send(
        new iam.PutRolePolicyCommand({
          RoleName,
          PolicyName: "own",
          PolicyDocument: policyOf(...statements),
        }),
      );
    const { Credentials } = await this.#sts.send(
      new AssumeRoleCommand({ RoleArn: Role!.Arn!, RoleSessionName: "me", ...wanted.session }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials!;
    return this.#with({
      accessKeyId: AccessKeyId!,
      secretAccessKey: SecretAccessKey!,
      sessionToken: SessionToken!,
    });
  }

  /** A new user with these statements. */
  async user(
    statements: readonly object[],
    wanted: Wanted & { name?: string } = {},
  ): Promise<Actor> {
    const UserName = wanted.name ?? this.#name("user");
    await this.iam.send(
      new iam.CreateUserCommand({
        UserName,
        Tags: [...(wanted.tags ?? [])],
        ...(wanted.boundary !== undefined && { PermissionsBoundary: wanted.boundary }),
      }),
    );
    if (statements.length > 0)
      await this.iam.send(
        new iam.PutUserPolicyCommand({
          UserName,
          PolicyName: "own",
          PolicyDocument: policyOf(...statements),
        }),
      );
    const { AccessKey } = await this.iam.send(new iam.CreateAccessKeyCommand({ UserName }));
    const { AccessKeyId, SecretAccessKey } = AccessKey!;
    return this.#with({ accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey! });
  }

  #with(credentials: Actor["credentials"]): Actor {
    return { ...this.#config, credentials };
  }
}

export const allow = (Action: string | readonly string[], Resource: unknown = "*", more = {}) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});

export const deny = (Action: string | readonly string[], Resource: unknown = "*", more = {}) => ({
  ...allow(Action, Resource, more),
  Effect: "Deny",
});
