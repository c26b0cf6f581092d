import type { Deployed } from "../deployed.ts";
import type { Cause, Evidence } from "../finding.ts";
import type { FindingId } from "../kinds.ts";
import { shortOf, type Subject } from "../subject.ts";

/** What keeps one container of a task from another, in both languages. */
interface BesideCause {
  readonly id: FindingId;
  readonly en: string;
  readonly ja: string;
  readonly evidence: Evidence;
}

/** What a load balancer heard of a task, and from which of its containers. */
interface Heard {
  /** The status; not a number where the connection was refused or held. */
  readonly code: number;
  readonly container: string | undefined;
}

/** Why a container that the load balancer asks has nothing good to say, where the reason is between it and those beside it. */
export function besideCause(
  deployed: Deployed,
  subject: Subject,
  heard: Heard,
): BesideCause | undefined {
  return heard.code === 502
    ? upstreamCause(deployed, subject, heard)
    : heard.code >= 500
      ? undefined
      : volumeCause(subject);
}

/** A container that waits for another to be healthy, which it is not: its task stays PENDING, and nobody says so. */
export function waitingContainers(
  _deployed: Deployed,
  { name, running, definition }: Subject,
): Cause[] {
  for (const { taskArn, lastStatus, containers = [] } of running) {
    if (lastStatus !== "PENDING") continue;
    for (const { name: waiting = "", dependsOn = [] } of definition.containerDefinitions ?? []) {
      const sick = dependsOn.find(
        ({ containerName, condition }) =>
          condition === "HEALTHY" &&
          containers.some((it) => it.name === containerName && it.healthStatus === "UNHEALTHY"),
      )?.containerName;
      if (sick === undefined) continue;
      return [
        {
          id: "container-dependency",
          subject: name,
          isSymptom: true,
          cause: [
            `Container ${waiting} of ${name} is not started: it waits until ${sick} is healthy, and ${sick} is UNHEALTHY.`,
            `${name} のコンテナ ${waiting} は起動していません。${sick} が healthy になるのを待っていますが、${sick} は UNHEALTHY です。`,
          ],
          evidence: [
            {
              call: `ecs describe-tasks --tasks ${shortOf(taskArn)}`,
              value: `lastStatus PENDING; ${sick} healthStatus UNHEALTHY`,
            },
          ],
        },
      ];
    }
  }
  return [];
}

/** A volume that one container of several mounts, and so shares with none. */
function volumeCause({
  name,
  definition: { volumes = [], containerDefinitions = [] },
}: Subject): BesideCause | undefined {
  if (containerDefinitions.length < 2) return undefined;
  for (const { name: volume = "" } of volumes) {
    const [user, other] = containerDefinitions.filter(({ mountPoints = [] }) =>
      mountPoints.some(({ sourceVolume }) => sourceVolume === volume),
    );
    if (user === undefined || other !== undefined) continue;
    return {
      id: "volume-unshared",
      en: `Volume ${volume} of ${name} is mounted in container ${user.name} alone: no other container sees what is written there.`,
      ja: `${name} のボリューム ${volume} は、コンテナ ${user.name} にしかマウントされていません。ほかのコンテナからは中身が見えません。`,
      evidence: { call: "ecs describe-task-definition", value: `mountPoints ${user.name} alone` },
    };
  }
  return undefined;
}

/** nginx's words for a proxy that nobody answers. */
const REFUSED =
  /connect\(\) failed \(111: [^)]*\) while connecting to upstream.*upstream: "\w+:\/\/([^/"]+)/;

/** A gateway that cannot reach whom it asks: by what it said last, else by its being one of several containers. */
function upstreamCause(
  { logs }: Deployed,
  { name, running, failures, definition: { containerDefinitions = [] } }: Subject,
  { container }: Heard,
): BesideCause | undefined {
  // A task that was stopped for it said so too, and the next one may not have said anything yet.
  for (const { taskArn } of [...running, ...failures]) {
    for (const { name: each = "" } of containerDefinitions) {
      for (const { text } of logs.tails.get(`${taskArn} ${each}`) ?? []) {
        const address = REFUSED.exec(text)?.[1];
        if (address === undefined) continue;
        return {
          id: "upstream-refused",
          en: `Container ${each} of ${name} answers with 502: it asks ${address}, in its own task, where nothing listens.`,
          ja: `${name} のコンテナ ${each} が 502 を返しています。転送先の ${address} (同じタスクの中) で待ち受けているものがありません。`,
          evidence: { call: "logs get-log-events", value: text.trim().slice(0, 300) },
        };
      }
    }
  }
  if (containerDefinitions.length < 2) return undefined;
  return {
    id: "upstream-refused",
    en: `Container ${container} of ${name} answers with 502: it cannot reach the container that it hands requests to.`,
    ja: `${name} のコンテナ ${container} が 502 を返しています。リクエストの転送先のコンテナに接続できません。`,
    evidence: { call: "ecs describe-task-definition", value: `${container} hands requests on` },
  };
}
