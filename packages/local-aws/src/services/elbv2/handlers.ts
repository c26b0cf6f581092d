import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";

/** Handlers of Elastic Load Balancing v2, typed by its SDK client. */
export type Elbv2Handlers = Handlers<
  typeof import("@aws-sdk/client-elastic-load-balancing-v2"),
  CallContext
>;
