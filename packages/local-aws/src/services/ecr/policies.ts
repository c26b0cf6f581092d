import { AwsError } from "../../protocol/aws-error.ts";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { toList, type OneOrMany } from "../iam/policy-document.ts";
import { readStatements } from "../iam/validate-policy.ts";
import { needRepository } from "./faults.ts";
import { checkLifecyclePolicy } from "./lifecycle-policy.ts";
import { repositories, type Repository } from "./state.ts";

/** Lifecycle and repository policies. */
export const policyHandlers: Handlers<typeof import("@aws-sdk/client-ecr"), CallContext> = {
  PutLifecyclePolicy({ repositoryName, lifecyclePolicyText }, context) {
    needRepository(context.store, repositoryName);
    checkLifecyclePolicy(lifecyclePolicyText);
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
    checkRepositoryPolicy(policyText);
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

/** A policy of a repository: who may do which of ECR's actions. It is the resource itself, and names none. https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html */
function checkRepositoryPolicy(policyText: string): void {
  const fail = () =>
    new AwsError(
      "InvalidParameterException",
      "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'",
    );
  for (const statement of readStatements(policyText, fail)) {
    const principal = statement["Principal"] ?? statement["NotPrincipal"];
    const actions = toList((statement["Action"] ?? statement["NotAction"]) as OneOrMany<string>);
    const isEcrs = (action: string) => /^(?:\*|ecr:[A-Za-z*?]+)$/i.test(action);
    const hasResource = "Resource" in statement || "NotResource" in statement;
    const isEffect = statement["Effect"] === "Allow" || statement["Effect"] === "Deny";
    if (
      !isEffect ||
      !isPrincipal(principal) ||
      actions.length === 0 ||
      !actions.every(isEcrs) ||
      hasResource
    )
      throw fail();
  }
}

function isPrincipal(value: unknown): boolean {
  if (value === "*") return true;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const named = Object.entries(value);
  const isNamed = ([kind, ids]: [string, unknown]) =>
    ["AWS", "Service", "Federated", "CanonicalUser"].includes(kind) &&
    [ids].flat().every((id) => typeof id === "string" && id !== "");
  return named.length > 0 && named.every(isNamed);
}

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
