import type { Protocol } from "../../src/protocol/wire-types.ts";

/** Protocol by the class that a client of the SDK speaks it with. */
export const PROTOCOL_OF_CLASS: Readonly<Record<string, Protocol>> = {
  AwsJson1_0Protocol: "awsJson1.0",
  AwsJson1_1Protocol: "awsJson1.1",
  AwsQueryProtocol: "query",
  AwsEc2QueryProtocol: "ec2Query",
  AwsRestJsonProtocol: "restJson",
  S3RestXmlProtocol: "restXml",
};
