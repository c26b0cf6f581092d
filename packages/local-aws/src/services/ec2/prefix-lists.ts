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
  readonly family: "IPv4" | "IPv6";
  /** How many rules or routes one that names it counts as. */
  readonly weight: number;
  /** Whether a gateway endpoint leads there: only these are services in a prefix list format. */
  readonly isGateway: boolean;
}

/**
 * AWS's lists, with the ranges that stand for the services' addresses here: documentation's own (RFC 5737, RFC 3849), since
 * nothing local has their real ones. Names without a region in them are `global`.
 * https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
 */
const LISTS: readonly [name: string, weight: number, cidr: string][] = [
  ["{region}.s3", 1, "192.0.2.0/25"],
  ["{region}.dynamodb", 1, "192.0.2.128/25"],
  ["{region}.s3express", 6, "198.51.100.0/27"],
  ["{region}.ec2-instance-connect", 2, "198.51.100.32/27"],
  ["{region}.ipv6.ec2-instance-connect", 2, "2001:db8:1::/48"],
  ["{region}.route53-healthchecks", 25, "198.51.100.64/27"],
  ["{region}.ipv6.route53-healthchecks", 25, "2001:db8:2::/48"],
  ["{region}.vpc-lattice", 10, "198.51.100.96/27"],
  ["{region}.ipv6.vpc-lattice", 10, "2001:db8:3::/48"],
  ["global.cloudfront.origin-facing", 55, "198.51.100.128/27"],
  ["global.ipv6.cloudfront.origin-facing", 55, "2001:db8:4::/48"],
  ["global.groundstation", 5, "198.51.100.160/27"],
];
const GATEWAY_SERVICES = /\.(?:s3|dynamodb)$/;

/** AWS's prefix lists in a region. Ids are the same in every account, as in AWS. */
export function prefixListsOf(region: string): readonly PrefixList[] {
  return LISTS.map(([template, weight, cidr]) => {
    const name = `com.amazonaws.${template.replace("{region}", region)}`;
    const unique = template.startsWith("global.") ? `${region} ${name}` : name;
    return {
      id: `pl-${createHash("sha256").update(unique).digest("hex").slice(0, 8)}`,
      name,
      weight,
      cidrs: [cidr],
      family: cidr.includes(":") ? "IPv6" : "IPv4",
      isGateway: GATEWAY_SERVICES.test(name),
    };
  });
}

/** The prefix list with this id. Throws `InvalidPrefixListId.Malformed`, `InvalidPrefixListID.NotFound`. */
export function findPrefixList(region: string, id: string): PrefixList {
  if (!/^pl-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id))
    throw new AwsError(
      "InvalidPrefixListId.Malformed",
      `Invalid id: "${id}"${id.startsWith("pl-") ? "" : ' (expecting "pl-...")'}`,
    );
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
      : prefixListsOf(region).filter(({ isGateway }) => isGateway);
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
      PrefixLists: items.map(({ id, name, family }) => ({
        PrefixListId: id,
        AddressFamily: family,
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
