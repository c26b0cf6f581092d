import { page } from "./pages.ts";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Handlers } from "../../protocol/typed.ts";
import { needKey } from "../kms/find.ts";
import { checkCallerKey, type HeldByKey } from "../kms/held-by-key.ts";
import { managedKeyArn } from "../kms/managed-keys.ts";
import { layTags, type TagRules } from "../kit/tags.ts";
import type { CallContext } from "../service.ts";
import { checkRegistry, needRepository } from "./faults.ts";
import { images, layers, repositories, type Repository } from "./state.ts";
import { exclusionFilters } from "./tag-mutability.ts";
import { mintPassword, TOKEN_MS } from "./tokens.ts";

type Ecr = typeof import("@aws-sdk/client-ecr");

/** `127.0.0.1:<port>/<name>`: Docker takes loopback for a plain-http registry, and nothing can be pushed to AWS by mistake. */
export function repositoryUri(context: Pick<CallContext, "settings">, name: string): string {
  return `${new URL(context.settings.endpoint).host}/${name}`;
}

/** The code and the first text are ECR's: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_TagResource.html */
const invalidTag = (message: string) => new AwsError("InvalidTagParameterException", message);
const TAG_CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html */
const TAG_RULES: TagRules = {
  check: ({ Key, Value }) => {
    if (Key === "" || Key.length > 128 || Value.length > 256)
      throw invalidTag(
        "An invalid parameter has been specified. Tag keys can have a maximum character length of 128 characters, and tag values can have a maximum length of 256 characters.",
      );
    if (!TAG_CHARACTERS.test(Key) || !TAG_CHARACTERS.test(Value))
      throw invalidTag(`The tag '${Key}' contains characters that tags cannot have.`);
  },
  reserved: (key) =>
    invalidTag(`The tag key '${key}' begins with 'aws:', which is reserved for AWS.`),
  twice: (key) => invalidTag(`The tag key '${key}' is given more than once.`),
  tooMany: () =>
    new AwsError(
      "TooManyTagsException",
      "The list of tags on the repository is over the limit. The maximum number of tags that can be applied to a repository is 50.",
    ),
};

/** Repositories, their policies, and the way into the registry. */
export const repositoryHandlers: Handlers<Ecr, CallContext> = {
  CreateRepository(input, context) {
    const name = input.repositoryName;
    const all = context.store.of(repositories);
    if (all.has(name)) {
      throw new AwsError(
        "RepositoryAlreadyExistsException",
        `The repository with name '${name}' already exists in the registry with id '${context.account}'`,
      );
    }
    const repository = all.put(name, {
      name,
      arn: `arn:aws:ecr:${context.region}:${context.account}:repository/${name}`,
      registryId: context.account,
      createdAt: context.clock.now(),
      imageTagMutability: input.imageTagMutability ?? "MUTABLE",
      imageTagMutabilityExclusionFilters: exclusionFilters(
        input.imageTagMutability ?? "MUTABLE",
        input.imageTagMutabilityExclusionFilters,
      ),
      scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false,
      encryptionType: input.encryptionConfiguration?.encryptionType ?? "AES256",
      kmsKey: ownKey(input, context) ?? managedKey(input, context),
      tags: layTags([], input.tags ?? [], TAG_RULES),
    });
    return { repository: describe(repository, context) };
  },

  DescribeRepositories(input, context) {
    const all = input.repositoryNames
      ? input.repositoryNames.map((name) => needRepository(context.store, name))
      : context.store.of(repositories).values();
    const size = input.repositoryNames ? all.length : input.maxResults;
    const { items, nextToken } = page(
      all,
      { nextToken: input.nextToken, maxResults: size },
      "repositories",
      ({ name }) => name,
    );
    return { repositories: items.map((repository) => describe(repository, context)), nextToken };
  },

  DeleteRepository(input, context) {
    const repository = needRepository(context.store, input.repositoryName);
    const mine = (each: { repositoryName: string }) => each.repositoryName === repository.name;
    const held = context.store.of(images).filter(mine);
    if (held.length > 0 && !input.force) {
      throw new AwsError(
        "RepositoryNotEmptyException",
        `The repository with name '${repository.name}' in registry with id '${context.account}' cannot be deleted because it still contains images`,
      );
    }
    for (const kind of [images, layers]) {
      const collection = context.store.of<{ repositoryName: string; digest: string }>(kind);
      for (const { digest } of collection.filter(mine))
        collection.delete(`${repository.name}@${digest}`);
    }
    context.store.of(repositories).delete(repository.name);
    return { repository: describe(repository, context) };
  },

  GetAuthorizationToken(input, context) {
    for (const registryId of input.registryIds ?? []) checkRegistry(context.store, { registryId });
    // The password is compared with wall time, as signatures are: a test's clock does not move it.
    const expiresAt = Date.now() + TOKEN_MS;
    const password = mintPassword(context.cloud, context, expiresAt);
    return {
      authorizationData: [
        {
          authorizationToken: Buffer.from(`AWS:${password}`).toString("base64"),
          expiresAt: new Date(expiresAt),
          proxyEndpoint: context.settings.endpoint,
        },
      ],
    };
  },

  PutImageTagMutability(input, context) {
    const repository = needRepository(context.store, input.repositoryName);
    context.store.of(repositories).patch(repository.name, {
      imageTagMutability: input.imageTagMutability,
      imageTagMutabilityExclusionFilters: exclusionFilters(
        input.imageTagMutability,
        input.imageTagMutabilityExclusionFilters,
      ),
    });
    return {
      registryId: context.account,
      repositoryName: repository.name,
      imageTagMutability: input.imageTagMutability,
      imageTagMutabilityExclusionFilters: input.imageTagMutabilityExclusionFilters,
    };
  },

  PutImageScanningConfiguration(input, context) {
    const repository = needRepository(context.store, input.repositoryName);
    const scanOnPush = input.imageScanningConfiguration?.scanOnPush ?? false;
    context.store.of(repositories).patch(repository.name, { scanOnPush });
    return {
      registryId: context.account,
      repositoryName: repository.name,
      imageScanningConfiguration: { scanOnPush },
    };
  },

  ListTagsForResource: ({ resourceArn }, context) => ({
    tags: [...byArn(context, resourceArn).tags],
  }),

  TagResource({ resourceArn, tags }, context) {
    const repository = byArn(context, resourceArn);
    context.store
      .of(repositories)
      .patch(repository.name, { tags: layTags(repository.tags, tags, TAG_RULES) });
    return {};
  },

  UntagResource({ resourceArn, tagKeys }, context) {
    const repository = byArn(context, resourceArn);
    context.store.of(repositories).patch(repository.name, {
      tags: repository.tags.filter(({ Key }) => !tagKeys.includes(Key)),
    });
    return {};
  },
};

/** KMS's own codes. */
const kmsCode = (fault: string) =>
  fault === "InvalidState" ? "KMSInvalidStateException" : `${fault}Exception`;

/** What ECR does in the name of who makes a repository. https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html */
const KEY_RIGHTS = ["DescribeKey", "CreateGrant", "RetireGrant"];

/**
 * The ARN of the key that a repository is to be under.
 * @throws AwsError `KmsException`, with what KMS says: the key is not there, disabled, or not for the caller
 */
function ownKey(
  { encryptionConfiguration }: { encryptionConfiguration?: { kmsKey?: string | undefined } },
  context: CallContext,
): string | undefined {
  const key = encryptionConfiguration?.kmsKey;
  if (key === undefined) return undefined;
  const { store, clock } = context;
  const held: HeldByKey = { store, clock, key, via: "ecr", code: kmsCode };
  try {
    checkCallerKey(context, held, KEY_RIGHTS);
    return needKey(held, key).arn;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const fields = { kmsError: error.code };
    throw new AwsError("KmsException", error.message, { fields });
  }
}

/** With KMS and no key named, ECR uses the account's own key `aws/ecr`, which has an ARN in each region. */
function managedKey(
  { encryptionConfiguration }: { encryptionConfiguration?: { encryptionType?: string } },
  { account, region }: CallContext,
): string | undefined {
  const type = encryptionConfiguration?.encryptionType;
  return type === undefined || type === "AES256"
    ? undefined
    : managedKeyArn("ecr", account, region);
}

function byArn(context: CallContext, arn: string): Readonly<Repository> {
  const name = arn.split(":repository/")[1];
  if (name === undefined) {
    throw new AwsError(
      "InvalidParameterException",
      `Invalid parameter at 'resourceArn' failed to satisfy constraint: 'Invalid ARN'`,
    );
  }
  const repository = needRepository(context.store, name);
  // Nothing crosses accounts and regions: an ARN of elsewhere names nothing here.
  if (repository.arn !== arn) return needRepository(context.store, arn);
  return repository;
}

function describe(repository: Readonly<Repository>, context: CallContext) {
  return {
    repositoryArn: repository.arn,
    registryId: repository.registryId,
    repositoryName: repository.name,
    repositoryUri: repositoryUri(context, repository.name),
    createdAt: new Date(repository.createdAt),
    imageTagMutability: repository.imageTagMutability as "MUTABLE",
    imageTagMutabilityExclusionFilters: repository.imageTagMutabilityExclusionFilters?.map(
      (each) => ({
        filterType: each.filterType as "WILDCARD",
        filter: each.filter,
      }),
    ),
    imageScanningConfiguration: { scanOnPush: repository.scanOnPush },
    encryptionConfiguration: {
      encryptionType: repository.encryptionType as "AES256",
      kmsKey: repository.kmsKey,
    },
  };
}
