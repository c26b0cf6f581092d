import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";

/** Handlers of ECS operations, typed by the SDK. */
export type EcsHandlers = Handlers<typeof import("@aws-sdk/client-ecs"), CallContext>;
