import { AwsError } from "../../protocol/aws-error.ts";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { needRepository } from "./errors.ts";
import { parseLifecyclePolicy } from "./lifecycle.ts";
import { repositories, type Repository } from "./state.ts";

/** Lifecycle and repository policies. */
export const policyHandlers: Handlers<typeof import("@aws-sdk/client-ecr"), CallContext> = {
  PutLifecyclePolicy({ repositoryName, lifecyclePolicyText }, context) {
    needRepository(context.store, repositoryName);
    parseLifecyclePolicy(lifecyclePolicyText);
    const lifecyclePolicy = { text: lifecyclePolicyText, lastEvaluatedAt: context.clock.now() };
    context.store.of(repositories).patch(repositoryName, { lifecyclePolicy });
    return { registryId: context.account, repositoryName, lifecyclePolicyText };
  },

  GetLifecyclePolicy: ({ repositoryName }, context) =>
    describeLifecycle(needRepository(context.store, repositoryName)),

  DeleteLifecyclePolicy({ repositoryName }, context) {
    const answer = describeLifecycle(needRepository(context.store, repositoryName));
    context.store.of(repositories).patch(repositoryName, { lifecyclePolicy: undefined });
    return answer;
  },

  SetRepositoryPolicy({ repositoryName, policyText }, context) {
    needRepository(context.store, repositoryName);
    try {
      JSON.parse(policyText);
    } catch {
      throw new AwsError(
        "InvalidParameterException",
        "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'",
      );
    }
    context.store.of(repositories).patch(repositoryName, { policyText });
    return { registryId: context.account, repositoryName, policyText };
  },

  GetRepositoryPolicy: ({ repositoryName }, context) =>
    describePolicy(needRepository(context.store, repositoryName)),

  DeleteRepositoryPolicy({ repositoryName }, context) {
    const answer = describePolicy(needRepository(context.store, repositoryName));
    context.store.of(repositories).patch(repositoryName, { policyText: undefined });
    return answer;
  },
};

function describeLifecycle({ name, registryId, lifecyclePolicy }: Readonly<Repository>) {
  if (!lifecyclePolicy) {
    throw new AwsError(
      "LifecyclePolicyNotFoundException",
      `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${registryId}'`,
    );
  }
  return {
    registryId,
    repositoryName: name,
    lifecyclePolicyText: lifecyclePolicy.text,
    lastEvaluatedAt: new Date(lifecyclePolicy.lastEvaluatedAt),
  };
}

function describePolicy({ name, registryId, policyText }: Readonly<Repository>) {
  if (policyText === undefined) {
    throw new AwsError(
      "RepositoryPolicyNotFoundException",
      `Repository policy does not exist for the repository with name '${name}' in the registry with id '${registryId}'`,
    );
  }
  return { registryId, repositoryName: name, policyText };
}
