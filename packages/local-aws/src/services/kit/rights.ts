/** Facts of a request, by condition key (`ecs:cluster`). */
export type RequestKeys = Readonly<Record<string, string | readonly string[]>>;

/** Something that a caller has to be allowed. */
export interface Need {
  /** Such as `iam:PassRole`. */
  readonly action: string;
  /** ARNs, each of which it has to be allowed on; none or `*` for an action that has no resource. */
  readonly on: readonly string[];
  readonly keys?: RequestKeys;
}

/** What the caller of an operation is known by: a call's context. */
export interface Asked<Context> {
  readonly operation: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- inputs of all operations meet here, read by name
  readonly input: any;
  readonly context: Context;
}

/** Whose resources a call is about. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** The ARNs that an operation is about; none for `*`. */
// oxlint-disable-next-line typescript/no-explicit-any -- a table's functions each read the one member that its operations have
export type ResourcesOf<Context> = (input: any, context: Context) => string | readonly string[];

/**
 * What callers of a service have to be allowed, by operation. The action has the operation's name and needs no resource where
 * nothing else is said. https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export interface RightsTable<Context> {
  /** IAM's name of the service, such as `elasticloadbalancing`. */
  readonly prefix: string;
  /** Operations whose action has another name. */
  readonly actions?: Readonly<Record<string, string>>;
  /** What operations are about, and their names, separated by spaces. */
  readonly resources: readonly (readonly [of: ResourcesOf<Context>, operations: string])[];
  /** Operations that anybody may call who has a key, separated by spaces. */
  readonly free?: string;
  /** Actions that a call takes instead of the one of its name: where one input asks for several things. */
  readonly needs?: (asked: Asked<Context>, usual: Need) => readonly Need[];
  /** Condition keys of the service itself. */
  readonly keys?: (asked: Asked<Context>) => RequestKeys;
  /** The policy (JSON) of a resource. */
  readonly policyOf?: (arn: string, context: Context) => string | undefined;
  /** The tags of a resource, as its service keeps them, for `aws:ResourceTag/…`. */
  readonly tagsOf?: (arn: string, context: Context) => unknown;
}
