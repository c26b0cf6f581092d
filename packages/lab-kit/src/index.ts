export {
  defineCheck,
  defineChecks,
  failed,
  passed,
  type AnyCheck,
  type Check,
  type CheckResult,
  type ContextOf,
  type Hint,
  type PlanContext,
  type SynthContext,
  type Tier,
} from "./check.ts";
export { createRequester, HttpRequestError, type EffectiveAddress } from "./http-request.ts";
export { costPerHour, defineLab, type LabManifest } from "./lab.ts";
export {
  connectAws,
  disconnectAws,
  type AwsClients,
  type AwsConnection,
  type LiveContext,
} from "./live.ts";
export { findLab, LabNotFoundError, listLabs, loadLab, type Lab } from "./load-lab.ts";
export { PlanReader } from "./plan-reader.ts";
export { pollUntil, type PollClock } from "./poll.ts";
export {
  runChecks,
  type CheckReport,
  type CheckReportEntry,
  type RunChecksOptions,
} from "./run-checks.ts";
export { synthesise, synthEnvironment, type LabSettings, type PushedImage } from "./synth.ts";
export { SynthReader } from "./synth-reader.ts";
export { GO_APP, NODE_APP, type WebApp } from "./web-app.ts";
