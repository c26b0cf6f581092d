import type { IncomingMessage, ServerResponse } from "node:http";
import { AwsError } from "../protocol/aws-error.ts";
import { MAX_BODY_BYTES, readBody } from "../protocol/body.ts";
import { sendJson } from "../ground/http.ts";
import { changePace, NotThere, sendRequest, stopTask } from "./actions.ts";
import { InvalidBody } from "./body-checks.ts";
import type { LiveContents, LiveFeed } from "./live-feed.ts";
import { parseReport } from "./parse-report.ts";

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
  "POST /_local/requests": async (feed, contents, body) => {
    const message = await sendRequest(contents, body);
    feed.requested(message);
    return message;
  },
  "POST /_local/tasks/stop": async (_feed, contents, body) => {
    stopTask(contents, body);
    return { stopping: true };
  },
};
const REPORT = /^PUT \/_local\/reports\/([a-zA-Z0-9][\w.-]{0,63})$/;

/**
 * Answers what pages ask, and who reports to them: `GET /_local/live`, `PUT /_local/reports/LAB`, `DELETE
 * /_local/reports`, `PUT /_local/clock`, `POST /_local/requests`, `POST /_local/tasks/stop`; false where the request is none of these. Who may
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
