import { buffer } from "node:stream/consumers";
import type { Readable } from "node:stream";
import { strToU8, zipSync } from "fflate";
import { AwsError } from "../../../protocol/aws-error.ts";
import { connections } from "../../../services/codeconnections/state.ts";
import { Repository } from "../../repositories/git.ts";
import { ActionFault, calling, isDenied, roleLacks } from "../action-fault.ts";
import type { Outcome, Work } from "../work.ts";

/**
 * Takes a commit of a repository of this machine, by a connection that may be used.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html
 * @throws ActionFault
 */
export async function takeCommit(work: Work): Promise<Outcome> {
  const fullName = work.setting("FullRepositoryId");
  await requireConnection(work, work.setting("ConnectionArn"), fullName);
  const { settings } = work.calls.caller;
  const repository = Repository.find(settings.dataDir, fullName);
  if (!repository)
    throw new ActionFault("ConfigurationError", `[GitHub] No repository [${fullName}] found`);
  const { override } = work;
  const branch = override?.branch ?? work.setting("BranchName");
  const id = await repository.resolve(override?.revisionValue ?? `refs/heads/${branch}`);
  if (id === undefined) throw notFound(override?.revisionValue, branch, fullName);
  const commit = await repository.commit(id);
  await work.write(await repository.archive(id));
  return {
    kind: "done",
    variables: {
      AuthorDate: new Date(commit.authoredAt).toISOString().replace(/\.\d+Z$/, "Z"),
      AuthorDisplayName: commit.authorName,
      AuthorEmail: commit.authorEmail,
      AuthorId: commit.authorName,
      BranchName: branch,
      CommitId: commit.id,
      CommitMessage: commit.message,
      ConnectionArn: work.setting("ConnectionArn"),
      FullRepositoryName: fullName,
    },
    revision: {
      id: commit.id,
      summary: JSON.stringify({ ProviderType: "GitHub", CommitMessage: commit.message }),
      url: `https://github.com/${fullName}/commit/${commit.id}`,
      createdAt: commit.authoredAt,
    },
  };
}

/** Those of the branch are seen in public logs of AWS; those of a commit are unverified. */
const notFound = (commit: string | undefined, branch: string, fullName: string) =>
  new ActionFault(
    "ConfigurationError",
    commit === undefined
      ? `[GitHub] No Branch [${branch}] found for FullRepositoryName [${fullName}]`
      : `[GitHub] No Commit [${commit}] found for FullRepositoryName [${fullName}]`,
  );

/** Policies of either name of the service are heeded. https://docs.aws.amazon.com/codepipeline/latest/userguide/troubleshooting.html#troubleshooting-connections */
async function requireConnection({ calls }: Work, arn: string, fullName: string): Promise<void> {
  const { caller } = calls;
  const asked = ["codestar-connections", "codeconnections"].map(async (prefix) => {
    const keys = { [`${prefix}:FullRepositoryId`]: fullName };
    try {
      await calls.require("s3", { action: `${prefix}:UseConnection`, on: [arn], keys });
      return undefined;
    } catch (error) {
      if (!isDenied(error)) throw error;
      return error;
    }
  });
  const refusals = await Promise.all(asked);
  const refusal = refusals.every((it) => it !== undefined) ? refusals[0] : undefined;
  if (refusal)
    throw new ActionFault(
      "PermissionError",
      `Unable to use Connection: ${arn}. The provided role does not have sufficient permissions.`,
      refusal,
    );
  const connection = caller.store.of(connections).get(arn);
  if (connection?.status === "AVAILABLE") return;
  throw new ActionFault(
    "ConfigurationError",
    connection
      ? `Unable to use Connection: ${arn}. The connection is in the status ${connection.status}.`
      : `Unable to use Connection: ${arn}. The connection does not exist.`,
  );
}

/** A file in the ZIP is as old as the image: the same image makes the same artifact. */
const packed = (file: string, content: string, at: number) =>
  zipSync({ [file]: [strToU8(content), { mtime: Math.max(at, Date.UTC(1980, 0, 2)) }] });

/**
 * Takes an image of a repository, and says in `imageDetail.json` which.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECR.html
 * @throws ActionFault
 */
export async function takeImage(work: Work): Promise<Outcome> {
  const { calls } = work;
  const repositoryName = work.setting("RepositoryName");
  const imageTag = work.setting("ImageTag") || "latest";
  const { override } = work;
  const imageId = override ? { imageDigest: override.revisionValue! } : { imageTag };
  const { image, uri } = await calling(
    async () => {
      const { repositories } = await calls.call("ecr", "DescribeRepositories", {
        repositoryNames: [repositoryName],
      });
      const { imageDetails } = await calls.call("ecr", "DescribeImages", {
        repositoryName,
        imageIds: [imageId],
      });
      return { image: imageDetails?.[0], uri: repositories?.[0]?.repositoryUri ?? "" };
    },
    roleLacks("Amazon ECR image repository named", repositoryName),
  );
  if (!image)
    throw new ActionFault(
      "ConfigurationError",
      `No image ${imageTag} in the repository ${repositoryName}.`,
    );
  const digest = image.imageDigest!;
  const detail = {
    ImageSizeInBytes: String(image.imageSizeInBytes ?? 0),
    ImageDigest: digest,
    Version: "1.0",
    ImagePushedAt: String(image.imagePushedAt),
    RegistryId: image.registryId,
    RepositoryName: repositoryName,
    ImageURI: `${uri}@${digest}`,
    ImageTags: image.imageTags ?? [],
  };
  await work.write(
    packed("imageDetail.json", JSON.stringify(detail), Number(image.imagePushedAt ?? 0)),
  );
  return {
    kind: "done",
    variables: {
      ImageDigest: digest,
      ImageTag: imageTag,
      ImageURI: detail.ImageURI,
      RegistryId: image.registryId ?? "",
      RepositoryName: repositoryName,
    },
    revision: { id: digest, summary: imageTag, createdAt: Number(image.imagePushedAt ?? work.now) },
  };
}

/**
 * Takes a version of an object, which has to be a ZIP that a bucket keeps versions of.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html
 * @throws ActionFault
 */
export async function takeObject(work: Work): Promise<Outcome> {
  const { calls } = work;
  const Bucket = work.setting("S3Bucket");
  const { override } = work;
  const isKey = override?.revisionType === "S3_OBJECT_KEY";
  const Key = isKey ? override.revisionValue! : work.setting("S3ObjectKey");
  const VersionId = isKey ? undefined : override?.revisionValue;
  try {
    const { Status } = await calls.call("s3", "GetBucketVersioning", { Bucket });
    if (Status !== "Enabled")
      throw new ActionFault(
        "ConfigurationError",
        `The S3 bucket ${Bucket} does not keep versions: versioning must be enabled on the bucket of a source action.`,
      );
    const found = await calls.call("s3", "GetObject", {
      Bucket,
      Key,
      ...(VersionId !== undefined && { VersionId }),
    });
    await work.write(await buffer(found.Body as Readable));
    const id = found.VersionId ?? "null";
    const etag = (found.ETag ?? "").replaceAll('"', "");
    return {
      kind: "done",
      variables: { BucketName: Bucket, ETag: etag, ObjectKey: Key, VersionId: id },
      revision: {
        id,
        summary: `Amazon S3 version id: ${id}`,
        createdAt: Number(found.LastModified ?? work.now),
      },
    };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw isDenied(error) ? denied(Bucket, error) : missing(Bucket, Key, error);
  }
}

const denied = (bucket: string, error: AwsError) =>
  new ActionFault(
    "PermissionError",
    `The service role or action role doesn’t have the permissions required to access the Amazon S3 bucket named ${bucket}. Update the IAM role permissions, and then try again. Error: ${error.message}`,
    error,
  );

const missing = (bucket: string, key: string, error: AwsError) =>
  new ActionFault(
    "ConfigurationError",
    `The object with key '${key}' in the Amazon S3 bucket '${bucket}' cannot be read: ${error.message}`,
    error,
  );
