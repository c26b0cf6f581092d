import type { ContainerInstance, Resource, Task, TaskDefinition } from "@aws-sdk/client-ecs";
import { refusalOf } from "@workbook/local-aws/iam";
import { mayReachService } from "@workbook/local-aws/reachability";
import type { Words } from "@workbook/toolchain";

import type { Deployed } from "../deployed.ts";
import type { Cause, Evidence } from "../finding.ts";
import type { FindingId } from "../kinds.ts";
import type { LaunchedInstance } from "../read/read-instances.ts";
import { shortOf, type Subject } from "../subject.ts";
import { evidenceOf, inJapanese } from "./verdict-words.ts";

const REGISTERS = "ecs:RegisterContainerInstance";

/** What keeps instances, that were launched for a service, from its cluster. */
export function unregisteredInstances(deployed: Deployed, subject: Subject): Cause[] {
  const asked = (subject.service.capacityProviderStrategy ?? []).map((it) => it.capacityProvider);
  const lost = deployed.instances.unregistered.filter(({ capacityProvider }) =>
    asked.includes(capacityProvider),
  );
  const causes = lost.flatMap((each) => whyUnregistered(deployed, subject.name, each) ?? []);
  // Instances of one template suffer from the same.
  return causes.slice(0, 1);
}

function whyUnregistered(
  deployed: Deployed,
  subject: string,
  launched: LaunchedInstance,
): Cause | undefined {
  const { InstanceId: id = "" } = launched.instance;
  const finding = (
    kind: FindingId,
    [en, ja]: readonly [string, string],
    evidence: Evidence[],
  ): Cause => ({
    id: kind,
    subject,
    cause: [
      `Instance ${id} does not register with cluster ${deployed.cluster.name}: ${en}`,
      `インスタンス ${id} はクラスター ${deployed.cluster.name} に登録されません。${ja}`,
    ],
    evidence,
  });
  return (
    userDataFault(deployed, launched, finding) ??
    wayFault(deployed, launched, finding) ??
    roleFault(deployed, launched, finding)
  );
}

type Found = (id: FindingId, words: readonly [string, string], evidence: Evidence[]) => Cause;

function userDataFault(
  { cluster }: Deployed,
  { instance: { InstanceId: id = "" }, userData }: LaunchedInstance,
  finding: Found,
): Cause | undefined {
  if (userData === undefined) return undefined;
  const named = /ECS_CLUSTER=["']?([^\s"'>]+)/.exec(userData)?.[1];
  if (named === cluster.name && userData.includes("/etc/ecs/ecs.config")) return undefined;
  const words: readonly [string, string] =
    named === undefined
      ? [
          "its user data do not name one (ECS_CLUSTER in /etc/ecs/ecs.config), so it looks for the cluster default.",
          "ユーザーデータにクラスター名 (/etc/ecs/ecs.config の ECS_CLUSTER) がないので、default というクラスターを探します。",
        ]
      : [
          `its user data name ${named}${named === cluster.name ? ", but not in /etc/ecs/ecs.config" : ""}.`,
          named === cluster.name
            ? "ユーザーデータの ECS_CLUSTER が /etc/ecs/ecs.config に書かれません。"
            : `ユーザーデータのクラスター名が ${named} です。`,
        ];
  const call = `ec2 describe-instance-attribute --instance-id ${id} --attribute userData`;
  return finding("instance-user-data", words, [{ call, value: userData.trim().slice(0, 200) }]);
}

function wayFault(
  { network }: Deployed,
  { instance }: LaunchedInstance,
  finding: Found,
): Cause | undefined {
  const eni = network.networkInterfaces.find(
    ({ Attachment }) => Attachment?.InstanceId === instance.InstanceId,
  );
  const verdict = eni && mayReachService(network, eni, "ecs");
  if (verdict === undefined || verdict.allowed) return undefined;
  return finding(
    "instance-network",
    [verdict.reason, inJapanese(verdict)],
    evidenceOf(network, verdict),
  );
}

function roleFault(
  { scope, cluster }: Deployed,
  { instance, role }: LaunchedInstance,
  finding: Found,
): Cause | undefined {
  if (role === "unknown") return undefined;
  const profile = shortOf(instance.IamInstanceProfile?.Arn) || "-";
  const call = `ec2 describe-instances --instance-ids ${instance.InstanceId}`;
  if (role === undefined || role === "missing")
    return finding(
      "instance-role",
      [
        "it has no instance profile with a role, and nobody's rights.",
        "ロールのあるインスタンスプロファイルがなく、権限がありません。",
      ],
      [{ call, value: `IamInstanceProfile ${profile}` }],
    );
  const { identity, boundary, arn: roleArn } = role;
  const policies = { identity, boundary, endpoint: undefined, resource: undefined };
  const resource = cluster.cluster?.clusterArn ?? "*";
  const { region } = scope;
  if (!refusalOf(policies, { roleArn, region, action: REGISTERS, resource })) return undefined;
  const name = shortOf(roleArn);
  return finding(
    "instance-role",
    [
      `its role ${name} may not ${REGISTERS}.`,
      `ロール ${name} に ${REGISTERS} の権限がありません。`,
    ],
    [{ call: `iam list-attached-role-policies --role-name ${name}`, value: "AccessDenied" }],
  );
}

const TELLS: readonly (readonly [RegExp, FindingId])[] = [
  [/already using a port/, "instance-port-taken"],
  [/insufficient (?:CPU units|memory)/, "instance-full"],
  [/missing an attribute/, "instance-attribute"],
  [/placement constraint unsatisfied/, "instance-constraint"],
];

/** Why no instance takes a task of a service: by what the service says, or by what is left where tasks wait without a word. */
export function misplaced(deployed: Deployed, subject: Subject): Cause[] {
  if (subject.isSteady) return [];
  const event = subject.events.find((message) => /unable to place a task/.test(message));
  const [, told] = TELLS.find(([words]) => event !== undefined && words.test(event)) ?? [];
  if (event !== undefined && told !== undefined)
    return [symptom(told, subject.name, [event, event], "ecs describe-services", event)];
  const waiting = subject.running.filter(waitsForInstance);
  const open = deployed.instances.registered.filter(({ status }) => status === "ACTIVE");
  if (waiting.length === 0 || open.length === 0) return [];
  const misfits = open.map((each) => misfitOf(subject.definition, each));
  const first = misfits[0];
  if (first === undefined || misfits.some((each) => each?.id !== first.id)) return [];
  const count = waiting.length;
  const words: Words = [
    `Tasks of ${subject.name} wait for an instance (${count}): ${first.words[0]} on each that the cluster has (${open.length}).`,
    `${subject.name} のタスク ${count} 個がインスタンスを待っています。クラスターの ${open.length} 台すべてで、${first.words[1]}。`,
  ];
  return [symptom(first.id, subject.name, words, "ecs describe-container-instances", first.value)];
}

const waitsForInstance = ({ lastStatus, containerInstanceArn }: Task) =>
  lastStatus === "PROVISIONING" && containerInstanceArn === undefined;

const symptom = (
  id: FindingId,
  subject: string,
  cause: Words,
  call: string,
  value: string,
): Cause => ({ id, subject, cause, isSymptom: true, evidence: [{ call, value }] });

interface Misfit {
  readonly id: FindingId;
  readonly words: readonly [string, string];
  readonly value: string;
}

function misfitOf(
  definition: TaskDefinition,
  { remainingResources = [] }: ContainerInstance,
): Misfit | undefined {
  const containers = definition.containerDefinitions ?? [];
  const sum = (of: (each: (typeof containers)[number]) => number) =>
    containers.reduce((all, each) => all + of(each), 0);
  const wanted = {
    MEMORY: Number(definition.memory ?? sum((it) => it.memoryReservation ?? it.memory ?? 0)),
    CPU: Number(definition.cpu ?? sum((it) => it.cpu ?? 0)),
  };
  for (const name of ["MEMORY", "CPU"] as const) {
    const left = numberOf(remainingResources, name);
    if (left !== undefined && wanted[name] > left)
      return {
        id: "instance-full",
        words: [
          `too little ${name} is left for ${wanted[name]}`,
          `${name} の空きが ${wanted[name]} に足りません`,
        ],
        value: `remainingResources ${name} ${left}`,
      };
  }
  const taken = remainingResources.find(({ name }) => name === "PORTS")?.stringSetValue ?? [];
  const port = hostPortsOf(definition).find((each) => taken.includes(String(each)));
  if (port === undefined) return undefined;
  return {
    id: "instance-port-taken",
    words: [`port ${port} is taken`, `ポート ${port} が使用中です`],
    value: `remainingResources PORTS ${taken.join(", ")}`,
  };
}

const numberOf = (resources: readonly Resource[], name: string) =>
  resources.find((each) => each.name === name)?.integerValue;

/** The ports of an instance that a task asks for by number. */
function hostPortsOf({ networkMode, containerDefinitions = [] }: TaskDefinition): number[] {
  if (networkMode === "awsvpc") return [];
  return containerDefinitions
    .flatMap(({ portMappings = [] }) => portMappings)
    .map(({ containerPort = 0, hostPort = networkMode === "host" ? containerPort : 0 }) => hostPort)
    .filter((port) => port !== 0);
}
