import { QUOTED, text } from "../kit/text.ts";

/** What is said around ECS Exec: by the API, and to whoever has a session. Without a source a sentence is unverified. */
export const EXEC_TEXTS = {
  interactiveOnly: text("Interactive is the only mode supported currently.", QUOTED),
  notEnabled: text(
    "The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.",
    "https://github.com/fabfuel/ecs-deploy/issues/193",
  ),
  notConnected: text(
    "The execute command failed due to an internal error. Try again later.",
    "https://github.com/aws/aws-cli/issues/6562",
  ),
  sessionLimit: text(
    "Unable to start new execute sessions because the maximum session limit of {limit} has been reached.",
    QUOTED,
  ),
  taskLength: text(
    "task length should be one of [32,36]",
    "https://github.com/Mic-U/ecsher/issues/56",
  ),
  commandBlank: text("Command cannot be blank."),
  containerNotNamed: text("The task has multiple containers. Specify the name of one of them."),
  containerNotFound: text("The container {container} is not in the task."),
  createNeedsRole: text(
    "The service couldn't be created because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.",
    QUOTED,
  ),
  updateNeedsRole: text(
    "The service couldn't be updated because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.",
    "https://github.com/aws/aws-cli/issues/6242",
  ),
  runNeedsRole: text(
    "The task couldn't be run because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.",
  ),
  logsNowhere: text("A logConfiguration must be provided if logging is OVERRIDE."),
  cannotStart: text("Unable to start command: Failed to start pty: {why}", QUOTED),
  timedOut: text("Your session timed out due to inactivity."),
} as const;
