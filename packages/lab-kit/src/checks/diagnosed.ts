import { both, text, type Text, type Words } from "@workbook/toolchain";

import type { CheckResult } from "../check.ts";
import type { Diagnosis, Finding } from "../diagnosis/diagnose.ts";
import type { LiveContext } from "../live.ts";
import { listenerPort, type ServedApp } from "../web-app.ts";
import { failurePage } from "../failures/catalogue.ts";
import { serviceNames } from "./deployed.ts";
import { listenersOn } from "./wiring.ts";

/** How long a diagnosis is good for while a check waits: it asks some thirty questions, and AWS counts them. */
const FRESH_MS = { local: 2000, aws: 20_000 } as const;

/** What is between a client and the load balancer. */
const OF_CLIENTS = /^load-balancer-(?:internal|subnet|ingress)$/;

/** Diagnoses the services of some apps while a check waits for them, as often as is worth it. */
export class Doctor {
  readonly #context: LiveContext;
  readonly #apps: readonly ServedApp[];
  readonly #of: "service" | "requests";
  #known: { readonly at: number; readonly diagnosis: Promise<Diagnosis> } | undefined;

  /** @param of `service`: what keeps clients from the load balancer is left out, since tasks run well without any */
  constructor(context: LiveContext, apps: readonly ServedApp[], of: "service" | "requests") {
    this.#context = context;
    this.#apps = apps;
    this.#of = of;
  }

  /** The first cause of an app's trouble, by a diagnosis that is not old. */
  async finding(app: ServedApp): Promise<Finding | undefined> {
    const isLocal = (this.#context.pace ?? 1) > 1;
    const known = this.#known;
    const isFresh = known && Date.now() - known.at < FRESH_MS[isLocal ? "local" : "aws"];
    const { diagnosis } = isFresh ? known : this.#look();
    return this.#allOf(await diagnosis, app)[0];
  }

  /** The same, by a diagnosis of now. */
  async findingNow(app: ServedApp): Promise<Finding | undefined> {
    return this.#allOf(await this.#look().diagnosis, app)[0];
  }

  /** All causes of an app's trouble, by a diagnosis that is not old. */
  async findings(app: ServedApp): Promise<readonly Finding[]> {
    await this.finding(app);
    return this.#allOf(await this.#known!.diagnosis, app);
  }

  #allOf({ findings }: Diagnosis, app: ServedApp): readonly Finding[] {
    const { cluster, service } = serviceNames(this.#context, app);
    return findings.filter(
      ({ id, subjects }) =>
        (subjects.includes(service) || subjects.includes(cluster)) &&
        (this.#of === "requests" || !OF_CLIENTS.test(id)),
    );
  }

  #look() {
    const known = { at: Date.now(), diagnosis: this.#diagnose() };
    this.#known = known;
    return known;
  }

  async #diagnose(): Promise<Diagnosis> {
    // Most checks pass, and ask for none.
    const { diagnose } = await import("../diagnosis/diagnose.ts");
    const context = this.#context;
    const named = this.#apps.map((app) => ({ app, names: serviceNames(context, app) }));
    return diagnose(context.aws, {
      region: context.region,
      cluster: named[0]!.names.cluster,
      expected: named.map(({ app, names: { service } }) => ({
        container: app.container,
        service,
        ...(listenersOn(context, listenerPort(app)).length > 0 && { port: listenerPort(app) }),
      })),
      clientAddress: context.homeCidr.split("/")[0]!,
      ...(context.pace !== undefined && { pace: context.pace }),
      ...(context.architecture !== undefined && { architecture: context.architecture }),
    });
  }
}

/** A check that failed for a cause that was found: what it saw, the cause, and the help for that. */
export function failedBy(
  { id, cause, question, page, line }: Finding,
  expected: Words,
  actual: Words,
): CheckResult {
  return {
    passed: false,
    expected: text(expected),
    actual: both`${actual}: ${cause}`,
    fault: id,
    hint: { question: text(question), pointer: pointerTo(id, cause, page), line: text(line) },
  };
}

/** The cause, AWS's page about it, and where the failure catalogue has what looks like it. */
function pointerTo(id: string, cause: Words, page: Words): Text {
  const entry = failurePage(id);
  return entry ? both`${cause} ${page} ${entry}` : both`${cause} ${page}`;
}
