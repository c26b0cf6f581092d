import { taggedKind, tagsByArn } from "../kit/tagging.ts";
import type { Members } from "../kit/members.ts";
import type { RightsTable } from "../kit/rights.ts";
import { defineService, type CallContext, type Service } from "../service.ts";
import { connectionHandlers } from "./connections.ts";
import { connections, type ServiceName } from "./state.ts";

/** Hosts are servers of one's own, which nothing here stands for: their operations are refused by name too. */
export const members: Members = {
  refused: { CreateConnectionInput: "HostArn", ListConnectionsInput: "HostArnFilter" },
  meaningless: [],
  usedIn: {},
};

const arnOf = (input: { ConnectionArn?: string; ResourceArn?: string }) =>
  input.ConnectionArn ?? input.ResourceArn ?? "*";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodeconnections.html */
export const rightsOf = (prefix: ServiceName): RightsTable<CallContext> => ({
  prefix,
  resources: [
    [() => "*", "CreateConnection ListConnections"],
    [arnOf, "GetConnection DeleteConnection TagResource UntagResource ListTagsForResource"],
  ],
  tagsOf: (arn, { store }) => store.of(connections).get(arn)?.tags,
});

/** What both names of the service share: connections are found under either, and tagged under the one of their ARN. */
export const taggingOf = (service: ServiceName): NonNullable<Service["tagging"]> => ({
  kinds: [
    taggedKind(connections, ({ arn, tags }) =>
      arn.startsWith(`arn:aws:${service}:`) ? { arn, tags } : undefined,
    ),
  ],
  ...tagsByArn(["ResourceArn", "Tags", "TagKeys"]),
});

/** AWS CodeConnections, to GitHub alone: repositories on this machine stand for those there. */
export const service = defineService({
  id: "codeconnections",
  rights: rightsOf("codeconnections"),
  members,
  tagging: taggingOf("codeconnections"),
  handlers: connectionHandlers("codeconnections") as Service["handlers"],
});
