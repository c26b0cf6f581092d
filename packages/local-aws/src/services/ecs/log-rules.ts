import type { ContainerDefinition, LogConfiguration } from "@aws-sdk/client-ecs";
import { DEFINITION_TEXTS as SAID } from "./definition-texts.ts";
import { clientException } from "./faults.ts";

const ROUTER_OPTIONS = ["enable-ecs-log-metadata", "config-file-type", "config-file-value"];
/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-docker-buffer-limit.html */
const BUFFER_LIMIT_END = 536_870_912;
const FARGATE_LOG_DRIVERS = ["awslogs", "splunk", "awsfirelens"];
/**
 * What the driver `awslogs` takes here.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html
 */
export const AWSLOGS_OPTIONS: ReadonlySet<string> = new Set([
  "awslogs-create-group",
  "awslogs-datetime-format",
  "awslogs-group",
  "awslogs-multiline-pattern",
  "awslogs-region",
  "awslogs-stream-prefix",
  "max-buffer-size",
  "mode",
]);
/** Registered like the others, though the driver here knows no other endpoint and refuses it when a task starts. */
const AWSLOGS_ENDPOINT = "awslogs-endpoint";

/**
 * Checks where containers send what they write.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LogConfiguration.html
 * @throws AwsError `ClientException`
 */
export function checkLogs(containers: readonly ContainerDefinition[], isFargate: boolean): void {
  const routers = containers.filter(({ firelensConfiguration }) => firelensConfiguration);
  if (routers.length > 1) throw clientException(SAID.firelensTwice());
  if (routers[0]) checkRouter(routers[0], containers, isFargate);
  for (const { logConfiguration } of containers) {
    if (!logConfiguration) continue;
    checkOptions(logConfiguration);
    const { logDriver: driver = "" } = logConfiguration;
    if (driver === "awsfirelens" && routers.length === 0)
      throw clientException(SAID.firelensMissing());
    if (isFargate && !FARGATE_LOG_DRIVERS.includes(driver))
      throw clientException(SAID.logDriverFargate({ driver }));
  }
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_FirelensConfiguration.html */
function checkRouter(
  { firelensConfiguration: { options = {} } = {} as never }: ContainerDefinition,
  containers: readonly ContainerDefinition[],
  isFargate: boolean,
): void {
  if (!containers.some(({ logConfiguration }) => logConfiguration?.logDriver === "awsfirelens"))
    throw clientException(SAID.firelensUnused());
  const unknown = Object.keys(options).find((option) => !ROUTER_OPTIONS.includes(option));
  if (unknown !== undefined) throw clientException(SAID.firelensOption({ option: unknown }));
  const { "config-file-type": source, "config-file-value": value } = options;
  if (source !== undefined && source !== "file" && source !== "s3")
    throw clientException(SAID.firelensSource({ type: source }));
  if (isFargate && source === "s3") throw clientException(SAID.firelensFile());
  if ((source === undefined) !== !value) throw clientException(SAID.firelensValue());
}

function checkOptions({ logDriver, options = {} }: LogConfiguration): void {
  if (logDriver === "awslogs") {
    const needed = ["awslogs-group", "awslogs-region"].filter((option) => !options[option]);
    if (needed.length > 0)
      throw clientException(SAID.awslogsOptions({ options: needed.join(", ") }));
    const unknown = Object.keys(options).filter(
      (option) => !AWSLOGS_OPTIONS.has(option) && option !== AWSLOGS_ENDPOINT,
    );
    if (unknown.length > 0)
      throw clientException(SAID.awslogsUnknown({ options: unknown.join(", ") }));
  }
  const { mode, "log-driver-buffer-limit": limit } = options;
  if (logDriver === "awsfirelens" && limit !== undefined)
    if (!/^\d+$/.test(limit) || Number(limit) >= BUFFER_LIMIT_END)
      throw clientException(SAID.firelensBuffer({ limit }));
  if (mode !== undefined && mode !== "blocking" && mode !== "non-blocking")
    throw clientException(SAID.logMode({ mode }));
  if (options["max-buffer-size"] !== undefined && mode === "blocking")
    throw clientException(SAID.logBuffer());
}
