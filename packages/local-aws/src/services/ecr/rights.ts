import type { RightsTable } from "../kit/rights.ts";
import type { CallContext } from "../service.ts";
import { repositories } from "./state.ts";

const repository = (
  { repositoryName, registryId }: { repositoryName: string; registryId?: string },
  { region, account }: CallContext,
) => `arn:aws:ecr:${region}:${registryId ?? account}:repository/${repositoryName}`;

/** What IAM has to allow who uses ECR. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html */
export const rights: RightsTable<CallContext> = {
  prefix: "ecr",
  resources: [
    [
      repository,
      "CreateRepository DeleteRepository PutImageTagMutability PutImageScanningConfiguration PutLifecyclePolicy GetLifecyclePolicy DeleteLifecyclePolicy SetRepositoryPolicy GetRepositoryPolicy DeleteRepositoryPolicy ListImages DescribeImages BatchGetImage BatchDeleteImage BatchCheckLayerAvailability PutImage",
    ],
    [
      (
        { repositoryNames = ["*"], ...input }: { repositoryNames?: string[]; registryId?: string },
        context: CallContext,
      ) =>
        repositoryNames.map((repositoryName) => repository({ ...input, repositoryName }, context)),
      "DescribeRepositories",
    ],
    [
      ({ resourceArn }: { resourceArn: string }) => resourceArn,
      "ListTagsForResource TagResource UntagResource",
    ],
  ],
  policyOf: (arn, { store }) => store.of(repositories).get(nameOf(arn))?.policyText,
  tagsOf: (arn, { store }) => store.of(repositories).get(nameOf(arn))?.tags,
};

const nameOf = (arn: string) => arn.slice(arn.indexOf("/") + 1);
