import type { CallContext } from "../service.ts";

/** The canonical user of the account. */
export function owner(context: CallContext): { ID: string; DisplayName: string } {
  return {
    ID: Buffer.from(`canonical-user-of-${context.account}`)
      .toString("hex")
      .padEnd(64, "0")
      .slice(0, 64),
    DisplayName: context.account,
  };
}
