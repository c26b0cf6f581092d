import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { AwsError } from "./aws-error.ts";
import { formRequest, jsonRequest, s3Request } from "./testing/requests.ts";
import type { WireRequest } from "./wire-types.ts";
import { createWire } from "./wire.ts";

const wire = createWire();
const ECS = "AmazonEC2ContainerServiceV20141113";

function rpc(path: string): WireRequest {
  return {
    method: "POST",
    url: path,
    headers: { "smithy-protocol": "rpc-v2-cbor" },
    body: Buffer.alloc(0),
  };
}

const METRICS = "GraniteServiceVersion20100801";
const KNOWN: readonly (readonly [
  what: string,
  request: WireRequest,
  scope: string | undefined,
  found: readonly string[],
])[] = [
  [
    "a target",
    jsonRequest(`${ECS}.ListClusters`, {}),
    undefined,
    ["ecs", "awsJson1.1", "ListClusters"],
  ],
  [
    "an RPC path",
    rpc(`/service/${METRICS}/operation/ListMetrics`),
    undefined,
    ["cloudwatch", "rpc-v2-cbor", "ListMetrics"],
  ],
  [
    "a version",
    formRequest("Action=DescribeVpcs&Version=2016-11-15"),
    undefined,
    ["ec2", "ec2Query", "DescribeVpcs"],
  ],
  ["a scope", formRequest("Action=ListRoles"), "iam", ["iam", "query", "ListRoles"]],
  [
    "a route",
    { method: "GET", url: "/schedules/s", headers: {}, body: Buffer.alloc(0) },
    "scheduler",
    ["scheduler", "restJson", "GetSchedule"],
  ],
  ["nothing but a path", s3Request("GET", "/b/k"), undefined, ["s3", "restXml", "GetObject"]],
  [
    "a bucket of its own host",
    s3Request("PUT", "/k", { host: "b.localhost:4566" }),
    "s3",
    ["s3", "restXml", "PutObject"],
  ],
  [
    "a form that is an object",
    s3Request("PUT", "/b/k", { "content-type": "application/x-www-form-urlencoded" }),
    "s3",
    ["s3", "restXml", "PutObject"],
  ],
];

describe("resolving", () => {
  it.each(KNOWN)("tells an operation by %s", (_what, request, scope, found) => {
    const { service, protocol, operation } = wire.resolveOperation(request, scope);
    expect([service, protocol, operation]).toEqual(found);
    expect(wire.guessProtocol(request, scope)).toMatchObject({ service, protocol });
  });

  it.each([
    ["JSON", jsonRequest(`${ECS}.Fly`, {}), undefined, "UnknownOperationException", 400],
    [
      "an unknown target",
      jsonRequest("Nobody.Fly", {}),
      undefined,
      "UnknownOperationException",
      400,
    ],
    ["JSON without a target", s3Request("POST", "/"), "ecs", "UnknownOperationException", 400],
    [
      "CBOR for a service without it",
      rpc(`/service/${ECS}/operation/ListClusters`),
      undefined,
      "UnknownOperationException",
      400,
    ],
    ["query", formRequest("Action=Fly&Version=2010-05-08"), undefined, "InvalidAction", 400],
    ["a query without an action", formRequest("Version=2010-05-08"), "iam", "MissingAction", 400],
    ["EC2", formRequest("Action=Fly&Version=2016-11-15"), undefined, "InvalidAction", 400],
    ["REST JSON", s3Request("GET", "/nowhere"), "scheduler", "UnknownOperationException", 404],
    ["S3", s3Request("PATCH", "/b"), undefined, "MethodNotAllowed", 405],
    ["S3 with a malformed key", s3Request("GET", "/b/%zz"), undefined, "InvalidURI", 400],
    [
      "an operation called constructor",
      jsonRequest(`${ECS}.constructor`, {}),
      undefined,
      "UnknownOperationException",
      400,
    ],
  ])("answers what %s does not know", (_what, request, scope, code, status) => {
    expect(() => wire.resolveOperation(request, scope)).toThrow(
      expect.objectContaining({ code, status }),
    );
    expect(() => wire.guessProtocol(request, scope)).not.toThrow();
  });

  it.each([
    ["ListObjects", "GET", "/b", {}],
    ["ListObjectsV2", "GET", "/b?list-type=2&prefix=a", {}],
    ["GetBucketLocation", "GET", "/b?location=", {}],
    ["GetObjectAcl", "GET", "/b/k?acl", {}],
    ["ListParts", "GET", "/b/k?uploadId=u", {}],
    ["CopyObject", "PUT", "/b/k", { "x-amz-copy-source": "b/c" }],
    ["UploadPart", "PUT", "/b/k?partNumber=1&uploadId=u", {}],
    ["UploadPartCopy", "PUT", "/b/k?partNumber=1&uploadId=u", { "x-amz-copy-source": "b/c" }],
    ["CreateMultipartUpload", "POST", "/b/k?uploads", {}],
    ["DeleteObjects", "POST", "/b?delete", {}],
    ["HeadBucket", "HEAD", "/b", {}],
    ["ListBuckets", "GET", "/?x-id=ListBuckets", {}],
  ])("routes %s", (operation, method, url, headers) => {
    expect(wire.resolveOperation(s3Request(method, url, headers)).operation).toBe(operation);
  });

  it("asks for the body of a form only where the operation stands in it", () => {
    const form = { "content-type": "application/x-www-form-urlencoded" };
    expect(wire.needsBodyToResolve(formRequest(""), "ec2")).toBe(true);
    expect(wire.needsBodyToResolve(formRequest(""))).toBe(true);
    expect(wire.needsBodyToResolve(s3Request("POST", "/b/k?uploads", form), "s3")).toBe(false);
    expect(wire.needsBodyToResolve(jsonRequest(`${ECS}.ListClusters`, {}), "ecs")).toBe(false);
  });

  it("keeps slashes, spaces and plus signs of a key", () => {
    expect(wire.resolveOperation(s3Request("GET", "/b//a%20b+c/%2F")).labels).toEqual({
      Bucket: "b",
      Key: "/a b+c//",
    });
  });
});

describe("streaming", () => {
  it("hands the body of an object over as it is", () => {
    const body = Readable.from(["x"]);
    const request = { ...s3Request("PUT", "/b/k"), body };
    const resolved = wire.resolveOperation(request);
    expect(wire.isStreamingInput(resolved)).toBe(true);
    expect(wire.decodeInput(resolved, request)["Body"]).toBe(body);
  });

  it("answers with the stream that a handler gives", () => {
    const body = Readable.from(["x"]);
    const resolved = wire.resolveOperation(s3Request("GET", "/b/k"));
    const answer = wire.encodeOutput(resolved, { Body: body, ContentLength: 1 }, "id");
    expect(answer).toMatchObject({ status: 200, headers: { "content-length": "1" }, body });
  });

  it("takes length and coding of the object, not of its framing", () => {
    const headers = {
      "content-encoding": "gzip,aws-chunked",
      "content-length": "99",
      "x-amz-decoded-content-length": "9",
    };
    const request = s3Request("PUT", "/b/k", headers);
    const input = wire.decodeInput(wire.resolveOperation(request), request);
    expect(input).toMatchObject({ ContentEncoding: "gzip", ContentLength: 9 });
  });
});

describe("S3 answers", () => {
  it("say 206 for a part of an object and nothing at all to HEAD", () => {
    const part = wire.encodeOutput(
      wire.resolveOperation(s3Request("GET", "/b/k")),
      { Body: "a", ContentRange: "bytes 0-0/2" },
      "id",
    );
    expect(part.status).toBe(206);
    const head = wire.encodeOutput(
      wire.resolveOperation(s3Request("HEAD", "/b/k")),
      { ContentLength: 7 },
      "id",
    );
    expect(head).toMatchObject({
      status: 200,
      headers: { "content-length": "7" },
      body: Buffer.alloc(0),
    });
  });

  it("name the location in a bare element", () => {
    const resolved = wire.resolveOperation(s3Request("GET", "/b?location"));
    const { body } = wire.encodeOutput(resolved, { LocationConstraint: "eu-west-1" }, "id");
    expect(body.toString()).toContain(
      '<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">eu-west-1</LocationConstraint>',
    );
  });

  it("keep line ends in metadata from ending a header", () => {
    const resolved = wire.resolveOperation(s3Request("HEAD", "/b/k"));
    const { headers } = wire.encodeOutput(
      resolved,
      { Metadata: { a: "1\r\nset-cookie: x" } },
      "id",
    );
    expect(headers["x-amz-meta-a"]).toBe("1 set-cookie: x");
  });
});

describe("errors", () => {
  const error = (code: string, options = {}) => new AwsError(code, "Not <this> one.", options);

  it("are JSON with the shape's name and fields", () => {
    const resolved = wire.resolveOperation(jsonRequest(`${ECS}.ListClusters`, {}));
    const { status, headers, body } = wire.encodeError(
      resolved,
      error("ConflictException", { fields: { resourceIds: ["a"] } }),
      "id",
    );
    expect([status, headers["content-type"], headers["x-amzn-requestid"]]).toEqual([
      400,
      "application/x-amz-json-1.1",
      "id",
    ]);
    expect(JSON.parse(body.toString())).toEqual({
      __type: "ConflictException",
      message: "Not <this> one.",
      resourceIds: ["a"],
    });
  });

  it("have the modelled status and wire code in query", () => {
    const resolved = wire.resolveOperation(
      formRequest("Action=GetRole&Version=2010-05-08&RoleName=r"),
    );
    const { status, body } = wire.encodeError(resolved, error("NoSuchEntityException"), "id");
    expect(status).toBe(404);
    expect(body.toString()).toBe(
      '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code>' +
        "<Message>Not &lt;this&gt; one.</Message></Error><RequestId>id</RequestId></ErrorResponse>",
    );
    const named = wire.encodeError(resolved, error("NoSuchEntity"), "id");
    expect([named.status, named.body]).toEqual([status, body]);
  });

  it("prefer a status that was given", () => {
    const resolved = wire.resolveOperation(
      formRequest("Action=GetRole&Version=2010-05-08&RoleName=r"),
    );
    expect(wire.encodeError(resolved, error("NoSuchEntity", { status: 410 }), "id").status).toBe(
      410,
    );
  });

  it("carry EC2's unmodelled codes", () => {
    const resolved = wire.resolveOperation(formRequest("Action=DescribeVpcs&Version=2016-11-15"));
    const { status, body } = wire.encodeError(resolved, error("InvalidVpcID.NotFound"), "id");
    expect(status).toBe(400);
    expect(body.toString()).toContain(
      "<Response><Errors><Error><Code>InvalidVpcID.NotFound</Code>",
    );
  });

  it("carry S3's unmodelled fields, and no body to HEAD", () => {
    const thrown = error("NoSuchBucket", { status: 404, fields: { BucketName: "b" } });
    const get = wire.encodeError(wire.resolveOperation(s3Request("GET", "/b")), thrown, "id");
    expect(get.body.toString()).toContain(
      "<Code>NoSuchBucket</Code><Message>Not &lt;this&gt; one.</Message><BucketName>b</BucketName><RequestId>id</RequestId>",
    );
    const head = wire.encodeError(wire.resolveOperation(s3Request("HEAD", "/b")), thrown, "id");
    expect(head).toMatchObject({ status: 404, body: Buffer.alloc(0) });
  });

  it("tell former query clients of CloudWatch the code they know", () => {
    const resolved = wire.resolveOperation(jsonRequest(`${METRICS}.GetDashboard`, {}));
    const { headers, body } = wire.encodeError(resolved, error("DashboardNotFoundError"), "id");
    expect(headers["x-amzn-query-error"]).toBe("ResourceNotFound;Sender");
    expect(body.toString()).toContain('"__type":"DashboardNotFoundError"');
  });

  it("are written before the operation is known", () => {
    const guess = wire.guessProtocol(jsonRequest(`${ECS}.Fly`, {}));
    expect(
      JSON.parse(wire.encodeError(guess, error("AccessDeniedException"), "id").body.toString()),
    ).toMatchObject({
      __type: "AccessDeniedException",
    });
  });

  it("say by name what is not implemented", () => {
    const resolved = wire.resolveOperation(jsonRequest(`${ECS}.CreateDaemon`, {}));
    const { status, body } = wire.encodeNotImplemented(resolved, "docs/matrix.md", "id");
    expect(status).toBe(501);
    expect(JSON.parse(body.toString())).toMatchObject({
      __type: "NotImplemented",
      message: "ecs:CreateDaemon is not implemented by Local AWS. What is: docs/matrix.md",
    });
  });
});
