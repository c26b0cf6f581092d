import { describe, expect, it } from "vitest";
import { formRequest } from "./testing/requests.ts";
import { createWire } from "./wire.ts";

const wire = createWire();

function decode(form: string): unknown {
  const request = formRequest(form);
  return wire.decodeInput(wire.resolveOperation(request), request);
}

const EC2 = "Version=2016-11-15";
const IAM = "Version=2010-05-08";

describe("query inputs", () => {
  it("read lists, structures and escapes", () => {
    const form = `Action=CreateRole&${IAM}&RoleName=a+b%2B&Tags.member.2.Key=second&Tags.member.1.Key=first&MaxSessionDuration=3600`;
    expect(decode(form)).toEqual({
      RoleName: "a b+",
      MaxSessionDuration: 3600,
      Tags: [{ Key: "first" }, { Key: "second" }],
    });
  });

  it("order items by number, not by text", () => {
    const tags = Array.from({ length: 12 }, (_, at) => `Tags.member.${at + 1}.Key=k${at + 1}`).join(
      "&",
    );
    const { Tags } = decode(`Action=TagRole&${IAM}&${tags}`) as { Tags: { Key: string }[] };
    expect(Tags.map(({ Key }) => Key)).toEqual(Array.from({ length: 12 }, (_, at) => `k${at + 1}`));
  });

  it("read an empty value as an empty list", () => {
    expect(decode(`Action=UntagRole&${IAM}&RoleName=r&TagKeys=`)).toEqual({
      RoleName: "r",
      TagKeys: [],
    });
  });

  it("leave unknown keys out", () => {
    expect(decode(`Action=GetRole&${IAM}&RoleName=r&Later=1`)).toEqual({ RoleName: "r" });
  });

  it("refuse a number that is none", () => {
    expect(() => decode(`Action=ListRoles&${IAM}&MaxItems=many`)).toThrow(
      expect.objectContaining({ code: "MalformedInput" }),
    );
  });

  it("refuse a malformed escape", () => {
    expect(() => decode(`Action=ListRoles&${IAM}&PathPrefix=%zz`)).toThrow(
      expect.objectContaining({ code: "MalformedQueryString" }),
    );
  });

  it("are read from the URL of a GET, too", () => {
    const url = "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256";
    const request = { method: "GET", url, headers: {}, body: Buffer.alloc(0) };
    const resolved = wire.resolveOperation(request);
    expect([resolved.service, resolved.operation, wire.decodeInput(resolved, request)]).toEqual([
      "sts",
      "GetCallerIdentity",
      {},
    ]);
  });
});

describe("EC2 inputs", () => {
  it("read flat lists under their own names", () => {
    const form = `Action=DescribeVpcs&${EC2}&VpcId.1=vpc-1&VpcId.2=vpc-2&Filter.1.Name=state&Filter.1.Value.1=available`;
    expect(decode(form)).toEqual({
      VpcIds: ["vpc-1", "vpc-2"],
      Filters: [{ Name: "state", Values: ["available"] }],
    });
  });

  it.each([
    [
      `Action=DescribeVpcs&${EC2}&VpcIdx=1`,
      "UnknownParameter",
      "The parameter VpcIdx is not recognized",
    ],
    [
      `Action=DescribeVpcs&${EC2}&Filter.1.Nam=1`,
      "UnknownParameter",
      "The parameter Filter.1.Nam is not recognized",
    ],
    [
      `Action=DescribeVpcs&${EC2}&MaxResults=x`,
      "InvalidParameterValue",
      "Value (x) for parameter MaxResults is invalid. The parameter must be of type integer",
    ],
  ])("refuse %s", (form, code, message) => {
    expect(() => decode(form)).toThrow(expect.objectContaining({ code, message }));
  });
});
