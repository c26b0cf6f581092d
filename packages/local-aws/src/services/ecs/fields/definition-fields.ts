import { CONTAINER_FIELDS } from "./container-fields.ts";
import type { FieldRow } from "./field-row.ts";
import { TASK_FIELDS } from "./task-fields.ts";

const CONTAINERS = "containerDefinitions";

/** What becomes of every field of a task definition, by its path in the input of RegisterTaskDefinition. */
export const DEFINITION_FIELDS: ReadonlyMap<string, FieldRow> = new Map([
  ...pathsOf(TASK_FIELDS, ""),
  ...pathsOf(CONTAINER_FIELDS, `${CONTAINERS}.`),
]);

function pathsOf(rows: readonly FieldRow[], prefix: string): [path: string, row: FieldRow][] {
  return rows.flatMap((row) =>
    row.members.split(" ").map((member): [string, FieldRow] => [`${prefix}${member}`, row]),
  );
}

/** The row that a path goes by: its own, or that of what it is a part of; undefined where there is none. */
export function fieldRow(path: string): FieldRow | undefined {
  if (path === CONTAINERS) return undefined;
  const row = DEFINITION_FIELDS.get(path);
  const end = path.lastIndexOf(".");
  return row ?? (end === -1 ? undefined : fieldRow(path.slice(0, end)));
}
