import type { EvaluationResult, PolicySourceType, Statement as Matched } from "@aws-sdk/client-iam";
import { statementSpan } from "./json-position.ts";
import type { RequestContext } from "./policy-conditions.ts";
import { toList, type PolicyDocument, type Statement } from "./policy-document.ts";
import {
  applyingStatements,
  namesAction,
  statementsFor,
  type Decision,
} from "./policy-evaluation.ts";

/** A policy that a simulation asks, and what it is called there. */
export interface SimulatedPolicy {
  readonly id: string;
  readonly text: string;
  readonly document: PolicyDocument;
}

/** What a simulation asks of: the simulated caller's own policies, and those beside them. */
export interface Simulation {
  readonly identity: readonly SimulatedPolicy[];
  /** Undefined where nothing limits what the caller's policies give. */
  readonly boundary: readonly SimulatedPolicy[] | undefined;
  /** The policy of the resource, and the user whom it may name. */
  readonly resource: { readonly policy: SimulatedPolicy; readonly caller: string } | undefined;
  readonly context: RequestContext;
}

interface Found {
  readonly policy: SimulatedPolicy;
  readonly statement: Statement;
}

/** The service answers this, whatever its model says of the kinds that there are. */
const SOURCE_TYPE = "IAM Policy" as PolicySourceType;

/**
 * What policies would say of an action.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html
 * @param resource undefined where the simulation names none
 */
export function simulate(
  simulation: Simulation,
  action: string,
  resource: string | undefined,
): EvaluationResult {
  const { decision, matched, isWithin } = decide(simulation, action, resource ?? "*");
  const MatchedStatements = matched.map(toMatched);
  const missing = missingKeys(simulation, action);
  const boundary = simulation.boundary && {
    PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: isWithin },
  };
  return {
    EvalActionName: action,
    EvalResourceName: resource ?? "*",
    EvalDecision: decision,
    MatchedStatements,
    // Of resources that are named it is told with each of them.
    MissingContextValues: resource === undefined ? missing : [],
    ...boundary,
    ...(resource !== undefined && {
      ResourceSpecificResults: [
        {
          EvalResourceName: resource,
          EvalResourceDecision: decision,
          MatchedStatements,
          MissingContextValues: missing,
          ...boundary,
        },
      ],
    }),
  };
}

/** A denial is all that is told where there is one; a boundary gives nothing, and a user whom the resource names needs none. */
function decide(
  { identity, boundary, resource, context }: Simulation,
  action: string,
  on: string,
): { decision: Decision; matched: readonly Found[]; isWithin: boolean } {
  const request = { action, resource: on, context };
  const find = (
    policies: readonly SimulatedPolicy[],
    by: (one: PolicyDocument) => PolicyDocument,
  ) =>
    policies.flatMap((policy) =>
      applyingStatements(by(policy.document), request).map((statement) => ({ policy, statement })),
    );
  const own = find(identity, (document) => document);
  const limits = find(boundary ?? [], (document) => document);
  const named = resource
    ? find([resource.policy], (document) =>
        statementsFor(document, { kind: "AWS", names: [resource.caller] }),
      )
    : [];
  const denies = [...own, ...limits, ...named].filter(isDeny);
  const isWithin = !boundary || (limits.length > 0 && !limits.some(isDeny));
  if (denies.length > 0) return { decision: "explicitDeny", matched: denies, isWithin };
  const isAllowed = named.length > 0 || (own.length > 0 && isWithin);
  return isAllowed
    ? { decision: "allowed", matched: [...own, ...named], isWithin }
    : { decision: "implicitDeny", matched: [], isWithin };
}

const isDeny = ({ statement }: Found) => statement.Effect === "Deny";

function toMatched({ policy, statement }: Found): Matched {
  const index = policy.document.Statement.indexOf(statement);
  const [StartPosition, EndPosition] = statementSpan(policy.text, index);
  return { SourcePolicyId: policy.id, SourcePolicyType: SOURCE_TYPE, StartPosition, EndPosition };
}

/** The condition keys that the statements about an action ask for, and the simulation does not give. */
function missingKeys(simulation: Simulation, action: string): string[] {
  const { identity, boundary = [], resource, context } = simulation;
  const policies = [...identity, ...boundary, ...(resource ? [resource.policy] : [])];
  const given = new Set(Object.keys(context).map((key) => key.toLowerCase()));
  const asked = policies
    .flatMap(({ document }) => document.Statement)
    .filter((statement) => namesAction(statement, action))
    .flatMap(keysIn)
    .filter((key) => !given.has(key.toLowerCase()));
  return [...new Set(asked)];
}

/** The keys of a statement's conditions, and the variables without a default in what it says. */
export function keysIn({ Condition = {}, Resource, NotResource }: Statement): string[] {
  const blocks = Object.values(Condition);
  const texts = [
    ...toList(Resource),
    ...toList(NotResource),
    ...blocks.flatMap((keys) =>
      Object.values(keys).flatMap((wanted) => toList(wanted).map(String)),
    ),
  ];
  const variables = texts.flatMap((text) =>
    [...String(text).matchAll(/\$\{([^},*?$]+)\}/g)].map(([, name = ""]) => name.trim()),
  );
  return [...blocks.flatMap((keys) => Object.keys(keys)), ...variables];
}
