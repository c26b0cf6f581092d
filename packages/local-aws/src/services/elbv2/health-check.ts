import type { Matcher } from "@aws-sdk/client-elastic-load-balancing-v2";
import { unsupported } from "../kit/faults.ts";
import type { TargetGroup } from "./state.ts";
import { timeoutNotBelowInterval, validationError } from "./faults.ts";

type HealthCheck = TargetGroup["healthCheck"];

interface HealthCheckInput {
  HealthCheckEnabled?: boolean | undefined;
  HealthCheckProtocol?: string | undefined;
  HealthCheckPort?: string | undefined;
  HealthCheckPath?: string | undefined;
  HealthCheckIntervalSeconds?: number | undefined;
  HealthCheckTimeoutSeconds?: number | undefined;
  HealthyThresholdCount?: number | undefined;
  UnhealthyThresholdCount?: number | undefined;
  Matcher?: Matcher | undefined;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html */
export function defaultHealthCheck(): HealthCheck {
  return {
    enabled: true,
    protocol: "HTTP",
    port: "traffic-port",
    path: "/",
    intervalSeconds: 30,
    timeoutSeconds: 5,
    healthyThreshold: 5,
    unhealthyThreshold: 2,
    matcher: "200",
  };
}

/**
 * Lays what the call names over `check`.
 * @throws AwsError ValidationError, NotImplemented
 */
export function changedHealthCheck(check: HealthCheck, input: HealthCheckInput): HealthCheck {
  const changed: HealthCheck = {
    enabled: input.HealthCheckEnabled ?? check.enabled,
    protocol: input.HealthCheckProtocol ?? check.protocol,
    port: input.HealthCheckPort ?? check.port,
    path: input.HealthCheckPath ?? check.path,
    intervalSeconds: input.HealthCheckIntervalSeconds ?? check.intervalSeconds,
    timeoutSeconds: input.HealthCheckTimeoutSeconds ?? check.timeoutSeconds,
    healthyThreshold: input.HealthyThresholdCount ?? check.healthyThreshold,
    unhealthyThreshold: input.UnhealthyThresholdCount ?? check.unhealthyThreshold,
    matcher: input.Matcher?.HttpCode ?? check.matcher,
  };
  if (input.Matcher?.GrpcCode !== undefined) throw unsupported("gRPC health checks");
  if (changed.protocol !== "HTTP" && changed.protocol !== "HTTPS")
    throw validationError(
      `Health check protocol '${changed.protocol}' must be one of '[HTTP, HTTPS]'`,
    );
  if (!changed.enabled)
    throw validationError(
      "Health check enabled must be true for target groups with target type 'ip' or 'instance'",
    );
  checkRanges(changed);
  parseMatcher(changed.matcher);
  return changed;
}

function checkRanges(check: HealthCheck): void {
  const within = (name: string, value: number, low: number, high: number) => {
    if (value < low || value > high)
      throw validationError(`${name} '${value}' must be between '${low}' and '${high}'`);
  };
  within("Health check interval", check.intervalSeconds, 5, 300);
  within("Health check timeout", check.timeoutSeconds, 2, 120);
  within("Healthy threshold count", check.healthyThreshold, 2, 10);
  within("Unhealthy threshold count", check.unhealthyThreshold, 2, 10);
  if (check.timeoutSeconds >= check.intervalSeconds)
    throw timeoutNotBelowInterval(check.timeoutSeconds, check.intervalSeconds);
  if (!check.path.startsWith("/"))
    throw validationError(`Health check path '${check.path}' must start with a '/'`);
  if (check.port !== "traffic-port") {
    const port = Number(check.port);
    if (!/^\d+$/.test(check.port) || port < 1 || port > 65_535)
      throw validationError(
        `Health check port '${check.port}' must be 'traffic-port' or in the range [1-65535]`,
      );
  }
}

/** Status codes from `low` to `high`, both included. */
export interface CodeRange {
  readonly low: number;
  readonly high: number;
}

/**
 * Reads which status codes count as a success: `200`, `200,202`, `200-299`. Codes from 200 to 499 are allowed.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html
 * @throws AwsError ValidationError
 */
export function parseMatcher(matcher: string): CodeRange[] {
  return matcher.split(",").map((part) => {
    const [, low, high = low] = /^(\d{3})(?:-(\d{3}))?$/.exec(part.trim()) ?? [];
    const range = { low: Number(low), high: Number(high) };
    if (!(range.low >= 200 && range.high <= 499 && range.low <= range.high))
      throw validationError(
        `Health check matcher HTTP code '${matcher}' must be within '200-499' inclusive`,
      );
    return range;
  });
}
