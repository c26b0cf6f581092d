import { describe, expect, it } from "vitest";
import { formRequest, jsonRequest, s3Request } from "./testing/requests.ts";
import type { WireRequest } from "./wire-types.ts";
import { createWire } from "./wire.ts";

const wire = createWire();

function validate(request: WireRequest): void {
  const resolved = wire.resolveOperation(request);
  wire.validateInput(resolved, wire.decodeInput(resolved, request));
}

const ECS = "AmazonEC2ContainerServiceV20141113";
const ECR = "AmazonEC2ContainerRegistry_V20150921";
const FRAMEWORK = "failed to satisfy constraint: Member must";

const REFUSED: readonly (readonly [
  what: string,
  request: WireRequest,
  code: string,
  message: string,
])[] = [
  [
    "a missing member to ECS",
    jsonRequest(`${ECS}.RunTask`, {}),
    "InvalidParameterException",
    "TaskDefinition can not be blank.",
  ],
  [
    "an unknown value to ECS",
    jsonRequest(`${ECS}.RunTask`, { taskDefinition: "a", launchType: "MOON" }),
    "InvalidParameterException",
    "launch type should be one of [EC2,FARGATE,EXTERNAL,MANAGED_INSTANCES]",
  ],
  [
    "a name to ECR",
    jsonRequest(`${ECR}.CreateRepository`, { repositoryName: "a" }),
    "InvalidParameterException",
    "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must have length greater than or equal to 2'",
  ],
  [
    "a name to CloudWatch Logs",
    jsonRequest("Logs_20140328.CreateLogGroup", { logGroupName: "a b" }),
    "InvalidParameterException",
    `1 validation error detected: Value 'a b' at 'logGroupName' ${FRAMEWORK} satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+`,
  ],
  [
    "two things to SSM",
    jsonRequest("AmazonSSM.PutParameter", { Name: "", Value: "v", Type: "Text" }),
    "ValidationException",
    `2 validation errors detected: Value '' at 'name' ${FRAMEWORK} have length greater than or equal to 1; ` +
      `Value 'Text' at 'type' ${FRAMEWORK} satisfy enum value set: [String, StringList, SecureString]`,
  ],
  [
    "a missing member to Cloud Map",
    jsonRequest("Route53AutoNaming_v20170314.GetService", {}),
    "InvalidInput",
    `1 validation error detected: Value null at 'id' ${FRAMEWORK} not be null`,
  ],
  [
    "a nested member to IAM",
    formRequest("Action=TagRole&Version=2010-05-08&RoleName=r&Tags.member.1.Key=k"),
    "ValidationError",
    `1 validation error detected: Value null at 'tags.1.member.value' ${FRAMEWORK} not be null`,
  ],
  [
    "a number out of range to ELB",
    formRequest("Action=CreateTargetGroup&Version=2015-12-01&Name=t&Port=65536"),
    "ValidationError",
    `1 validation error detected: Value '65536' at 'port' ${FRAMEWORK} have value less than or equal to 65535`,
  ],
  [
    "an item of a list to KMS",
    jsonRequest("TrentService.CreateGrant", {
      KeyId: "k",
      GranteePrincipal: "p",
      Operations: ["Fly"],
    }),
    "ValidationException",
    expect.stringMatching(
      /^1 validation error detected: Value '\[Fly\]' at 'operations' failed to satisfy constraint: Member must satisfy constraint: \[Member must satisfy enum value set: \[Decrypt, /,
    ) as unknown as string,
  ],
  [
    "a missing parameter to EC2",
    formRequest("Action=DeleteVpc&Version=2016-11-15"),
    "MissingParameter",
    "The request must contain the parameter VpcId",
  ],
  [
    "an unknown value to EC2",
    formRequest("Action=CreateVpc&Version=2016-11-15&InstanceTenancy=shared"),
    "InvalidParameterValue",
    "Value (shared) for parameter InstanceTenancy is invalid.",
  ],
  [
    "a storage class to S3",
    s3Request("PUT", "/b/k", { "x-amz-storage-class": "ATTIC" }),
    "InvalidStorageClass",
    "The storage class you specified is not valid",
  ],
  [
    "a document to S3",
    s3Request(
      "PUT",
      "/b?versioning",
      {},
      "<VersioningConfiguration><Status>Maybe</Status></VersioningConfiguration>",
    ),
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  ],
  [
    "a missing name to CodeDeploy",
    jsonRequest("CodeDeploy_20141006.GetApplication", {}),
    "ApplicationNameRequiredException",
    `1 validation error detected: Value null at 'applicationName' ${FRAMEWORK} not be null`,
  ],
];

describe("validation", () => {
  it.each(REFUSED)("refuses %s in the service's words", (_what, request, code, message) => {
    expect(() => validate(request)).toThrow(
      expect.objectContaining({ code, message, status: 400 }),
    );
  });

  it.each([
    ["ECS", jsonRequest(`${ECS}.RunTask`, { taskDefinition: "a:1", launchType: "FARGATE" })],
    ["EC2", formRequest("Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0/16")],
    ["IAM", formRequest("Action=GetRole&Version=2010-05-08&RoleName=a")],
    ["S3", s3Request("PUT", "/b/k", { "x-amz-storage-class": "STANDARD" })],
  ])("lets a valid input of %s pass", (_service, request) => {
    expect(() => validate(request)).not.toThrow();
  });

  it("does not repeat a sensitive value", () => {
    const body = { Name: "n", Value: "v", Type: "String", Description: "d".repeat(1025) };
    expect(() => validate(jsonRequest("AmazonSSM.PutParameter", body))).toThrow("Value 'ddd");
    const secret = { SecretId: "s", SecretString: "" };
    expect(() => validate(jsonRequest("secretsmanager.PutSecretValue", secret))).toThrow(
      /Value at 'secretString'/,
    );
  });

  it("counts characters, not code units", () => {
    const tagged = (value: string) =>
      jsonRequest("Logs_20140328.CreateLogGroup", { logGroupName: "g", tags: { k: value } });
    expect(() => validate(tagged("𠀀".repeat(256)))).not.toThrow();
    expect(() => validate(tagged("𠀀".repeat(257)))).toThrow("less than or equal to 256");
  });
});
