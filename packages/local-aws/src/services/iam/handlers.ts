import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";

/** IAM's operations, typed by the SDK. */
export type IamHandlers = Handlers<typeof import("@aws-sdk/client-iam"), CallContext>;
