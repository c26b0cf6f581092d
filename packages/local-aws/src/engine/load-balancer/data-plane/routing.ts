import type { IncomingMessage, ServerResponse } from "node:http";
import type { ActionConfiguration } from "../configuration.ts";
import { answer } from "./answers.ts";
import type { CompiledListener } from "./compiled.ts";
import { Exchange } from "./exchange.ts";
import { withoutPort } from "./matching.ts";
import type { RequestFacts } from "./request-facts.ts";
import type { Services } from "./services.ts";
import { COOKIES, cookieValue } from "./stickiness.ts";
import type { TargetGroup } from "./target-group.ts";
import type { Target } from "./target.ts";

type Forward = Extract<ActionConfiguration, { type: "forward" }>;
type Redirect = Extract<ActionConfiguration, { type: "redirect" }>;

/** A target and the cookies that its answer is to set. */
interface Choice {
  readonly group: TargetGroup;
  readonly target: Target;
  readonly cookies?: (target: Target, headers: readonly string[]) => readonly string[];
}

/** Does what a rule's action says with a request. */
export function act(
  action: ActionConfiguration,
  request: IncomingMessage,
  response: ServerResponse,
  facts: RequestFacts,
  listener: CompiledListener,
  services: Services,
  early?: Buffer,
): void {
  if (action.type === "forward") {
    const choice = chooseTarget(action, facts, services, listener.balancer.arn);
    const given = { request, response, facts, listener, ...(early && { early }) };
    if (choice) return new Exchange({ ...given, ...choice }, services).start();
  }
  const { metrics } = services;
  const { arn } = listener.balancer;
  const settings = listener.configuration;
  metrics.add(arn, "RequestCount");
  request.resume();
  switch (action.type) {
    case "forward":
      metrics.addOwnAnswer(arn, 503);
      return answer(response, 503, { settings });
    case "fixed-response":
      metrics.add(arn, "HTTP_Fixed_Response_Count");
      return answer(response, action.status, {
        body: action.body,
        contentType: action.contentType,
        settings,
      });
    case "redirect": {
      metrics.add(arn, "HTTP_Redirect_Count");
      metrics.addOwnAnswer(arn, action.status);
      const location = redirectLocation(action, request.url ?? "/", facts, settings.port);
      return answer(response, action.status, { headers: ["Location", location], settings });
    }
  }
}

/**
 * The target that a request goes to; undefined where no target is registered.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#sticky-sessions
 */
function chooseTarget(
  action: Forward,
  facts: RequestFacts,
  services: Services,
  balancerArn: string,
): Choice | undefined {
  const { stickiness } = services;
  const group = chooseGroup(action, facts, services);
  if (!group || group.empty) return undefined;
  const { stickySeconds } = action;
  const groupCookies =
    stickySeconds === undefined
      ? []
      : stickiness.setCookies(COOKIES.targetGroup, group.configuration.arn, stickySeconds);
  const sticky = group.configuration.stickiness;
  if (!sticky) {
    const target = group.next();
    if (!target) return undefined;
    return groupCookies.length > 0
      ? { group, target, cookies: () => groupCookies }
      : { group, target };
  }
  const cookie = sticky.type === "lb_cookie" ? COOKIES.lb : COOKIES.app;
  const bindable =
    sticky.type === "lb_cookie" || cookieValue(facts.cookie, sticky.cookie) !== undefined;
  const keys = group.targets.map(({ key }) => key);
  const bound = bindable ? stickiness.bound(facts.cookie, cookie, keys) : undefined;
  const kept = bound === undefined ? undefined : group.eligible(bound);
  if (!kept) services.metrics.add(balancerArn, "NonStickyRequestCount");
  const target = kept ?? group.next();
  if (!target) return undefined;
  const cookies = (chosen: Target, headers: readonly string[]) => {
    const binds = sticky.type === "lb_cookie" || setsCookie(headers, sticky.cookie);
    return binds
      ? [...groupCookies, ...stickiness.setCookies(cookie, chosen.key, sticky.seconds)]
      : groupCookies;
  };
  return { group, target, cookies };
}

/** One of the action's groups, by cookie or by weight. Groups of weight 0 are given nothing. */
function chooseGroup(
  { targetGroups, stickySeconds }: Forward,
  facts: RequestFacts,
  services: Services,
): TargetGroup | undefined {
  if (targetGroups.length === 1) return services.targetGroup(targetGroups[0]!.arn);
  const weighted = targetGroups.filter(({ weight }) => weight > 0);
  if (stickySeconds !== undefined) {
    const arns = weighted.map(({ arn }) => arn);
    const bound = services.stickiness.bound(facts.cookie, COOKIES.targetGroup, arns);
    if (bound !== undefined) return services.targetGroup(bound);
  }
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0);
  let point = Math.random() * total;
  for (const { arn, weight } of weighted) {
    point -= weight;
    if (point < 0) return services.targetGroup(arn);
  }
  return undefined;
}

function setsCookie(headers: readonly string[], cookie: string): boolean {
  for (let index = 0; index < headers.length; index += 2)
    if (
      headers[index]!.toLowerCase() === "set-cookie" &&
      headers[index + 1]!.startsWith(`${cookie}=`)
    )
      return true;
  return false;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html#redirect-actions */
export function redirectLocation(
  action: Redirect,
  url: string,
  facts: RequestFacts,
  listenerPort: number,
): string {
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  const words: Readonly<Record<string, string>> = {
    "#{protocol}": "HTTP",
    "#{host}": withoutPort(facts.host),
    "#{port}": String(listenerPort),
    "#{path}": path.startsWith("/") ? path.slice(1) : path,
    "#{query}": mark < 0 ? "" : url.slice(mark + 1),
  };
  const fill = (template: string) =>
    template.replace(/#\{(?:protocol|host|port|path|query)\}/g, (word) => words[word]!);
  const query = fill(action.query);
  const target = `${fill(action.protocol).toLowerCase()}://${fill(action.host)}:${fill(action.port)}${fill(action.path)}`;
  return query === "" ? target : `${target}?${query}`;
}
