import type { RightsTable } from "../kit/rights.ts";
import { defineService, type AnyHandler, type CallContext } from "../service.ts";
import { taggedKind, tagsByArn } from "../kit/tagging.ts";
import type { Members } from "../kit/members.ts";
import { checkRegistry } from "./faults.ts";
import { imageHandlers, imageWriteHandlers } from "./images.ts";
import { policyHandlers } from "./policies.ts";
import { repositoryHandlers } from "./repositories.ts";
import { repositories } from "./state.ts";

const repository = (
  { repositoryName, registryId }: { repositoryName: string; registryId?: string },
  { region, account }: CallContext,
) => `arn:aws:ecr:${region}:${registryId ?? account}:repository/${repositoryName}`;

/** What IAM has to allow who uses ECR. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html */
const rights: RightsTable<CallContext> = {
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

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Operations.html */
const members: Members = {
  refused: {},
  meaningless: [
    {
      why: [
        "Policies do not keep anyone from setting the next one here.",
        "ここでは、ポリシーのために次のポリシーを設定できなくなることはありません。",
      ],
      members: { SetRepositoryPolicyRequest: "force" },
    },
  ],
  usedIn: {
    "faults.ts": { "*": "registryId" },
    "images.ts": { DescribeImagesFilter: "imageStatus tagStatus" },
  },
};

/** Amazon ECR's control plane; images go in and out through the registry under `/v2/`. */
export const service = defineService({
  id: "ecr",
  rights,
  fault: "ServerException",
  members,
  tagging: {
    kinds: [taggedKind(repositories)],
    ...tagsByArn(["resourceArn", "tags", "tagKeys"]),
  },
  handlers: inOwnRegistry({ ...repositoryHandlers, ...policyHandlers, ...imageHandlers }),
  streaming: inOwnRegistry(imageWriteHandlers),
});

/** Every operation may name a registry, and acts on the caller's alone. */
function inOwnRegistry(handlers: Readonly<Record<string, AnyHandler>>): Record<string, AnyHandler> {
  const checked = ([operation, handler]: [string, AnyHandler]): [string, AnyHandler] => [
    operation,
    (input, context) => {
      checkRegistry(context.store, input);
      return handler(input, context);
    },
  ];
  return Object.fromEntries(Object.entries(handlers).map(checked));
}
