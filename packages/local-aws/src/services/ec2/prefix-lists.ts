import { createHash } from "node:crypto";
import { AwsError } from "../../protocol/aws-error.ts";
import { paginate } from "./describe.ts";
import { type FilterTable, toFilterTest } from "./filters.ts";
import type { Ec2Handlers } from "./handlers.ts";

/** A list of address ranges that AWS keeps for a service of its own. */
export interface PrefixList {
  readonly id: string;
  /** `com.amazonaws.<region>.s3`. */
  readonly name: string;
  readonly cidrs: readonly string[];
}

/**
 * The services that gateway endpoints lead to, with the ranges that stand for their addresses here: documentation's own
 * (RFC 5737), since nothing local has S3's real addresses.
 */
const SERVICES: readonly [service: string, cidrs: readonly string[]][] = [
  ["s3", ["192.0.2.0/25"]],
  ["dynamodb", ["192.0.2.128/25"]],
];

/** AWS's prefix lists in a region. Ids are the same in every account, as in AWS. */
export function prefixListsOf(region: string): readonly PrefixList[] {
  return SERVICES.map(([service, cidrs]) => {
    const name = `com.amazonaws.${region}.${service}`;
    return { id: `pl-${createHash("sha256").update(name).digest("hex").slice(0, 8)}`, name, cidrs };
  });
}

/** The prefix list with this id. Throws `InvalidPrefixListID.NotFound`. */
export function findPrefixList(region: string, id: string): PrefixList {
  const list = prefixListsOf(region).find((one) => one.id === id);
  if (!list)
    throw new AwsError("InvalidPrefixListID.NotFound", `The prefix list ID '${id}' does not exist`);
  return list;
}

const filters: FilterTable<PrefixList> = {
  "prefix-list-id": ({ id }) => id,
  "prefix-list-name": ({ name }) => name,
  "owner-id": () => "AWS",
};

/** AWS's own prefix lists. Lists of the account's own are not there. */
export const prefixListHandlers = {
  DescribePrefixLists(input, { store, region }) {
    const lists = input.PrefixListIds?.length
      ? input.PrefixListIds.map((id) => findPrefixList(region, id))
      : prefixListsOf(region);
    const matches = toFilterTest(input.Filters, filters, store);
    const { items, NextToken } = paginate(
      lists.filter(matches),
      input,
      "prefix-list",
      ({ id }) => id,
    );
    return {
      PrefixLists: items.map(({ id, name, cidrs }) => ({
        Cidrs: [...cidrs],
        PrefixListId: id,
        PrefixListName: name,
      })),
      NextToken,
    };
  },

  DescribeManagedPrefixLists(input, { store, region }) {
    const lists = input.PrefixListIds?.length
      ? input.PrefixListIds.map((id) => findPrefixList(region, id))
      : prefixListsOf(region);
    const matches = toFilterTest(input.Filters, filters, store);
    const { items, NextToken } = paginate(
      lists.filter(matches),
      input,
      "managed-prefix-list",
      ({ id }) => id,
    );
    return {
      PrefixLists: items.map(({ id, name }) => ({
        PrefixListId: id,
        AddressFamily: "IPv4",
        State: "create-complete" as const,
        PrefixListArn: `arn:aws:ec2:${region}:aws:prefix-list/${id}`,
        PrefixListName: name,
        Tags: [],
        OwnerId: "AWS",
      })),
      NextToken,
    };
  },

  GetManagedPrefixListEntries(input, { region }) {
    const { cidrs } = findPrefixList(region, input.PrefixListId);
    const entries = cidrs.map((Cidr) => ({ Cidr }));
    const { items, NextToken } = paginate(entries, input, "prefix-list-entry", ({ Cidr }) => Cidr);
    return { Entries: [...items], NextToken };
  },
} satisfies Ec2Handlers;
