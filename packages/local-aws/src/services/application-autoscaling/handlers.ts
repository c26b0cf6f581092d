import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";

/** Application Auto Scaling's operations, typed by the SDK. */
export type ScalingHandlers = Handlers<
  typeof import("@aws-sdk/client-application-auto-scaling"),
  CallContext
>;
