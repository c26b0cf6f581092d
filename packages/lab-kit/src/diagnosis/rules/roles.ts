import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import {
  evaluateResourcePolicy,
  parsePolicy,
  type RoleRefusal,
  refusalOf,
  serviceCallKeys,
} from "@workbook/local-aws/iam";
import { endpointUsed } from "@workbook/local-aws/reachability";

import type { Deployed, DiagnosisScope } from "../deployed.ts";
import type { Cause } from "../finding.ts";
import type { FindingId } from "../kinds.ts";
import { awslogsOf } from "../read/read-logs.ts";
import type { RoleState } from "../read/read-roles.ts";
import type { Subject } from "../subject.ts";
import { taskInterfaces } from "./interfaces.ts";

const ECS_TASKS = "ecs-tasks.amazonaws.com";

/** Roles that are not there, or that ECS may not take on. */
export function assumptions(deployed: Deployed, { name, definition }: Subject): Cause[] {
  const { executionRoleArn, taskRoleArn } = definition;
  const of = (kind: "execution-role" | "task-role", arn: string | undefined) =>
    arn === undefined ? [] : assumption(deployed, name, kind, arn);
  return [
    ...of("execution-role", executionRoleArn),
    ...(taskRoleArn === executionRoleArn ? [] : of("task-role", taskRoleArn)),
  ];
}

function assumption(
  { roles, scope }: Deployed,
  subject: string,
  kind: "execution-role" | "task-role",
  arn: string,
): Cause[] {
  const role = roles.get(arn);
  const [en, ja] =
    kind === "execution-role"
      ? ["execution role", "タスク実行ロール"]
      : ["task role", "タスクロール"];
  const roleName = arn.split("/").at(-1) ?? arn;
  const call = `iam get-role --role-name ${roleName}`;
  if (role === "missing")
    return [
      {
        id: `${kind}-missing`,
        subject,
        cause: [
          `The ${en} of ${subject} does not exist: ${arn}.`,
          `${subject} の${ja} ${arn} が存在しません。`,
        ],
        evidence: [{ call, value: "NoSuchEntity" }],
      },
    ];
  if (role === undefined || role === "unknown" || trusts(role, scope)) return [];
  return [
    {
      id: `${kind}-trust`,
      subject,
      cause: [
        `ECS may not take on the ${en} ${roleName} of ${subject}: its trust policy does not name ${ECS_TASKS}.`,
        `${subject} の${ja} ${roleName} の信頼ポリシーに ${ECS_TASKS} がないため、ECS がロールを引き受けられません。`,
      ],
      evidence: [{ call, value: compact(role.trust) }],
    },
  ];
}

function trusts({ arn, trust }: RoleState, { region, cluster }: DiagnosisScope): boolean {
  const account = arn.split(":")[4] ?? "";
  const policy = parsePolicy(trust);
  const principal = { kind: "Service", names: [ECS_TASKS] } as const;
  const sourceArn = `arn:aws:ecs:${region}:${account}:task/${cluster}/a-task`;
  const call = { service: ECS_TASKS, sourceArn, region, now: Date.now() };
  const context = serviceCallKeys(account, call);
  const request = { action: "sts:AssumeRole", resource: arn, context };
  return evaluateResourcePolicy(policy, principal, request) === "allowed";
}

const compact = (json: string) => JSON.stringify(JSON.parse(json));

/** One thing that ECS does with the execution role before a container starts, or while it runs. */
interface Need {
  readonly action: string;
  readonly resource: string;
  /** As endpoints name it. */
  readonly service: string;
  readonly repositoryPolicy?: string | undefined;
}

const IDS: Readonly<
  Record<RoleRefusal["by"], readonly [implicit: FindingId, explicit: FindingId]>
> = {
  "identity-based policy": ["execution-role-rights", "execution-role-deny"],
  "permissions boundary": ["execution-role-boundary", "execution-role-boundary"],
  "resource-based policy": ["repository-policy", "repository-policy"],
  "VPC endpoint policy": ["endpoint-policy", "endpoint-policy"],
};

/** What the execution role may not do of that which ECS needs it for. */
export function rights(deployed: Deployed, subject: Subject): Cause[] {
  const { definition, name } = subject;
  const role = deployed.roles.get(definition.executionRoleArn ?? "");
  if (role === undefined || typeof role === "string" || !trusts(role, deployed.scope)) return [];
  const refused = needs(deployed, subject).flatMap((need) => {
    const refusal = refusalTo(deployed, subject, role, need);
    return refusal ? [{ need, refusal }] : [];
  });
  const onlyPut = refused.every(({ need }) => need.action === "logs:PutLogEvents");
  const groups = Map.groupBy(refused, ({ refusal: { by, explicit } }) =>
    onlyPut ? ("logs-not-delivered" as const) : IDS[by][explicit ? 1 : 0],
  );
  return Array.from(groups, ([id, all]) => {
    const actions = [...new Set(all.map(({ need }) => need.action))].join(", ");
    const resources = [...new Set(all.map(({ need }) => need.resource))].join(", ");
    return refusalCause(id, name, role, actions, resources, all[0]!.refusal);
  });
}

function refusalCause(
  id: FindingId,
  subject: string,
  role: RoleState,
  actions: string,
  resources: string,
  { by, explicit }: RoleRefusal,
): Cause {
  const roleName = role.arn.split("/").at(-1) ?? "";
  const how = explicit
    ? ([`a statement of its ${by} denies it`, `${JA[by]}で明示的に拒否されています`] as const)
    : ([`no ${by} allows it`, `${JA[by]}で許可されていません`] as const);
  const lost = id === "logs-not-delivered";
  return {
    id,
    subject,
    cause: [
      `The execution role ${roleName} of ${subject} may not ${actions} on ${resources}: ${how[0]}.${lost ? " The tasks run, and what they write is lost." : ""}`,
      `${subject} のタスク実行ロール ${roleName} は ${resources} に対する ${actions} が${how[1]}。${lost ? "タスクは動きますが、ログは失われます。" : ""}`,
    ],
    evidence: [
      { call: `iam get-role-policy --role-name ${roleName}`, value: compactAll(role.identity) },
      ...(by === "permissions boundary"
        ? [{ call: "iam get-policy-version", value: compact(role.boundary ?? "{}") }]
        : []),
    ],
  };
}

const JA: Readonly<Record<RoleRefusal["by"], string>> = {
  "identity-based policy": "ロールのポリシー",
  "permissions boundary": "アクセス許可の境界",
  "resource-based policy": "リポジトリポリシー",
  "VPC endpoint policy": "VPC エンドポイントポリシー",
};

const LONGEST = 400;
/** Policies as one short text. */
export function compactAll(documents: readonly string[]): string {
  const text = documents.map(compact).join(" ") || "no policy";
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function needs({ images, logs, scope }: Deployed, { definition }: Subject): Need[] {
  const account = definition.taskDefinitionArn?.split(":")[4] ?? "";
  const containers = definition.containerDefinitions ?? [];
  const pulls = containers.flatMap(({ image = "" }): Need[] => {
    const state = images.get(image);
    if (!state || state.found === "public" || state.found === "other") return [];
    const resource = `arn:aws:ecr:${scope.region}:${account}:repository/${state.repository}`;
    const pull = { resource, service: "ecr.dkr", repositoryPolicy: state.policy };
    return [
      { action: "ecr:GetAuthorizationToken", resource: "*", service: "ecr.api" },
      { ...pull, action: "ecr:BatchGetImage" },
      { ...pull, action: "ecr:GetDownloadUrlForLayer" },
    ];
  });
  const writes = containers.flatMap((container) =>
    logNeeds(container, account, scope.region, logs),
  );
  return [...pulls, ...writes];
}

function logNeeds(
  container: ContainerDefinition,
  account: string,
  region: string,
  { groups }: Deployed["logs"],
): Need[] {
  const options = awslogsOf(container);
  const group = options?.["awslogs-group"];
  if (options === undefined || group === undefined) return [];
  const arn = `arn:aws:logs:${options["awslogs-region"] ?? region}:${account}:log-group:${group}`;
  const creates = options["awslogs-create-group"] === "true" && groups?.has(group) === false;
  const on = (action: string, resource: string) => ({ action, resource, service: "logs" });
  return [
    ...(creates ? [on("logs:CreateLogGroup", `${arn}:*`)] : []),
    on("logs:CreateLogStream", `${arn}:log-stream:*`),
    on("logs:PutLogEvents", `${arn}:log-stream:*`),
  ];
}

function refusalTo(
  { network, scope }: Deployed,
  subject: Subject,
  role: RoleState,
  { action, resource, service, repositoryPolicy }: Need,
): RoleRefusal | undefined {
  const [eni] = taskInterfaces(network, subject);
  const endpoint = eni && endpointUsed(network, eni, service)?.PolicyDocument;
  const { identity, boundary } = role;
  const policies = { identity, boundary, endpoint, resource: repositoryPolicy };
  return refusalOf(policies, { roleArn: role.arn, region: scope.region, action, resource });
}
