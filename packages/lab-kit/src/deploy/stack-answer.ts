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
