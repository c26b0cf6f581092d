import { randomUUID } from "node:crypto";
import type { Connection as Shown, Tag } from "@aws-sdk/client-codestar-connections";
import type { Handlers } from "../../protocol/typed.ts";
import type { Scope, Store } from "../../store/store.ts";
import { unsupported } from "../kit/faults.ts";
import { cutPage } from "../kit/pages.ts";
import { layTags, type TagRules } from "../kit/tags.ts";
import type { CallContext } from "../service.ts";
import { connectionMissing, invalidInput, tooManyTags } from "./faults.ts";
import { connections, type Connection, type ServiceName, type Tags } from "./state.ts";

/** Handlers of the operations that both names of the service have, typed by the SDK. */
type ConnectionHandlers = Handlers<
  typeof import("@aws-sdk/client-codestar-connections"),
  CallContext
>;

const RULES: TagRules = {
  reserved: () => invalidInput("Tag keys that begin with aws: are reserved for AWS."),
  twice: (key) => invalidInput(`The tag key ${key} is given more than once.`),
  tooMany: tooManyTags,
};

/** Those of GitLab and of servers of one's own would need a host or a site that nothing here stands for. */
const PROVIDERS = ["GitHub"];

const shown = (connection: Readonly<Connection>): Shown => ({
  ConnectionName: connection.name,
  ConnectionArn: connection.arn,
  ProviderType: connection.providerType,
  ConnectionStatus: connection.status,
});

/** @throws AwsError `ResourceNotFoundException` */
function needConnection(store: Scope, arn: string): Readonly<Connection> {
  const found = store.of(connections).get(arn);
  if (!found) throw connectionMissing(arn);
  return found;
}

/**
 * Lets a connection be used, as somebody does at the provider who has rights there: here by the command line.
 * @param reference an ARN, or a name, which several may have
 * @returns their ARNs; none where there is no such connection
 */
export function acceptConnection(store: Store, reference: string): string[] {
  return store.transaction(() =>
    store.all(connections).flatMap((all) =>
      all
        .filter(({ arn, name }) => arn === reference || name === reference)
        .map(({ arn }) => {
          all.patch(arn, { status: "AVAILABLE" });
          return arn;
        }),
    ),
  );
}

const withTags = (before: Tags, given: readonly Tag[] = []): Tags => layTags(before, given, RULES);

const tagHandlers: Pick<
  ConnectionHandlers,
  "TagResource" | "UntagResource" | "ListTagsForResource"
> = {
  TagResource({ ResourceArn, Tags: given }, { store }) {
    const { tags } = needConnection(store, ResourceArn);
    store.of(connections).patch(ResourceArn, { tags: withTags(tags, given) });
    return {};
  },

  UntagResource({ ResourceArn, TagKeys }, { store }) {
    const { tags } = needConnection(store, ResourceArn);
    const left = tags.filter(({ Key }) => !TagKeys.includes(Key));
    store.of(connections).patch(ResourceArn, { tags: left });
    return {};
  },

  ListTagsForResource({ ResourceArn }, { store }) {
    return { Tags: needConnection(store, ResourceArn).tags.map((tag) => ({ ...tag })) };
  },
};

/**
 * What both names answer; their ARNs differ.
 * https://docs.aws.amazon.com/dtconsole/latest/userguide/rename.html
 */
export function connectionHandlers(service: ServiceName): ConnectionHandlers {
  return {
    CreateConnection(input, { store, account, region, clock }) {
      const { ConnectionName: name, ProviderType, Tags: tags } = input;
      const providerType = ProviderType ?? "GitHub";
      if (!PROVIDERS.includes(providerType))
        throw unsupported(
          `connections to ${providerType}: repositories of this machine are GitHub's`,
        );
      const arn = `arn:aws:${service}:${region}:${account}:connection/${randomUUID()}`;
      const made: Connection = {
        arn,
        name,
        providerType,
        status: "PENDING",
        createdAt: clock.now(),
        tags: withTags([], tags),
      };
      store.of(connections).put(arn, made);
      return { ConnectionArn: arn, Tags: made.tags.map((tag) => ({ ...tag })) };
    },

    GetConnection({ ConnectionArn }, { store }) {
      return { Connection: shown(needConnection(store, ConnectionArn)) };
    },

    ListConnections({ ProviderTypeFilter, MaxResults, NextToken }, { store }) {
      const found = store
        .of(connections)
        .filter((it) => ProviderTypeFilter === undefined || it.providerType === ProviderTypeFilter);
      const { items, next } = cutPage(found, {
        key: ({ arn }) => arn,
        size: MaxResults ?? 100,
        token: NextToken,
        of: "connections",
        invalid: () => invalidInput("The next token is not valid."),
      });
      return { Connections: items.map(shown), NextToken: next };
    },

    DeleteConnection({ ConnectionArn }, { store }) {
      store.of(connections).delete(needConnection(store, ConnectionArn).arn);
      return {};
    },

    ...tagHandlers,
  };
}
