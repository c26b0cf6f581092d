import type { EventBus as ApiBus } from "@aws-sdk/client-eventbridge";
import type { Handlers } from "../../protocol/typed.ts";
import { cutPage } from "../kit/pages.ts";
import type { CallContext } from "../service.ts";
import { busExists, invalidToken, validation } from "./faults.ts";
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
