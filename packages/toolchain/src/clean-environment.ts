import { existsSync } from "node:fs";
import { devNull } from "node:os";

/** A local endpoint that tools are pointed at. */
export interface LocalTarget {
  /** `http://127.0.0.1:4566` */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string | undefined;
  };
}

/** Variables of AWS's tools that change how they print and retry, not whom they talk to or as whom. */
const KEPT_AWS = new Set([
  "AWS_PAGER",
  "AWS_DEFAULT_OUTPUT",
  "AWS_CLI_FILE_ENCODING",
  "AWS_RETRY_MODE",
  "AWS_MAX_ATTEMPTS",
]);
/** Variables of Terraform that do not change what a run does to which state. */
const KEPT_TF =
  /^TF_(TOKEN_|VAR_|REGISTRY_|PLUGIN_CACHE_|PROVIDER_DOWNLOAD_RETRY$|CLI_CONFIG_FILE$)/;
const LOOPBACK = ["localhost", "127.0.0.1", "::1", ".localhost"];

/**
 * The environment for Terraform, the AWS CLI and SDKs: what a shell happened to hold goes, what the run needs is set.
 * With a target, every `AWS_*` that names another account, profile, endpoint or certificate is taken away (an
 * `AWS_CA_BUNDLE` makes the provider fail on a plain-http endpoint), and no file in the home folder is read; without
 * one, the tools talk to AWS with the user's own settings, and only what breaks them (`NODE_OPTIONS`, `TF_CLI_ARGS`, …) goes.
 * https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html
 */
export function cleanEnvironment(env: NodeJS.ProcessEnv, target?: LocalTarget): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name, value]) =>
    isKept(name, value ?? "", target !== undefined),
  );
  return {
    ...Object.fromEntries(kept),
    CHECKPOINT_DISABLE: "1",
    ...(target ? { ...targetVariables(target), ...proxyExceptions(env) } : {}),
  };
}

function isKept(name: string, value: string, local: boolean): boolean {
  if (name === "NODE_OPTIONS") return false;
  if (name === "TF_PLUGIN_CACHE_DIR") return existsSync(value); // Terraform refuses to start on a missing one
  if (name.startsWith("TF_")) return KEPT_TF.test(name);
  if (local && (name.startsWith("AWS_") || name === "AMAZON_SESSION_TOKEN"))
    return KEPT_AWS.has(name);
  return true;
}

function targetVariables({ endpoint, region, credentials }: LocalTarget): NodeJS.ProcessEnv {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    ...(credentials.sessionToken ? { AWS_SESSION_TOKEN: credentials.sessionToken } : {}),
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}

/** Variables that say whom tools talk to: those that a target sets, and those that would lead away from it. */
export const TARGET_VARIABLES: readonly string[] = [
  ...Object.keys(
    targetVariables({
      endpoint: "",
      region: "",
      credentials: { accessKeyId: "", secretAccessKey: "" },
    }),
  ),
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_SESSION_TOKEN",
  "AWS_CA_BUNDLE",
];

/**
 * An environment that {@link cleanEnvironment} has made, without its target: the way back to the user's own files in the
 * home folder. What the environment held before is not known any more.
 */
export function withoutTarget(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isOurs = (name: string, value = "") =>
    TARGET_VARIABLES.includes(name) ||
    // Exceptions for this machine alone were hardly anybody's before; beside others they do no harm.
    (/^no_proxy$/i.test(name) && value === LOOPBACK.join(","));
  return Object.fromEntries(Object.entries(env).filter(([name, value]) => !isOurs(name, value)));
}

/** Both spellings, because programs differ in which one they read; what either of them held stays. */
function proxyExceptions(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const named = `${env["NO_PROXY"] ?? ""},${env["no_proxy"] ?? ""}`
    .split(",")
    .map((name) => name.trim());
  const list = [...new Set([...named.filter((name) => name !== ""), ...LOOPBACK])].join(",");
  return { NO_PROXY: list, no_proxy: list };
}
