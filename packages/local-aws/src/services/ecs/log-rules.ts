import type { ContainerDefinition, LogConfiguration } from "@aws-sdk/client-ecs";
import { DEFINITION_TEXTS as SAID } from "./definition-texts.ts";
import { clientException } from "./faults.ts";

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
  const source = routers[0]?.firelensConfiguration?.options?.["config-file-type"];
  if (isFargate && source !== undefined && source !== "file")
    throw clientException(SAID.firelensFile());
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
  const { mode } = options;
  if (mode !== undefined && mode !== "blocking" && mode !== "non-blocking")
    throw clientException(SAID.logMode({ mode }));
  if (options["max-buffer-size"] !== undefined && mode === "blocking")
    throw clientException(SAID.logBuffer());
}
