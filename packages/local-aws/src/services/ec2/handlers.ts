import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";

/** EC2's operations, typed by the SDK. */
export type Ec2Handlers = Handlers<typeof import("@aws-sdk/client-ec2"), CallContext>;
