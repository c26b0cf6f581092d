/** What Terraform would do with one resource. */
export interface PlannedChange {
  /** `type.name`. */
  readonly address: string;
  readonly type: string;
  /** In Terraform's words: `create`, `update`, `delete`, `read`, `no-op`; `delete`,`create` is a replacement. */
  readonly actions: readonly string[];
  /** Values before, null for a new resource. */
  readonly before: unknown;
  /** Values after, null for one that goes; what is known only after the apply is left out. */
  readonly after: unknown;
}

/** The plan is not one of `terraform show -json`; the message says what is missing. */
export class PlanReadError extends Error {
  override readonly name = "PlanReadError";
}

/**
 * Reads what `terraform show -json <plan file>` prints.
 *
 * https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
 */
export class PlanReader {
  readonly changes: readonly PlannedChange[];

  /** @throws {PlanReadError} when the JSON is no plan */
  constructor(json: unknown) {
    const changes = isRecord(json) ? json["resource_changes"] : undefined;
    const isPlan = isRecord(json) && typeof json["format_version"] === "string";
    if (!isPlan)
      throw new PlanReadError(
        "The plan has no format_version: it is not the output of terraform show -json",
      );
    if (changes !== undefined && !Array.isArray(changes))
      throw new PlanReadError("resource_changes is not a list");
    this.changes = (changes ?? []).map(toChange);
  }

  /** The plans of several stacks as one. */
  static together(plans: readonly PlanReader[]): PlanReader {
    const changes = plans.flatMap((plan) => plan.changes);
    return new PlanReader({
      format_version: "1.2",
      resource_changes: changes.map(({ address, type, ...change }) => ({ address, type, change })),
    });
  }

  /** The changes that an apply would make: everything but `no-op` and `read`. */
  get effective(): readonly PlannedChange[] {
    return this.changes.filter(
      ({ actions }) => !actions.every((action) => action === "no-op" || action === "read"),
    );
  }

  /** The changes to resources of a type. */
  of(type: string): readonly PlannedChange[] {
    return this.changes.filter((change) => change.type === type);
  }
}

function toChange(entry: unknown): PlannedChange {
  const change = isRecord(entry) ? entry["change"] : undefined;
  if (!isRecord(entry) || !isRecord(change) || !Array.isArray(change["actions"])) {
    throw new PlanReadError("A resource change has no actions");
  }
  return {
    address: String(entry["address"]),
    type: String(entry["type"]),
    actions: change["actions"].map(String),
    before: change["before"] ?? null,
    after: change["after"] ?? null,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
