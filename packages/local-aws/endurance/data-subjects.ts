import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  FilterLogEventsCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  BatchDeleteImageCommand,
  CreateRepositoryCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  ListImagesCommand,
} from "@aws-sdk/client-ecr";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { pushImage } from "../src/engine/scheduler/testing/push-tiny-image.ts";
import { tarOf } from "../attack/archive-corpus.ts";
import { collect, unless, type ClientConfig, type Subject } from "./subject.ts";

/** The events of one call. */
const EVENTS = 3;
/** How many sessions are looked at. */
const SESSIONS = 40;
const REPOSITORY = "kills";
const BUCKET = "kills";
const GROUP = { logGroupName: "kills" };
const STREAM = { ...GROUP, logStreamName: "s" };
const ROLE = "kills";

/** Makes what the subjects write into. */
export async function prepare(config: ClientConfig): Promise<void> {
  const logs = new CloudWatchLogsClient(config);
  await new S3Client(config).send(new CreateBucketCommand({ Bucket: BUCKET }));
  await new ECRClient(config).send(new CreateRepositoryCommand({ repositoryName: REPOSITORY }));
  await logs.send(new CreateLogGroupCommand(GROUP));
  await logs.send(new CreateLogStreamCommand(STREAM));
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }],
  };
  await new IAMClient(config).send(
    new CreateRoleCommand({ RoleName: ROLE, AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
}

/** Reads from the registry, at a path of the repository. */
type ReadFromRegistry = (path: string) => Promise<Buffer | undefined>;

const registryReader =
  (endpoint: string, authorization: string): ReadFromRegistry =>
  async (path) => {
    const url = `${endpoint}/v2/${REPOSITORY}/${path}`;
    const answer = await fetch(url, { headers: { authorization } });
    return answer.ok ? Buffer.from(await answer.arrayBuffer()) : undefined;
  };

/** What an image lacks; "" where it is whole. */
async function missingOf(tag: string, read: ReadFromRegistry): Promise<string> {
  const manifest = await read(`manifests/${tag}`);
  if (!manifest) return "its manifest";
  const { config, layers } = JSON.parse(manifest.toString()) as {
    config: { digest: string };
    layers: { digest: string }[];
  };
  for (const { digest } of [config, ...layers]) {
    const bytes = await read(`blobs/${digest}`);
    const actual = createHash("sha256")
      .update(bytes ?? "")
      .digest("hex");
    if (digest !== `sha256:${actual}`) return `the blob ${digest}`;
  }
  return "";
}

/** Images are files and rows: each blob that a manifest names is there, with its digest. */
export function ecrSubject(config: ClientConfig): Subject {
  const ecr = new ECRClient(config);
  return {
    service: "ecr",
    create: async (name) => {
      const bytes = gzipSync(await tarOf([{ name: "file", content: name.repeat(200) }]));
      const layers = [{ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", bytes }];
      const image = { repository: REPOSITORY, tag: name, layers, diffIds: [], config: {} };
      await pushImage(ecr, config.endpoint, image);
    },
    remove: async (imageTag) => {
      const imageIds = [{ imageTag }];
      await ecr.send(new BatchDeleteImageCommand({ repositoryName: REPOSITORY, imageIds }));
    },
    find: async () => {
      const { authorizationData } = await ecr.send(new GetAuthorizationTokenCommand({}));
      const authorization = `Basic ${authorizationData![0]!.authorizationToken!}`;
      const read = registryReader(config.endpoint, authorization);
      const images = await collect(async (nextToken) => {
        const listed = await ecr.send(
          new ListImagesCommand({
            repositoryName: REPOSITORY,
            nextToken,
            filter: { tagStatus: "TAGGED" },
          }),
        );
        return { items: listed.imageIds!, next: listed.nextToken };
      });
      const whole = images.map(async ({ imageTag }) => {
        return [imageTag!, await missingOf(imageTag!, read)] as const;
      });
      return new Map(await Promise.all(whole));
    },
  };
}

/** The events of one call are all there, or none. */
export function logsSubject(config: ClientConfig): Subject {
  const logs = new CloudWatchLogsClient(config);
  return {
    service: "logs",
    create: async (name) => {
      const timestamp = Date.now();
      const logEvents = Array.from({ length: EVENTS }, () => ({ timestamp, message: name }));
      await logs.send(new PutLogEventsCommand({ ...STREAM, logEvents }));
    },
    find: async () => {
      const counts = new Map<string, number>();
      const events = await collect(async (nextToken) => {
        const read = await logs.send(new FilterLogEventsCommand({ ...GROUP, nextToken }));
        return { items: read.events!, next: read.nextToken };
      });
      for (const { message } of events) counts.set(message!, (counts.get(message!) ?? 0) + 1);
      return new Map(
        [...counts].map(([name, count]) => [
          name,
          unless(count === EVENTS, `${count} of ${EVENTS}`),
        ]),
      );
    },
  };
}

/** Objects are files and rows: what is listed has the content that it was given. */
export function s3Subject(config: ClientConfig): Subject {
  const s3 = new S3Client(config);
  const bodyOf = (name: string) => name.repeat(2000);
  const missing = async (Key: string) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
    return unless((await Body!.transformToString()) === bodyOf(Key), "its content");
  };
  return {
    service: "s3",
    create: async (Key) => {
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: bodyOf(Key) }));
    },
    remove: async (Key) => {
      await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }));
    },
    find: async () => {
      const listed = await collect(async (ContinuationToken) => {
        const page = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET, ContinuationToken }));
        return { items: page.Contents ?? [], next: page.NextContinuationToken };
      });
      const whole = listed.map(async ({ Key }) => {
        const told = await missing(Key!).catch((error: Error) => error.message);
        return [Key!, told] as const;
      });
      return new Map(await Promise.all(whole));
    },
  };
}

/** A session: its keys sign calls. */
export type Sessions = Map<string, ClientConfig["credentials"] & { readonly sessionToken: string }>;

/** @param sessions the keys that were handed out, which nothing tells again */
export function stsSubject(config: ClientConfig, sessions: Sessions): Subject {
  const sts = new STSClient(config);
  return {
    service: "sts",
    create: async (RoleSessionName) => {
      const RoleArn = `arn:aws:iam::123456789012:role/${ROLE}`;
      const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName }));
      sessions.set(RoleSessionName, {
        accessKeyId: Credentials!.AccessKeyId!,
        secretAccessKey: Credentials!.SecretAccessKey!,
        sessionToken: Credentials!.SessionToken!,
      });
    },
    find: async () => {
      const all = [...sessions];
      const asked = all.slice(-SESSIONS).map(async ([name, credentials]) => {
        const caller = new STSClient({ ...config, credentials });
        const told = await caller.send(new GetCallerIdentityCommand({})).catch(() => undefined);
        caller.destroy();
        return [name, told?.Arn?.endsWith(`/${name}`) ?? false] as const;
      });
      const known = (await Promise.all(asked)).filter(([, isKnown]) => isKnown);
      // Those that are not asked any more were there when they were.
      const before = all.slice(0, -SESSIONS);
      return new Map([...before, ...known].map(([name]) => [name, ""]));
    },
  };
}
