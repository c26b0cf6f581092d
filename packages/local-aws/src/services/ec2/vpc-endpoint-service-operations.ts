import type { ServiceDetail } from "@aws-sdk/client-ec2";
import { AwsError } from "../../protocol/aws-error.ts";
import { paginate } from "./describe.ts";
import { toFilterTest } from "./filters.ts";
import type { Ec2Handlers } from "./handlers.ts";
import { zonesOf } from "../../ground/regions.ts";
import {
  endpointServiceName,
  GATEWAY_SERVICES,
  INTERFACE_SERVICES,
  privateDnsName,
} from "./vpc-endpoint-services.ts";

function toDetail(region: string, service: string, type: "Gateway" | "Interface"): ServiceDetail {
  const name = endpointServiceName(region, service);
  const dnsName = privateDnsName(region, service);
  return {
    ServiceName: name,
    ServiceId: `vpce-svc-${Buffer.from(`${type}${name}`).toString("hex").slice(-17)}`,
    ServiceType: [{ ServiceType: type }],
    ServiceRegion: region,
    AvailabilityZones: zonesOf(region).map((zone) => zone.name),
    Owner: "amazon",
    BaseEndpointDnsNames: [`${service}.${region}.vpce.amazonaws.com`],
    ...(type === "Interface" && {
      PrivateDnsName: dnsName,
      PrivateDnsNames: [{ PrivateDnsName: dnsName }],
      PrivateDnsNameVerificationState: "verified" as const,
    }),
    VpcEndpointPolicySupported: true,
    AcceptanceRequired: false,
    ManagesVpcEndpoints: false,
    Tags: [],
    SupportedIpAddressTypes: ["ipv4"],
  };
}

/** The services that VPC endpoints can lead to. */
export const vpcEndpointServiceHandlers = {
  DescribeVpcEndpointServices(input, { store, region }) {
    const all = [
      ...GATEWAY_SERVICES.map((service) => toDetail(region, service, "Gateway")),
      ...INTERFACE_SERVICES.map((service) => toDetail(region, service, "Interface")),
    ];
    for (const name of input.ServiceNames ?? [])
      if (!all.some(({ ServiceName }) => ServiceName === name))
        throw new AwsError(
          "InvalidServiceName",
          `The Vpc Endpoint Service '${name}' does not exist`,
        );
    const matches = toFilterTest<ServiceDetail>(
      input.Filters,
      {
        owner: ({ Owner }) => Owner,
        "service-name": ({ ServiceName }) => ServiceName,
        "service-region": ({ ServiceRegion }) => ServiceRegion,
        "service-type": ({ ServiceType }) => ServiceType?.map((type) => type.ServiceType),
        "supported-ip-address-types": () => "ipv4",
      },
      store,
      () => ({}),
    );
    const isThere = !input.ServiceRegions?.length || input.ServiceRegions.includes(region);
    const named = ({ ServiceName }: ServiceDetail) =>
      !input.ServiceNames?.length || input.ServiceNames.includes(ServiceName ?? "");
    const found = all.filter((detail) => isThere && named(detail) && matches(detail));
    const { items, NextToken } = paginate(
      found,
      input,
      "vpc-endpoint-service",
      ({ ServiceId }) => ServiceId ?? "",
    );
    return {
      ServiceDetails: [...items],
      ServiceNames: [...new Set(items.map(({ ServiceName }) => ServiceName ?? ""))],
      NextToken,
    };
  },
} satisfies Ec2Handlers;
