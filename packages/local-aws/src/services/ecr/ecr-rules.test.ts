import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  CreateRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  ListImagesCommand,
  PutImageCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
  SetRepositoryPolicyCommand,
  TagResourceCommand,
} from "@aws-sdk/client-ecr";
import * as kms from "@aws-sdk/client-kms";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { roleSession } from "../iam/testing/role-session.ts";
import { startTestCloud, type TestCloud } from "../../testing.ts";

let cloud: TestCloud;
let ecr: ECRClient;
beforeAll(async () => {
  cloud = await startTestCloud();
  ecr = new ECRClient(cloud.clientConfig);
});
afterAll(async () => {
  expect(cloud.errors).toEqual([]);
  await cloud.stop();
});

let count = 0;
async function repository(settings: object = {}): Promise<string> {
  const repositoryName = `rules/r${++count}`;
  await ecr.send(new CreateRepositoryCommand({ repositoryName, ...settings }));
  return repositoryName;
}

/** Puts an index that holds `manifests`; answers its digest. */
async function put(
  repositoryName: string,
  imageTag: string | undefined,
  note: string,
  manifests: readonly object[] = [],
): Promise<string> {
  const mediaType = "application/vnd.oci.image.index.v1+json";
  const imageManifest = JSON.stringify({
    schemaVersion: 2,
    mediaType,
    manifests,
    annotations: { note },
  });
  const { image } = await ecr.send(
    new PutImageCommand({ repositoryName, imageTag, imageManifest }),
  );
  return image!.imageId!.imageDigest!;
}

describe("a lifecycle policy", () => {
  const count = { tagStatus: "untagged", countType: "imageCountMoreThan", countNumber: 5 };
  const any = { ...count, tagStatus: "any" };
  const tagged = { ...count, tagStatus: "tagged" };
  const expire = { type: "expire" };
  const rule = (selection: object, rulePriority = 1, more: object = {}) => ({
    rulePriority,
    selection,
    action: expire,
    ...more,
  });
  const set = async (policy: object) =>
    ecr.send(
      new PutLifecyclePolicyCommand({
        repositoryName: await repository(),
        lifecyclePolicyText: JSON.stringify(policy).padEnd(100),
      }),
    );

  test.each<[string, object[]]>([
    ["a count", [rule(count, 1, { description: "d" })]],
    ["four wildcards", [rule({ ...tagged, tagPatternList: ["a*b*c*d*"] })]],
    ["prefixes, then any", [rule({ ...tagged, tagPrefixList: ["a"] }), rule(any, 2)]],
    [
      "the time since the push",
      [rule({ ...count, countType: "sinceImagePushed", countUnit: "days" })],
    ],
    [
      "the time since the last pull",
      [
        rule({
          ...count,
          countType: "sinceImagePulled",
          countUnit: "days",
          storageClass: "standard",
        }),
      ],
    ],
  ])("may go by %s", async (_what, rules) => {
    const { lifecyclePolicyText } = await set({ rules });
    expect(JSON.parse(lifecyclePolicyText!)).toEqual({ rules });
  });

  test.each<[string, object[], object?]>([
    [
      "a target of null",
      [rule(count, 1, { action: { type: "expire", targetStorageClass: null } })],
    ],
    ["a unit of null", [rule({ ...any, countUnit: null })]],
    ["a description of null", [rule(count, 1, { description: null })]],
    ["a unit beside a count", [rule({ ...count, countUnit: "days" })]],
    ["no unit beside a time", [rule({ ...count, countType: "sinceImagePulled" })]],
    ["prefixes of what has no tag", [rule({ ...count, tagPrefixList: ["a"] })]],
    ["an empty list of prefixes", [rule({ ...tagged, tagPrefixList: [] })]],
    ["numbers for prefixes", [rule({ ...tagged, tagPrefixList: [5] })]],
    ["no list of tags", [rule(tagged)]],
    ["two lists of tags", [rule({ ...tagged, tagPrefixList: ["a"], tagPatternList: ["b*"] })]],
    ["five wildcards", [rule({ ...tagged, tagPatternList: ["a*b*c*d*e*"] })]],
    ["any before others", [rule(any), rule(count, 2)]],
    ["two rules of one kind", [rule(count), rule(count, 2)]],
    ["two rules of one priority", [rule({ ...tagged, tagPrefixList: ["a"] }), rule(count)]],
    ["an unknown member", [rule(count, 1, { note: "x" })]],
    ["an unknown member of the selection", [rule({ ...count, note: "x" })]],
    ["an unknown member of the policy", [rule(count)], { note: "x" }],
    ["a count of 0", [rule({ ...count, countNumber: 0 })]],
    ["a count that is a text", [rule({ ...count, countNumber: "5" })]],
    ["another action", [rule(count, 1, { action: { type: "keep" } })]],
    ["a transition to nowhere", [rule(count, 1, { action: { type: "transition" } })]],
    ["a rule that is null", [null as unknown as object]],
    ["no rules", []],
  ])("with %s is refused in ECR's words", async (_what, rules, more = {}) => {
    await expect(set({ rules, ...more })).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: expect.stringMatching(
        /^Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure: /,
      ),
    });
  });

  test("that archives is refused by name", async () => {
    const action = { type: "transition", targetStorageClass: "archive" };
    const pulled = { ...count, countType: "sinceImagePulled", countUnit: "days" };
    await expect(set({ rules: [rule(pulled, 1, { action })] })).rejects.toThrow(
      "archive is not implemented by Local AWS",
    );
  });
});

describe("tags that cannot move", () => {
  const filters = (...names: string[]) =>
    names.map((filter) => ({ filterType: "WILDCARD" as const, filter }));
  const both = async (mode: string, ...names: string[]) => {
    const name = await repository({
      imageTagMutability: mode,
      imageTagMutabilityExclusionFilters: filters(...names),
    });
    const moved: string[] = [];
    for (const tag of ["latest", "v1"]) {
      await put(name, tag, `${tag} one`);
      await put(name, tag, `${tag} two`).then(
        () => moved.push(tag),
        (error: Error) => expect(error.name).toBe("ImageTagAlreadyExistsException"),
      );
    }
    return moved;
  };

  test("are all but those that a filter names, or those alone", async () => {
    expect(await both("IMMUTABLE_WITH_EXCLUSION", "lat*")).toEqual(["latest"]);
    expect(await both("MUTABLE_WITH_EXCLUSION", "v*")).toEqual(["latest"]);
  });

  test.each<[string, string, string[]]>([
    ["filters without exclusion", "IMMUTABLE", ["a"]],
    ["exclusion without filters", "MUTABLE_WITH_EXCLUSION", []],
    ["three wildcards", "IMMUTABLE_WITH_EXCLUSION", ["a*b*c*"]],
  ])("are not said by %s", async (_what, imageTagMutability, names) => {
    const settings = {
      imageTagMutability: imageTagMutability as "MUTABLE",
      imageTagMutabilityExclusionFilters: names.length > 0 ? filters(...names) : undefined,
    };
    const refused = { name: "InvalidParameterException" };
    await expect(repository(settings)).rejects.toMatchObject(refused);
    const repositoryName = await repository();
    await expect(
      ecr.send(new PutImageTagMutabilityCommand({ repositoryName, ...settings })),
    ).rejects.toMatchObject(refused);
  });
});

test("an image that cannot be had is told by its own code", async () => {
  const repositoryName = await repository();
  const a = await put(repositoryName, "a", "a");
  const b = await put(repositoryName, "b", "b");
  const unknown = `sha256:${"0".repeat(64)}`;
  const imageIds = [
    {},
    { imageDigest: "sha256:zz" },
    { imageTag: "-no" },
    { imageTag: "a", imageDigest: b },
    { imageTag: "a", imageDigest: unknown },
    { imageTag: "c" },
    { imageDigest: unknown },
    { imageTag: "c", imageDigest: unknown },
  ];
  const codes = [
    "MissingDigestAndTag",
    "InvalidImageDigest",
    "InvalidImageTag",
    "ImageTagDoesNotMatchDigest",
    "ImageTagDoesNotMatchDigest",
    "ImageNotFound",
    "ImageNotFound",
    "ImageNotFound",
  ];
  for (const Command of [BatchGetImageCommand, BatchDeleteImageCommand]) {
    const { failures } = await ecr.send(new Command({ repositoryName, imageIds }));
    expect(failures!.map(({ failureCode }) => failureCode)).toEqual(codes);
    expect(failures!.map(({ imageId }) => imageId)).toEqual(imageIds);
  }
  const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName }));
  expect(imageDetails!.map(({ imageDigest }) => imageDigest).sort()).toEqual([a, b].sort());
});

test("an image that an index holds stays as long as the index does", async () => {
  const repositoryName = await repository();
  const held = await put(repositoryName, undefined, "held");
  const index = await put(repositoryName, "list", "index", [
    { mediaType: "application/vnd.oci.image.index.v1+json", digest: held, size: 10 },
  ]);
  const remove = (imageDigest: string) =>
    ecr.send(new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageDigest }] }));
  expect((await remove(held)).failures).toEqual([
    {
      imageId: { imageDigest: held },
      failureCode: "ImageReferencedByManifestList",
      failureReason: `Requested image referenced by manifest list: [${index}]`,
    },
  ]);
  expect((await remove(index)).failures).toEqual([]);
  expect((await remove(held)).failures).toEqual([]);
});

test("no operation acts for the registry of another account", async () => {
  const repositoryName = await repository();
  const other = { repositoryName, registryId: "999999999999" };
  const calls = [
    new ListImagesCommand(other),
    new DescribeImagesCommand(other),
    new PutImageTagMutabilityCommand({ ...other, imageTagMutability: "IMMUTABLE" }),
    new PutImageCommand({ ...other, imageManifest: "{}" }),
  ];
  for (const call of calls)
    await expect(ecr.send(call as ListImagesCommand)).rejects.toMatchObject({
      name: "RepositoryNotFoundException",
      message: `The repository with name '${repositoryName}' does not exist in the registry with id '999999999999'`,
    });
});

test.each<[string, unknown]>([
  ["no JSON", "{"],
  ["no statement", { Version: "2012-10-17" }],
  ["no principal", { Statement: { Effect: "Allow", Action: "ecr:*" } }],
  ["an unknown effect", { Statement: { Effect: "Maybe", Principal: "*", Action: "ecr:*" } }],
  ["another service's action", { Statement: { Effect: "Allow", Principal: "*", Action: "s3:*" } }],
  [
    "a resource",
    { Statement: { Effect: "Allow", Principal: "*", Action: "ecr:*", Resource: "*" } },
  ],
])("a repository policy of %s is refused", async (_what, policy) => {
  const policyText = typeof policy === "string" ? policy : JSON.stringify(policy);
  await expect(
    ecr.send(new SetRepositoryPolicyCommand({ repositoryName: await repository(), policyText })),
  ).rejects.toMatchObject({
    name: "InvalidParameterException",
    message:
      "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'",
  });
});

test("a repository under KMS has the account's own key where it names none", async () => {
  const name = await repository({ encryptionConfiguration: { encryptionType: "KMS" } });
  const { repositories } = await ecr.send(
    new DescribeRepositoriesCommand({ repositoryNames: [name] }),
  );
  expect(repositories![0]!.encryptionConfiguration).toEqual({
    encryptionType: "KMS",
    kmsKey: expect.stringMatching(/^arn:aws:kms:[a-z0-9-]+:\d{12}:key\/[0-9a-f-]{36}$/),
  });
});

test("a repository is under a key alone that is there, enabled, and for its maker to give on", async () => {
  const keys = new kms.KMSClient(cloud.clientConfig);
  const under = (kmsKey: string) =>
    repository({ encryptionConfiguration: { encryptionType: "KMS", kmsKey } });
  const { KeyMetadata } = await keys.send(new kms.CreateKeyCommand({}));
  const { KeyId, Arn } = KeyMetadata!;
  const { repositories } = await ecr.send(
    new DescribeRepositoriesCommand({ repositoryNames: [await under(KeyId!)] }),
  );
  expect(repositories![0]!.encryptionConfiguration).toMatchObject({ kmsKey: Arn });
  await expect(under("01234567-89ab-cdef-0123-456789abcdef")).rejects.toMatchObject({
    name: "KmsException",
    kmsError: "NotFoundException",
  });
  const may = { Effect: "Allow", Action: "ecr:*", Resource: "*" };
  const maker = new ECRClient((await roleSession(cloud, "maker", may)).clientConfig);
  const command = new CreateRepositoryCommand({
    repositoryName: "of-maker",
    encryptionConfiguration: { encryptionType: "KMS", kmsKey: Arn },
  });
  await expect(maker.send(command)).rejects.toMatchObject({
    name: "KmsException",
    message: expect.stringContaining("not authorized to perform: kms:DescribeKey"),
  });
  await keys.send(new kms.DisableKeyCommand({ KeyId }));
  await expect(under(Arn!)).rejects.toMatchObject({ kmsError: "DisabledException" });
  for (const each of [keys, maker]) each.destroy();
});

describe("tags of a repository", () => {
  const tags = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: "v" }));

  test.each<[name: string, tags: { Key: string; Value: string }[]]>([
    ["InvalidTagParameterException", [{ Key: "aws:x", Value: "v" }]],
    ["InvalidTagParameterException", [{ Key: "k".repeat(129), Value: "v" }]],
    ["InvalidTagParameterException", [{ Key: "k", Value: "v".repeat(257) }]],
    ["InvalidTagParameterException", [{ Key: "a?", Value: "v" }]],
    ["InvalidTagParameterException", [...tags(1), ...tags(1)]],
    ["TooManyTagsException", tags(51)],
  ])("are refused: %s %j", async (name, given) => {
    await expect(repository({ tags: given })).rejects.toMatchObject({ name });
    const { repositories } = await ecr.send(
      new DescribeRepositoriesCommand({ repositoryNames: [await repository()] }),
    );
    const resourceArn = repositories![0]!.repositoryArn!;
    await expect(
      ecr.send(new TagResourceCommand({ resourceArn, tags: given })),
    ).rejects.toMatchObject({ name });
  });

  test("are fifty together with those that it has", async () => {
    const { repositories } = await ecr.send(
      new DescribeRepositoriesCommand({ repositoryNames: [await repository({ tags: tags(50) })] }),
    );
    const resourceArn = repositories![0]!.repositoryArn!;
    await ecr.send(new TagResourceCommand({ resourceArn, tags: tags(2) }));
    await expect(
      ecr.send(new TagResourceCommand({ resourceArn, tags: [{ Key: "more", Value: "" }] })),
    ).rejects.toMatchObject({ name: "TooManyTagsException" });
  });
});
