import { isDeepStrictEqual } from "node:util";
import type { AnyHandler, CallContext } from "../service.ts";
import { idempotentMismatch } from "./faults.ts";
import { clientTokens } from "./state.ts";

/** How long a token is remembered. https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html */
const REMEMBERED_MS = 24 * 60 * 60 * 1000;

/**
 * Makes a handler idempotent by `ClientToken`: the second call with a token answers what the first one was answered, and
 * makes nothing. https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
 */
export function withClientToken(operation: string, handler: AnyHandler): AnyHandler {
  return (input: { ClientToken?: string }, context: CallContext) => {
    const { ClientToken: token, ...asked } = input;
    if (!token) return handler(input, context);
    const tokens = context.store.of(clientTokens);
    const now = context.clock.now();
    const id = `${operation} ${token}`;
    const before = tokens.get(id);
    if (before && now - before.at < REMEMBERED_MS) {
      if (!isDeepStrictEqual(before.input, plain(asked))) throw idempotentMismatch();
      return before.output;
    }
    for (const old of tokens.filter(({ at }) => now - at >= REMEMBERED_MS)) tokens.delete(old.id);
    const output = handler(input, context);
    tokens.put(id, { id, at: now, input: plain(asked), output: plain(output) });
    return output;
  };
}

/** As the store keeps it. */
const plain = (value: unknown): Record<string, unknown> =>
  JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
