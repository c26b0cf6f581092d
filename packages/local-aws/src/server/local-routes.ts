import { timingSafeEqual, createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Engine } from "../engine/create-engine.ts";
import type { EngineContext } from "../engine/engine.ts";
import type { LiveFeed } from "../live/live-feed.ts";
import { pipelinePictures } from "../live/pipeline-pictures.ts";
import { schedulePictures } from "../live/schedule-pictures.ts";
import { answerLive } from "../live/live-routes.ts";
import { answerSnapshots } from "../snapshot/snapshot-routes.ts";
import type { Snapshots } from "../snapshot/snapshots.ts";
import { sendJson, type Mount } from "../ground/http.ts";
import { tasks } from "../services/ecs/state.ts";
import { Denials } from "../services/iam/denials.ts";
import { DEFAULT_ACCOUNT } from "../services/iam/workspace-keys.ts";
import { SERVICES } from "../services/table.ts";
import type { Store } from "../store/store.ts";
import { LOCAL_PREFIX } from "./front-door.ts";

export interface LocalRoutesParts {
  readonly context: EngineContext;
  readonly engine: Engine;
  readonly snapshots: Snapshots;
  readonly live: LiveFeed;
  /** What a caller must present to change anything. */
  readonly token: string;
}

/** How much may wait for a slow reader of events, as for one of the live feed. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

type Route = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/** Introspection under `/_local/`: reading is open to this machine, changing needs the workspace's token. */
export function localRoutes(parts: LocalRoutesParts): Mount {
  const routes = factRoutes(parts);
  return {
    prefix: LOCAL_PREFIX,
    handle: async (request, response) => {
      if (request.method !== "GET" && !holdsToken(request, parts.token)) {
        return sendJson(response, 401, {
          code: "Unauthorized",
          message:
            "This changes the cloud: it needs the workspace's token (Authorization: Bearer …).",
        });
      }
      const path = (request.url ?? "").split("?", 1)[0]!;
      const route = routes[`${request.method} ${path}`];
      if (route) return route(request, response);
      if (await answerLive(parts.live, request, response)) return;
      if (await answerSnapshots(parts.snapshots, request, response)) return;
      sendJson(response, 404, {
        code: "NotFound",
        message: `There is no ${request.method} ${path}.`,
      });
    },
  };
}

/** What is told of the cloud, and who asks changes nothing. */
function factRoutes({ context, engine }: LocalRoutesParts): Record<string, Route> {
  const revision = new Revision(context.store);
  return {
    "GET /_local/health": (_request, response) =>
      sendJson(response, 200, {
        status: "ok",
        pid: process.pid,
        endpoint: context.settings.endpoint,
        dataDir: context.settings.dataDir,
        homeAddress: context.settings.homeAddress,
        clock: { acceleration: context.clock.acceleration },
        ...engine.describe(),
      }),
    "GET /_local/topology": (_request, response) => sendJson(response, 200, engine.topology()),
    "GET /_local/endpoints": (_request, response) =>
      sendJson(response, 200, { listeners: engine.effectiveListeners() }),
    "GET /_local/clock": (_request, response) =>
      sendJson(response, 200, {
        now: context.clock.now(),
        acceleration: context.clock.acceleration,
      }),
    "GET /_local/calendar": (_request, response) =>
      sendJson(response, 200, {
        now: context.calendar.now(),
        ahead: context.calendar.ahead,
        schedules: schedulePictures(context.store, DEFAULT_ACCOUNT, context.calendar.now()),
      }),
    "GET /_local/pipelines": (_request, response) =>
      sendJson(response, 200, { pipelines: pipelinePictures(context.store, DEFAULT_ACCOUNT) }),
    "GET /_local/denials": (_request, response) =>
      sendJson(response, 200, { denials: context.store.owner(Denials).of(DEFAULT_ACCOUNT) }),
    "GET /_local/revision": (_request, response) =>
      sendJson(response, 200, { revision: revision.read() }),
    "GET /_local/events": (_request, response) => streamEvents(context, response),
  };
}

function streamEvents(context: EngineContext, response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write(": connected\n\n");
  const stop = context.events.watch((event) => {
    // A reader that does not keep up is let go: what waits for it would fill the memory.
    if (response.writableLength > MAX_WAITING_BYTES) return void response.destroy();
    response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  });
  response.once("close", stop);
}

function holdsToken(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(/^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "");
  const wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/**
 * What is configured in a cloud, as one short text: equal as long as nobody has configured anything else. Tasks, their
 * interfaces and targets, deployments, health, logs and pushed images do not count; objects do, and with them
 * Terraform's states. It is made of the contents alone, so a restart or a snapshot keeps it.
 */
class Revision {
  readonly #store: Store;
  /** What of a value counts, by the name of its kind. */
  readonly #configured = new Map(
    SERVICES.flatMap(({ written = [] }) => written).map((each) => [
      each.kind.name,
      each.configured,
    ]),
  );
  /** Values never change once they are stored. */
  readonly #digests = new WeakMap<object, string>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** 64 hexadecimal digits. */
  read(): string {
    const entries: string[] = [];
    const ofTasks = new Set(
      this.#store.all(tasks).flatMap((all) => all.values().map((task) => task.privateIpAddress!)),
    );
    for (const { kind, place, values } of this.#store.contents()) {
      for (const [id, value] of values) {
        const digest = this.#digest(kind, value, ofTasks);
        if (digest !== "") entries.push(`${kind} ${place.account} ${place.region} ${id} ${digest}`);
      }
    }
    return sha256(entries.toSorted().join("\n"));
  }

  #digest(kind: string, value: object, ofTasks: ReadonlySet<string>): string {
    const known = this.#digests.get(value);
    if (known !== undefined) return known;
    const configured = this.#configured.get(kind);
    const configuration = configured ? configured(value, ofTasks) : value;
    const digest = configuration === undefined ? "" : sha256(JSON.stringify(configuration));
    this.#digests.set(value, digest);
    return digest;
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
