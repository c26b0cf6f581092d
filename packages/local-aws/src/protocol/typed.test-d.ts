import { describe, expectTypeOf, it } from "vitest";
import type { Readable } from "node:stream";
import type { Handlers, OperationInput, OperationName, OperationOutput } from "./typed.ts";

type Ecs = typeof import("@aws-sdk/client-ecs");
type S3 = typeof import("@aws-sdk/client-s3");
type Ec2 = typeof import("@aws-sdk/client-ec2");

describe("handler types", () => {
  it("know the operations of a client by name", () => {
    expectTypeOf<"CreateCluster">().toExtend<OperationName<Ecs>>();
    expectTypeOf<"CreateClustr">().not.toExtend<OperationName<Ecs>>();
    expectTypeOf<"$">().not.toExtend<OperationName<Ecs>>();
    expectTypeOf<"DescribeVpcs">().toExtend<OperationName<Ec2>>();
  });

  it("give required members without undefined", () => {
    expectTypeOf<OperationInput<Ecs, "DeleteCluster">["cluster"]>().toEqualTypeOf<string>();
    expectTypeOf<OperationOutput<Ecs, "CreateCluster">>().not.toHaveProperty("$metadata");
  });

  it("reject wrong operations, fields and types", () => {
    const handlers: Handlers<Ecs, { account: string }> = {
      CreateCluster: (input, context) => ({
        cluster: { clusterName: input.clusterName ?? context.account },
      }),
    };
    const wrongField: Handlers<Ecs, unknown> = {
      // @ts-expect-error -- a count is a number
      DeleteCluster: () => ({ cluster: { runningTasksCount: "1" } }),
    };
    const wrongName: Handlers<Ecs, unknown> = {
      // @ts-expect-error -- no such operation
      CreateClustr: () => ({}),
    };
    expectTypeOf([handlers, wrongField, wrongName]).not.toBeAny();
  });

  it("give streams for streaming members", () => {
    expectTypeOf<NonNullable<OperationInput<S3, "PutObject">["Body"]>>().toEqualTypeOf<Readable>();
    expectTypeOf<OperationOutput<S3, "GetObject">["Body"]>().toEqualTypeOf<
      Readable | Uint8Array | undefined
    >();
  });
});
