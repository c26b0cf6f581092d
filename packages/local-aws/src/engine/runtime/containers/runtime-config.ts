import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import type { ContainerSpec } from "../driver.ts";
import { containerCommand, containerWorkingDirectory, DEFAULT_PATH } from "../container-command.ts";
import type { ContainerUser } from "./container-user.ts";

/** What a container is given beside its own definition. Paths are those of the room. */
export interface ContainerPlace {
  readonly rootfs: string;
  /** By their paths; one of its own where there is none. */
  readonly namespaces: {
    readonly network: string;
    readonly pid: string | undefined;
    readonly ipc: string | undefined;
  };
  /** The container's own; undefined where this machine gives none away. */
  readonly cgroup: string | undefined;
  readonly hostName: string;
  readonly user: ContainerUser;
  readonly mounts: readonly RuntimeMount[];
  /** Absent where the room has none: see `initProcessEnabled`. */
  readonly init: string | undefined;
  /** The most open files that this machine allows. */
  readonly openFiles: number;
}

export interface RuntimeMount {
  readonly destination: string;
  readonly type: string;
  readonly source: string;
  readonly options?: readonly string[];
}

/** Docker's default set. https://docs.docker.com/engine/security/#linux-kernel-capabilities */
const CAPABILITIES = [
  "CHOWN",
  "DAC_OVERRIDE",
  "FSETID",
  "FOWNER",
  "MKNOD",
  "NET_RAW",
  "SETGID",
  "SETUID",
  "SETFCAP",
  "SETPCAP",
  "NET_BIND_SERVICE",
  "SYS_CHROOT",
  "KILL",
  "AUDIT_WRITE",
];

/** What a privileged one has as well. https://man7.org/linux/man-pages/man7/capabilities.7.html */
const OTHER_CAPABILITIES = (
  "AUDIT_CONTROL AUDIT_READ BLOCK_SUSPEND BPF CHECKPOINT_RESTORE DAC_READ_SEARCH IPC_LOCK IPC_OWNER LEASE LINUX_IMMUTABLE " +
  "MAC_ADMIN MAC_OVERRIDE NET_ADMIN NET_BROADCAST PERFMON SYSLOG SYS_ADMIN SYS_BOOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE " +
  "SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM"
).split(" ");

/** What a container cannot see of its kernel. https://github.com/moby/moby/blob/master/oci/defaults.go */
const MASKED = [
  "/proc/asound",
  "/proc/acpi",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/sys/firmware",
];
const READ_ONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

const DEFAULT_SHM = "65536k";
/** Of a container on Fargate. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-resource-limits */
const OPEN_FILES = 65_535;
const INIT = "/dev/init";

/** What a container's first program is started with. https://github.com/opencontainers/runtime-spec/blob/v1.0.2/config.md#process */
export type RuntimeProcess = ReturnType<typeof toRuntimeConfig>["process"];

/** The container's `config.json`. https://github.com/opencontainers/runtime-spec/blob/v1.0.2/config.md */
export function toRuntimeConfig(container: ContainerSpec, place: ContainerPlace) {
  const { definition } = container;
  const command = containerCommand(container);
  const usesInit = definition.linuxParameters?.initProcessEnabled === true;
  const { uid, gid, additionalGids } = place.user;
  const replaced = new Set(place.mounts.map(({ destination }) => destination));
  return {
    ociVersion: "1.0.2",
    process: {
      terminal: definition.pseudoTerminal ?? false,
      user: { uid, gid, additionalGids },
      args: usesInit ? [INIT, "--", ...command] : command,
      env: toEnvironment(container, place.hostName),
      cwd: containerWorkingDirectory(container),
      capabilities: capabilities(definition, uid),
      rlimits: rlimits(definition, place.openFiles),
      noNewPrivileges: definition.dockerSecurityOptions?.includes("no-new-privileges") ?? false,
    },
    root: { path: place.rootfs, readonly: definition.readonlyRootFilesystem ?? false },
    hostname: place.hostName,
    mounts: [
      ...systemMounts(definition).filter(({ destination }) => !replaced.has(destination)),
      ...(usesInit && place.init !== undefined
        ? [{ destination: INIT, type: "bind", source: place.init, options: ["bind", "ro"] }]
        : []),
      // One that is within another comes after it, or nobody would see it.
      ...[...tmpfsMounts(definition), ...place.mounts].toSorted((a, b) => depth(a) - depth(b)),
    ],
    annotations: definition.dockerLabels ?? {},
    linux: {
      ...(place.cgroup !== undefined && { cgroupsPath: place.cgroup }),
      namespaces: [
        ...Object.entries(place.namespaces).map(([type, path]) =>
          path ? { type, path } : { type },
        ),
        { type: "uts" },
        { type: "mount" },
      ],
      sysctl: Object.fromEntries(
        (definition.systemControls ?? []).map(({ namespace = "", value = "" }) => [
          namespace,
          value,
        ]),
      ),
      maskedPaths: definition.privileged ? [] : MASKED,
      readonlyPaths: definition.privileged ? [] : READ_ONLY,
    },
  };
}

function toEnvironment({ environment, definition }: ContainerSpec, hostName: string): string[] {
  const terminal = definition.pseudoTerminal ? { TERM: "xterm" } : {};
  const all = { PATH: DEFAULT_PATH, HOSTNAME: hostName, ...terminal, ...environment };
  return Object.entries(all).map(([name, value]) => `${name}=${value}`);
}

/** A user who is not root has what it may gain, and nothing of it to begin with, as in Docker. */
function capabilities({ linuxParameters, privileged }: ContainerDefinition, uid: number) {
  const { add = [], drop = [] } = linuxParameters?.capabilities ?? {};
  const all = [...CAPABILITIES, ...OTHER_CAPABILITIES];
  const own = privileged || add.includes("ALL") ? all : CAPABILITIES;
  const kept = drop.includes("ALL") ? [] : own.filter((name) => !drop.includes(name));
  const added = add.filter((name) => name !== "ALL");
  const bounding = [...new Set([...kept, ...added])].map((name) => `CAP_${name}`);
  const held = uid === 0 ? bounding : [];
  return { bounding, effective: held, permitted: held, inheritable: [], ambient: [] };
}

function rlimits({ ulimits = [] }: ContainerDefinition, most: number) {
  const nofile = {
    type: "RLIMIT_NOFILE",
    soft: Math.min(OPEN_FILES, most),
    hard: Math.min(OPEN_FILES, most),
  };
  const own = ulimits.map(({ name = "", softLimit = 0, hardLimit = 0 }) => ({
    type: `RLIMIT_${name.toUpperCase()}`,
    soft: limit(softLimit),
    hard: limit(hardLimit),
  }));
  return own.some(({ type }) => type === nofile.type) ? own : [nofile, ...own];
}

/** -1 is no limit: the largest number that there is, beyond those that are exact here. */
const limit = (value: number): unknown => (value < 0 ? rawJson("18446744073709551615") : value);

/** https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/JSON/rawJSON, which TypeScript does not know yet. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };

function systemMounts({ linuxParameters }: ContainerDefinition): RuntimeMount[] {
  const { sharedMemorySize } = linuxParameters ?? {};
  const shm = sharedMemorySize === undefined ? DEFAULT_SHM : `${sharedMemorySize}m`;
  return [
    mount("/proc", "proc", "proc", SAFE),
    mount("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
    mount("/dev/pts", "devpts", "devpts", [
      "nosuid",
      "noexec",
      "newinstance",
      "ptmxmode=0666",
      "mode=0620",
      "gid=5",
    ]),
    mount("/dev/shm", "tmpfs", "shm", [...SAFE, "mode=1777", `size=${shm}`]),
    mount("/dev/mqueue", "mqueue", "mqueue", SAFE),
    mount("/sys", "sysfs", "sysfs", [...SAFE, "ro"]),
  ];
}

const SAFE = ["nosuid", "noexec", "nodev"];
const mount = (destination: string, type: string, source: string, options: string[]) => ({
  destination,
  type,
  source,
  options,
});

/** Docker's own options come first, so that those of the definition can undo them. */
const tmpfsMounts = ({ linuxParameters }: ContainerDefinition): RuntimeMount[] =>
  (linuxParameters?.tmpfs ?? []).map(({ containerPath = "", size = 0, mountOptions = [] }) =>
    mount(containerPath, "tmpfs", "tmpfs", [...SAFE, `size=${size}m`, ...mountOptions]),
  );

const depth = ({ destination }: RuntimeMount) => destination.split("/").filter(Boolean).length;
