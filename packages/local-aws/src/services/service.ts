import type { Clock } from "../clock/clock.ts";
import type { FetchedJson } from "../ground/fetch-json.ts";
import type { ServiceId } from "../protocol/service-id.ts";
import type { Kind } from "../store/kind.ts";
import type { Scope, Store } from "../store/store.ts";
import { MemberAccounts, type Members } from "./kit/members.ts";
import type { Need, RightsTable } from "./kit/rights.ts";
import type { Tagging } from "./kit/tagging.ts";
import type { Written } from "./kit/written.ts";

/** Who makes a call, as `sts:GetCallerIdentity` would tell. */
export interface Principal {
  readonly account: string;
  readonly arn: string;
  /** `AIDA…` for a user, `AROA…:session` for an assumed role, the account id for the root user. */
  readonly userId: string;
  readonly accessKeyId: string;
  /** Of a session: the role whose policies apply. Its path does not stand in `arn`. */
  readonly roleArn?: string | undefined;
  readonly session?: Session | undefined;
}

/** What a session was started with, beside who it is. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp.html */
export interface Session {
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
  /** JSON documents: what they do not allow, the session may not, whatever the role may. */
  readonly policies?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  /** Keys of the tags that sessions keep which this one starts. */
  readonly transitive?: readonly string[];
  readonly sourceIdentity?: string;
  /** What its start proved, by condition key, such as `token.actions.githubusercontent.com:sub`. */
  readonly keys?: Readonly<Record<string, string | readonly string[]>>;
}

/** What a handler knows beside its input. */
export interface CallContext {
  readonly account: string;
  readonly region: string;
  readonly requestId: string;
  readonly principal: Principal;
  /** The caller's account and region. */
  readonly store: Scope;
  /** The whole store, for what spans accounts or regions (bucket names, role look-ups). */
  readonly cloud: Store;
  readonly clock: Clock;
  readonly settings: CloudSettings;
  /**
   * Calls `tell` when a streaming handler that waits for something should answer without it: the caller has gone, or the cloud is
   * to stand still. The answer ends that. Only calls over the wire have it.
   */
  readonly onHurry?: (tell: () => void) => () => void;
  /** Reads a document of another server. Only streaming calls over the wire have it. */
  readonly fetchJson?: (url: URL) => Promise<FetchedJson>;
  /**
   * Why the caller may not do something that its call needs beside what it was let in for; undefined where it may. Left out
   * where Local AWS itself calls.
   */
  readonly refusal?: (need: Need) => Error | undefined;
}

/** What the person who started the cloud decided; the same for every call. */
export interface CloudSettings {
  /** Where durable files (objects, blobs, task directories) live; absolute. */
  readonly dataDir: string;
  /** The front door as clients on this machine reach it, such as `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  /** The address that requests from this machine count as coming from. */
  readonly homeAddress: string;
  /** Tasks have a network, in which packets can be counted. */
  readonly hasPackets?: boolean;
}

/** How a handler is written before its input and output types are known. */
// oxlint-disable-next-line typescript/no-explicit-any -- the tables of all services meet here; each is checked against the SDK's types where it is written
export type AnyHandler<Context = CallContext> = (input: any, context: Context) => unknown;

/** What a cloud knows of a service that nobody has called yet. */
export interface Kept {
  /** The kinds of resources that a picture of the cloud shows; in the order in which they build on each other. */
  readonly shown?: readonly Kind<object>[];
  /**
   * Kinds of which the cloud itself writes something. Any other kind is configuration as a whole, so a new one makes a cloud's
   * revision change too often and never too seldom.
   */
  readonly written?: readonly Written[];
}

/**
 * The row of a service: most of a cloud's code belongs to services that nobody calls in a day, so what answers their calls is loaded
 * when the first comes.
 */
export interface ServiceRow extends Kept {
  readonly id: ServiceId;
  /** Whether every account has something of it in every region from the start. */
  readonly seeds?: boolean;
  readonly load: () => Promise<{ readonly service: Service }>;
}

/**
 * A service as the front door sees it. `handlers` run inside one transaction of the store and are synchronous: they
 * validate, change state and answer. `streaming` handlers may await (object bodies, long
 * searches); they open transactions themselves.
 */
export interface Service {
  /** Its row among the modelled services tells client and protocols. */
  readonly id: ServiceId;
  /**
   * The code of an error that is AWS's own, with status 500. Left out, it is `InternalFailure`, as services have it whose
   * common errors are those of https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/CommonErrors.html
   */
  readonly fault?: string;
  readonly handlers: Readonly<Record<string, AnyHandler>>;
  /**
   * What callers have to be allowed; `"own"` where its handlers ask that themselves, each where it has found its resource. Left
   * out, actions have the operations' names, and are about the ARNs that stand in the input.
   */
  readonly rights?: "own" | RightsTable<CallContext>;
  /** What becomes of each member of its operations' inputs. */
  readonly members: Members;
  /** The same, looked up by structure and name. */
  readonly accounts: MemberAccounts;
  readonly streaming?: Readonly<Record<string, AnyHandler>>;
  /** How its resources' tags are found and changed; every service that has operations for tags has it. */
  readonly tagging?: Tagging<CallContext>;
  /** What every account has in every region from the start (the default VPC). Runs in the transaction of the first call. */
  readonly seed?: (context: SeedContext) => void;
}

/**
 * Checks a service, so that a table at odds with itself is told before anything is served.
 * @throws Error where an operation has two handlers, or a member two accounts
 */
export function defineService(service: Omit<Service, "accounts">): Service {
  const twice = Object.keys(service.streaming ?? {}).find((name) => name in service.handlers);
  if (twice !== undefined) throw new Error(`${service.id}:${twice} has two handlers`);
  return { ...service, accounts: new MemberAccounts(service.members) };
}

/** What seeding knows: there is no caller yet. */
export interface SeedContext {
  readonly account: string;
  readonly region: string;
  readonly store: Scope;
  readonly clock: Clock;
}
