/** The door of whoever tells what is supported: every service with its model, and what becomes of each member. */

export type { OperationModel } from "./protocol/model.ts";
export { SERVICE_IDS } from "./protocol/service-id.ts";
export { ServiceIndex } from "./protocol/service-index.ts";
export { MemberAccounts } from "./services/kit/members.ts";
export { type WalkedMember, walkMembers } from "./services/kit/walk-members.ts";
export { DEFINITION_FIELDS } from "./services/ecs/fields/definition-fields.ts";
export type { FieldRow } from "./services/ecs/fields/field-row.ts";
export { loadAll } from "./services/table.ts";
