import { AwsError } from "../../protocol/aws-error.ts";
import type { CallContext, Service } from "../service.ts";
import type { Asked, Need, RequestKeys, RightsTable } from "../kit/rights.ts";
import type { Protocol, ResolvedOperation } from "../../protocol/wire-types.ts";
import { noteDenial, refusalOn, roleArnOf } from "./caller.ts";
import { callerKeys, prefixed } from "./caller-keys.ts";
import { authorizationMessage } from "./authorization-message.ts";
import { parsePolicy, type PolicyDocument } from "./policy-document.ts";
import { isAdministrator, policiesOf } from "./principal-policies.ts";
import { refusalWords, type Refusal } from "./refusal.ts";
import { requestTagKeys, tagsByKey } from "./request-tags.ts";

/** Where a call comes from. */
export interface Sender {
  readonly address: string;
  readonly userAgent: string | undefined;
}

/** A call whose sender is known and whose input is decoded. */
export interface AuthorizedCall {
  readonly service: Pick<Service, "id" | "rights">;
  readonly resolved: Pick<ResolvedOperation, "operation" | "protocol"> & {
    readonly serviceModel: { readonly signingName: string };
  };
  readonly input: Record<string, unknown>;
  readonly sender: Sender;
}

/** How many documents are kept read: a cloud has some dozens. */
const MOST_READ = 500;

type Table = RightsTable<CallContext>;

/**
 * Holds calls to the policies of who makes them, and of what they ask for.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export class Authorizer {
  readonly #documents = new Map<string, PolicyDocument>();
  readonly #resources = new Map<Table, ReadonlyMap<string, Table["resources"][number][0]>>();

  /** The first right that a call lacks, in AWS's words; undefined where it may be answered. */
  refusal(call: AuthorizedCall, context: CallContext): Error | undefined {
    const { service, resolved } = call;
    if (isAdministrator(context.principal) || service.rights === "own") return undefined;
    const table = service.rights ?? { prefix: resolved.serviceModel.signingName, resources: [] };
    if (table.free?.split(" ").includes(resolved.operation)) return undefined;
    return this.#firstRefusal(call, table, context, this.#needs(call, table, context));
  }

  /** What a handler asks for beside: as {@link refusal}, with the keys of the same call. */
  refusalOfNeed(call: AuthorizedCall, context: CallContext, need: Need): Error | undefined {
    if (isAdministrator(context.principal)) return undefined;
    const { rights } = call.service;
    const table = rights === "own" || !rights ? { prefix: "", resources: [] } : rights;
    return this.#firstRefusal(call, table, context, [need]);
  }

  #needs({ resolved, input }: AuthorizedCall, table: Table, context: CallContext): readonly Need[] {
    const { operation } = resolved;
    const usual: Need = {
      action: `${table.prefix}:${table.actions?.[operation] ?? operation}`,
      on: this.#resourcesOf(table, operation, input, context),
    };
    return table.needs?.({ operation, input, context }, usual) ?? [usual];
  }

  #resourcesOf(
    table: Table,
    operation: string,
    input: Record<string, unknown>,
    context: CallContext,
  ): readonly string[] {
    let known = this.#resources.get(table);
    if (!known) {
      const pairs = table.resources.flatMap(([of, names]) =>
        names.split(" ").map((name) => [name, of] as const),
      );
      this.#resources.set(table, (known = new Map(pairs)));
    }
    const of = known.get(operation);
    if (of) return [of(input, context)].flat();
    return table.resources.length === 0 ? arnsIn(input, table.prefix) : [];
  }

  #firstRefusal(
    call: AuthorizedCall,
    table: Table,
    context: CallContext,
    needs: readonly Need[],
  ): Error | undefined {
    const own = policiesOf(context.cloud, context.account, context.principal, this.#read);
    const asked = { operation: call.resolved.operation, input: call.input, context };
    const shared = this.#sharedKeys(call, table, asked);
    for (const need of needs)
      for (const resource of need.on.length === 0 ? ["*"] : need.on) {
        const keys = { ...shared, ...resourceTags(table, resource, context), ...need.keys };
        const request = { action: need.action, resource, context: keys };
        const policy = table.policyOf?.(resource, context);
        const document = policy === undefined ? undefined : this.#read(policy);
        const refusal = refusalOn(context, document, request, own);
        if (!refusal) continue;
        noteDenial(context, need.action, resource, refusal);
        const encoded = () => authorizationMessage(context, request, refusal);
        return accessDenied(call, context.principal.arn, { ...request, refusal, encoded });
      }
    return undefined;
  }

  #sharedKeys(call: AuthorizedCall, table: Table, asked: Asked<CallContext>): RequestKeys {
    const { context } = asked;
    const { address, userAgent } = call.sender;
    return {
      ...callerKeys(context, roleArnOf(context)),
      ...(address !== "" && { "aws:SourceIp": address }),
      ...(userAgent !== undefined && { "aws:UserAgent": userAgent }),
      ...requestTagKeys(call.input),
      ...table.keys?.(asked),
    };
  }

  /** Policies are many times asked and seldom changed. */
  readonly #read = (text: string): PolicyDocument => {
    const known = this.#documents.get(text);
    if (known) return known;
    if (this.#documents.size >= MOST_READ) this.#documents.clear();
    const document = parsePolicy(text);
    this.#documents.set(text, document);
    return document;
  };
}

function resourceTags(table: Table, resource: string, context: CallContext): RequestKeys {
  const found = table.tagsOf?.(resource, context);
  if (!found) return {};
  const tags = tagsByKey(found);
  const isOwnKey = ["ecs", "ec2", "elasticloadbalancing", "ecr", "iam", "autoscaling"];
  return {
    ...prefixed("aws:ResourceTag/", tags),
    ...(isOwnKey.includes(table.prefix) && prefixed(`${table.prefix}:ResourceTag/`, tags)),
  };
}

/** The ARNs of a service that stand in an input's own members. */
function arnsIn(input: Record<string, unknown>, prefix: string): readonly string[] {
  return Object.values(input)
    .flat()
    .filter((value) => typeof value === "string")
    .filter((value) => value.startsWith(`arn:aws:${prefix}:`));
}

/** What was refused, and why. */
interface Refused {
  readonly action: string;
  readonly resource: string;
  readonly refusal: Refusal;
  /** What EC2 says, for those to read who may decode it. */
  readonly encoded: () => string;
}

interface Call {
  readonly service: { readonly id: string };
  readonly resolved: { readonly protocol: Protocol };
}

/**
 * The answer to a call that is not allowed, as its service words it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
function accessDenied(call: Call, arn: string, refused: Refused): AwsError {
  const { action, resource, refusal } = refused;
  const { protocol } = call.resolved;
  const who = `User: ${arn} is not authorized to perform: ${action}`;
  const why = refusalWords(refusal, action);
  if (protocol === "ec2Query") {
    const isPlain = resource === "*";
    const on = isPlain ? "" : ` on resource: ${resource}`;
    const encoded = isPlain ? "" : `. Encoded authorization failure message: ${refused.encoded()}`;
    const message = `You are not authorized to perform this operation. ${who}${on} ${why}${encoded}`;
    return new AwsError("UnauthorizedOperation", message, { status: 403 });
  }
  const named = protocol === "restXml" ? `"${resource}"` : resource;
  const message = `${who}${saysResource(call, resource) ? ` on resource: ${named}` : ""} ${why}`;
  return protocol === "query" || protocol === "restXml"
    ? new AwsError("AccessDenied", message, { status: 403 })
    : new AwsError("AccessDeniedException", message, {
        status: protocol === "restJson" ? 403 : 400,
      });
}

/** Of an action without a resource the JSON services and IAM say `*`, the others nothing. */
function saysResource({ service, resolved: { protocol } }: Call, resource: string): boolean {
  return resource !== "*" || protocol.includes("son") || service.id === "iam";
}
