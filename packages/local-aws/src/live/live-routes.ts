import type { IncomingMessage, ServerResponse } from "node:http";
import { AwsError } from "../protocol/aws-error.ts";
import { readBody } from "../server/body.ts";
import { sendJson } from "../server/front-door.ts";
import { InvalidBody } from "./body-checks.ts";
import type { LiveContents, LiveFeed } from "./live-feed.ts";
import { parseReport } from "./parse-report.ts";

const REPORT_PATH = /^\/_local\/reports\/([a-zA-Z0-9][\w.-]{0,63})$/;

/**
 * Answers what pages ask: `GET /_local/live`, `PUT /_local/reports/LAB`; false where the request is none of these. Who may
 * change anything is checked before.
 */
export async function answerLive(
  feed: LiveFeed,
  { context }: LiveContents,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const path = (request.url ?? "").split("?", 1)[0]!;
  if (request.method === "GET" && path === "/_local/live") {
    feed.connect(response);
    return true;
  }
  const lab = request.method === "PUT" ? REPORT_PATH.exec(path)?.[1] : undefined;
  if (lab === undefined) return false;
  await answerJson(request, response, async (body) => {
    feed.report(lab, parseReport(body), context.clock.now());
    return { reported: lab };
  });
  return true;
}

/** Answers what `work` makes of the request's body, or what is wrong with that. */
async function answerJson(
  request: IncomingMessage,
  response: ServerResponse,
  work: (body: unknown) => Promise<unknown>,
): Promise<void> {
  try {
    sendJson(response, 200, await work(parseJson(await readBody(request))));
  } catch (error) {
    if (error instanceof InvalidBody)
      return sendJson(response, 400, { code: "InvalidBody", message: `${error.message}.` });
    if (error instanceof AwsError)
      return sendJson(response, error.status, { code: error.code, message: error.message });
    throw error;
  }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new InvalidBody(`the body is not JSON: ${error.message}`);
    throw error;
  }
}
