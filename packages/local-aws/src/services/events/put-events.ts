import { randomUUID } from "node:crypto";
import type { PutEventsRequestEntry, PutEventsResultEntry } from "@aws-sdk/client-eventbridge";
import type { Handlers } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import { invalidPattern, validation } from "./faults.ts";
import { busNameOf, findBus, parseBusArn } from "./find.ts";
import { EventPattern } from "./pattern/event-pattern.ts";
import { isJsonObject, parseJson, type Json } from "./pattern/json-value.ts";
import { publish, toEventJson } from "./publish.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const MOST_ENTRIES = 10;
const MOST_BYTES = 1_048_576;

export const eventHandlers: Handlers<typeof import("@aws-sdk/client-eventbridge"), CallContext> = {
  PutEvents({ Entries }, context) {
    if (Entries.length > MOST_ENTRIES)
      throw validation(
        `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length less than or equal to ${MOST_ENTRIES}`,
      );
    if (Entries.reduce((sum, entry) => sum + sizeOf(entry), 0) > MOST_BYTES)
      throw validation("Total size of the entries in the request is over the limit.");
    const answers = Entries.map((entry) => faultOf(entry) ?? put(entry, context));
    const failed = answers.filter(({ ErrorCode }) => ErrorCode !== undefined);
    return { FailedEntryCount: failed.length, Entries: answers };
  },

  TestEventPattern({ EventPattern: pattern, Event }) {
    const compiled = new EventPattern(pattern);
    const event = parsed(Event);
    if (!isJsonObject(event)) throw validation("Parameter Event is not valid.");
    // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html
    const lacking = ["id", "account", "source", "time", "region", "resources", "detail-type"].find(
      (name) => !Object.hasOwn(event, name),
    );
    if (lacking !== undefined)
      throw invalidPattern(`Event is missing the mandatory field ${lacking}`);
    return { Result: compiled.matches(event) };
  },
};

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-calculate-putevents-event-entry-size */
function sizeOf({ Time, Source, DetailType, Detail, Resources }: PutEventsRequestEntry): number {
  const texts = [Source, DetailType, Detail, ...(Resources ?? [])];
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ""), 0);
  return bytes + (Time ? 14 : 0);
}

function faultOf(entry: PutEventsRequestEntry): PutEventsResultEntry | undefined {
  for (const member of ["Source", "DetailType", "Detail"] as const)
    if (!entry[member])
      return {
        ErrorCode: "InvalidArgument",
        ErrorMessage: `Parameter ${member} is not valid. Reason: ${member} is a required argument.`,
      };
  if (/^aws\./i.test(entry.Source!))
    return {
      ErrorCode: "NotAuthorizedForSourceException",
      ErrorMessage: "Not authorized for the source.",
    };
  if (!isJsonObject(parsed(entry.Detail!)))
    return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
  return undefined;
}

function parsed(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** An event for a bus that is not there is taken, and goes nowhere. */
function put(entry: PutEventsRequestEntry, context: CallContext): PutEventsResultEntry {
  const { Source, DetailType, Detail, Resources = [], Time, EventBusName } = entry;
  const { account, region, cloud, clock, principal } = context;
  const named = EventBusName === undefined ? undefined : parseBusArn(EventBusName);
  const to = named ?? { account, region, name: busNameOf(EventBusName) };
  if (to.account !== account)
    return {
      ErrorCode: "AccessDeniedException",
      ErrorMessage: `User: ${principal.arn} is not authorized to perform: events:PutEvents on resource: ${EventBusName} because no resource-based policy allows the events:PutEvents action`,
    };
  const scope = cloud.scope(account, to.region);
  const bus = findBus(scope, to.name);
  const now = clock.now();
  const id = randomUUID();
  const event = {
    source: Source!,
    detailType: DetailType!,
    detail: Detail!,
    resources: Resources,
    time: Time?.getTime() ?? now,
  };
  if (bus) publish(scope, bus.name, toEventJson(context, event, id), now);
  return { EventId: id };
}
