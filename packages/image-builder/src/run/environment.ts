import { existsSync } from "node:fs";

/** Settings of the caller's that a RUN needs to reach a registry through the caller's network; nothing else comes in. */
const NETWORK_VARIABLES = [
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "ALL_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "all_proxy",
  "npm_config_registry",
  "npm_config_proxy",
  "npm_config_https_proxy",
  "npm_config_noproxy",
  // Node and npm trust what the machine trusts, as `workbook` has it: https://nodejs.org/docs/latest-v24.x/api/cli.html#node_use_system_ca1
  "NODE_USE_SYSTEM_CA",
  "GOPROXY",
  "GOSUMDB",
  "GONOSUMDB",
  "GONOPROXY",
  "GOPRIVATE",
];

/** The same, where the value is a file or a folder with certificates. */
const CERTIFICATE_VARIABLES = [
  "NODE_EXTRA_CA_CERTS",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "CURL_CA_BUNDLE",
  "REQUESTS_CA_BUNDLE",
  "GIT_SSL_CAINFO",
  "npm_config_cafile",
];

export interface CallerSettings {
  variables: Record<string, string>;
  /** Name to path. */
  certificates: Record<string, string>;
}

/** Picks from the caller's environment what a RUN may have of it. */
export function pickCallerSettings(env: NodeJS.ProcessEnv): CallerSettings {
  const certificates = Object.entries(pick(env, CERTIFICATE_VARIABLES));
  return {
    variables: pick(env, NETWORK_VARIABLES),
    // The programs that read these do without a file that is not there, too.
    certificates: Object.fromEntries(certificates.filter(([, path]) => existsSync(path))),
  };
}

function pick(env: NodeJS.ProcessEnv, names: string[]): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = env[name];
    if (value) picked[name] = value;
  }
  return picked;
}

/**
 * Variables that send the package managers' caches to a folder that is shared by all builds and is no part of the image.
 *
 * @param folder absolute, as the command sees it
 */
export function cacheVariables(folder: string): Record<string, string> {
  return {
    npm_config_cache: `${folder}/npm`,
    npm_config_update_notifier: "false",
    GOCACHE: `${folder}/go-build`,
    GOMODCACHE: `${folder}/go-mod`,
    // Without this Go makes its module cache read-only, and nobody can clear it.
    GOFLAGS: "-modcacherw",
    GOENV: "off",
    // As in the official images: never fetch another Go than the one at hand.
    GOTOOLCHAIN: "local",
  };
}
