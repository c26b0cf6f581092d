import { readAwsSettings } from "./arrived.js";

/** The largest delay a timer can hold, in seconds (2^31 - 1 milliseconds). */
const MAX_SECONDS = 2_147_483;

/**
 * Reads the service's settings from environment variables. An empty value counts as unset.
 *
 * - `PORT`: the port to listen on, 0 to 65535 (0 lets the system choose). Default 80.
 * - `APP_VERSION`: the version that `/info` shows. Default `dev`.
 * - `START_DELAY_SECONDS`: how long to wait before listening. Default 0.
 * - `CRASH_ON_START`: an exit code, 0 to 255, to exit with in place of listening. Default: do not.
 * - `CRASH_AFTER_SECONDS`: how long after listening to exit with code 1. Default: never.
 * - `SITE_NAME`, `DB_PASSWORD`, `BUCKET`: what `/config` shows of a setting, a password and a bucket. Default: none.
 * - `ECS_CONTAINER_METADATA_URI_V4`: set by ECS; where the task metadata endpoint is.
 *
 * @param {Record<string, string | undefined>} env
 * @throws {Error} naming every variable whose value is not usable
 */
export function parseConfig(env) {
  const problems = [];
  const config = {
    port: readInteger(env, "PORT", 65_535, problems) ?? 80,
    version: env.APP_VERSION || "dev",
    startDelaySeconds: readSeconds(env, "START_DELAY_SECONDS", problems) ?? 0,
    crashOnStart: readInteger(env, "CRASH_ON_START", 255, problems),
    crashAfterSeconds: readSeconds(env, "CRASH_AFTER_SECONDS", problems),
    metadataUri: readUrl(env, "ECS_CONTAINER_METADATA_URI_V4", problems),
    arrived: {
      siteName: env.SITE_NAME || undefined,
      password: env.DB_PASSWORD || undefined,
      bucket: env.BUCKET || undefined,
      aws: readAwsSettings(env),
    },
  };
  if (problems.length > 0) throw new Error(problems.join("; "));
  return config;
}

function readInteger(env, name, max, problems) {
  const text = env[name];
  if (!text) return undefined;
  if (/^\d{1,9}$/.test(text) && Number(text) <= max) return Number(text);
  problems.push(`${name} must be a whole number from 0 to ${max}, not "${text}"`);
  return undefined;
}

function readSeconds(env, name, problems) {
  const text = env[name];
  if (!text) return undefined;
  if (/^\d{1,9}(\.\d{1,3})?$/.test(text) && Number(text) <= MAX_SECONDS) return Number(text);
  problems.push(`${name} must be a number of seconds from 0 to ${MAX_SECONDS}, not "${text}"`);
  return undefined;
}

function readUrl(env, name, problems) {
  const text = env[name];
  if (!text) return undefined;
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  problems.push(`${name} must be an http(s) URL, not "${text}"`);
  return undefined;
}
