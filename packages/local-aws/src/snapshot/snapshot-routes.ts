import type { IncomingMessage, ServerResponse } from "node:http";
import { sendJson } from "../ground/http.ts";
import { SnapshotError } from "./snapshot-error.ts";
import type { Snapshots } from "./snapshots.ts";

const PATH = /^\/_local\/snapshots(?:\/([^/]+)(\/restore)?)?$/;

/**
 * Answers `GET /_local/snapshots`, `PUT` and `DELETE /_local/snapshots/NAME` and `POST /_local/snapshots/NAME/restore`;
 * false where the request is none of these. Who may ask is checked before.
 */
export async function answerSnapshots(
  snapshots: Snapshots,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const match = PATH.exec((request.url ?? "").split("?", 1)[0]!);
  if (!match) return false;
  const [, name, restore] = match;
  const route = `${request.method}${name === undefined ? "" : " NAME"}${restore ?? ""}`;
  const answer = ROUTES[route];
  if (!answer) return false;
  try {
    sendJson(response, 200, await answer(snapshots, decode(name)));
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
    sendJson(response, error.status, { code: error.code, message: error.message });
  }
  return true;
}

const ROUTES: Readonly<
  Record<string, (snapshots: Snapshots, name: string) => unknown | Promise<unknown>>
> = {
  GET: (snapshots) => ({ snapshots: snapshots.list() }),
  "PUT NAME": (snapshots, name) => snapshots.save(name),
  "POST NAME/restore": async (snapshots, name) => {
    await snapshots.restore(name);
    return { restored: name };
  },
  "DELETE NAME": async (snapshots, name) => {
    await snapshots.delete(name);
    return { deleted: name };
  },
};

function decode(name = ""): string {
  try {
    return decodeURIComponent(name);
  } catch (error) {
    if (error instanceof URIError) return name;
    throw error;
  }
}
