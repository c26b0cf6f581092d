import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../testing.ts";
import { send, type SignedCall } from "./testing/signed-call.ts";

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(async () => {
  expect(cloud.errors).toEqual([]);
  await cloud.stop();
});

const form = (service: string, body: string): SignedCall => ({
  service,
  body,
  headers: { "content-type": "application/x-www-form-urlencoded" },
});
const json = (service: string, target: string, version = "1.1"): SignedCall => ({
  service,
  body: "{}",
  headers: { "content-type": `application/x-amz-json-${version}`, "x-amz-target": target },
});
const rest = (service: string, method: string, path: string): SignedCall => ({
  service,
  method,
  path,
  headers: { "content-type": "application/json" },
});

const XML = /^<ErrorResponse><Error><Type>Receiver<\/Type><Code>NotImplemented<\/Code><Message>/;
const JSON_ERROR = /"__type":"NotImplemented"/;
const REST = /^\{"message":/;

test.each<[string, SignedCall, RegExp]>([
  ["dynamodb:ListTables", json("dynamodb", "DynamoDB_20120810.ListTables", "1.0"), JSON_ERROR],
  ["kinesis:ListStreams", json("kinesis", "Kinesis_20131202.ListStreams"), JSON_ERROR],
  ["acm:ListCertificates", json("acm", "CertificateManager.ListCertificates"), JSON_ERROR],
  ["ses:ListIdentities", form("ses", "Action=ListIdentities&Version=2010-12-01"), XML],
  ["rds:DescribeDBInstances", form("rds", "Action=DescribeDBInstances&Version=2014-10-31"), XML],
  [
    "cloudformation:ListStacks",
    form("cloudformation", "Action=ListStacks&Version=2010-05-15"),
    XML,
  ],
  [
    "elasticache:DescribeEvents",
    form("elasticache", "Action=DescribeEvents&Version=2015-02-02"),
    XML,
  ],
  [
    "elb:DescribeLoadBalancers",
    form("elasticloadbalancing", "Action=DescribeLoadBalancers&Version=2012-06-01"),
    XML,
  ],
  ["lambda:ListFunctions", rest("lambda", "GET", "/2015-03-31/functions"), REST],
  ["lambda:Invoke", rest("lambda", "POST", "/2015-03-31/functions/f/invocations"), REST],
  ["efs:DescribeFileSystems", rest("elasticfilesystem", "GET", "/2015-02-01/file-systems"), REST],
  ["apigatewayv2:GetApis", rest("apigateway", "GET", "/v2/apis"), REST],
  ["apigateway:GetRestApis", rest("apigateway", "GET", "/restapis"), REST],
  ["eks:ListClusters", rest("eks", "GET", "/clusters"), REST],
  ["route53:ListHostedZones", rest("route53", "GET", "/2013-04-01/hostedzone"), XML],
  ["cloudfront:ListDistributions", rest("cloudfront", "GET", "/2020-05-31/distribution"), XML],
  [
    "s3control:ListAccessPoints",
    {
      ...rest("s3", "GET", "/v20180820/accesspoint"),
      headers: { "x-amz-account-id": "123456789012" },
      payloadHash: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    },
    XML,
  ],
  ["the service nosuch", rest("nosuch", "GET", "/x"), REST],
])("%s says by name that it is not there", async (name, call, shape) => {
  const answer = await send(cloud.endpoint, cloud.cloud.credentials, call);
  expect(answer).toEqual({ status: 501, body: expect.stringMatching(shape) });
  expect(answer.body).toContain(`${name} is not implemented by Local AWS`);
  expect(answer.body).toContain("support-matrix");
});

test("but not to a key of another cloud", async () => {
  const key = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "x" };
  const answer = await send(cloud.endpoint, key, json("kinesis", "Kinesis_20131202.ListStreams"));
  expect(answer).toEqual({
    status: 400,
    body: expect.stringContaining("UnrecognizedClientException"),
  });
});
