import type { Clock } from "../clock/clock.ts";
import type { Scope, Store } from "../store/store.ts";
import type { Members } from "./kit/members.ts";

/** Who makes a call, as `sts:GetCallerIdentity` would tell. */
export interface Principal {
  readonly account: string;
  readonly arn: string;
  /** `AIDA…` for a user, `AROA…:session` for an assumed role, the account id for the root user. */
  readonly userId: string;
  readonly accessKeyId: string;
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
}

/** What the person who started the cloud decided; the same for every call. */
export interface CloudSettings {
  /** Where durable files (objects, blobs, task directories) live; absolute. */
  readonly dataDir: string;
  /** The front door as clients on this machine reach it, such as `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  /** The address that requests from this machine count as coming from. */
  readonly homeAddress: string;
}

/** How a handler is written before its input and output types are known. */
// oxlint-disable-next-line typescript/no-explicit-any -- the tables of all services meet here; each is checked against the SDK's types where it is written
export type AnyHandler<Context = CallContext> = (input: any, context: Context) => unknown;

/**
 * A service as the front door sees it. `handlers` run inside one transaction of the store and are synchronous: they
 * validate, change state and answer. `streaming` handlers may await (object bodies, long
 * searches); they open transactions themselves.
 */
export interface Service {
  /** The model's id, such as `ecs` or `elbv2`. */
  readonly id: string;
  readonly handlers: Readonly<Record<string, AnyHandler>>;
  /** What becomes of each member of its operations' inputs. */
  readonly members: Members;
  readonly streaming?: Readonly<Record<string, AnyHandler>>;
  /** What every account has in every region from the start (the default VPC). Runs in the transaction of the first call. */
  readonly seed?: (context: SeedContext) => void;
}

/** What seeding knows: there is no caller yet. */
export interface SeedContext {
  readonly account: string;
  readonly region: string;
  readonly store: Scope;
  readonly clock: Clock;
}
