import { requireUser } from "./entities.ts";
import * as faults from "./faults.ts";
import type { IamHandlers } from "./handlers.ts";
import { paginate } from "./pages.ts";

/** What a user can have beside access keys on AWS. Nothing here makes one, so whoever asks for a user's is told of none. */
const NONE: readonly never[] = [];

/** Credentials that are no access keys: Terraform looks for them before it deletes a user by force. */
export const otherCredentialHandlers = {
  ListSSHPublicKeys(input, { store }) {
    if (input.UserName !== undefined) requireUser(store, input.UserName);
    const { items, paging } = paginate(NONE, input, "ssh-public-keys", String);
    return { SSHPublicKeys: items, ...paging };
  },

  ListSigningCertificates(input, { store }) {
    if (input.UserName !== undefined) requireUser(store, input.UserName);
    const { items, paging } = paginate(NONE, input, "signing-certificates", String);
    return { Certificates: items, ...paging };
  },

  ListMFADevices(input, { store }) {
    if (input.UserName !== undefined) requireUser(store, input.UserName);
    const { items, paging } = paginate(NONE, input, "mfa-devices", String);
    return { MFADevices: items, ...paging };
  },

  ListVirtualMFADevices(input) {
    const { items, paging } = paginate(NONE, input, "virtual-mfa-devices", String);
    return { VirtualMFADevices: items, ...paging };
  },

  ListServiceSpecificCredentials(input, { store }) {
    if (input.UserName !== undefined) requireUser(store, input.UserName);
    const { items, paging } = paginate(NONE, input, "service-specific-credentials", String);
    return { ServiceSpecificCredentials: items, ...paging };
  },

  DeleteLoginProfile({ UserName = "" }, { store }) {
    const { userName } = requireUser(store, UserName);
    throw faults.noSuchEntity(`Login Profile for User ${userName} cannot be found.`);
  },
} satisfies IamHandlers;
