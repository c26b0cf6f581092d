import { unsupported } from "../kit/faults.ts";
import { badAttribute, unknownAttribute } from "./faults.ts";

/** One attribute: what it is when nobody set it, and what it may be. */
export interface AttributeRule {
  readonly default: string;
  /** Answers what is allowed where the value is not, as the end of a sentence. */
  readonly check?: (value: string) => string | undefined;
  /** Names what Local AWS does not do for this value. */
  readonly unsupported?: (value: string) => string | undefined;
}

export type AttributeTable = Readonly<Record<string, AttributeRule>>;

interface Attribute {
  Key?: string | undefined;
  Value?: string | undefined;
}

const oneOf =
  (...allowed: string[]) =>
  (value: string) =>
    allowed.includes(value) ? undefined : `one of '[${allowed.join(", ")}]'`;

const between =
  (low: number, high: number, orZero = false) =>
  (value: string) =>
    /^\d+$/.test(value) &&
    ((Number(value) >= low && Number(value) <= high) || (orZero && value === "0"))
      ? undefined
      : `between '${low}-${high}' inclusive`;

const flag = (value = "false"): AttributeRule => ({
  default: value,
  check: oneOf("true", "false"),
});
const only = (value: string, feature: string): AttributeRule => ({
  default: value,
  unsupported: (given) => (given === value ? undefined : feature),
});
const text = (value = ""): AttributeRule => ({ default: value });
const off = (feature: string): AttributeRule => ({ ...flag(), ...only("false", feature) });

/** Of an Application Load Balancer. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html */
export const LOAD_BALANCER_ATTRIBUTES: AttributeTable = {
  "access_logs.s3.enabled": off("access logs of load balancers"),
  "access_logs.s3.bucket": text(),
  "access_logs.s3.prefix": text(),
  "connection_logs.s3.enabled": off("connection logs of load balancers"),
  "connection_logs.s3.bucket": text(),
  "connection_logs.s3.prefix": text(),
  "health_check_logs.s3.enabled": off("health check logs of load balancers"),
  "health_check_logs.s3.bucket": text(),
  "health_check_logs.s3.prefix": text(),
  "idle_timeout.timeout_seconds": { default: "60", check: between(1, 4000) },
  "client_keep_alive.seconds": { default: "3600", check: between(60, 604_800) },
  "deletion_protection.enabled": flag(),
  "ipv6.deny_all_igw_traffic": flag(),
  "load_balancing.cross_zone.enabled": {
    ...flag("true"),
    ...only("true", "load balancers without cross-zone load balancing"),
  },
  "routing.http.desync_mitigation_mode": {
    default: "defensive",
    check: oneOf("monitor", "defensive", "strictest"),
  },
  "routing.http.drop_invalid_header_fields.enabled": flag(),
  "routing.http.preserve_host_header.enabled": flag(),
  "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": flag(),
  "routing.http.xff_client_port.enabled": flag(),
  "routing.http.xff_header_processing.mode": {
    default: "append",
    check: oneOf("append", "preserve", "remove"),
  },
  "routing.http2.enabled": flag("true"),
  "waf.fail_open.enabled": flag(),
  "zonal_shift.config.enabled": flag(),
};

const count = between(1, 1_000_000);
const countOrOff = (value: string) => (value === "off" ? undefined : count(value));
const percentOrOff = (value: string) => (value === "off" ? undefined : between(1, 100)(value));

/** Of a target group of type `ip` or `instance`. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html */
export const TARGET_GROUP_ATTRIBUTES: AttributeTable = {
  "deregistration_delay.timeout_seconds": { default: "300", check: between(0, 3600) },
  "stickiness.enabled": flag(),
  "stickiness.type": { default: "lb_cookie", check: oneOf("lb_cookie", "app_cookie") },
  "stickiness.lb_cookie.duration_seconds": { default: "86400", check: between(1, 604_800) },
  "stickiness.app_cookie.cookie_name": text(),
  "stickiness.app_cookie.duration_seconds": { default: "86400", check: between(1, 604_800) },
  "slow_start.duration_seconds": { default: "0", check: between(30, 900, true) },
  "load_balancing.algorithm.type": {
    default: "round_robin",
    check: oneOf("round_robin", "least_outstanding_requests", "weighted_random"),
  },
  "load_balancing.algorithm.anomaly_mitigation": only("off", "anomaly mitigation"),
  "load_balancing.cross_zone.enabled": {
    default: "use_load_balancer_configuration",
    check: oneOf("true", "false", "use_load_balancer_configuration"),
    unsupported: (value) =>
      value === "false" ? "target groups without cross-zone load balancing" : undefined,
  },
  "target_group_health.dns_failover.minimum_healthy_targets.count": {
    default: "1",
    check: countOrOff,
  },
  "target_group_health.dns_failover.minimum_healthy_targets.percentage": {
    default: "off",
    check: percentOrOff,
  },
  "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": {
    default: "1",
    check: count,
  },
  "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": {
    default: "off",
    check: percentOrOff,
  },
};

const RESPONSE_HEADERS = [
  "strict_transport_security",
  "access_control_allow_origin",
  "access_control_allow_methods",
  "access_control_allow_headers",
  "access_control_allow_credentials",
  "access_control_expose_headers",
  "access_control_max_age",
  "content_security_policy",
  "x_content_type_options",
  "x_frame_options",
];

/** Of an HTTP listener. https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ListenerAttribute.html */
export const LISTENER_ATTRIBUTES: AttributeTable = {
  "routing.http.response.server.enabled": flag("true"),
  ...Object.fromEntries(
    RESPONSE_HEADERS.map((name) => [`routing.http.response.${name}.header_value`, text()]),
  ),
};

/** Every attribute with its default. */
export function defaultsOf(table: AttributeTable): Record<string, string> {
  return Object.fromEntries(Object.entries(table).map(([key, rule]) => [key, rule.default]));
}

/** As the API lists them; attributes that came after the resource was stored have their defaults. */
export function listAttributes(
  table: AttributeTable,
  values: Readonly<Record<string, string>>,
): { Key: string; Value: string }[] {
  return Object.entries({ ...defaultsOf(table), ...values }).map(([Key, Value]) => ({
    Key,
    Value,
  }));
}

/**
 * Lays `changes` over `values`.
 * @param kind names the resource in errors, such as `Load balancer`
 * @throws AwsError ValidationError (unknown key, value out of range), NotImplemented
 */
export function changeAttributes(
  kind: string,
  table: AttributeTable,
  values: Readonly<Record<string, string>>,
  changes: readonly Attribute[],
): Record<string, string> {
  const changed = { ...values };
  for (const { Key = "", Value = "" } of changes) {
    const rule = Object.hasOwn(table, Key) ? table[Key] : undefined;
    if (!rule) throw unknownAttribute(kind, Key);
    const allowed = rule.check?.(Value);
    if (allowed !== undefined) throw badAttribute(Key, Value, allowed);
    const missing = rule.unsupported?.(Value);
    if (missing !== undefined) throw unsupported(missing);
    changed[Key] = Value;
  }
  return changed;
}
