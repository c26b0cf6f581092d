import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { DEFINITION_TEXTS as SAID } from "./definition-texts.ts";
import { clientException } from "./faults.ts";

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html */
const HEALTH_CHECK_RANGES = {
  interval: [5, 300],
  timeout: [2, 60],
  retries: [1, 10],
  startPeriod: [0, 300],
} as const;
const MOST_ENVIRONMENT_FILES = 10;
/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerRestartPolicy.html */
const RESTART_SECONDS = [60, 1800] as const;
const MOST_IGNORED_CODES = 50;
/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_SystemControl.html */
const SYSCTL =
  /^(?:net\..+|fs\.mqueue\..+|kernel\.(?:msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced))$/;
/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html */
const CAPABILITIES: ReadonlySet<string> = new Set(
  (
    "ALL AUDIT_CONTROL AUDIT_WRITE BLOCK_SUSPEND CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL " +
    "LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW SETFCAP SETGID " +
    "SETPCAP SETUID SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME " +
    "SYS_TTY_CONFIG SYSLOG WAKE_ALARM"
  ).split(" "),
);

/** Checks what every launch type asks of one container's settings. @throws AwsError `ClientException` */
export function checkSettings(container: ContainerDefinition, hasExecutionRole: boolean): void {
  const needsRole = container.secrets?.length || container.logConfiguration?.secretOptions?.length;
  if (needsRole && !hasExecutionRole) throw clientException(SAID.executionRoleForSecrets());
  if (container.repositoryCredentials && !hasExecutionRole)
    throw clientException(SAID.executionRoleForCredentials());
  checkEnvironment(container);
  checkHealthCheck(container);
  checkRestarts(container);
  checkUlimits(container);
  checkLinux(container);
  if ((container.stopTimeout ?? 0) < 0) throw clientException(SAID.stopTimeout());
  for (const { namespace = "" } of container.systemControls ?? [])
    if (!SYSCTL.test(namespace)) throw clientException(SAID.systemControl({ namespace }));
  for (const { value, type } of container.resourceRequirements ?? [])
    if (type === "GPU" && value !== undefined && !/^[1-9]\d*$/.test(value))
      throw clientException(SAID.gpuCount({ value }));
}

function checkEnvironment({
  environment = [],
  secrets = [],
  environmentFiles = [],
}: ContainerDefinition): void {
  const variables = new Set(environment.map(({ name }) => name));
  if (environment.some(({ name }) => !name)) throw clientException(SAID.variableEmpty());
  const names = secrets.map(({ name }) => name);
  if (secrets.some(({ name, valueFrom }) => !name || !valueFrom))
    throw clientException(SAID.secretEmpty());
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0)
    throw clientException(SAID.secretTwice({ names: [...new Set(twice)].join(", ") }));
  const shared = names.find((name) => variables.has(name));
  if (shared !== undefined) throw clientException(SAID.secretIsVariable({ name: shared }));
  if (environmentFiles.length > MOST_ENVIRONMENT_FILES)
    throw clientException(SAID.environmentFilesMany());
  for (const { value = "" } of environmentFiles) {
    if (!value.startsWith("arn:")) throw clientException(SAID.environmentFileArn());
    if (!/^arn:aws[a-z-]*:s3:::.+\.env$/.test(value)) throw clientException(SAID.environmentFile());
  }
}

function checkHealthCheck({ name: container = "", healthCheck }: ContainerDefinition): void {
  if (!healthCheck) return;
  const [kind, ...words] = healthCheck.command ?? [];
  if (kind === undefined) throw clientException(SAID.healthCommandEmpty());
  if (!["CMD", "CMD-SHELL", "NONE"].includes(kind))
    throw clientException(SAID.healthCommandInvalid());
  if (kind !== "NONE" && words.length === 0) throw clientException(SAID.healthCommandEmpty());
  for (const member of Object.keys(HEALTH_CHECK_RANGES) as (keyof typeof HEALTH_CHECK_RANGES)[]) {
    const [least, most] = HEALTH_CHECK_RANGES[member];
    const value = healthCheck[member];
    if (value === undefined) continue;
    if (value > most) throw clientException(SAID.healthMost({ member, most, container }));
    if (value < least) throw clientException(SAID.healthLeast({ member, least, container }));
  }
}

function checkRestarts({ name: container = "", restartPolicy }: ContainerDefinition): void {
  const seconds = restartPolicy?.restartAttemptPeriod;
  const [least, most] = RESTART_SECONDS;
  if (seconds !== undefined && (seconds < least || seconds > most))
    throw clientException(SAID.restartPeriod({ container }));
  if ((restartPolicy?.ignoredExitCodes?.length ?? 0) > MOST_IGNORED_CODES)
    throw clientException(SAID.restartCodes());
}

function checkUlimits({ ulimits = [] }: ContainerDefinition): void {
  const names = new Set<string>();
  for (const { name = "", softLimit = 0, hardLimit = 0 } of ulimits) {
    if (names.has(name)) throw clientException(SAID.ulimitTwice({ name }));
    names.add(name);
    // -1 stands for no limit.
    if (hardLimit !== -1 && (softLimit > hardLimit || softLimit === -1))
      throw clientException(SAID.ulimit({ name }));
  }
}

function checkLinux({ linuxParameters }: ContainerDefinition): void {
  const { capabilities, swappiness, maxSwap, tmpfs = [] } = linuxParameters ?? {};
  for (const capability of [...(capabilities?.add ?? []), ...(capabilities?.drop ?? [])])
    if (!CAPABILITIES.has(capability)) throw clientException(SAID.capability({ capability }));
  if (swappiness !== undefined && (swappiness < 0 || swappiness > 100))
    throw clientException(SAID.swappiness());
  if ((maxSwap ?? 0) < 0) throw clientException(SAID.maxSwap());
  for (const { size = 0 } of tmpfs) if (size < 1) throw clientException(SAID.tmpfsSize());
}
