import type { OperationModel, Shape, StructShape } from "../../protocol/model.ts";
import type { Account, MemberAccounts } from "./members.ts";

/** A member of an operation's input, or of a structure in it, and what stands in the service's table of it. */
export interface WalkedMember {
  readonly operation: string;
  /** Such as `deploymentConfiguration.alarms.enable`; lists and maps are passed through. */
  readonly path: string;
  /** `Structure.member`, as the SDK calls them. */
  readonly key: string;
  readonly account: Account | undefined;
  /** Whether it is a structure, or holds some, whose members are walked as well. */
  readonly isWalked: boolean;
}

/**
 * The members of an operation's input in depth. What is refused or without meaning is not looked into, and a structure that
 * holds itself once.
 */
export function* walkMembers(
  { name, input }: OperationModel,
  accounts: MemberAccounts,
): Generator<WalkedMember> {
  yield* walk(name, input, accounts, [], []);
}

function* walk(
  operation: string,
  struct: StructShape,
  accounts: MemberAccounts,
  path: readonly string[],
  above: readonly StructShape[],
): Generator<WalkedMember> {
  if (above.includes(struct)) return;
  for (const { name, shape } of struct.members) {
    const account = accounts.of(struct.name, name, above.length === 0);
    const at = [...path, name];
    const inner = account && account.kind !== "usedIn" ? [] : [...structuresOf(shape)];
    yield {
      operation,
      path: at.join("."),
      key: `${struct.name}.${name}`,
      account,
      isWalked: inner.length > 0,
    };
    for (const each of inner) yield* walk(operation, each, accounts, at, [...above, struct]);
  }
}

function* structuresOf(shape: Shape): Generator<StructShape> {
  if ("members" in shape) yield shape;
  else if ("item" in shape) yield* structuresOf(shape.item);
  else if ("key" in shape) yield* structuresOf(shape.value);
}
