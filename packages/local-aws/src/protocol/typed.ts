import type { Readable } from "node:stream";
import type {
  Command,
  NoUndefined,
  StreamingBlobPayloadInputTypes,
  StreamingBlobPayloadOutputTypes,
} from "@smithy/types";

/** Names of the operations of an SDK client module, e.g. `"CreateCluster"` for `typeof import("@aws-sdk/client-ecs")`. */
export type OperationName<ClientModule> = {
  [Key in keyof ClientModule]: Key extends `${infer Name}Command`
    ? ClientModule[Key] extends new (input: never) => unknown
      ? Name extends "$"
        ? never
        : Name
      : never
    : never;
}[keyof ClientModule];

type CommandOf<ClientModule, Name extends string> = `${Name}Command` extends keyof ClientModule
  ? ClientModule[`${Name}Command`]
  : never;

/** A streaming member reaches a handler as a Node stream; a handler may answer with a stream or with bytes. */
type StreamsIn<Input> = {
  [Key in keyof Input]: StreamingBlobPayloadInputTypes extends Input[Key] ? Readable : Input[Key];
};
type StreamsOut<Output> = {
  [Key in keyof Output]: NonNullable<Output[Key]> extends StreamingBlobPayloadOutputTypes
    ? Readable | Uint8Array | undefined
    : Output[Key];
};

/** What the handler of an operation is given: the SDK command's input, required members without `undefined`. */
export type OperationInput<ClientModule, Name extends string> =
  CommandOf<ClientModule, Name> extends new (
    // oxlint-disable-next-line typescript/no-explicit-any -- a constructor's parameter can only be matched by any
    input: any,
  ) => Command<infer _ClientInput, infer Input, infer _ClientOutput, infer _Output, infer _Config>
    ? StreamsIn<NoUndefined<Input>>
    : never;

/** What the handler of an operation answers: the SDK command's output without `$metadata`. */
export type OperationOutput<ClientModule, Name extends string> =
  CommandOf<ClientModule, Name> extends new (
    // oxlint-disable-next-line typescript/no-explicit-any -- a constructor's parameter can only be matched by any
    input: any,
  ) => Command<infer _ClientInput, infer _Input, infer _ClientOutput, infer Output, infer _Config>
    ? StreamsOut<Omit<Output, "$metadata">>
    : never;

/**
 * The handlers of a service, typed by its SDK client so that a wrong operation name, field or type does not compile:
 * `const handlers: Handlers<typeof import("@aws-sdk/client-ecs"), CallContext> = { async CreateCluster(input, context) { … } }`.
 * Handlers throw `AwsError` for AWS's own errors. An operation left out is answered as not implemented.
 */
export type Handlers<ClientModule, Context> = {
  [Name in OperationName<ClientModule> & string]?: (
    input: OperationInput<ClientModule, Name>,
    context: Context,
  ) => OperationOutput<ClientModule, Name> | Promise<OperationOutput<ClientModule, Name>>;
};
