import { request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { builds } from "../../../services/codebuild/state.ts";
import { instances, instancesByInterface, isThere } from "../../../services/ec2/instances/state.ts";
import { interfacesByAddress, networkInterfaces } from "../../../services/ec2/state.ts";
import { tasks } from "../../../services/ecs/state.ts";
import type { Scope, Store } from "../../../store/store.ts";
import type { Verdict } from "../../../reachability/verdict.ts";
import { mayReachInternet, mayReachService } from "../../network/reachability.ts";

/** Names under which endpoints know a service that signs by another. */
const ENDPOINT_SERVICES: Readonly<Record<string, string>> = { ecr: "ecr.api" };

const HELD_MS = 130_000;

/**
 * Hands a call of a task, or of an instance, to the API on, if the network lets it reach that service: through the internet, or by a VPC endpoint. Otherwise
 * nothing is answered, which on AWS is what a client sees.
 */
export class ApiDoor {
  readonly #store: Store;
  readonly #endpoint: URL;

  constructor(store: Store, endpoint: string) {
    this.#store = store;
    this.#endpoint = new URL(endpoint);
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const isAllowed = this.#isBuild(request) || this.#verdict(request)?.allowed;
    // The socket's own time-out: a client that waits longer is let go as a broken connection.
    if (!isAllowed) return void request.socket.setTimeout(HELD_MS, () => request.socket.destroy());
    const { hostname, port } = this.#endpoint;
    const { method, url, rawHeaders } = request;
    const onward = httpRequest({
      hostname,
      port,
      method,
      path: url,
      headers: rawHeaders as never,
      agent: false,
    });
    onward.on("response", (answer) => {
      response.writeHead(answer.statusCode!, answer.statusMessage, answer.rawHeaders);
      answer.pipe(response);
      answer.on("error", () => response.destroy());
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  }

  /** Builds are in no VPC that could keep them from AWS. */
  #isBuild({ socket }: IncomingMessage): boolean {
    const address = socket.remoteAddress;
    return this.#store
      .all(builds)
      .some((all) => all.find((build) => build.address !== undefined && build.address === address));
  }

  #verdict(request: IncomingMessage): Verdict | undefined {
    const from = request.socket.remoteAddress;
    for (const collection of this.#store.all(networkInterfaces)) {
      const { account, region } = collection.place;
      const scope = this.#store.scope(account, region);
      const eni = collection
        .by(interfacesByAddress, from ?? "")
        .find(({ networkInterfaceId }) => isCaller(scope, networkInterfaceId));
      if (!eni) continue;
      const service = serviceOf(request);
      return service === undefined
        ? mayReachInternet(scope, eni.networkInterfaceId)
        : mayReachService(scope, eni.networkInterfaceId, service);
    }
    return undefined;
  }
}

/** Whether an interface is a task's or an instance's. */
function isCaller(scope: Scope, id: string): boolean {
  return (
    scope.of(instances).by(instancesByInterface, id).some(isThere) ||
    scope
      .of(tasks)
      .find(
        ({ networkInterfaceId, lastStatus }) =>
          networkInterfaceId === id && lastStatus !== "STOPPED",
      ) !== undefined
  );
}

/** The service that a request is signed for, or that its path belongs to. */
function serviceOf({ headers, url = "" }: IncomingMessage): string | undefined {
  if (url.startsWith("/v2/")) return "ecr.dkr";
  const signed = `${headers.authorization ?? ""} ${decodeURIComponent(/X-Amz-Credential=[^&]*/.exec(url)?.[0] ?? "")}`;
  const service = /\/\d{8}\/[\w-]+\/([\w-]+)\/aws4_request/.exec(signed)?.[1];
  return service === undefined ? undefined : (ENDPOINT_SERVICES[service] ?? service);
}
