import { randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { lastPart } from "../../ground/arn.ts";
import { sendJson, type Mount } from "../../ground/http.ts";
import { instanceOf } from "../../services/ecs/task-place.ts";
import { answerAgent, type AgentParts } from "./agent-api.ts";
import type { TaskDriver } from "../runtime/driver.ts";
import type { MetadataRegistration, MetadataRegistry, MetadataTask } from "./metadata-registry.ts";
import { revokeCredentials, roleCredentials, type TaskSession } from "./role-credentials.ts";
import { statsDocument, takeSample, type Sample } from "./stats.ts";
import {
  containerDocument,
  findTask,
  tagsDocument,
  taskDocument,
  type KnownTask,
} from "./task-document.ts";

const PREFIX = "/_task/";
/** `<token>/v4/<container>[/…]`, `<token>/credentials`, `<token>/api/<container>/…`. */
const PATH =
  /^\/_task\/([\w-]+)\/(?:(v[34])\/([\w-]+)(\/[\w/]*)?|(credentials)|api\/[\w-]+(\/[\w/-]*))$/;

interface Registered {
  readonly task: MetadataTask;
  readonly session: TaskSession | undefined;
  readonly registration: MetadataRegistration;
  /** What the credentials' reader has to show. */
  readonly authorization: string;
  /** By container: its last reading. */
  readonly samples: Map<string, Sample>;
}

export interface TaskEndpointsParts extends AgentParts {
  readonly driver: Pick<TaskDriver, "usage">;
  /** Tasks have a network of their own, in which the endpoint is where AWS has it. */
  readonly inside?: boolean;
}

const INSIDE = "http://169.254.170.2";
/** `/v4/<token>-<container>[/…]`, `/v2/credentials/<token>`, `/api/<token>-<container>/…`. */
const INSIDE_PATH =
  /^\/(?:(v[34])\/([0-9a-f]{32})-([\w-]+)(\/[\w/]*)?|v2\/credentials\/([0-9a-f]{32})|api\/([0-9a-f]{32})-[\w-]+(\/[\w/-]*))$/;

/**
 * The task metadata endpoint (versions 4 and 3) and the container credentials endpoint. On AWS they are at 169.254.170.2,
 * which a plain process does not have, so a task is given full URLs of the front door; the first part of the path is the
 * task's own secret.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate.html
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export class TaskEndpoints implements MetadataRegistry, Mount {
  readonly prefix = PREFIX;
  readonly #parts: TaskEndpointsParts;
  readonly #tokens = new Map<string, string>();
  readonly #registered = new Map<string, Registered>();

  constructor(parts: TaskEndpointsParts) {
    this.#parts = parts;
  }

  register(task: MetadataTask): MetadataRegistration {
    const known = this.#registered.get(this.#tokens.get(task.taskArn) ?? "");
    if (known) return known.registration;
    const token = randomBytes(16).toString("hex");
    const authorization = randomBytes(32).toString("base64url");
    const { account, taskArn, taskRoleArn: roleArn, sessionName = lastPart(taskArn) } = task;
    const session = roleArn === undefined ? undefined : { account, roleArn, taskId: sessionName };
    const environment = Object.fromEntries(
      task.containerNames.map((name) => [
        name,
        {
          ...this.#metadataUris(token, name),
          ...(session ? this.#credentialsUri(token, authorization) : {}),
        },
      ]),
    );
    const registration = { environment };
    this.#tokens.set(taskArn, token);
    this.#registered.set(token, { task, session, registration, authorization, samples: new Map() });
    return registration;
  }

  unregister(taskArn: string): void {
    const token = this.#tokens.get(taskArn);
    if (token === undefined) return;
    const { session } = this.#registered.get(token)!;
    this.#tokens.delete(taskArn);
    this.#registered.delete(token);
    if (session) revokeCredentials(this.#parts.store, session);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "").split("?", 1)[0]!;
    const [, token = "", version, container = "", rest = "", credentials, agent] =
      PATH.exec(path) ?? [];
    const known = this.#registered.get(token);
    if (!known) return sendJson(response, 404, "no task has this endpoint");
    if (agent) return answerAgent(this.#parts, known, agent, request, response);
    if (request.method !== "GET") return sendJson(response, 405, "only GET is answered here");
    if (credentials) return this.#sendCredentials(known, request, response);
    await this.#sendMetadata(known, version!, container, rest.replace(/\/$/, ""), response);
  }

  /** As {@link handle}, for a task's own network: a task is answered about itself alone, and by its address. */
  async handleInside(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "").split("?", 1)[0]!;
    const [, version, metadata, container = "", rest = "", credentials, agent, agentPath = ""] =
      INSIDE_PATH.exec(path) ?? [];
    const known = this.#registered.get(metadata ?? credentials ?? agent ?? "");
    if (!known || this.#addressOf(known.task) !== request.socket.remoteAddress)
      return sendJson(response, 404, "404 page not found");
    if (agent) return answerAgent(this.#parts, known, agentPath, request, response);
    if (request.method !== "GET") return sendJson(response, 405, "only GET is answered here");
    if (credentials) return this.#answerCredentials(known, response);
    await this.#sendMetadata(known, version!, container, rest.replace(/\/$/, ""), response);
  }

  #addressOf({ account, region, taskArn, address }: MetadataTask): string | undefined {
    if (address !== undefined) return address;
    const scope = this.#parts.store.scope(account, region);
    const task = findTask(scope, taskArn)?.task;
    // What is on an instance's own network, or behind its bridge, comes from the instance's address.
    return task && (task.privateIpAddress ?? instanceOf(scope, task)?.privateIpAddress);
  }

  #metadataUris(token: string, container: string): Record<string, string> {
    if (this.#parts.inside)
      return {
        ECS_CONTAINER_METADATA_URI: `${INSIDE}/v3/${token}-${container}`,
        ECS_CONTAINER_METADATA_URI_V4: `${INSIDE}/v4/${token}-${container}`,
        ECS_AGENT_URI: `${INSIDE}/api/${token}-${container}`,
      };
    const base = `${this.#parts.settings.endpoint}${PREFIX}${token}`;
    return {
      ECS_CONTAINER_METADATA_URI: `${base}/v3/${container}`,
      ECS_CONTAINER_METADATA_URI_V4: `${base}/v4/${container}`,
      ECS_AGENT_URI: `${base}/api/${container}`,
    };
  }

  #credentialsUri(token: string, authorization: string): Record<string, string> {
    if (this.#parts.inside)
      return { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: `/v2/credentials/${token}` };
    return {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${this.#parts.settings.endpoint}${PREFIX}${token}/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: authorization,
    };
  }

  #sendCredentials(known: Registered, request: IncomingMessage, response: ServerResponse): void {
    if (!isSame(request.headers.authorization ?? "", known.authorization))
      return sendJson(response, 403, {
        code: "AccessDenied",
        message: "the Authorization header does not hold AWS_CONTAINER_AUTHORIZATION_TOKEN",
      });
    this.#answerCredentials(known, response);
  }

  #answerCredentials(known: Registered, response: ServerResponse): void {
    const { store, clock } = this.#parts;
    const credentials = known.session && roleCredentials(store, clock, known.session);
    if (!credentials)
      return sendJson(response, 404, {
        code: "NoSuchEntity",
        message: known.session
          ? `the task's role ${known.session.roleArn} does not exist`
          : "the task has no role",
      });
    sendJson(response, 200, credentials);
  }

  async #sendMetadata(
    { task: { taskArn, account, region }, samples }: Registered,
    version: string,
    containerName: string,
    path: string,
    response: ServerResponse,
  ): Promise<void> {
    const scope = this.#parts.store.scope(account, region);
    const known = findTask(scope, taskArn);
    const container = known?.task.containers.find(({ name }) => name === containerName);
    if (!known || !container)
      return sendJson(
        response,
        404,
        `${version.toUpperCase()} container metadata handler: unable to find container '${containerName}'`,
      );
    switch (path) {
      case "":
        return sendJson(response, 200, containerDocument(scope, known, container));
      case "/task":
        return sendJson(response, 200, taskDocument(scope, known));
      case "/taskWithTags":
        return sendJson(response, 200, { ...taskDocument(scope, known), ...tagsDocument(known) });
      case "/stats":
        return sendJson(
          response,
          200,
          (await this.#stats(known, samples))[container.runtimeId ?? ""] ?? null,
        );
      case "/task/stats":
        return sendJson(response, 200, await this.#stats(known, samples));
      default:
        return sendJson(response, 404, `404 page not found: ${path}`);
    }
  }

  /** Of each container that runs, by its runtime id. Rates are between one reading and the one before. */
  async #stats(known: KnownTask, samples: Map<string, Sample>): Promise<Record<string, object>> {
    const usages = await this.#parts.driver.usage(known.task.arn);
    const documents: Record<string, object> = {};
    for (const container of known.task.containers) {
      const usage = usages.get(container.name);
      if (!usage || container.runtimeId === undefined) continue;
      const sample = takeSample(this.#parts.clock.now(), usage);
      const before = samples.get(container.name);
      documents[container.runtimeId] = statsDocument(known, container, sample, before);
      samples.set(container.name, sample);
    }
    return documents;
  }
}

function isSame(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
