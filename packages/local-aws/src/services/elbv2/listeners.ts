import type * as Sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Scope } from "../../store/store.ts";
import { actionTargetGroups, checkedActions } from "./actions.ts";
import { checkArn, listenerArn, ruleArn, requireLoadBalancer } from "./arns.ts";
import { changeAttributes, defaultsOf, LISTENER_ATTRIBUTES, listAttributes } from "./attributes.ts";
import type { Elbv2Handlers } from "./handlers.ts";
import { listenersByBalancer, rulesByListener } from "./indexes.ts";
import { page } from "./pages.ts";
import { listeners, rules, type Action, type Listener, type LoadBalancer } from "./state.ts";
import { withTags } from "./tags.ts";
import { usersOf } from "./target-groups.ts";
import { unsupported } from "../kit/faults.ts";
import { listenerNotFound, oneLoadBalancerOnly, portTaken, validationError } from "./faults.ts";

/** @throws AwsError ListenerNotFound, ValidationError where `arn` is none of a listener */
export function requireListener(scope: Scope, arn: string): Readonly<Listener> {
  checkArn(arn, "listener");
  const listener = scope.of(listeners).get(arn);
  if (!listener) throw listenerNotFound();
  return listener;
}

/** Removes a listener with its rules. */
export function deleteListener(scope: Scope, arn: string): void {
  const all = scope.of(rules);
  for (const rule of all.by(rulesByListener, arn)) all.delete(rule.arn);
  scope.of(listeners).delete(arn);
}

/**
 * Checks the actions of a listener or rule of `balancer`.
 * @throws AwsError as `checkedActions`; TargetGroupAssociationLimit where a target group serves another load balancer
 */
export function actionsOf(
  scope: Scope,
  balancer: Pick<LoadBalancer, "arn" | "vpcId">,
  actions: readonly Sdk.Action[],
): Action[] {
  const checked = checkedActions(scope, balancer.vpcId, actions);
  const taken = actionTargetGroups(checked).filter((group) =>
    usersOf(scope, group).some((user) => user !== balancer.arn),
  );
  if (taken.length > 0) throw oneLoadBalancerOnly(taken);
  return checked;
}

function describe(listener: Readonly<Listener>): Sdk.Listener {
  return {
    ListenerArn: listener.arn,
    LoadBalancerArn: listener.loadBalancerArn,
    Port: listener.port,
    Protocol: listener.protocol as Sdk.ProtocolEnum,
    DefaultActions: listener.defaultActions as unknown as Sdk.Action[],
  };
}

interface ProtocolInput {
  readonly Protocol?: string | undefined;
  readonly Certificates?: readonly object[] | undefined;
  readonly SslPolicy?: string | undefined;
  readonly AlpnPolicy?: readonly string[] | undefined;
  readonly MutualAuthentication?: { readonly Mode?: string | undefined } | undefined;
}

/** TLS is not terminated here, so what belongs to it is refused by name and never stored unused. */
function checkProtocol(input: ProtocolInput): void {
  const { Protocol: protocol } = input;
  if (protocol === "HTTPS") throw unsupported("HTTPS listeners");
  if (protocol !== undefined && protocol !== "HTTP")
    throw validationError(`Listener protocol '${protocol}' must be one of 'HTTPS, HTTP'`);
  if (input.Certificates?.length)
    throw validationError("Certificates cannot be specified for HTTP listeners");
  if (input.SslPolicy)
    throw validationError("An SSL policy cannot be specified for HTTP listeners");
  if (input.AlpnPolicy?.length)
    throw validationError("An ALPN policy cannot be specified for HTTP listeners");
  const mode = input.MutualAuthentication?.Mode ?? "off";
  if (mode !== "off")
    throw validationError("Mutual authentication cannot be specified for HTTP listeners");
}

function checkPortFree(scope: Scope, balancer: string, port: number, except?: string): void {
  const other = scope
    .of(listeners)
    .by(listenersByBalancer, balancer)
    .find((l) => l.port === port && l.arn !== except);
  if (other) throw portTaken(balancer);
}

export const listenerHandlers: Elbv2Handlers = {
  CreateListener(input, { store }) {
    const balancer = requireLoadBalancer(store, input.LoadBalancerArn);
    if (input.Port === undefined) throw validationError("A listener port must be specified");
    if (input.Protocol === undefined)
      throw validationError("A listener protocol must be specified");
    checkProtocol(input);
    checkPortFree(store, balancer.arn, input.Port);
    const arn = listenerArn(balancer.arn);
    const listener: Listener = {
      arn,
      loadBalancerArn: balancer.arn,
      port: input.Port,
      protocol: "HTTP",
      certificateArns: [],
      defaultActions: actionsOf(store, balancer, input.DefaultActions),
      attributes: defaultsOf(LISTENER_ATTRIBUTES),
      tags: withTags({}, input.Tags),
    };
    store.of(listeners).put(arn, listener);
    const defaultRule = ruleArn(arn);
    store.of(rules).put(defaultRule, {
      arn: defaultRule,
      listenerArn: arn,
      priority: "default",
      conditions: [],
      actions: listener.defaultActions,
      isDefault: true,
      tags: {},
    });
    return { Listeners: [describe(listener)] };
  },

  ModifyListener(input, { store }) {
    const listener = requireListener(store, input.ListenerArn);
    checkProtocol(input);
    const port = input.Port ?? listener.port;
    checkPortFree(store, listener.loadBalancerArn, port, listener.arn);
    const balancer = requireLoadBalancer(store, listener.loadBalancerArn);
    const defaultActions = input.DefaultActions
      ? actionsOf(store, balancer, input.DefaultActions)
      : listener.defaultActions;
    const rule = store
      .of(rules)
      .by(rulesByListener, listener.arn)
      .find((r) => r.isDefault)!;
    store.of(rules).patch(rule.arn, { actions: defaultActions });
    const changed = store.of(listeners).patch(listener.arn, { port, defaultActions });
    return { Listeners: [describe(changed)] };
  },

  DescribeListeners(input, { store }) {
    const { LoadBalancerArn: balancer, ListenerArns: arns } = input;
    if (balancer === undefined && !arns?.length)
      throw validationError("You must specify either listener ARNs or a load balancer ARN");
    if (balancer !== undefined && arns?.length)
      throw validationError("Listener ARNs and a load balancer ARN cannot be specified together");
    if (balancer !== undefined) requireLoadBalancer(store, balancer);
    const found =
      balancer === undefined
        ? arns!.map((arn) => requireListener(store, arn))
        : store.of(listeners).by(listenersByBalancer, balancer);
    const { items, NextMarker } = page(found, input, "listeners", ({ arn }) => arn);
    return { Listeners: items.map(describe), NextMarker };
  },

  DeleteListener({ ListenerArn }, { store }) {
    const listener = requireListener(store, ListenerArn);
    deleteListener(store, listener.arn);
    return {};
  },

  DescribeListenerAttributes({ ListenerArn }, { store }) {
    const { attributes } = requireListener(store, ListenerArn);
    return { Attributes: listAttributes(LISTENER_ATTRIBUTES, attributes) };
  },

  ModifyListenerAttributes({ ListenerArn, Attributes }, { store }) {
    const listener = requireListener(store, ListenerArn);
    const attributes = changeAttributes(
      "Listener",
      LISTENER_ATTRIBUTES,
      listener.attributes,
      Attributes,
    );
    store.of(listeners).patch(listener.arn, { attributes });
    return { Attributes: listAttributes(LISTENER_ATTRIBUTES, attributes) };
  },

  DescribeListenerCertificates(input, { store }) {
    requireListener(store, input.ListenerArn);
    return { Certificates: [] };
  },
};
