import { defineService } from "../service.ts";
import type { Members } from "../kit/members.ts";
import { accessKeyHandlers } from "./access-keys.ts";
import { accountHandlers } from "./account.ts";
import { entityPolicyHandlers } from "./entity-policies.ts";
import { groupHandlers, groupPolicyHandlers } from "./groups.ts";
import { instanceProfileHandlers } from "./instance-profiles.ts";
import { managedPolicyVersionHandlers } from "./managed-policy-versions.ts";
import { managedPolicyHandlers } from "./managed-policies.ts";
import { oidcProviderHandlers } from "./oidc-providers.ts";
import { otherCredentialHandlers } from "./other-credentials.ts";
import { policySimulatorHandlers } from "./policy-simulator.ts";
import { roleHandlers } from "./roles.ts";
import { serviceLinkedRoleHandlers } from "./service-linked-roles.ts";
import { userHandlers } from "./users.ts";
import { rights } from "./rights.ts";
import { tagging } from "./tagging.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html */
const members: Members = {
  refused: {
    SimulateCustomPolicyRequest:
      "OrderedOrganizationPolicyInputList ResourceOwner ResourceHandlingOption",
    SimulatePrincipalPolicyRequest: "PolicyExclusionList ResourceOwner ResourceHandlingOption",
  },
  meaningless: [
    {
      why: ["There is none that it could choose.", "選べるものがありません。"],
      members: {
        ListServiceSpecificCredentialsRequest: "ServiceName AllUsers",
        ListVirtualMFADevicesRequest: "AssignmentStatus",
      },
    },
  ],
  usedIn: {},
};

/** AWS Identity and Access Management. Providers of SAML, MFA and passwords are not there. */
export const service = defineService({
  id: "iam",
  rights,
  fault: "ServiceFailureException",
  members,
  tagging,
  handlers: {
    ...roleHandlers,
    ...entityPolicyHandlers,
    ...managedPolicyHandlers,
    ...managedPolicyVersionHandlers,
    ...instanceProfileHandlers,
    ...userHandlers,
    ...otherCredentialHandlers,
    ...groupHandlers,
    ...groupPolicyHandlers,
    ...accessKeyHandlers,
    ...accountHandlers,
    ...serviceLinkedRoleHandlers,
    ...oidcProviderHandlers,
    ...policySimulatorHandlers,
  },
});
