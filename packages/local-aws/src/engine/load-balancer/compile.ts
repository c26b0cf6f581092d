import type { ForwardConfig } from "../../services/elbv2/actions.ts";
import { listenersByBalancer } from "../../services/elbv2/indexes.ts";
import { rulesOf } from "../../services/elbv2/rules.ts";
import {
  listeners,
  loadBalancers,
  targetGroups,
  type Action,
  type Listener,
  type LoadBalancer,
} from "../../services/elbv2/state.ts";
import type { Scope, Store } from "../../store/store.ts";
import { compileUsed, compileTargetGroup } from "./compile-target-groups.ts";
import type {
  ActionConfiguration,
  BalancerConfiguration,
  ConditionConfiguration,
  Configuration,
  ListenerConfiguration,
  TargetGroupConfiguration,
} from "./configuration.ts";
import type { LoadBalancerNeeds } from "./needs.ts";
import { clientAccess } from "./routes.ts";
import type { Affected } from "./affected.ts";

/** What compiling looks at beside the store. */
export interface CompileContext {
  readonly homeAddress: string;
  readonly acceleration: number;
  readonly needs: LoadBalancerNeeds;
}

/** Makes the data plane's configuration of everything in the store. */
function compile(store: Store, context: CompileContext): Configuration {
  const balancers: BalancerConfiguration[] = [];
  const groups: TargetGroupConfiguration[] = [];
  for (const collection of store.all(loadBalancers)) {
    const scope = store.scope(collection.place.account, collection.place.region);
    for (const balancer of collection.values())
      if (balancer.state === "active") balancers.push(compileBalancer(scope, balancer, context));
  }
  for (const collection of store.all(targetGroups)) {
    const scope = store.scope(collection.place.account, collection.place.region);
    for (const group of collection.values()) {
      const compiled = compileUsed(scope, group, context.needs);
      if (compiled) groups.push(compiled);
    }
  }
  const { homeAddress, acceleration } = context;
  return { homeAddress, acceleration, balancers, targetGroups: groups };
}

function compileBalancer(
  scope: Scope,
  balancer: Readonly<LoadBalancer>,
  context: CompileContext,
): BalancerConfiguration {
  const { attributes } = balancer;
  return {
    arn: balancer.arn,
    dnsName: balancer.dnsName.toLowerCase(),
    idleTimeoutMs: Number(attributes["idle_timeout.timeout_seconds"]) * 1000,
    forwardedFor: attributes[
      "routing.http.xff_header_processing.mode"
    ] as BalancerConfiguration["forwardedFor"],
    forwardedForPort: attributes["routing.http.xff_client_port.enabled"] === "true",
    preserveHost: attributes["routing.http.preserve_host_header.enabled"] === "true",
    dropInvalidHeaders: attributes["routing.http.drop_invalid_header_fields.enabled"] === "true",
    ...(context.needs.room && {
      addresses: balancer.availabilityZones.map(({ address }) => address),
    }),
    listeners: scope
      .of(listeners)
      .by(listenersByBalancer, balancer.arn)
      .map((listener) => compileListener(scope, balancer, listener, context)),
  };
}

function compileListener(
  scope: Scope,
  balancer: Readonly<LoadBalancer>,
  listener: Readonly<Listener>,
  { homeAddress }: CompileContext,
): ListenerConfiguration {
  return {
    arn: listener.arn,
    port: listener.port,
    admits: clientAccess(scope, balancer, listener.port, homeAddress).open,
    serverHeader: listener.attributes["routing.http.response.server.enabled"] !== "false",
    responseHeaders: responseHeaders(listener.attributes),
    rules: rulesOf(scope, listener.arn).map((rule) => ({
      arn: rule.arn,
      conditions: rule.conditions.map(compileCondition),
      action: compileAction(rule.actions[0]!),
    })),
  };
}

/** `routing.http.response.x_frame_options.header_value` sets `X-Frame-Options`. */
function responseHeaders(attributes: Readonly<Record<string, string>>): [string, string][] {
  const found: [string, string][] = [];
  for (const [key, value] of Object.entries(attributes)) {
    const name = /^routing\.http\.response\.(\w+)\.header_value$/.exec(key)?.[1];
    if (name !== undefined && value !== "")
      found.push([name.replace(/_/g, "-").replace(/\b[a-z]/g, (c) => c.toUpperCase()), value]);
  }
  return found;
}

type ApiCondition = Readonly<Record<string, unknown>>;

function compileCondition(condition: ApiCondition): ConditionConfiguration {
  const config = <T>(name: string) => condition[name] as T;
  type Values = { readonly Values: readonly string[] };
  switch (condition["Field"]) {
    case "host-header":
      return { field: "host-header", values: config<Values>("HostHeaderConfig").Values };
    case "path-pattern":
      return { field: "path-pattern", values: config<Values>("PathPatternConfig").Values };
    case "http-request-method": {
      const { Values } = config<Values>("HttpRequestMethodConfig");
      return { field: "http-request-method", values: Values };
    }
    case "source-ip":
      return { field: "source-ip", values: config<Values>("SourceIpConfig").Values };
    case "http-header": {
      const header = config<Values & { HttpHeaderName: string }>("HttpHeaderConfig");
      return { field: "http-header", name: header.HttpHeaderName, values: header.Values };
    }
    case "query-string": {
      type Pairs = { readonly Values: readonly { Key?: string; Value: string }[] };
      const { Values } = config<Pairs>("QueryStringConfig");
      return {
        field: "query-string",
        values: Values.map(({ Key, Value }) =>
          Key === undefined ? { value: Value } : { key: Key, value: Value },
        ),
      };
    }
    default:
      throw new Error(`a stored rule has a condition on ${String(condition["Field"])}`);
  }
}

function compileAction(action: Action): ActionConfiguration {
  if (action.Type === "forward") {
    const { TargetGroups, TargetGroupStickinessConfig: sticky } = action[
      "ForwardConfig"
    ] as ForwardConfig;
    return {
      type: "forward",
      targetGroups: TargetGroups.map(({ TargetGroupArn: arn, Weight: weight }) => ({
        arn,
        weight,
      })),
      ...(sticky.Enabled && { stickySeconds: sticky.DurationSeconds! }),
    };
  }
  const config = action[
    action.Type === "redirect" ? "RedirectConfig" : "FixedResponseConfig"
  ] as Readonly<Record<string, string>>;
  if (action.Type === "redirect")
    return {
      type: "redirect",
      protocol: config["Protocol"]!,
      host: config["Host"]!,
      port: config["Port"]!,
      path: config["Path"]!,
      query: config["Query"]!,
      status: config["StatusCode"] === "HTTP_301" ? 301 : 302,
    };
  return {
    type: "fixed-response",
    status: Number(config["StatusCode"]),
    contentType: config["ContentType"] ?? "text/plain",
    body: config["MessageBody"] ?? "",
  };
}

/** What the data plane has to be told: everything, some target groups, or nothing. */
export type ConfigurationChange = "all" | readonly TargetGroupConfiguration[];

/** The data plane's configuration as it was worked out last; only what is affected is worked out again. */
export class KnownConfiguration {
  #settings: Omit<Configuration, "targetGroups"> | undefined;
  #settingsText = "";
  readonly #groups = new Map<string, { configuration: TargetGroupConfiguration; text: string }>();

  /** All of it. Throws before the first {@link update}. */
  get whole(): Configuration {
    const targetGroups = Array.from(this.#groups.values(), ({ configuration }) => configuration);
    return { ...this.#settings!, targetGroups };
  }

  update(store: Store, context: CompileContext, affected: Affected): ConfigurationChange {
    if (affected === "all" || !this.#settings) return this.#updateAll(compile(store, context));
    const changed: TargetGroupConfiguration[] = [];
    for (const arn of affected) {
      const next = compileTargetGroup(store, arn, context.needs);
      // Which groups are in use follows from listeners and rules; these affect everything.
      if (next && this.#groups.has(arn) && this.#put(next)) changed.push(next);
    }
    return changed;
  }

  #updateAll({ targetGroups, ...settings }: Configuration): ConfigurationChange {
    const text = JSON.stringify(settings);
    const arns = new Set(targetGroups.map(({ arn }) => arn));
    const isSame =
      text === this.#settingsText &&
      arns.size === this.#groups.size &&
      this.#groups.keys().every((arn) => arns.has(arn));
    this.#settings = settings;
    this.#settingsText = text;
    for (const arn of this.#groups.keys()) if (!arns.has(arn)) this.#groups.delete(arn);
    const changed = targetGroups.filter((group) => this.#put(group));
    return isSame ? changed : "all";
  }

  /** Whether it is another than before. */
  #put(configuration: TargetGroupConfiguration): boolean {
    const text = JSON.stringify(configuration);
    if (this.#groups.get(configuration.arn)?.text === text) return false;
    this.#groups.set(configuration.arn, { configuration, text });
    return true;
  }
}
