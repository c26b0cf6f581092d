import { defineService, type SeedContext } from "../service.ts";
import { accessKeyHandlers } from "./access-keys.ts";
import { accountHandlers } from "./account.ts";
import { attachedPolicyHandlers } from "./attached-policies.ts";
import { inlinePolicyHandlers } from "./inline-policies.ts";
import { instanceProfileHandlers } from "./instance-profiles.ts";
import { managedPolicyVersionHandlers } from "./managed-policy-versions.ts";
import { managedPolicyHandlers } from "./managed-policies.ts";
import { roleHandlers } from "./roles.ts";
import { ensureServiceLinkedRole, serviceLinkedRoleHandlers } from "./service-linked-roles.ts";
import { userHandlers } from "./users.ts";
import { members } from "./members.ts";
import { roles, managedPolicies } from "./state.ts";

/** The roles that ECS and load balancing make in an account the first time they are used: here they are there at once. */
function seedIam({ store, clock }: SeedContext): void {
  for (const service of ["ecs.amazonaws.com", "elasticloadbalancing.amazonaws.com"])
    ensureServiceLinkedRole(store, service, clock.now());
}

/** AWS Identity and Access Management. Groups, identity providers, MFA and passwords are not there. */
export const iam = defineService({
  id: "iam",
  members,
  shown: [roles, managedPolicies],
  handlers: {
    ...roleHandlers,
    ...inlinePolicyHandlers,
    ...attachedPolicyHandlers,
    ...managedPolicyHandlers,
    ...managedPolicyVersionHandlers,
    ...instanceProfileHandlers,
    ...userHandlers,
    ...accessKeyHandlers,
    ...accountHandlers,
    ...serviceLinkedRoleHandlers,
  },
  seed: seedIam,
});
