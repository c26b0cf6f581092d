import { checkNameIsFree } from "./entities.ts";
import * as faults from "./faults.ts";
import type { IamHandlers } from "./handlers.ts";
import { paginate } from "./pages.ts";
import {
  accountAliases,
  groups,
  instanceProfiles,
  managedPolicies,
  oidcProviders,
  roles,
  users,
} from "./state.ts";

/** The account itself. */
export const accountHandlers = {
  ListAccountAliases(input, { store }) {
    const { items, paging } = paginate(
      store.of(accountAliases).ids(),
      input,
      "aliases",
      (name) => name,
    );
    return { AccountAliases: items, ...paging };
  },

  CreateAccountAlias(input, { store, cloud }) {
    const alias = input.AccountAlias;
    const everyone = cloud.all(accountAliases).flatMap((collection) => collection.ids());
    checkNameIsFree(everyone, alias, () =>
      faults.entityAlreadyExists(`The account alias ${alias} already exists.`),
    );
    // An account has one alias: a new one takes the place of the old.
    for (const before of store.of(accountAliases).ids()) store.of(accountAliases).delete(before);
    store.of(accountAliases).put(alias, { alias });
    return {};
  },

  DeleteAccountAlias(input, { store }) {
    if (!store.of(accountAliases).delete(input.AccountAlias))
      throw faults.noSuchEntity(`The account alias ${input.AccountAlias} cannot be found.`);
    return {};
  },

  GetAccountSummary(_input, { store }) {
    // Quotas: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    return {
      SummaryMap: {
        Users: store.of(users).size,
        UsersQuota: 5000,
        Groups: store.of(groups).size,
        GroupsQuota: 300,
        Roles: store.of(roles).size,
        RolesQuota: 1000,
        Policies: store.of(managedPolicies).size,
        PoliciesQuota: 1500,
        InstanceProfiles: store.of(instanceProfiles).size,
        InstanceProfilesQuota: 1000,
        Providers: store.of(oidcProviders).size,
        AttachedPoliciesPerRoleQuota: 10,
        AttachedPoliciesPerUserQuota: 10,
        AccessKeysPerUserQuota: 2,
        PolicySizeQuota: 6144,
        VersionsPerPolicyQuota: 5,
      },
    };
  },
} satisfies IamHandlers;
