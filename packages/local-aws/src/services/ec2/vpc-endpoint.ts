import type { Tags } from "./state.ts";

/** A way from a VPC to a service of AWS. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html */
export interface VpcEndpoint {
  vpcEndpointId: string;
  vpcEndpointType: "Gateway" | "Interface";
  vpcId: string;
  /** `com.amazonaws.<region>.<service>`. */
  serviceName: string;
  state: "pending" | "available" | "deleting";
  policyDocument: string;
  /** Of a gateway endpoint: the tables that hold its route. */
  routeTableIds: readonly string[];
  /** Of an interface endpoint. */
  subnetIds: readonly string[];
  securityGroupIds: readonly string[];
  networkInterfaceIds: readonly string[];
  privateDnsEnabled: boolean;
  ipAddressType: string;
  dnsRecordIpType: string;
  createdAt: number;
  tags: Tags;
}
