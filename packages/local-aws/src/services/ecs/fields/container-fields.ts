import { DEFINITION_TEXTS as SAID } from "../definition-texts.ts";
import {
  AT_START,
  CHECKED,
  DONE,
  honoured,
  LIMITED,
  LIMITED_MEMORY,
  SHARED_CPU,
  SHOWN,
  WITHOUT,
  type FieldRow,
} from "./field-row.ts";

const unsupported = (member: string) => SAID.unsupportedFargate({ member });
const awsvpc = (what: string) => SAID.unsupportedAwsvpc({ what });

/** What becomes of a container's fields, below `containerDefinitions`. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html */
export const CONTAINER_FIELDS: readonly FieldRow[] = [
  honoured(
    "name image essential entryPoint command workingDirectory environment environmentFiles secrets",
  ),
  honoured(
    "repositoryCredentials dependsOn restartPolicy healthCheck versionConsistency dockerLabels",
  ),
  {
    members: "startTimeout",
    fargate: SAID.startTimeoutFargate(),
    containers: DONE,
    processes: DONE,
  },
  {
    members: "stopTimeout",
    fargate: SAID.stopTimeoutFargate(),
    containers: DONE,
    processes: DONE,
  },
  { members: "cpu", containers: SHARED_CPU, processes: CHECKED },
  { members: "memory", containers: LIMITED_MEMORY, processes: LIMITED },
  { members: "memoryReservation", containers: SHARED_CPU, processes: CHECKED },
  {
    members: "portMappings",
    containers: DONE,
    processes: [
      "the port that `PORT` names is moved to a free one of this machine",
      "`PORT` が示すポートを、このマシンの空きポートに移します",
    ],
  },
  {
    members: "portMappings.name portMappings.appProtocol",
    containers: [
      "kept and shown, for Service Connect",
      "Service Connect のために保存して表示します",
    ],
    processes: [
      "kept and shown, for Service Connect",
      "Service Connect のために保存して表示します",
    ],
  },
  {
    members: "links",
    fargate: SAID.linksWithMode({ mode: "awsvpc" }),
    containers: DONE,
    processes: WITHOUT,
  },
  { members: "hostname", fargate: awsvpc("hostname is"), containers: DONE, processes: WITHOUT },
  {
    members: "dnsServers",
    fargate: awsvpc("DNS servers are"),
    containers: DONE,
    processes: WITHOUT,
  },
  {
    members: "dnsSearchDomains",
    fargate: awsvpc("DNS search domains are"),
    containers: DONE,
    processes: WITHOUT,
  },
  {
    members: "extraHosts",
    fargate: awsvpc("Extra hosts are"),
    containers: DONE,
    processes: WITHOUT,
  },
  {
    members: "disableNetworking",
    fargate: awsvpc("Disable Networking is"),
    containers: AT_START,
    processes: WITHOUT,
  },
  {
    members: "user",
    containers: DONE,
    processes: [
      "you alone; with another the task does not start",
      "あなたのユーザーのみ。ほかのユーザーのタスクは起動しません",
    ],
  },
  {
    members: "privileged",
    fargate: SAID.privileged(),
    containers: [
      "all capabilities within the cloud's own namespaces; no devices",
      "クラウド自身の名前空間の中での、すべてのケーパビリティ。デバイスはありません",
    ],
    processes: WITHOUT,
  },
  {
    members: "dockerSecurityOptions",
    fargate: unsupported("dockerSecurityOptions"),
    containers: [
      "`no-new-privileges` is done, others are kept and shown",
      "`no-new-privileges` は反映し、ほかは保存して表示します",
    ],
    processes: WITHOUT,
  },
  { members: "readonlyRootFilesystem", containers: DONE, processes: AT_START },
  { members: "mountPoints volumesFrom", containers: DONE, processes: AT_START },
  { members: "ulimits systemControls", containers: DONE, processes: WITHOUT },
  { members: "interactive pseudoTerminal", containers: DONE, processes: WITHOUT },
  {
    members: "linuxParameters",
    containers: DONE,
    processes: WITHOUT,
  },
  {
    members: "linuxParameters.capabilities",
    fargate: SAID.capabilityFargate({ capability: "NET_ADMIN" }),
    containers: DONE,
    processes: WITHOUT,
  },
  {
    members: "linuxParameters.initProcessEnabled",
    containers: [
      "done where this machine has `tini`; else the task does not start",
      "このマシンに `tini` があれば反映します。なければタスクは起動しません",
    ],
    processes: WITHOUT,
  },
  ...["sharedMemorySize", "tmpfs"].map((member) => ({
    members: `linuxParameters.${member}`,
    fargate: unsupported(member),
    containers: DONE,
    processes: WITHOUT,
  })),
  ...["maxSwap", "swappiness"].map((member) => ({
    members: `linuxParameters.${member}`,
    fargate: unsupported(member),
    containers: WITHOUT,
    processes: WITHOUT,
  })),
  {
    members: "linuxParameters.devices",
    fargate: unsupported("devices"),
    containers: AT_START,
    processes: WITHOUT,
  },
  {
    members: "logConfiguration",
    fargate: SAID.logDriverFargate({ driver: "fluentd" }),
    containers: [
      "`awslogs`, `awsfirelens`, and on instances `fluentd`; what `json-file` writes is kept nowhere; with another the task does not start",
      "`awslogs`、`awsfirelens` と、インスタンスでは `fluentd`。`json-file` に書いた行はどこにも残りません。ほかのドライバーのタスクは起動しません",
    ],
    processes: [
      "`awslogs`; with another the task does not start",
      "`awslogs`。ほかのドライバーのタスクは起動しません",
    ],
  },
  { members: "firelensConfiguration", containers: DONE, processes: AT_START },
  {
    members: "resourceRequirements",
    fargate: SAID.gpuFargate(),
    containers: AT_START,
    processes: AT_START,
  },
  { members: "credentialSpecs", containers: SHOWN, processes: SHOWN },
];
