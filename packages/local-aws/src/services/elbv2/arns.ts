import { randomBytes } from "node:crypto";
import type { Scope } from "../../store/store.ts";
import { loadBalancerNotFound, notAnArn } from "./faults.ts";
import { loadBalancers, type LoadBalancer } from "./state.ts";
import { parseArn, readArn } from "../../ground/arn.ts";

interface Place {
  readonly account: string;
  readonly region: string;
}

type ArnKind = "loadbalancer" | "targetgroup" | "listener" | "listener-rule";

const KIND_WORDS: Readonly<Record<ArnKind, string>> = {
  loadbalancer: "load balancer",
  targetgroup: "target group",
  listener: "listener",
  "listener-rule": "listener rule",
};

/** 16 hex digits, as the last part of every ARN of Elastic Load Balancing. */
export function newId(): string {
  return randomBytes(8).toString("hex");
}

const arnOf = (place: Place, kind: ArnKind, rest: string) =>
  `arn:aws:elasticloadbalancing:${place.region}:${place.account}:${kind}/${rest}`;

/** `…:loadbalancer/app/NAME/ID`. https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html */
export const loadBalancerArn = (place: Place, name: string) =>
  arnOf(place, "loadbalancer", `app/${name}/${newId()}`);

export const targetGroupArn = (place: Place, name: string) =>
  arnOf(place, "targetgroup", `${name}/${newId()}`);

/** A listener's ARN continues its load balancer's: `…:listener/app/NAME/ID/LISTENER`. */
export const listenerArn = (loadBalancer: string) =>
  `${loadBalancer.replace(":loadbalancer/", ":listener/")}/${newId()}`;

export const ruleArn = (listener: string) =>
  `${listener.replace(":listener/", ":listener-rule/")}/${newId()}`;

/** What CloudWatch and interface descriptions call it: `app/NAME/ID`, `targetgroup/NAME/ID`. */
export function arnSuffix(arn: string): string {
  const { resource } = readArn(arn);
  return resource.startsWith("loadbalancer/") ? resource.slice("loadbalancer/".length) : resource;
}

/** @throws AwsError ValidationError where `value` is no ARN of that kind */
export function checkArn(value: string, kind: ArnKind): void {
  const arn = parseArn(value);
  if (arn?.service !== "elasticloadbalancing" || !arn.resource.startsWith(`${kind}/`))
    throw notAnArn(value, KIND_WORDS[kind]);
}

/** @throws AwsError LoadBalancerNotFound, ValidationError where `arn` is none of a load balancer */
export function requireLoadBalancer(scope: Scope, arn: string): Readonly<LoadBalancer> {
  checkArn(arn, "loadbalancer");
  const balancer = scope.of(loadBalancers).get(arn);
  if (!balancer) throw loadBalancerNotFound(arn);
  return balancer;
}
