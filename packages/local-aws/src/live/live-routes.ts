import type { IncomingMessage, ServerResponse } from "node:http";
import { AwsError } from "../protocol/aws-error.ts";
import { MAX_BODY_BYTES, readBody } from "../protocol/body.ts";
import { sendJson } from "../ground/http.ts";
import type { Forwarded } from "../clock/calendar.ts";
import { MOST_ACCELERATION } from "../clock/idle-time.ts";
import { InvalidBody, isRecord, LONGEST_ARN, NotThere, requireText } from "./body-checks.ts";
import type { LiveContents, LiveFeed } from "./live-feed.ts";
import { accept, interruptTask, scopeOf, stopTask } from "./resource-actions.ts";
import { parseReport } from "./reports.ts";
import type { LoadAnswer, RequestMessage } from "./messages.ts";
import { taskAt } from "./vpc-pictures.ts";

const LONGEST_PATH = 1000;
/** What the first line of a request may have: no spaces, no control characters. */
const PATH = /^\/[\x21-\x7e]*$/;

/**
 * Sends a request through a listener: `{ "listenerArn": "…", "path": "/info" }`; `/` where no path is given.
 * @throws InvalidBody naming the member that is wrong; NotThere
 */
async function sendRequest(
  { context, engine }: LiveContents,
  body: unknown,
): Promise<RequestMessage> {
  const members = isRecord(body) ? body : {};
  const listenerArn = requireText(members["listenerArn"], "listenerArn", LONGEST_ARN);
  const path = requireText(members["path"] ?? "/", "path", LONGEST_PATH);
  if (!PATH.test(path))
    throw new InvalidBody(
      "path must begin with a slash, and have neither spaces nor letters that are not ASCII",
    );
  const at = context.clock.now();
  const answer = await engine.request(listenerArn, path);
  if (!answer)
    throw new NotThere(`There is no listener ${listenerArn} of an active load balancer.`);
  const { status, seconds, target = null } = answer;
  const address = target?.slice(0, target.lastIndexOf(":"));
  return {
    type: "request",
    at,
    listenerArn,
    path,
    status,
    body: answer.body,
    seconds,
    target,
    taskArn: address === undefined ? null : taskAt(scopeOf(context, listenerArn), address),
  };
}

/** So many requests a page may have sent at once. */
const MOST_AT_ONCE = 500;

/**
 * Sends several requests through a listener side by side: `{ "listenerArn": "…", "count": 30 }`. Pages are told of none of them.
 * @throws InvalidBody naming the member that is wrong; NotThere
 */
async function sendMany({ engine }: LiveContents, body: unknown): Promise<LoadAnswer> {
  const members = isRecord(body) ? body : {};
  const listenerArn = requireText(members["listenerArn"], "listenerArn", LONGEST_ARN);
  const { count } = members;
  if (typeof count !== "number" || !Number.isInteger(count) || count < 1 || count > MOST_AT_ONCE)
    throw new InvalidBody(`count must be a whole number from 1 to ${MOST_AT_ONCE}`);
  const answers = await Promise.all(
    Array.from({ length: count }, () => engine.request(listenerArn, "/")),
  );
  if (answers.includes(undefined))
    throw new NotThere(`There is no listener ${listenerArn} of an active load balancer.`);
  const lost = answers.filter((answer) => (answer?.status ?? 500) >= 500);
  return { sent: count, lost: lost.length };
}

/**
 * Changes how many times faster than on AWS idle waiting passes: `{ "acceleration": 60 }`.
 * @throws InvalidBody where it is no number from 1 to 1000
 */
function changePace({ context }: LiveContents, body: unknown): void {
  const acceleration = isRecord(body) ? body["acceleration"] : undefined;
  if (typeof acceleration !== "number" || acceleration < 1 || acceleration > MOST_ACCELERATION)
    throw new InvalidBody(`acceleration must be a number from 1 to ${MOST_ACCELERATION}`);
  context.clock.pace(acceleration);
}

/** The furthest that the calendar is put forward at once. */
const FURTHEST_DAYS = 31;

/**
 * Puts the time forward by which schedules go: `{ "until": 1764540000000 }`, milliseconds since 1970.
 * @throws InvalidBody where it is no instant of the next 31 days
 */
function putForward({ context: { calendar } }: LiveContents, body: unknown): Forwarded {
  const until = isRecord(body) ? body["until"] : undefined;
  const latest = calendar.now() + FURTHEST_DAYS * 86_400_000;
  if (typeof until !== "number" || !(until <= latest))
    throw new InvalidBody(
      `until must be an instant of the next ${FURTHEST_DAYS} days, in milliseconds since 1970`,
    );
  return calendar.forward(until);
}

/** Does what a page asks for; answers what the page is told. */
type Action = (feed: LiveFeed, contents: LiveContents, body: unknown) => Promise<unknown>;

const ACTIONS: Readonly<Record<string, Action>> = {
  "DELETE /_local/reports": async (feed, { context }) => {
    feed.forgetWhatRan(context.clock.now());
    return { forgotten: true };
  },
  "PUT /_local/clock": async (_feed, contents, body) => {
    changePace(contents, body);
    const { clock } = contents.context;
    return { now: clock.now(), acceleration: clock.acceleration };
  },
  "PUT /_local/calendar": async (_feed, contents, body) => putForward(contents, body),
  "POST /_local/requests": async (feed, contents, body) => {
    const message = await sendRequest(contents, body);
    feed.requested(message);
    return message;
  },
  "POST /_local/load": async (_feed, contents, body) => sendMany(contents, body),
  "POST /_local/connections/accept": async (_feed, contents, body) => ({
    connectionArn: accept(contents, body),
  }),
  "POST /_local/tasks/interrupt": async (_feed, contents, body) => ({
    taskArn: interruptTask(contents, body),
  }),
  "POST /_local/tasks/stop": async (_feed, contents, body) => {
    stopTask(contents, body);
    return { stopping: true };
  },
};
const REPORT = /^PUT \/_local\/reports\/([a-zA-Z0-9][\w.-]{0,63})$/;

/**
 * Answers what pages ask, and who reports to them: `GET /_local/live`, `PUT /_local/reports/LAB`, `DELETE
 * /_local/reports`, `PUT /_local/clock`, `PUT /_local/calendar`, `POST /_local/requests`, `POST /_local/load`, `POST
 * /_local/tasks/stop`, `POST /_local/tasks/interrupt`, `POST /_local/connections/accept`; false where the request is none of these. Who may
 * change anything is checked before.
 */
export async function answerLive(
  feed: LiveFeed,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const route = `${request.method} ${(request.url ?? "").split("?", 1)[0]!}`;
  if (route === "GET /_local/live") {
    feed.connect(response);
    return true;
  }
  const lab = REPORT.exec(route)?.[1];
  const action = lab === undefined ? ACTIONS[route] : takeReport(lab);
  if (!action) return false;
  const { contents } = feed;
  if (contents) await answerJson(request, response, (body) => action(feed, contents, body));
  else sendJson(response, 503, { code: "Restoring", message: "A snapshot is being restored." });
  return true;
}

function takeReport(lab: string): Action {
  return async (feed, { context }, body) => {
    feed.report(lab, parseReport(body), context.clock.now());
    return { reported: lab };
  };
}

/** Answers what `work` makes of the request's body, or what is wrong with that. */
async function answerJson(
  request: IncomingMessage,
  response: ServerResponse,
  work: (body: unknown) => Promise<unknown>,
): Promise<void> {
  try {
    sendJson(response, 200, await work(parseJson(await readBody(request, MAX_BODY_BYTES))));
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof InvalidBody)
      return sendJson(response, 400, { code: "InvalidBody", message: `${message}.` });
    if (error instanceof NotThere) return sendJson(response, 404, { code: "NotThere", message });
    if (error instanceof AwsError)
      return sendJson(response, error.status, { code: error.code, message });
    throw error;
  }
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new InvalidBody(`the body is not JSON: ${error.message}`);
    throw error;
  }
}
