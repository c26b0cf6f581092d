import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";

/** Handlers of CodeBuild's operations, typed by the SDK. */
export type CodeBuildHandlers = Handlers<typeof import("@aws-sdk/client-codebuild"), CallContext>;
