import type { PolicyVersion } from "@aws-sdk/client-iam";
import { encodeDocument, requireOwnPolicy, requirePolicy } from "./entities.ts";
import * as faults from "./faults.ts";
import type { IamHandlers } from "./handlers.ts";
import { paginate } from "./pages.ts";
import { type ManagedPolicy, managedPolicies } from "./state.ts";
import { checkIdentityPolicy, isTooLong } from "./validate-policy.ts";

const MAX_VERSIONS = 5;

type Version = ManagedPolicy["versions"][number];

function toApiVersion({ versionId, isDefault, createdAt }: Version): PolicyVersion {
  return {
    VersionId: versionId,
    IsDefaultVersion: isDefault,
    CreateDate: new Date(createdAt),
  };
}

function requireVersion(policy: Readonly<ManagedPolicy>, versionId: string): Version {
  const version = policy.versions.find((one) => one.versionId === versionId);
  if (!version) throw faults.policyVersionNotFound(policy.arn, versionId);
  return version;
}

const withDefault = (versions: readonly Version[], versionId: string) =>
  versions.map((version) => ({ ...version, isDefault: version.versionId === versionId }));

/** Versions of managed policies: at most five, one of them in force. */
export const managedPolicyVersionHandlers = {
  CreatePolicyVersion(input, { store, clock }) {
    const policy = requireOwnPolicy(store, input.PolicyArn);
    checkIdentityPolicy(input.PolicyDocument);
    if (isTooLong(input.PolicyDocument)) throw faults.quotaExceeded("PolicySize", 6144);
    if (policy.versions.length >= MAX_VERSIONS)
      throw faults.limitExceeded(
        "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
      );
    const versionId = `v${policy.nextVersion}`;
    const createdAt = clock.now();
    const version = { versionId, document: input.PolicyDocument, isDefault: false, createdAt };
    const versions = [version, ...policy.versions];
    const changed = store.of(managedPolicies).patch(policy.arn, {
      versions: input.SetAsDefault ? withDefault(versions, versionId) : versions,
      nextVersion: policy.nextVersion + 1,
      updatedAt: createdAt,
    });
    return { PolicyVersion: toApiVersion(requireVersion(changed, versionId)) };
  },

  GetPolicyVersion(input, { store }) {
    const version = requireVersion(requirePolicy(store, input.PolicyArn), input.VersionId);
    return {
      PolicyVersion: { ...toApiVersion(version), Document: encodeDocument(version.document) },
    };
  },

  ListPolicyVersions(input, { store }) {
    const { versions } = requirePolicy(store, input.PolicyArn);
    const { items, paging } = paginate(versions, input, "policy-versions", ({ versionId }) =>
      versionId.padStart(8, "0"),
    );
    return { Versions: items.map(toApiVersion), ...paging };
  },

  SetDefaultPolicyVersion(input, { store, clock }) {
    const policy = requireOwnPolicy(store, input.PolicyArn);
    const { versionId } = requireVersion(policy, input.VersionId);
    store.of(managedPolicies).patch(policy.arn, {
      versions: withDefault(policy.versions, versionId),
      updatedAt: clock.now(),
    });
    return {};
  },

  DeletePolicyVersion(input, { store }) {
    const policy = requireOwnPolicy(store, input.PolicyArn);
    const version = requireVersion(policy, input.VersionId);
    if (version.isDefault)
      throw faults.deleteConflict("Cannot delete the default version of a policy.");
    store
      .of(managedPolicies)
      .patch(policy.arn, { versions: policy.versions.filter((one) => one !== version) });
    return {};
  },
} satisfies IamHandlers;
