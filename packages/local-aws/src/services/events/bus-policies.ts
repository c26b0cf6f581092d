import type { Condition } from "@aws-sdk/client-eventbridge";
import type { Handlers } from "../../protocol/typed.ts";
import { readStatements } from "../iam/validate-policy.ts";
import type { CallContext } from "../service.ts";
import { notFound, policyTooLong, validation } from "./faults.ts";
import { needBus } from "./find.ts";
import { eventBuses } from "./state.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutPermission.html */
const MOST_POLICY_BYTES = 10_240;

interface Statement {
  readonly Sid?: string;
}

/** Who may put events on a bus beside its own account. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-perms.html */
export const policyHandlers: Handlers<typeof import("@aws-sdk/client-eventbridge"), CallContext> = {
  PutPermission(input, { store }) {
    const bus = needBus(store, input.EventBusName);
    const { Policy, Action, Principal, StatementId, Condition } = input;
    if (Policy !== undefined) {
      checkPolicy(Policy);
      store.of(eventBuses).put(bus.name, { ...bus, policy: Policy });
      return {};
    }
    if (Action === undefined || Principal === undefined || StatementId === undefined)
      throw validation("Parameter(s) Action, Principal and StatementId must be specified.");
    if (Action !== "events:PutEvents")
      throw validation(`Provided value in parameter 'action' is not supported.`);
    const statement = {
      Sid: StatementId,
      Effect: "Allow",
      Principal: Principal === "*" ? "*" : { AWS: `arn:aws:iam::${Principal}:root` },
      Action,
      Resource: bus.arn,
      ...(Condition && { Condition: toCondition(Condition) }),
    };
    const others = statementsOf(bus.policy).filter(({ Sid }) => Sid !== StatementId);
    const policy = toPolicy([...others, statement]);
    checkLength(policy);
    store.of(eventBuses).put(bus.name, { ...bus, policy });
    return {};
  },

  RemovePermission({ EventBusName, StatementId, RemoveAllPermissions = false }, { store }) {
    const bus = needBus(store, EventBusName);
    if (!RemoveAllPermissions && StatementId === undefined)
      throw validation("Parameter StatementId must be specified.");
    if (bus.policy === undefined) throw notFound("EventBus does not have a policy.");
    const before = statementsOf(bus.policy);
    const left = RemoveAllPermissions ? [] : before.filter(({ Sid }) => Sid !== StatementId);
    if (left.length === before.length)
      throw notFound("Statement with the provided id does not exist.");
    const { policy: _, ...without } = bus;
    store
      .of(eventBuses)
      .put(bus.name, left.length === 0 ? without : { ...bus, policy: toPolicy(left) });
    return {};
  },
};

const toPolicy = (statements: readonly Statement[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

function statementsOf(policy: string | undefined): readonly Statement[] {
  if (policy === undefined) return [];
  const { Statement } = JSON.parse(policy) as { Statement: Statement | readonly Statement[] };
  return [Statement].flat() as readonly Statement[];
}

/** Only members of an organization can be asked for. */
function toCondition({ Type, Key, Value }: Condition) {
  if (Type !== "StringEquals" || Key !== "aws:PrincipalOrgID")
    throw validation("Condition must be StringEquals of aws:PrincipalOrgID.");
  return { [Type]: { [Key]: Value } };
}

function checkPolicy(policy: string): void {
  const fail = () => validation("Policy is not valid.");
  for (const { Principal, NotPrincipal, Action, NotAction } of readStatements(policy, fail))
    if ((Principal ?? NotPrincipal) === undefined || (Action ?? NotAction) === undefined)
      throw fail();
  checkLength(policy);
}

function checkLength(policy: string): void {
  if (Buffer.byteLength(policy) > MOST_POLICY_BYTES)
    throw policyTooLong("EventBus policy size is over the limit of 10240 bytes.");
}
