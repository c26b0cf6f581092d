import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { Failure, ProtectedTask } from "@aws-sdk/client-ecs";
import type { Clock } from "../../clock/clock.ts";
import { sendJson } from "../../ground/http.ts";
import { AwsError } from "../../protocol/aws-error.ts";
import { readProtection, updateProtection } from "../../services/ecs/task-protection.ts";
import { findRole } from "../../services/iam/authorize.ts";
import type { CallContext, CloudSettings } from "../../services/service.ts";
import type { Store } from "../../store/store.ts";
import { inSession, requireRight } from "../acting-role.ts";
import type { MetadataTask } from "./metadata-registry.ts";
import type { TaskSession } from "./role-credentials.ts";
import { findTask } from "./task-document.ts";

/** What calls of a task's agent are made with. */
export interface AgentParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly settings: CloudSettings;
}

/** Who asks: a task, and the session of its role where it has one. */
interface AgentCaller {
  readonly task: MetadataTask;
  readonly session: TaskSession | undefined;
}

const PROTECTION = "/task-protection/v1/state";
/** What a request may bring: some twenty letters are enough for all there is to say. */
const LONGEST_BODY_BYTES = 4096;

/**
 * Answers `$ECS_AGENT_URI`: a task protects itself from being scaled in, or asks whether it is, by its own role's rights. Codes and
 * words are the agent's.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
 * @param path behind the container's part of the address
 */
export async function answerAgent(
  parts: AgentParts,
  caller: AgentCaller,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (path !== PROTECTION) return sendJson(response, 501, NOT_HERE);
  const { method } = request;
  if (method !== "GET" && method !== "PUT")
    return sendJson(response, 405, "only GET and PUT are answered here");
  const wish = method === "PUT" ? readWish(await bodyOf(request)) : undefined;
  const { status, body } = answer(parts, caller, wish);
  sendJson(response, status, body);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fault-injection.html */
const NOT_HERE = {
  error: {
    Code: "NotImplemented",
    Message: `Local AWS implements ${PROTECTION} of the ECS agent's API, and no fault injection.`,
  },
};

interface Wish {
  readonly ProtectionEnabled?: boolean;
  readonly ExpiresInMinutes?: number;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  if (Number(request.headers["content-length"] ?? Infinity) > LONGEST_BODY_BYTES) return "";
  return text(request);
}

/** What is asked for; nothing where the body is not what the agent decodes. */
function readWish(body: string): Wish | "none" {
  let wish: unknown;
  try {
    wish = JSON.parse(body);
  } catch {
    return "none";
  }
  if (typeof wish !== "object" || wish === null || Array.isArray(wish)) return "none";
  const { ProtectionEnabled, ExpiresInMinutes, ...others } = wish as Record<string, unknown>;
  if (Object.keys(others).length > 0) return "none";
  const isEnabled = ProtectionEnabled ?? undefined;
  const minutes = ExpiresInMinutes ?? undefined;
  if (isEnabled !== undefined && typeof isEnabled !== "boolean") return "none";
  if (minutes !== undefined && !Number.isInteger(minutes)) return "none";
  return {
    ...(isEnabled !== undefined && { ProtectionEnabled: isEnabled }),
    ...(minutes !== undefined && { ExpiresInMinutes: minutes as number }),
  };
}

function answer(parts: AgentParts, caller: AgentCaller, wish: Wish | "none" | undefined): Answer {
  const { taskArn, account, region } = caller.task;
  if (wish === "none")
    return refused(
      400,
      "InvalidParameterException",
      "UpdateTaskProtection: failed to decode request",
    );
  const known = findTask(parts.store.scope(account, region), taskArn);
  if (!known)
    return refused(404, "ResourceNotFoundException", "Failed to find a task for the request");
  if (wish && wish.ProtectionEnabled === undefined)
    return refused(
      400,
      "InvalidParameterException",
      "Invalid request: does not contain 'ProtectionEnabled' field",
      taskArn,
    );
  const context = callerOf(parts, caller);
  if (!context)
    return refused(
      403,
      "AccessDeniedException",
      "Invalid Request: no task IAM role credentials available for task",
      taskArn,
    );
  return parts.store.record(() => called(context, known.task, wish));
}

/** The call of ECS, in the transaction under way. */
function called(
  context: CallContext,
  { arn, clusterArn: cluster }: { readonly arn: string; readonly clusterArn: string },
  wish: Wish | undefined,
): Answer {
  const tasks = [arn];
  try {
    const action = wish ? "ecs:UpdateTaskProtection" : "ecs:GetTaskProtection";
    requireRight(context, action, arn, { "ecs:cluster": cluster });
    const { protectedTasks, failures } = wish
      ? updateProtection(
          {
            cluster,
            tasks,
            protectionEnabled: wish.ProtectionEnabled === true,
            expiresInMinutes: wish.ExpiresInMinutes,
          },
          context,
        )
      : readProtection({ cluster, tasks }, context);
    return { status: 200, body: toBody(protectedTasks[0], failures[0]) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const said = refused(400, error.code, error.message, arn);
    return { ...said, body: { requestID: context.requestId, ...said.body } };
  }
}

/** Members are the agent's own: what has no value is `null`. */
function toBody(task: ProtectedTask | undefined, failure: Failure | undefined): object {
  if (failure) {
    const { arn, detail = null, reason } = failure;
    return { failure: { Arn: arn, Detail: detail, Reason: reason } };
  }
  const { expirationDate = null, protectionEnabled, taskArn } = task!;
  return {
    protection: {
      ExpirationDate: expirationDate,
      ProtectionEnabled: protectionEnabled,
      TaskArn: taskArn,
    },
  };
}

const refused = (status: number, Code: string, Message: string, Arn?: string): Answer => ({
  status,
  body: { error: { ...(Arn !== undefined && { Arn }), Code, Message } },
});

/** The task's role, as it calls; undefined where there is none. */
function callerOf(
  parts: AgentParts,
  { task: { account, region }, session }: AgentCaller,
): CallContext | undefined {
  const { store } = parts;
  const role = session && findRole(store, account, session.roleArn);
  if (!role) return undefined;
  return inSession(parts, store.scope(account, region), role, session.taskId);
}
