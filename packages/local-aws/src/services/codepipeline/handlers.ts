import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";

/** Handlers of CodePipeline's operations, typed by the SDK. */
export type CodePipelineHandlers = Handlers<
  typeof import("@aws-sdk/client-codepipeline"),
  CallContext
>;
