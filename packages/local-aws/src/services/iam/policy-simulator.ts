import type {
  ContextEntry,
  SimulateCustomPolicyRequest,
  SimulatePolicyResponse,
  SimulatePrincipalPolicyRequest,
} from "@aws-sdk/client-iam";
import { lastPart } from "../../ground/arn.ts";
import type { CallContext } from "../service.ts";
import { callerKeys } from "./caller-keys.ts";
import { findPolicy } from "./entities.ts";
import * as faults from "./faults.ts";
import type { IamHandlers } from "./handlers.ts";
import { paginate } from "./pages.ts";
import type { RequestContext } from "./policy-conditions.ts";
import { parsePolicy } from "./policy-document.ts";
import { boundaryDocument, groupsOf } from "./principal-policies.ts";
import { keysIn, simulate, type SimulatedPolicy } from "./simulation.ts";
import { groups, roles, users, type Group, type Role, type User } from "./state.ts";
import { readStatements } from "./validate-policy.ts";

type Shared =
  | "PermissionsBoundaryPolicyInputList"
  | "ResourceArns"
  | "ResourcePolicy"
  | "CallerArn"
  | "ContextEntries"
  | "MaxItems"
  | "Marker";

/** What both operations are asked, beside whose policies. */
type Asked = (
  | Pick<SimulateCustomPolicyRequest, Shared>
  | Pick<SimulatePrincipalPolicyRequest, Shared>
) & { readonly ActionNames: readonly string[] };

/** Whose policies are simulated. */
interface Source {
  readonly identity: readonly SimulatedPolicy[];
  readonly boundary?: readonly SimulatedPolicy[] | undefined;
  readonly principal?: { readonly arn: string; readonly userId?: string } | undefined;
}

/** What policies would say, without anything being done: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html */
export const policySimulatorHandlers = {
  SimulateCustomPolicy(input, context) {
    const { PolicyInputList: texts, CallerArn: arn } = input;
    const principal = arn === undefined ? undefined : { arn };
    return results(context, input, { identity: given(texts, "PolicyInputList"), principal });
  },

  SimulatePrincipalPolicy(input, context) {
    const { PolicySourceArn: arn, PolicyInputList: texts = [], CallerArn: caller } = input;
    const source = sourceOf(context, arn);
    const identity = [...source.identity, ...given(texts, "PolicyInputList")];
    const CallerArn = caller ?? (arn.includes(":user/") ? arn : undefined);
    return results(context, { ...input, CallerArn }, { ...source, identity });
  },

  GetContextKeysForCustomPolicy: ({ PolicyInputList: texts }) =>
    contextKeys(given(texts, "PolicyInputList")),

  GetContextKeysForPrincipalPolicy({ PolicySourceArn: arn, PolicyInputList: texts = [] }, context) {
    const { identity } = sourceOf(context, arn);
    return contextKeys([...identity, ...given(texts, "PolicyInputList")]);
  },
} satisfies IamHandlers;

/** What a simulation would have to be given. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetContextKeysForCustomPolicy.html */
function contextKeys(policies: readonly SimulatedPolicy[]) {
  const keys = policies.flatMap(({ document }) => document.Statement.flatMap(keysIn));
  return { ContextKeyNames: [...new Set(keys)] };
}

function results(context: CallContext, asked: Asked, source: Source): SimulatePolicyResponse {
  const { ResourcePolicy: policy, CallerArn: caller, ResourceArns: resources = [] } = asked;
  const limits = asked.PermissionsBoundaryPolicyInputList;
  if (policy !== undefined && !caller?.includes(":user/"))
    throw faults.invalidInput("A resource policy can only be simulated for a user as the caller.");
  const simulation = {
    identity: source.identity,
    boundary: limits ? given(limits, "PermissionsBoundaryPolicyInputList") : source.boundary,
    resource: policy === undefined ? undefined : ofResource(policy, caller!),
    context: contextOf(context, source.principal, asked.ContextEntries ?? []),
  };
  for (const action of asked.ActionNames)
    if (!/^[\w-]+:[\w-]+$/.test(action))
      throw faults.invalidInput(`Invalid Action Name: ${action}`);
  const pairs = asked.ActionNames.flatMap((action) =>
    (resources.length > 0 ? resources : [undefined]).map((on) => [action, on] as const),
  ).map((pair, index) => ({ pair, index }));
  const { items, paging } = paginate(pairs, asked, "simulation", ({ index }) =>
    String(index).padStart(9, "0"),
  );
  const EvaluationResults = items.map(({ pair: [action, on] }) => simulate(simulation, action, on));
  return { EvaluationResults, ...paging };
}

const ofResource = (text: string, caller: string) => ({
  policy: readPolicy("ResourcePolicy", text),
  caller,
});

const given = (texts: readonly string[], list: string) =>
  texts.map((text, index) => readPolicy(`${list}.${index + 1}`, text));

/** @throws AwsError `InvalidInput` */
function readPolicy(id: string, text: string): SimulatedPolicy {
  const fail = () => faults.invalidInput(`Syntax errors in policy ${id}.`);
  for (const { Effect, Principal, NotPrincipal } of readStatements(text, fail))
    if (!/^(?:Allow|Deny)$/.test(String(Effect)) || Principal === null || NotPrincipal === null)
      throw fail();
  return stored(id, text);
}

/** One that was checked when it was stored. */
const stored = (id: string, text: string) => ({ id, text, document: parsePolicy(text) });

/**
 * A user's, a group's or a role's policies.
 * @throws AwsError `NoSuchEntity`
 */
function sourceOf({ store, cloud, account }: CallContext, arn: string): Source {
  const name = lastPart(arn);
  const kind = /^arn:aws:iam::\d{12}:(user|group|role)\//.exec(arn)?.[1];
  const found = (one: Readonly<User | Group | Role> | undefined) => one?.arn === arn;
  const user = kind === "user" ? store.of(users).get(name) : undefined;
  const role = kind === "role" ? store.of(roles).get(name) : undefined;
  const group = kind === "group" ? store.of(groups).get(name) : undefined;
  const entity = user ?? role;
  if (group && found(group)) return { identity: policiesOf(store, `group_${name}`, group) };
  if (!entity || !found(entity))
    throw faults.noSuchEntity(`The entity with ARN ${arn} cannot be found.`);
  const boundary = boundaryDocument(cloud, account, entity);
  const id = entity.permissionsBoundary === undefined ? "" : lastPart(entity.permissionsBoundary);
  const ofGroups = groupsOf(cloud, account, entity).flatMap((one) =>
    policiesOf(store, `group_${one.groupName}`, one),
  );
  return {
    identity: [...policiesOf(store, `${kind}_${name}`, entity), ...ofGroups],
    boundary: boundary === undefined ? undefined : [stored(id, boundary)],
    principal: { arn, userId: user ? user.userId : role!.roleId },
  };
}

/** Those of one entity: an inline policy is called by whose it is, a managed one by its name. */
function policiesOf(
  store: CallContext["store"],
  owner: string,
  { inlinePolicies, attachedPolicies }: Readonly<User | Group | Role>,
): SimulatedPolicy[] {
  const inline = Object.entries(inlinePolicies).map(([name, text]) =>
    stored(`${owner}_${name}`, text),
  );
  const managed = attachedPolicies.flatMap((arn) => {
    const policy = findPolicy(store, arn);
    const text = policy?.versions.find(({ isDefault }) => isDefault)?.document;
    return policy && text !== undefined ? [stored(policy.policyName, text)] : [];
  });
  return [...inline, ...managed];
}

/** The keys that are given, and what a call of the principal would have whatever is given: who it is, and the time. */
function contextOf(
  { account, region, cloud, clock }: CallContext,
  principal: Source["principal"],
  entries: readonly ContextEntry[],
): RequestContext {
  const named = new Map(
    entries.map((entry) => [entry.ContextKeyName?.toLowerCase() ?? "", valuesOf(entry)]),
  );
  const caller = { account, region, cloud, clock, principal: principal ?? { arn: "" } };
  const whole = Object.entries(callerKeys(caller, undefined)).filter(
    ([key]) =>
      (/^aws:(?:Current|Epoch)Time$/.test(key) ||
        (principal && /^aws:(?:Principal(?:Arn|Account|Type|Tag\/.*)|user\w+)$/.test(key))) &&
      !named.has(key.toLowerCase()),
  );
  return { ...Object.fromEntries(whole), ...Object.fromEntries(named) };
}

/** @throws AwsError `InvalidInput` for several values of a kind that has one */
function valuesOf(entry: ContextEntry): readonly string[] {
  const { ContextKeyName: name, ContextKeyValues: values = [], ContextKeyType: type = "" } = entry;
  if (!type.endsWith("List") && values.length !== 1)
    throw faults.invalidInput(`The context key ${name} has to have one value of type ${type}.`);
  return values;
}
