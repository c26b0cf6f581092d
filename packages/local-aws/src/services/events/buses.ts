import type { Condition, EventBus as ApiBus } from "@aws-sdk/client-eventbridge";
import type { Handlers } from "../../protocol/typed.ts";
import { readStatements } from "../iam/validate-policy.ts";
import { cutPage } from "../kit/pages.ts";
import type { CallContext } from "../service.ts";
import { busExists, invalidToken, notFound, policyTooLong, validation } from "./faults.ts";
import { busArn, busNameOf, DEFAULT_BUS, findBus, needBus } from "./find.ts";
import { eventBuses, eventRules, rulesByBus, type EventBus } from "./state.ts";
import { withTags } from "./tags.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus.html */
export const busHandlers: Handlers<typeof import("@aws-sdk/client-eventbridge"), CallContext> = {
  CreateEventBus({ Name: name, Description, DeadLetterConfig, Tags = [] }, { store, clock }) {
    if (name.includes("/"))
      throw validation("Event bus name must not contain '/': partner event sources are not here.");
    if (findBus(store, name)) throw busExists(name);
    const now = clock.now();
    const bus = store.of(eventBuses).put(name, {
      name,
      arn: busArn(store, name),
      ...settings(Description, DeadLetterConfig),
      tags: withTags([], Tags),
      createdAt: now,
      modifiedAt: now,
    });
    return { EventBusArn: bus.arn, ...shownSettings(bus) };
  },

  UpdateEventBus({ Name, Description, DeadLetterConfig }, { store, clock }) {
    const { description: _, deadLetterArn: __, ...bus } = needBus(store, Name);
    const updated = store.of(eventBuses).put(bus.name, {
      ...bus,
      ...settings(Description, DeadLetterConfig),
      modifiedAt: clock.now(),
    });
    return { Arn: bus.arn, Name: bus.name, ...shownSettings(updated) };
  },

  DescribeEventBus({ Name }, { store }) {
    const bus = needBus(store, Name);
    return { ...shown(bus), ...shownSettings(bus) };
  },

  ListEventBuses({ NamePrefix = "", Limit = 100, NextToken }, { store }) {
    const stored = store.of(eventBuses).values();
    const all = stored.some(({ name }) => name === DEFAULT_BUS)
      ? stored
      : [findBus(store, DEFAULT_BUS)!, ...stored];
    const { items, next } = cutPage(
      all.filter(({ name }) => name.startsWith(NamePrefix)),
      {
        key: ({ name }) => name,
        size: Limit,
        token: NextToken,
        of: "buses",
        invalid: invalidToken,
      },
    );
    return { EventBuses: items.map(shown), NextToken: next };
  },

  DeleteEventBus({ Name }, { store }) {
    const name = busNameOf(Name);
    if (name === DEFAULT_BUS) throw validation("Cannot delete event bus default.");
    if (store.of(eventRules).by(rulesByBus, name).length > 0)
      throw validation("Event bus can't be deleted since it has rules.");
    store.of(eventBuses).delete(name);
    return {};
  },
};

function settings(
  description: string | undefined,
  deadLetter: { Arn?: string | undefined } | undefined,
) {
  return {
    ...(description !== undefined && { description }),
    ...(deadLetter?.Arn !== undefined && { deadLetterArn: deadLetter.Arn }),
  };
}

const shownSettings = ({ description, deadLetterArn }: Readonly<EventBus>) => ({
  Description: description,
  ...(deadLetterArn !== undefined && { DeadLetterConfig: { Arn: deadLetterArn } }),
});

const shown = (bus: Readonly<EventBus>): ApiBus => ({
  Name: bus.name,
  Arn: bus.arn,
  Description: bus.description,
  Policy: bus.policy,
  CreationTime: new Date(bus.createdAt),
  LastModifiedTime: new Date(bus.modifiedAt),
});

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
