import { createHash } from "node:crypto";
import { images, layers, registrySecrets } from "../services/ecr/state.ts";
import { networkInterfaces } from "../services/ec2/state.ts";
import { ecsServices, revisions, tasks } from "../services/ecs/state.ts";
import { targetRegistrations } from "../services/elbv2/state.ts";
import { accessKeys, roles } from "../services/iam/state.ts";
import { logStreams } from "../services/logs/state.ts";
import { objects, uploads } from "../services/s3/state.ts";
import type { Kind } from "../store/kind.ts";
import type { Store } from "../store/store.ts";

/** What of a value people configure; undefined: none of it. `ofTasks` are the addresses that tasks have or had. */
type Configured<T> = (value: Readonly<T>, ofTasks: ReadonlySet<string>) => unknown;

const configured = <T extends object>(kind: Kind<T>, of: Configured<T>) =>
  [kind.name, of as Configured<object>] as const;
const NOTHING = () => undefined;

/**
 * Kinds of which the cloud itself writes something, with what is left of them when that is taken out. Any other kind is
 * configuration as a whole, so a new one makes a revision change too often and never too seldom.
 */
const CONFIGURED = new Map<string, Configured<object>>([
  configured(tasks, NOTHING),
  configured(revisions, NOTHING),
  configured(targetRegistrations, ({ targetGroupArn, id, port }, ofTasks) =>
    ofTasks.has(id) ? undefined : { targetGroupArn, id, port },
  ),
  configured(logStreams, NOTHING),
  configured(images, NOTHING),
  configured(layers, NOTHING),
  configured(registrySecrets, NOTHING),
  configured(uploads, NOTHING),
  // Whoever deletes a service takes it away; that it drains, and is forgotten at last, is the cloud's own.
  configured(ecsServices, (each) =>
    each.status === "ACTIVE" ? without(each, "deployments", "events", "lastCompleted") : undefined,
  ),
  configured(networkInterfaces, (each) => (each.requesterManaged ? undefined : each)),
  // Keys of sessions come and go with tasks.
  configured(accessKeys, (key) => (key.sessionToken === undefined ? key : undefined)),
  configured(roles, (each) => without(each, "lastUsed")),
  configured(objects, ({ bucket, key, versions }) => ({ bucket, key, newest: versions[0]!.etag })),
]);

/**
 * What is configured in a cloud, as one short text: equal as long as nobody has configured anything else. Tasks, their
 * interfaces and targets, deployments, health, logs and pushed images do not count; objects do, and with them
 * Terraform's states. It is made of the contents alone, so a restart or a snapshot keeps it.
 */
export class Revision {
  readonly #store: Store;
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
    const configuration = (CONFIGURED.get(kind) ?? ((whole: object) => whole))(value, ofTasks);
    const digest = configuration === undefined ? "" : sha256(JSON.stringify(configuration));
    this.#digests.set(value, digest);
    return digest;
  }
}

function without<T extends object>(value: T, ...members: (keyof T & string)[]): unknown {
  return Object.fromEntries(
    Object.entries(value).filter(([name]) => !(members as string[]).includes(name)),
  );
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
