import type { ServiceDetail } from "@aws-sdk/client-ec2";
import { AwsError } from "../../protocol/aws-error.ts";
import { zonesOf } from "../../ground/regions.ts";
import { paginate } from "./describe.ts";
import { toFilterTest } from "./filters.ts";
import type { Ec2Handlers } from "./handlers.ts";

/**
 * The services that an endpoint can lead to, as far as Local AWS knows the services themselves.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
 */
export const INTERFACE_SERVICES: readonly string[] = [
  "application-autoscaling",
  "autoscaling",
  "codebuild",
  "codedeploy",
  "codepipeline",
  "ec2",
  "ec2messages",
  "ecr.api",
  "ecr.dkr",
  "ecs",
  "ecs-agent",
  "ecs-telemetry",
  "elasticloadbalancing",
  "events",
  "kms",
  "logs",
  "monitoring",
  "s3",
  "scheduler",
  "secretsmanager",
  "servicediscovery",
  "ssm",
  "ssmmessages",
  "sts",
  "tagging",
  "dynamodb",
];

/** The services that have endpoints in route tables: https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html */
export const GATEWAY_SERVICES: readonly string[] = ["s3", "dynamodb"];

/** `com.amazonaws.<region>.<service>`. */
export function endpointServiceName(region: string, service: string): string {
  return `com.amazonaws.${region}.${service}`;
}

/** The service of a name such as `com.amazonaws.ap-northeast-1.ecr.api`; undefined where it is of another region, or no name. */
export function serviceOfName(region: string, serviceName: string): string | undefined {
  const prefix = endpointServiceName(region, "");
  return serviceName.startsWith(prefix) ? serviceName.slice(prefix.length) : undefined;
}

/** The host that clients of the service ask for, which private DNS resolves inside of the VPC. */
export function privateDnsName(region: string, service: string): string {
  const special: Readonly<Record<string, string>> = {
    "ecr.api": `api.ecr.${region}.amazonaws.com`,
    "ecr.dkr": `*.dkr.ecr.${region}.amazonaws.com`,
    "ecs-agent": `ecs-a.${region}.amazonaws.com`,
    "ecs-telemetry": `ecs-t.${region}.amazonaws.com`,
  };
  return special[service] ?? `${service}.${region}.amazonaws.com`;
}

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
