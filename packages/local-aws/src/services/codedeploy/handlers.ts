import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";

/** Handlers of CodeDeploy's operations, typed by the SDK. */
export type CodeDeployHandlers = Handlers<typeof import("@aws-sdk/client-codedeploy"), CallContext>;
