import type { AwsClients } from "../live.ts";
import { type Deployed, type DiagnosisScope, readDeployed } from "./deployed.ts";
import type { Cause, Diagnosis, Finding } from "./finding.ts";
import { EXPLAIN_NOTHING, type FindingId, KINDS, rankOf } from "./kinds.ts";
import { Reader } from "./read/reader.ts";
import { ofRequest, type RequestQuestion } from "./rules/asked-request.ts";
import { waitingContainers } from "./rules/containers-beside.ts";
import { stoppedDeployments, unreturned } from "./rules/deployments.ts";
import { execRights } from "./rules/exec-rights.ts";
import { failedTasks } from "./rules/failed-tasks.ts";
import { misplaced, unregisteredInstances } from "./rules/instances.ts";
import { images, logs } from "./rules/images.ts";
import { killedTasks } from "./rules/killed-tasks.ts";
import { listeners, unregistered } from "./rules/listeners.ts";
import { logRouters } from "./rules/log-routers.ts";
import { readRuns } from "./read/read-runs.ts";
import { runCauses } from "./rules/runs.ts";
import { assumptions, rights } from "./rules/roles.ts";
import { scaling } from "./rules/scaling.ts";
import { taskRoleRights } from "./rules/task-role.ts";
import { absences, settings, versions } from "./rules/service.ts";
import { healthVerdicts } from "./rules/health-verdicts.ts";
import { healthSettings } from "./rules/target-health.ts";
import { fullSubnets, wayOut } from "./rules/way-out.ts";
import { fromClient, toTasks } from "./rules/ways-in.ts";
import type { Subject } from "./subject.ts";

export type { DiagnosisScope, Expected } from "./deployed.ts";
export type { Diagnosis, Evidence, Finding } from "./finding.ts";

/** What is looked at, for every service. */
const RULES: readonly ((deployed: Deployed, subject: Subject) => Cause[])[] = [
  settings,
  assumptions,
  fullSubnets,
  wayOut,
  rights,
  taskRoleRights,
  unregisteredInstances,
  misplaced,
  images,
  logs,
  failedTasks,
  waitingContainers,
  logRouters,
  killedTasks,
  listeners,
  toTasks,
  healthSettings,
  healthVerdicts,
  unregistered,
  fromClient,
  versions,
  unreturned,
  stoppedDeployments,
  execRights,
  scaling,
];

/**
 * Says why what is deployed does not do what it should: why a task does not start, why a target is unhealthy, why a client
 * gets an error or nothing, why a deployment does not end, why the old code answers.
 *
 * It reads AWS's API and nothing else, so it works on AWS as on Local AWS. Calls that AWS refuses are left out, by name.
 * Causes come first, and what follows from them is not told.
 *
 * @param of names of services, a task's id or ARN, or a request; left out, all services of the cluster
 */
export async function diagnose(
  aws: AwsClients,
  scope: DiagnosisScope,
  of: DiagnosisQuestion = {},
): Promise<Diagnosis> {
  const reader = new Reader();
  const deployed = await readDeployed(aws, reader, scope, of.task);
  const { subjects, causes } = of.request
    ? ofRequest(deployed, of.request)
    : { subjects: subjectsOf(deployed, of), causes: [] };
  // Who asks about one service, a task or a request does not ask about what else runs tasks.
  const isAll = of.services === undefined && of.task === undefined && of.request === undefined;
  const clusterArn = isAll ? deployed.cluster.cluster?.clusterArn : undefined;
  const runs = clusterArn ? await readRuns(aws, reader, scope.cluster, clusterArn) : undefined;
  const isWanted = (name: string) => of.services?.includes(name) ?? of.task === undefined;
  const all = [
    ...absences(deployed).filter(
      ({ id, subject }) => id === "cluster-missing" || isWanted(subject),
    ),
    ...causes,
    ...subjects.flatMap((subject) => causesOf(deployed, subject)),
    ...(runs ? runCauses(runs, scope) : []),
  ];
  return {
    findings: merge(all),
    subjects: [...subjects, ...(runs?.runs ?? [])].map(({ name }) => name),
    waiting: subjects.filter(({ isSteady }) => !isSteady).map(({ name }) => name),
    refused: reader.refused,
  };
}

/** What is asked about; one of them at most. */
export interface DiagnosisQuestion {
  readonly services?: readonly string[];
  /** A task's id or ARN; the beginning of an id is enough. */
  readonly task?: string;
  readonly request?: RequestQuestion;
}

function subjectsOf(deployed: Deployed, { services, task }: DiagnosisQuestion): readonly Subject[] {
  const { subjects } = deployed;
  if (services) return subjects.filter(({ name }) => services.includes(name));
  if (task === undefined) return subjects;
  return deployed.asked ? [deployed.asked] : [];
}

/** All causes of a service, without symptoms that another of them explains. */
function causesOf(deployed: Deployed, subject: Subject): Cause[] {
  const all = RULES.flatMap((rule) => rule(deployed, subject));
  const has = (id: FindingId) => all.some((cause) => cause.id === id);
  const causes = all.filter(
    ({ id, isSymptom }) =>
      // A load balancer with another's security group is closed to its clients because of that.
      !isSymptom && !(id === "load-balancer-ingress" && has("load-balancer-group")),
  );
  const [symptom] = all
    .filter(({ isSymptom }) => isSymptom)
    .toSorted((a, b) => rankOf(a.id) - rankOf(b.id));
  if (symptom === undefined) return causes;
  const isExplained = causes.some(
    ({ id }) =>
      id === symptom.id ||
      (!EXPLAIN_NOTHING.has(id) && rankOf(id) <= reachOf(symptom.id)) ||
      (id === "deployment-percentages" && symptom.id === "deployment-waits"),
  );
  return isExplained ? causes : [...causes, symptom];
}

/** What may explain a symptom: a task that does not start may be kept from it by anything that comes before its containers. */
const reachOf = (id: FindingId): number => Math.max(rankOf(id), rankOf("task-failed-to-start"));

/** One fault that several services suffer from is told once. */
function merge(causes: readonly Cause[]): Finding[] {
  const groups = Map.groupBy(
    causes.toSorted((a, b) => rankOf(a.id) - rankOf(b.id)),
    ({ id, evidence, subject }) => `${id} ${SHARED.test(id) ? JSON.stringify(evidence) : subject}`,
  );
  return Array.from(groups.values(), (same) => {
    const { id, cause, evidence, isSymptom = false } = same[0]!;
    const { question, page, line } = KINDS[id];
    const subjects = [...new Set(same.map(({ subject }) => subject))];
    return { id, subjects, cause, evidence, question, page, line, isSymptom };
  });
}

/** Faults of what services share: told once where they were seen in the same things. */
const SHARED =
  /^(?:network|endpoint|subnet|execution-role|task-role|repository-policy|load-balancer|image|cluster)/;
