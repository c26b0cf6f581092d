import { both, list, text, type Text, type Words } from "@workbook/toolchain";
import type { Changes } from "../terraform/terraform.ts";

/** What Terraform said of a stack. */
export interface StackAnswer {
  readonly changes: Changes;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Nothing has changed since it was asked last, so it was not asked again. */
  readonly isKnown: boolean;
}

/** A plan, for whoever looks closer. */
export interface StackPlan extends StackAnswer {
  /** As `terraform show -json` has it. */
  readonly shown: unknown;
}

/** Of a stack with which there was nothing to do. */
export const NO_CHANGES: Changes = { add: 0, change: 0, remove: 0 };

/** Whether there is nothing to do. */
export function isNothing({ add, change, remove }: Changes): boolean {
  return add + change + remove === 0;
}

/** What two did, one after the other. */
export function sum(one: Changes, other: Changes): Changes {
  return {
    add: one.add + other.add,
    change: one.change + other.change,
    remove: one.remove + other.remove,
  };
}

/** Outputs as they will be: https://developer.hashicorp.com/terraform/internals/json-format#plan-representation */
export function plannedOutputs(shown: unknown): Record<string, unknown> {
  const { planned_values: planned } = shown as {
    planned_values?: { outputs?: Record<string, { value?: unknown }> };
  };
  return Object.fromEntries(
    Object.entries(planned?.outputs ?? {}).map(([name, { value }]) => [name, value]),
  );
}

const AS_BEFORE = [
  ", as when Terraform looked last",
  " (Terraform が前に確認したときと同じです)",
] as const;

/** What Terraform said, in a few words. */
export function describeAnswer({ changes, isKnown }: StackAnswer): Text {
  const said = describeChanges(changes);
  return isKnown ? both`${said}${AS_BEFORE}` : said;
}

/** Changes in a few words. */
export function describeChanges(changes: Changes): Text {
  if (isNothing(changes)) return text(["no changes", "変更なし"]);
  const { add, change, remove } = changes;
  const parts: readonly (readonly [count: number, said: Words])[] = [
    [add, [`${add} added`, `追加 ${add}`]],
    [change, [`${change} changed`, `変更 ${change}`]],
    [remove, [`${remove} destroyed`, `削除 ${remove}`]],
  ];
  return list(parts.filter(([count]) => count > 0).map(([, said]) => said));
}
