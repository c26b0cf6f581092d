import type {
  ActionConfiguration,
  BalancerConfiguration,
  Configuration,
  ListenerConfiguration,
} from "../configuration.ts";
import { compileCondition, withoutPort, type Matchable, type Matcher } from "./matching.ts";

/** A listener with its conditions made into functions. */
export interface CompiledListener {
  readonly balancer: BalancerConfiguration;
  readonly configuration: ListenerConfiguration;
  readonly rules: readonly {
    readonly matchers: readonly Matcher[];
    readonly action: ActionConfiguration;
  }[];
}

/** All listeners that share one listener port. */
export class Port {
  readonly listeners: CompiledListener[] = [];
  readonly #byName = new Map<string, CompiledListener>();
  readonly #byBalancer = new Map<string, CompiledListener>();

  add(listener: CompiledListener): void {
    this.listeners.push(listener);
    this.#byName.set(listener.balancer.dnsName, listener);
    this.#byBalancer.set(listener.balancer.arn, listener);
  }

  /** Before its first request nobody knows which load balancer a client is for. */
  get longestIdleMs(): number {
    return Math.max(...this.listeners.map(({ balancer }) => balancer.idleTimeoutMs));
  }

  /**
   * The listener that a request is for: by the address it came to, by the load balancer's name in Host, or the only one
   * there is. Undefined where that does not tell, or names a load balancer that does not listen here.
   */
  find(balancerArn: string | undefined, host: string): CompiledListener | undefined {
    if (balancerArn !== undefined) return this.#byBalancer.get(balancerArn);
    if (this.listeners.length === 1 && !/\.elb\.localhost\.?(?::\d*)?$/i.test(host))
      return this.listeners[0];
    return this.#byName.get(withoutPort(host));
  }
}

/** Listeners by port. */
export function compileListeners(configuration: Configuration): Map<number, Port> {
  const ports = new Map<number, Port>();
  for (const balancer of configuration.balancers)
    for (const listener of balancer.listeners) {
      let port = ports.get(listener.port);
      if (!port) ports.set(listener.port, (port = new Port()));
      port.add({
        balancer,
        configuration: listener,
        rules: listener.rules.map(({ conditions, action }) => ({
          matchers: conditions.map(compileCondition),
          action,
        })),
      });
    }
  return ports;
}

/**
 * The action of the first rule that matches, and how many rules were looked at, the default one not among them. The last
 * rule of every listener is that one, and matches all.
 */
export function chooseAction(
  listener: CompiledListener,
  request: Matchable,
): { readonly action: ActionConfiguration; readonly evaluated: number } {
  const { rules } = listener;
  const at = rules.findIndex(({ matchers }) => matchers.every((matches) => matches(request)));
  if (at >= 0) return { action: rules[at]!.action, evaluated: Math.min(at + 1, rules.length - 1) };
  throw new Error(`listener ${listener.configuration.arn} has no default rule`);
}
