/** The door of whoever asks what a policy allows: nothing of the simulator is loaded for it. */

export { serviceCallKeys } from "./services/iam/policy-conditions.ts";
export { parsePolicy } from "./services/iam/policy-document.ts";
export { evaluateResourcePolicy } from "./services/iam/policy-evaluation.ts";
export { refusalOf, type RoleRefusal } from "./services/iam/refusal.ts";
