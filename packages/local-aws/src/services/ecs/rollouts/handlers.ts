import { AwsError } from "../../../protocol/aws-error.ts";
import type { CallContext } from "../../service.ts";
import { invalidParameter } from "../faults.ts";
import type { EcsHandlers } from "../handlers.ts";
import { requireCluster, requireService } from "../lookup.ts";
import { page } from "../pages.ts";
import {
  deploymentsByService,
  isUnderWay,
  serviceDeployments,
  type HookRun,
  type ServiceDeployment,
} from "./state.ts";
import { ROLLOUT_TEXTS as SAID } from "./texts.ts";
import {
  describeBrief,
  describeRevision,
  describeServiceDeployment,
  findRevision,
} from "./view.ts";

const MOST_DESCRIBED = 20;

function requireDeployment({ store }: CallContext, arn: string): Readonly<ServiceDeployment> {
  const deployment = store.of(serviceDeployments).get(arn);
  if (!deployment)
    throw new AwsError("ServiceDeploymentNotFoundException", SAID.deploymentNotFound());
  return deployment;
}

/** Those of `arns` that are there, and a failure for each other one. */
function found<T>(arns: readonly string[], find: (arn: string) => T | undefined) {
  const pairs = arns.map((arn) => ({ arn, item: find(arn) }));
  return {
    items: pairs.flatMap(({ item }) => (item === undefined ? [] : [item])),
    failures: pairs
      .filter(({ item }) => item === undefined)
      .map(({ arn }) => ({ arn, reason: "MISSING" })),
  };
}

function checkArns(member: string, arns: readonly string[], tooMany: string): void {
  if (arns.length === 0) throw invalidParameter(SAID.arnsEmpty({ member }));
  if (arns.length > MOST_DESCRIBED) throw invalidParameter(tooMany);
}

/** Answers a hook that waits; the scheduler goes on from there. */
function answerHook(
  { store, clock }: CallContext,
  { arn, hooks }: ServiceDeployment,
  hookId: string,
  status: HookRun["status"],
): void {
  store.of(serviceDeployments).patch(arn, {
    hooks: hooks.map((it) => (it.hookId === hookId ? { ...it, status } : it)),
    updatedAt: clock.now(),
  });
}

export const serviceDeploymentHandlers: EcsHandlers = {
  ListServiceDeployments(input, context) {
    const cluster = requireCluster(context, input.cluster);
    const service = requireService(context, cluster, input.service);
    const { before, after } = input.createdAt ?? {};
    const wanted = context.store
      .of(serviceDeployments)
      .by(deploymentsByService, service.arn)
      .filter(({ status }) => !input.status?.length || input.status.includes(status))
      .filter(({ createdAt }) => before === undefined || createdAt < before.getTime())
      .filter(({ createdAt }) => after === undefined || createdAt > after.getTime())
      .reverse();
    const order = ({ createdAt, arn }: ServiceDeployment) =>
      `${String(createdAt).padStart(16, "0")} ${arn}`;
    const { items, nextToken } = page(wanted, order, input, {
      of: "service deployments",
      defaultSize: 20,
      descending: true,
    });
    return { serviceDeployments: items.map(describeBrief), nextToken };
  },

  DescribeServiceDeployments({ serviceDeploymentArns: arns }, { store }) {
    checkArns("serviceDeploymentArns", arns, SAID.deploymentsMany());
    const { items, failures } = found(arns, (arn) => store.of(serviceDeployments).get(arn));
    return {
      serviceDeployments: items.map((item) => describeServiceDeployment(store, item)),
      failures,
    };
  },

  DescribeServiceRevisions({ serviceRevisionArns: arns }, { store }) {
    checkArns("serviceRevisionArns", arns, SAID.revisionsMany());
    const { items, failures } = found(arns, (arn) => findRevision(store, arn));
    return { serviceRevisions: items.map((item) => describeRevision(store, item)), failures };
  },

  /** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stop-service-deployment.html */
  StopServiceDeployment({ serviceDeploymentArn: arn, stopType = "ROLLBACK" }, context) {
    if (stopType !== "ROLLBACK") throw invalidParameter(SAID.stopType());
    const { status } = requireDeployment(context, arn);
    if (status === "PENDING" || status === "IN_PROGRESS")
      context.store.of(serviceDeployments).patch(arn, {
        status: "ROLLBACK_REQUESTED",
        updatedAt: context.clock.now(),
      });
    else if (!isUnderWay({ status }))
      throw new AwsError("ConflictException", SAID.deploymentEnded({ status }));
    return { serviceDeploymentArn: arn };
  },

  /** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/continue-service-deployment.html */
  ContinueServiceDeployment({ serviceDeploymentArn: arn, hookId, action = "CONTINUE" }, context) {
    const deployment = requireDeployment(context, arn);
    const waits = deployment.hooks.some(
      (it) => it.hookId === hookId && it.status === "AWAITING_ACTION",
    );
    if (!waits || deployment.status !== "IN_PROGRESS")
      throw invalidParameter(SAID.hookNotFound({ hookId }));
    answerHook(context, deployment, hookId, action === "CONTINUE" ? "SUCCEEDED" : "FAILED");
    return { serviceDeploymentArn: arn };
  },
};
