import { lastPart } from "../ground/arn.ts";
import { ecsServices, taskDefinitions } from "../services/ecs/state.ts";
import { Denials } from "../services/iam/denials.ts";
import { toList, type PolicyDocument } from "../services/iam/policy-document.ts";
import { entityPolicies } from "../services/iam/principal-policies.ts";
import { refusalOfRole, type PrincipalPolicies } from "../services/iam/refusal.ts";
import { roles } from "../services/iam/state.ts";
import type { Scope, Store } from "../store/store.ts";
import type { RightPicture, RolePicture } from "./messages.ts";

/** What a role is to a service. */
type Use = RolePicture["uses"][number];

/** Who of an account's services may do what: the roles that ECS takes on for their tasks, and that their programs have. */
export function rolePictures(
  store: Store,
  account: string,
  scopes: readonly Scope[],
): RolePicture[] {
  const uses = Map.groupBy(scopes.flatMap(usesIn), ([arn]) => arn);
  const denials = store.owner(Denials).of(account);
  return Array.from(uses, ([roleArn, own]) => {
    const name = lastPart(roleArn);
    const role = store.of(roles, account, "").get(name);
    const region = scopes[0]!.region;
    return {
      roleArn,
      name,
      uses: own.map(([, use]) => use),
      exists: role?.arn === roleArn,
      boundary: role?.permissionsBoundary ?? null,
      rights: role ? rightsOf(entityPolicies(store, account, role), { roleArn, region }) : [],
      denials: denials
        .filter(({ who }) => who === roleArn)
        .map(({ action, resource, at, times }) => ({ action, resource, at, times })),
    };
  }).toSorted((one, other) => one.name.localeCompare(other.name));
}

/** The roles of the services' newest task definitions. */
function usesIn(scope: Scope): (readonly [roleArn: string, use: Use])[] {
  const active = scope.of(ecsServices).filter(({ status }) => status !== "INACTIVE");
  return active.flatMap(({ name: service, taskDefinitionArn }) => {
    const definition = scope.of(taskDefinitions).get(taskDefinitionArn);
    const of = (as: Use["as"], arn: string | undefined) =>
      arn === undefined ? [] : [[arn, { service, as }] as const];
    return [
      ...of("execution role", definition?.executionRoleArn),
      ...of("task role", definition?.taskRoleArn),
    ];
  });
}

/** Each action that a statement of a role's own policies names, with what comes of it once all of its policies are asked. */
function rightsOf(
  own: PrincipalPolicies,
  role: { readonly roleArn: string; readonly region: string },
): RightPicture[] {
  return own.identity
    .flatMap(({ Statement }) => Statement)
    .flatMap((statement) =>
      wordsOf(statement.Action, statement.NotAction).flatMap((action) =>
        wordsOf(statement.Resource, statement.NotResource).map((resource) => ({
          action,
          resource,
          effect: outcomeOf(statement, own, { ...role, action, resource }),
        })),
      ),
    );
}

type Statement = PolicyDocument["Statement"][number];

function outcomeOf(
  statement: Statement,
  own: PrincipalPolicies,
  asked: { roleArn: string; region: string; action: string; resource: string },
): RightPicture["effect"] {
  if (statement.Effect === "Deny") return "denied";
  // Patterns are asked about as they stand: what covers one covers all that it means.
  const refusal = refusalOfRole(own, asked);
  if (refusal?.explicit) return "denied";
  if (refusal?.by === "permissions boundary") return "beyond the boundary";
  return statement.Condition === undefined ? "allowed" : "on conditions";
}

/** The patterns of an element, or those of its opposite, said so. */
function wordsOf(named: Statement["Action"], others: Statement["Action"]): readonly string[] {
  const texts = (list: Statement["Action"]) => toList(list).filter((each) => each !== null);
  return others === undefined ? texts(named) : texts(others).map((each) => `≠ ${each}`);
}
