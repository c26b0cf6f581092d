import type { Service } from "@aws-sdk/client-ecs";

import type { Deployed, Expected } from "../deployed.ts";
import type { Cause } from "../finding.ts";
import { leadsTo } from "./requests.ts";
import { primaryOf, revisionOf, type Subject } from "../subject.ts";

/** What is not there at all: the cluster, or services that should be. */
export function absences({ cluster, scope }: Deployed): Cause[] {
  const call = `ecs describe-services --cluster ${cluster.name}`;
  if (cluster.cluster === undefined)
    return [
      {
        id: "cluster-missing",
        subject: cluster.name,
        cause: [
          `There is no active cluster ${cluster.name}.`,
          `クラスター ${cluster.name} がありません。`,
        ],
        evidence: [{ call: `ecs describe-clusters --clusters ${cluster.name}`, value: "MISSING" }],
      },
    ];
  return (scope.expected ?? []).flatMap(({ service }) => {
    if (service === undefined) return [];
    const found = cluster.services.find((each) => each.service.serviceName === service)?.service;
    if (found?.status === "ACTIVE") return [];
    const other = cluster.elsewhere.find((name) => name.split("/").at(-1) === service);
    if (found === undefined && other !== undefined)
      return [elsewhere(service, cluster.name, other)];
    return [found === undefined ? missing(service, cluster.name, call) : deleted(found, call)];
  });
}

function missing(subject: string, cluster: string, call: string): Cause {
  return {
    id: "service-missing",
    subject,
    cause: [
      `Cluster ${cluster} has no service ${subject}.`,
      `クラスター ${cluster} にサービス ${subject} がありません。`,
    ],
    evidence: [{ call, value: "MISSING" }],
  };
}

function elsewhere(subject: string, cluster: string, other: string): Cause {
  return {
    id: "service-elsewhere",
    subject,
    cause: [
      `Service ${subject} is in cluster ${other.split("/")[0]}, not in ${cluster}.`,
      `サービス ${subject} は、クラスター ${cluster} ではなく ${other.split("/")[0]} にあります。`,
    ],
    evidence: [{ call: "ecs list-services", value: other }],
  };
}

function deleted({ serviceName: subject = "", status }: Service, call: string): Cause {
  return {
    id: "service-deleted",
    subject,
    cause: [
      `Service ${subject} was deleted: it is ${status}.`,
      `サービス ${subject} は削除されました (${status})。`,
    ],
    evidence: [{ call, value: `${status}` }],
  };
}

/** What a service's own settings keep it from. */
export function settings({ cluster }: Deployed, subject: Subject): Cause[] {
  const { name, service } = subject;
  const call = `ecs describe-services --services ${name}`;
  const { desiredCount = 0, launchType, capacityProviderStrategy = [] } = service;
  const causes: Cause[] = [];
  if (desiredCount === 0)
    causes.push({
      id: "desired-count-zero",
      subject: name,
      cause: [
        `Service ${name} wants no tasks: its desired count is 0.`,
        `サービス ${name} の desiredCount が 0 なので、タスクが起動しません。`,
      ],
      evidence: [{ call, value: "desiredCount 0" }],
    });
  causes.push(...percentages(name, service, call));
  if (launchType === "EC2" && cluster.cluster?.registeredContainerInstancesCount === 0)
    causes.push({
      id: "launch-type",
      subject: name,
      cause: [
        `Service ${name} wants EC2 instances, of which cluster ${cluster.name} has none.`,
        `サービス ${name} の起動タイプは EC2 ですが、クラスター ${cluster.name} にインスタンスがありません。`,
      ],
      evidence: [{ call, value: "launchType EC2" }],
    });
  const providers = cluster.cluster?.capacityProviders ?? [];
  const unknown = capacityProviderStrategy.find(
    ({ capacityProvider = "" }) => !providers.includes(capacityProvider),
  )?.capacityProvider;
  if (unknown !== undefined)
    causes.push({
      id: "capacity-provider-missing",
      subject: name,
      cause: [
        `Service ${name} wants capacity provider ${unknown}, which cluster ${cluster.name} does not have.`,
        `サービス ${name} はキャパシティープロバイダー ${unknown} を使いますが、クラスター ${cluster.name} に関連付けられていません。`,
      ],
      evidence: [
        {
          call: "ecs describe-clusters",
          value: `capacityProviders ${providers.join(", ") || "-"}`,
        },
      ],
    });
  return causes;
}

/** A deployment needs room for one task more, or leave for one less. */
function percentages(name: string, service: Service, call: string): Cause[] {
  const { desiredCount = 0, deploymentConfiguration } = service;
  const { minimumHealthyPercent: least = 100, maximumPercent: most = 200 } =
    deploymentConfiguration ?? {};
  const atLeast = Math.ceil((desiredCount * least) / 100);
  const atMost = Math.floor((desiredCount * most) / 100);
  if (desiredCount === 0 || atMost > atLeast) return [];
  return [
    {
      id: "deployment-percentages",
      subject: name,
      cause: [
        `No deployment of ${name} can begin: of ${desiredCount} tasks at least ${atLeast} have to stay (minimumHealthyPercent ${least}) and no more than ${atMost} may be there (maximumPercent ${most}).`,
        `${name} はデプロイを始められません。タスク ${desiredCount} 個のうち ${atLeast} 個を残す必要があり (minimumHealthyPercent ${least})、同時に動かせるのは ${atMost} 個まで (maximumPercent ${most}) だからです。`,
      ],
      evidence: [{ call, value: `minimumHealthyPercent ${least}, maximumPercent ${most}` }],
    },
  ];
}

/** Why the old code answers: the revision that runs is not the newest, or its image is not what the tag means now. */
export function versions(deployed: Deployed, subject: Subject): Cause[] {
  const { name, service, newest, isRolledBack } = subject;
  if (isRolledBack) return [];
  const running = primaryOf(service)?.taskDefinition ?? service.taskDefinition;
  const revision = (arn: string | undefined) => Number(arn?.split(":").at(-1));
  const call = `ecs describe-services --services ${name}`;
  const value = `taskDefinition ${revisionOf(running)}`;
  if (newest && revision(newest.taskDefinitionArn) > revision(running))
    return [
      {
        id: "old-revision",
        subject: name,
        cause: [
          `${name} runs ${revisionOf(running)}; the newest revision is ${revisionOf(newest.taskDefinitionArn)}, which nobody has deployed.`,
          `${name} が動かしているのは ${revisionOf(running)} です。最新の ${revisionOf(newest.taskDefinitionArn)} はまだデプロイされていません。`,
        ],
        evidence: [
          { call, value },
          {
            call: `ecs describe-task-definition --task-definition ${newest.family}`,
            value: revisionOf(newest.taskDefinitionArn),
          },
        ],
      },
    ];
  if (!newest && service.serviceName !== undefined && subject.definition.status === "INACTIVE")
    return [
      {
        id: "revision-inactive",
        subject: name,
        cause: [
          `${name} runs ${revisionOf(running)}, which was deregistered, and its family has no other revision: no new deployment can be made.`,
          `${name} が動かしている ${revisionOf(running)} は登録解除済みで、有効なリビジョンがほかにないため、新しいデプロイができません。`,
        ],
        evidence: [
          { call: "ecs describe-task-definition", value: `${revisionOf(running)} INACTIVE` },
        ],
      },
    ];
  return movedTags(deployed, subject);
}

/** A deployment settles what its tags mean once, for all of its tasks. */
function movedTags({ images }: Deployed, { name, definition, running }: Subject): Cause[] {
  for (const {
    name: container,
    image = "",
    versionConsistency,
  } of definition.containerDefinitions ?? []) {
    const { digest, repository = "" } = images.get(image) ?? {};
    const old = running
      .flatMap(({ containers = [] }) => containers)
      .find((each) => each.name === container && each.imageDigest !== undefined)?.imageDigest;
    if (digest === undefined || old === undefined || old === digest) continue;
    if (versionConsistency === "disabled") continue;
    return [
      {
        id: "image-tag-moved",
        subject: name,
        cause: [
          `The tag of ${image} means another image now (${short(digest)}) than when ${name} was deployed (${short(old)}), and tasks keep to that one.`,
          `${image} のタグは今は別のイメージ (${short(digest)}) を指していますが、${name} のタスクはデプロイ時のイメージ (${short(old)}) を使い続けます。`,
        ],
        evidence: [
          { call: "ecs describe-tasks", value: `${container} imageDigest ${old}` },
          { call: `ecr describe-images --repository-name ${repository}`, value: digest },
        ],
      },
    ];
  }
  return [];
}

const short = (digest: string) => digest.slice(0, "sha256:".length + 12);

/** What should be there of an app: by its service's name, by what its load balancer asks, or, without one, by its containers. */
export function expectedOf(deployed: Deployed, subject: Subject): Expected | undefined {
  const { expected = [] } = deployed.scope;
  const known = expected.find((each) => each.service === subject.name);
  if (known) return known;
  const found = expected.find((each) => each.service === undefined && isOf(each, subject));
  const isShared = deployed.subjects.some((each) => each !== subject && found && isOf(found, each));
  return isShared && !isLedTo(deployed, subject, found?.port) ? undefined : found;
}

function isOf({ container }: Expected, { service, definition }: Subject): boolean {
  const asked = service.loadBalancers?.map(({ containerName }) => containerName) ?? [];
  const has = definition.containerDefinitions?.some((each) => each.name === container) ?? false;
  return asked.length > 0 ? asked.includes(container) : has;
}

/** Of several services with a container of one name, what is said of it means the one that the port leads to. */
const isLedTo = ({ balancers }: Deployed, { service }: Subject, port: number | undefined) =>
  balancers.listeners.some(
    (each) =>
      each.listener.Port === port &&
      (service.loadBalancers ?? []).some(({ targetGroupArn = "" }) =>
        leadsTo(each, targetGroupArn),
      ),
  );
