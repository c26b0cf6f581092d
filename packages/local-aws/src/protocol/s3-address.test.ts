import { describe, expect, it } from "vitest";
import { pathWithBucket } from "./s3-address.ts";

describe("the path of an S3 request", () => {
  it.each([
    ["/b/k", "127.0.0.1:4566", "/b/k"],
    ["/b/k", "localhost:4566", "/b/k"],
    ["/b/k", "s3.localhost", "/b/k"],
    ["/b/k", "s3.eu-west-1.localhost:4566", "/b/k"],
    ["/b/k", "s3.us-east-1.amazonaws.com", "/b/k"],
    ["/k", "b.localhost:4566", "/b/k"],
    ["/k", "my.dotted.b.s3.localhost:4566", "/my.dotted.b/k"],
    ["/k", "b.s3.eu-west-1.localhost:4566", "/b/k"],
    ["/k", "b.s3.dualstack.eu-west-1.amazonaws.com", "/b/k"],
    ["/k", "b.s3-eu-west-1.amazonaws.com", "/b/k"],
    ["/", "b.localhost", "/b"],
    ["/", "localhost", "/"],
    ["/b/", "localhost", "/b"],
    ["/b//", "localhost", "/b//"],
    ["//k", "b.s3.localhost", "/b//k"],
    ["/b/folder/", "localhost", "/b/folder/"],
  ])("of %s at %s is %s", (path, host, full) => {
    expect(pathWithBucket(path, host)).toBe(full);
  });
});
