import { randomUUID } from "node:crypto";
import { text } from "node:stream/consumers";
import type { ContainerDefinition, ContainerOverride } from "@aws-sdk/client-ecs";
import { variablesOf, type PulledImage } from "../images/puller.ts";
import { parseArn } from "../../ground/arn.ts";
import type { TaskDefinition } from "../../services/ecs/state.ts";
import { rolesOf } from "../../services/ecs/task-roles.ts";
import { TEXTS } from "../../services/ecs/texts.ts";
import { roleRefusal } from "../../services/iam/authorize.ts";
import { Blobs } from "../../services/s3/blobs.ts";
import { buckets, objects } from "../../services/s3/state.ts";
import type { EngineContext } from "../engine.ts";
import { endpointUsed } from "../network/reachability.ts";
import { TaskFault } from "./task-faults.ts";
import type { TaskRecord } from "./task-store.ts";

type Variables = Readonly<Record<string, string>>;
/** By container name. */
export type VariablesOf = ReadonlyMap<string, Variables>;

/** What a container's environment is put together from. */
export interface EnvironmentSources {
  readonly image: PulledImage;
  readonly definition: ContainerDefinition;
  readonly override: ContainerOverride | undefined;
  /** What its environment files say. */
  readonly files: Variables;
  /** What its secrets stand for. */
  readonly secrets: Variables;
  /** What the task metadata service gives. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly region: string;
  /** The launch type. */
  readonly on: string;
  /** The front door: SDKs in a container find this cloud by it, unless the definition says otherwise. */
  readonly endpoint: string;
}

/**
 * A container's whole environment. Later sources win: this cloud's address, the image, environment files, the definition, secrets, the
 * override, ECS.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html
 */
export function environmentOf(sources: EnvironmentSources): Record<string, string> {
  const { image, definition, override, files, secrets, metadata, region, endpoint } = sources;
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    ...variablesOf(image),
    ...files,
    ...toRecord(definition.environment),
    ...secrets,
    ...toRecord(override?.environment),
    AWS_EXECUTION_ENV: sources.on === "EC2" ? "AWS_ECS_EC2" : "AWS_ECS_FARGATE",
    ...metadata,
  };
}

const toRecord = (pairs: readonly { name?: string; value?: string }[] = []) =>
  Object.fromEntries(pairs.map(({ name = "", value = "" }) => [name, value]));

interface Asked {
  readonly context: EngineContext;
  readonly record: TaskRecord;
}

/**
 * Reads the environment files of a task's containers from S3, as the execution role may. Files of an override stand in for those of the
 * definition. There is a way to S3, because images have come from there or from farther away.
 * @throws TaskFault
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/use-environment-file.html
 */
export async function readEnvironmentFiles(asked: Asked): Promise<VariablesOf> {
  const { definition } = asked.record;
  const read = new Map<string, Variables>();
  for (const { name = "", environmentFiles = [] } of definition.containerDefinitions) {
    const override = overrideOf(asked.record, name)?.environmentFiles;
    const files = override?.length ? override : environmentFiles;
    const all: Variables[] = [];
    for (const { value = "" } of files)
      all.push(parse(await readObject(asked, value, TEXTS.environmentFileRefused)));
    // Of a variable that is in several files, the first has it.
    read.set(name, Object.assign({}, ...all.toReversed()) as Variables);
  }
  return read;
}

const overrideOf = ({ task }: TaskRecord, container: string) =>
  task.overrides.containerOverrides?.find(({ name }) => name === container);

/** Lines `NAME=value` as they are, quotes and spaces with them; what begins with `#` or has no `=` or no name is none. */
function parse(file: string): Variables {
  const pairs = file.split(/\r?\n/).flatMap((line) => {
    const at = line.indexOf("=");
    return at < 1 || line.startsWith("#") ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
  });
  return Object.fromEntries(pairs);
}

/** How S3 refuses an object: its error, the status of the answer, and the request's id. */
export type ObjectRefusal = (why: {
  readonly what: string;
  readonly status: number;
  readonly requestId: string;
}) => string;

/** Reads an object of S3 by its ARN, as the execution role may. @throws TaskFault in the words that `words` gives */
export async function readObject(
  { context, record }: Asked,
  arn: string,
  words: ObjectRefusal,
): Promise<string> {
  const { store, settings } = context;
  const { scope, task } = record;
  const eni = task.networkInterfaceId;
  const { resource = "" } = parseArn(arn) ?? {};
  const [bucketName = "", ...rest] = resource.split("/");
  const key = rest.join("/");
  const home = store.all(buckets).find((each) => each.has(bucketName));
  const bucket = home?.get(bucketName);
  const policy = bucket?.settings["policy"];
  const may = (action: string, on: string) => {
    const { executionRoleArn: roleArn } = rolesOf(
      record.definition as TaskDefinition,
      task.overrides,
    );
    if (roleArn === undefined) return false;
    const endpoint = eni === undefined ? undefined : endpointUsed(scope, eni, "s3")?.PolicyDocument;
    const resourcePolicy = typeof policy === "string" ? policy : undefined;
    const request = {
      roleArn,
      region: scope.region,
      action,
      on,
      endpoint,
      resource: resourcePolicy,
    };
    return roleRefusal(store, scope.account, request) === undefined;
  };
  const refused = (what: string, status: number) =>
    new TaskFault(words({ what, status, requestId: randomUUID().slice(0, 16) }));
  const place = arn.slice(0, arn.indexOf(bucketName) + bucketName.length);
  if (!may("s3:GetBucketLocation", place) || !may("s3:GetObject", arn))
    throw refused("AccessDenied: Access Denied", 403);
  if (!home || !bucket) throw refused("NoSuchBucket: The specified bucket does not exist", 404);
  const object = store
    .of(objects, home.place.account, home.place.region)
    .get(`${bucketName}/${key}`);
  const version = object?.versions[0];
  if (version?.blob === undefined)
    throw refused("NoSuchKey: The specified key does not exist.", 404);
  return text(new Blobs(settings.dataDir).read(version.blob, version.size));
}
