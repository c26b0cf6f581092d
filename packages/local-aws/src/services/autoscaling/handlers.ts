import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";

/** EC2 Auto Scaling's operations, typed by the SDK. */
export type AutoScalingHandlers = Handlers<
  typeof import("@aws-sdk/client-auto-scaling"),
  CallContext
>;
