import { Readable } from "node:stream";
import type { ExecuteCommandConfiguration } from "@aws-sdk/client-ecs";
import { lastPart } from "../../ground/arn.ts";
import { AwsError } from "../../protocol/aws-error.ts";
import {
  clusters,
  taskDefinitions,
  tasks,
  type ExecSession,
  type Task,
} from "../../services/ecs/state.ts";
import { rolesOf } from "../../services/ecs/task-roles.ts";
import { findRole, isAllowed } from "../../services/iam/authorize.ts";
import { groupArn } from "../../services/logs/find.ts";
import { objectWriteHandlers } from "../../services/s3/object-writes.ts";
import { buckets } from "../../services/s3/state.ts";
import type { Scope } from "../../store/store.ts";
import { inSession } from "../acting-role.ts";
import type { EngineContext } from "../engine.ts";
import type { CloudWatchLogRouter } from "../logs/log-router.ts";

/** Where the record of a session goes. */
interface Places {
  readonly group?: { readonly name: string; readonly region: string };
  readonly bucket?: { readonly name: string; readonly prefix: string };
}

/** Most of what a session writes that is kept for its record. */
const MOST_BYTES = 16 * 1024 * 1024;

/** What moves a terminal's cursor or paints it, and says nothing. https://www.xfree86.org/current/ctlseqs.html */
const CONTROL_SEQUENCES =
  // oxlint-disable-next-line no-control-regex -- they begin with one
  /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[()][0-9A-Za-z]|[ -/]*[0-~])|[\u0000-\u0008\u000B-\u001A]/g;

export interface SessionLogParts {
  readonly context: EngineContext;
  readonly router: CloudWatchLogRouter;
}

/** What one session has written, for where the cluster keeps its sessions' records. */
export class SessionLog {
  readonly #parts: SessionLogParts;
  readonly #scope: Scope;
  readonly #session: ExecSession;
  readonly #places: Places;
  readonly #written: Buffer[] = [];
  #size = 0;

  constructor(parts: SessionLogParts, scope: Scope, session: ExecSession) {
    this.#parts = parts;
    this.#scope = scope;
    this.#session = session;
    this.#places = placesOf(scope, session);
  }

  record(data: Buffer): void {
    if (this.#size >= MOST_BYTES || Object.keys(this.#places).length === 0) return;
    this.#size += data.length;
    this.#written.push(data);
  }

  /**
   * Delivers the record, as what the task's own role may write; what it may not, and what has no place, is left out, as by AWS's agent.
   * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-logging
   */
  async close(): Promise<void> {
    if (this.#size === 0) return;
    const text = Buffer.concat(this.#written).toString("utf8").replaceAll(CONTROL_SEQUENCES, "");
    const { group, bucket } = this.#places;
    if (group) await this.#toGroup(group, text);
    if (bucket) await this.#toBucket(bucket, text);
  }

  async #toGroup({ name, region }: { name: string; region: string }, text: string): Promise<void> {
    const { account } = this.#scope;
    const resource = `${groupArn({ account, region }, name)}:*`;
    if (!this.#may("logs:CreateLogStream", resource) || !this.#may("logs:PutLogEvents", resource))
      return;
    const { context, router } = this.#parts;
    const at = { account, region, group: name, stream: this.#session.id };
    const sink = await this.#unlessRefused(async () => router.openStream(at));
    if (!sink) return;
    for (const line of text.split("\n")) await sink.write("stdout", line, context.clock.now());
    await sink.close();
  }

  async #toBucket({ name, prefix }: { name: string; prefix: string }, text: string): Promise<void> {
    const key = `${prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`}${this.#session.id}.log`;
    if (!this.#may("s3:PutObject", `arn:aws:s3:::${name}/${key}`)) return;
    const { context } = this.#parts;
    const { account } = this.#scope;
    const home = context.store.all(buckets).find((each) => each.has(name));
    const role = findRole(context.store, account, this.#role ?? "");
    if (!home || !role) return;
    const task = lastPart(this.#session.taskArn);
    const caller = inSession(context, context.store.scope(account, home.place.region), role, task);
    const body = Readable.from([Buffer.from(text)]);
    await this.#unlessRefused(async () => {
      await objectWriteHandlers.PutObject!(
        { Bucket: name, Key: key, Body: body as never, ContentType: "text/plain" },
        caller,
      );
    });
  }

  /** What AWS refuses is not there; nobody is told, as on AWS. */
  async #unlessRefused<T>(write: () => Promise<T>): Promise<T | undefined> {
    try {
      return await write();
    } catch (error) {
      if (
        !(error instanceof AwsError) &&
        !(error instanceof Error && error.name === "LoggerArgsError")
      )
        throw error;
      const { logger } = this.#parts.context;
      logger.info(`the record of ${this.#session.id} was refused: ${error.message}`);
      return undefined;
    }
  }

  get #role(): string | undefined {
    const task = this.#scope.of(tasks).get(this.#session.taskArn);
    const definition = task && this.#scope.of(taskDefinitions).get(task.taskDefinitionArn);
    return definition && rolesOf(definition, task.overrides).taskRoleArn;
  }

  #may(action: string, resource: string): boolean {
    const role = this.#role;
    const { store } = this.#parts.context;
    return role !== undefined && isAllowed(store, this.#scope.account, role, action, resource);
  }
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommandConfiguration.html */
function placesOf(scope: Scope, { taskArn, container }: ExecSession): Places {
  const task = scope.of(tasks).get(taskArn);
  const cluster = task && scope.of(clusters).get(task.clusterArn);
  if (!cluster) return {};
  const configuration: ExecuteCommandConfiguration =
    cluster.configuration?.executeCommandConfiguration ?? {};
  switch (configuration.logging ?? "DEFAULT") {
    case "NONE":
      return {};
    case "OVERRIDE": {
      const given = configuration.logConfiguration ?? {};
      const {
        cloudWatchLogGroupName: name,
        s3BucketName: bucket,
        s3KeyPrefix: prefix = "",
      } = given;
      return {
        ...(name && { group: { name, region: scope.region } }),
        ...(bucket && { bucket: { name: bucket, prefix } }),
      };
    }
    default: {
      const name = groupOf(scope, task, container);
      return name === undefined ? {} : { group: name };
    }
  }
}

/** Where the container's own lines go. */
function groupOf(scope: Scope, task: Readonly<Task>, container: string): Places["group"] {
  const definition = scope
    .of(taskDefinitions)
    .get(task.taskDefinitionArn)
    ?.containerDefinitions.find(({ name }) => name === container);
  const { logDriver, options = {} } = definition?.logConfiguration ?? {};
  const name = options["awslogs-group"];
  if (logDriver !== "awslogs" || name === undefined) return undefined;
  return { name, region: options["awslogs-region"] ?? scope.region };
}
