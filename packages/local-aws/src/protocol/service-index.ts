import services from "../models/services.json" with { type: "json" };
import type { ServiceRow } from "./model-json.ts";
import { loadModel } from "./model-loader.ts";
import type { ServiceModel } from "./model.ts";
import { OtherServices } from "./other-services.ts";
import { RouteTable } from "./rest-routes.ts";
import { SERVICE_IDS, type ServiceId } from "./service-id.ts";

/** The name that calls about S3's directory buckets are signed for. */
export const S3_EXPRESS = "s3express";
/** The name that answers of an object lambda are signed for; their host names a route, not a bucket. */
export const S3_OBJECT_LAMBDA = "s3-object-lambda";
/** Other names that S3's operations are signed for. */
export const S3_SIGNING_NAMES: ReadonlySet<string> = new Set([
  S3_EXPRESS,
  S3_OBJECT_LAMBDA,
  "s3-outposts",
]);

/** Finds services by what a request says of them, and keeps the models that were needed so far. */
export class ServiceIndex {
  /** The services of AWS that are not modelled. */
  readonly others = new OtherServices();
  readonly #rows = services as Readonly<Record<ServiceId, ServiceRow>>;
  readonly #byTarget = new Map<string, ServiceId>();
  readonly #bySigningName = new Map<string, ServiceId>();
  readonly #byVersion = new Map<string, ServiceId>();
  readonly #models = new Map<ServiceId, ServiceModel>();
  readonly #routes = new Map<ServiceId, RouteTable>();

  constructor() {
    for (const id of SERVICE_IDS) {
      const { target, signingName, version, protocols } = this.#rows[id];
      this.#byTarget.set(target, id);
      this.#bySigningName.set(signingName, id);
      if (protocols.some((protocol) => protocol === "query" || protocol === "ec2Query"))
        this.#byVersion.set(version, id);
    }
  }

  /** How the service is recognised; costs no model. */
  row(id: ServiceId): ServiceRow {
    return this.#rows[id];
  }

  /** By the prefix of `X-Amz-Target`, or the service's name in an RPC v2 path. */
  byTarget(target: string): ServiceId | undefined {
    return this.#byTarget.get(target);
  }

  /** By the service in the SigV4 credential scope. */
  bySigningName(name: string): ServiceId | undefined {
    return this.#bySigningName.get(S3_SIGNING_NAMES.has(name) ? "s3" : name);
  }

  /** By the API version of a query request: no two of these services share one. */
  byVersion(version: string): ServiceId | undefined {
    return this.#byVersion.get(version);
  }

  /** The model of a service, read at its first use. */
  model(id: ServiceId): ServiceModel {
    let model = this.#models.get(id);
    if (model === undefined) this.#models.set(id, (model = loadModel(id, this.#rows[id])));
    return model;
  }

  /** The routes of a REST service, built at their first use. */
  routes(id: ServiceId): RouteTable {
    let routes = this.#routes.get(id);
    if (routes === undefined) this.#routes.set(id, (routes = new RouteTable(this.model(id))));
    return routes;
  }
}
