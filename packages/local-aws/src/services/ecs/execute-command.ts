import { randomBytes } from "node:crypto";
import { AwsError } from "../../protocol/aws-error.ts";
import { isAllowed } from "../iam/authorize.ts";
import type { CallContext } from "../service.ts";
import { EXEC_TEXTS } from "./exec-texts.ts";
import { clientException, invalidParameter } from "./faults.ts";
import type { EcsHandlers } from "./handlers.ts";
import { findTask, requireCluster } from "./lookup.ts";
import type { TaskContainer } from "./task-container.ts";
import { execSessions, taskDefinitions, type Task } from "./state.ts";
import { rolesOf } from "./task-roles.ts";
import { TEXTS } from "./texts.ts";

/** What the task's own role needs. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html#ecs-exec-required-iam-permissions */
const AGENT_ACTIONS = [
  "ssmmessages:CreateControlChannel",
  "ssmmessages:CreateDataChannel",
  "ssmmessages:OpenControlChannel",
  "ssmmessages:OpenDataChannel",
];

/** Of a task's id: now, and before ids were made longer. */
const ID_LENGTHS = [32, 36];

/** Sessions that a container can have at a time. */
const MOST_SESSIONS = 2;

/** Where the channel of a session is opened, below this server's own address. */
export const DATA_CHANNEL_PATH = "/v1/data-channel/";

/**
 * Promises a session with a container: whoever shows the token at its address gets the command's terminal.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ExecuteCommand.html
 */
export const executeCommandHandlers: EcsHandlers = {
  ExecuteCommand(input, context) {
    const cluster = requireCluster(context, input.cluster);
    if (!input.command?.trim()) throw invalidParameter(EXEC_TEXTS.commandBlank());
    if (!input.interactive) throw invalidParameter(EXEC_TEXTS.interactiveOnly());
    const reference = input.task ?? "";
    if (!reference.startsWith("arn:") && !ID_LENGTHS.includes(reference.length))
      throw invalidParameter(EXEC_TEXTS.taskLength());
    const task = findTask(context, cluster, reference);
    if (!task) throw invalidParameter(TEXTS.taskNotFound());
    const container = chooseContainer(task, input.container);
    const { execAgent, lastStatus } = container;
    if (lastStatus !== "RUNNING" || execAgent?.lastStatus !== "RUNNING")
      throw invalidParameter(EXEC_TEXTS.notEnabled());
    if (!execAgent.connected || !mayConnect(context, task))
      throw new AwsError("TargetNotConnectedException", EXEC_TEXTS.notConnected());
    const sessions = context.store.of(execSessions);
    const open = sessions.filter(
      (it) => it.taskArn === task.arn && it.container === container.name,
    );
    if (open.length >= MOST_SESSIONS)
      throw clientException(EXEC_TEXTS.sessionLimit({ limit: MOST_SESSIONS }));
    const id = `ecs-execute-command-${randomBytes(9).toString("hex").slice(1)}`;
    const token = randomBytes(96).toString("base64");
    sessions.put(id, {
      id,
      token,
      taskArn: task.arn,
      container: container.name,
      command: input.command,
    });
    const address = context.settings.endpoint.replace(/^http/, "ws");
    return {
      clusterArn: cluster.arn,
      taskArn: task.arn,
      containerArn: container.arn,
      containerName: container.name,
      interactive: true,
      session: {
        sessionId: id,
        streamUrl: `${address}${DATA_CHANNEL_PATH}${id}?role=publish_subscribe`,
        tokenValue: token,
      },
    };
  },
};

/** The container of that name; without a name the only one. @throws AwsError `InvalidParameterException` */
function chooseContainer({ containers }: Task, name: string | undefined): TaskContainer {
  const [first, ...others] = containers;
  if (!name && others.length > 0) throw invalidParameter(EXEC_TEXTS.containerNotNamed());
  const found = name ? containers.find((it) => it.name === name) : first;
  if (!found) throw invalidParameter(EXEC_TEXTS.containerNotFound({ container: name ?? "" }));
  return found;
}

/** Whether the task's role lets the agent in its containers speak with Session Manager. */
function mayConnect({ cloud, store, account }: CallContext, task: Task): boolean {
  const definition = store.of(taskDefinitions).get(task.taskDefinitionArn);
  const role = definition && rolesOf(definition, task.overrides).taskRoleArn;
  if (!role) return false;
  return AGENT_ACTIONS.every((action) => isAllowed(cloud, account, role, action, "*"));
}
