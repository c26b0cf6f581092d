import type { AccountAttribute, AvailabilityZone } from "@aws-sdk/client-ec2";
import { AwsError } from "../../protocol/aws-error.ts";
import { invalidParameterValue } from "./faults.ts";
import { toFilterTest } from "./filters.ts";
import type { Ec2Handlers } from "./handlers.ts";
import { optInStatus, REGION_NAMES, zonesOf } from "../../ground/regions.ts";
import { vpcs } from "./state.ts";

const endpointOf = (region: string) => `ec2.${region}.amazonaws.com`;

/** Regions, availability zones and attributes of the account. */
export const zoneHandlers = {
  DescribeAvailabilityZones(input, { region, store }) {
    const all = zonesOf(region).map(({ name, id }): AvailabilityZone => ({
      OptInStatus: "opt-in-not-required",
      Messages: [],
      RegionName: region,
      ZoneName: name,
      ZoneId: id,
      GroupName: `${region}-zg-1`,
      NetworkBorderGroup: region,
      ZoneType: "availability-zone",
      State: "available",
    }));
    for (const name of input.ZoneNames ?? [])
      if (!all.some(({ ZoneName }) => ZoneName === name))
        throw invalidParameterValue(`Invalid availability zone: [${name}]`);
    for (const id of input.ZoneIds ?? [])
      if (!all.some(({ ZoneId }) => ZoneId === id))
        throw invalidParameterValue(`Invalid availability zone-id: [${id}]`);
    const matches = toFilterTest<AvailabilityZone>(
      input.Filters,
      {
        "group-name": (zone) => zone.GroupName,
        message: () => [],
        "opt-in-status": (zone) => zone.OptInStatus,
        "parent-zoneID": () => undefined,
        "parent-zoneName": () => undefined,
        "region-name": (zone) => zone.RegionName,
        state: (zone) => zone.State,
        "zone-id": (zone) => zone.ZoneId,
        "zone-type": (zone) => zone.ZoneType,
        "zone-name": (zone) => zone.ZoneName,
      },
      store,
    );
    const named = (zone: AvailabilityZone) =>
      (!input.ZoneNames?.length || input.ZoneNames.includes(zone.ZoneName ?? "")) &&
      (!input.ZoneIds?.length || input.ZoneIds.includes(zone.ZoneId ?? ""));
    return { AvailabilityZones: all.filter((zone) => named(zone) && matches(zone)) };
  },

  DescribeRegions(input, { store }) {
    for (const name of input.RegionNames ?? [])
      if (!REGION_NAMES.includes(name))
        throw invalidParameterValue(`Invalid region(s): [${name}] provided`);
    const matches = toFilterTest<{ name: string }>(
      input.Filters,
      {
        endpoint: ({ name }) => endpointOf(name),
        "opt-in-status": ({ name }) => optInStatus(name),
        "region-name": ({ name }) => name,
      },
      store,
    );
    return {
      Regions: REGION_NAMES.filter(
        (name) =>
          (!input.RegionNames?.length || input.RegionNames.includes(name)) && matches({ name }),
      ).map((name) => ({
        RegionName: name,
        Endpoint: endpointOf(name),
        OptInStatus: optInStatus(name),
      })),
    };
  },

  DescribeAccountAttributes(input, { store }) {
    const defaultVpc = store.of(vpcs).find((vpc) => vpc.isDefault)?.vpcId ?? "none";
    // The quotas of a new account: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
    const values: Record<string, string> = {
      "vpc-max-security-groups-per-interface": "5",
      "max-instances": "20",
      "supported-platforms": "VPC",
      "default-vpc": defaultVpc,
      "max-elastic-ips": "5",
      "vpc-max-elastic-ips": "5",
    };
    const names = input.AttributeNames?.length ? input.AttributeNames : Object.keys(values);
    return {
      AccountAttributes: names.map((name): AccountAttribute => {
        const value = values[name];
        if (value === undefined)
          throw new AwsError(
            "InvalidParameterValue",
            `Value (${name}) for parameter attribute is invalid. Unknown attribute.`,
          );
        return { AttributeName: name, AttributeValues: [{ AttributeValue: value }] };
      }),
    };
  },
} satisfies Ec2Handlers;
