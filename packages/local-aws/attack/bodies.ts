import type { SignedCall } from "../src/server/testing/signed-call.ts";
import { Caller } from "./calls.ts";
import { inParallel, note, type Generator } from "./outcome.ts";

const MIB = 1024 * 1024;
/** No answer to a body that is refused is longer. */
const MAX_ANSWER = 64 * 1024;
const json = (service: string, target: string, body: string): SignedCall => ({
  service,
  headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
  body,
});
const form = (service: string, version: string, body: string): SignedCall => ({
  service,
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body: `Version=${version}&${body}`,
});
const filled = (head: string, part: string, tail: string, size: number) =>
  head + part.repeat(Math.floor((size - head.length - tail.length) / part.length)) + tail;

const ECS = "AmazonEC2ContainerServiceV20141113";
const EVENTS = '{"logGroupName":"g","logStreamName":"s","logEvents":[';

/** Bodies of one size, each of as many parts as it can have. */
function bombs(size: number): SignedCall[] {
  const fill = (head: string, part: string, tail: string) => filled(head, part, tail, size);
  return [
    json("logs", "Logs_20140328.PutLogEvents", fill(EVENTS, "{},", "{}]}")),
    json(
      "logs",
      "Logs_20140328.PutLogEvents",
      fill(EVENTS, '{"message":"","timestamp":1},', "{}]}"),
    ),
    json("ecs", `${ECS}.CreateCluster`, fill('{"tags":[', "{},", "{}]}")),
    json(
      "ecs",
      `${ECS}.RegisterTaskDefinition`,
      fill('{"containerDefinitions":[', '{"name":""},', "{}]}"),
    ),
    json("ecs", `${ECS}.DescribeClusters`, fill('{"clusters":[', '"",', '""]}')),
    json("ecs", `${ECS}.ListClusters`, fill("", "[", "")),
    json("ecs", `${ECS}.ListClusters`, fill("", '{"a":', "")),
    json("ecs", `${ECS}.ListClusters`, fill('{"nextToken":"', String.raw`\"`, '"}')),
    json(
      "ecr",
      "AmazonEC2ContainerRegistry_V20150921.PutImage",
      fill('{"imageManifest":"', "[", '"}'),
    ),
    form("ec2", "2016-11-15", fill("Action=DescribeVpcs&", "a.", "=1")),
    form("ec2", "2016-11-15", fill("Action=DescribeVpcs&", "VpcId.1=v&", "")),
    form("ec2", "2016-11-15", fill("Action=DescribeVpcs", "&", "")),
    form(
      "iam",
      "2010-05-08",
      fill("Action=CreateRole&RoleName=a&AssumeRolePolicyDocument=", "%7B", ""),
    ),
    ...["<Object/>", "<a>", '<a b="c"/>', "<!--x-->", "&lt;"].map((part) => ({
      service: "s3",
      path: "/bucket?delete=",
      body: fill("<Delete>", part, "</Delete>"),
    })),
  ];
}

/** Large bodies: within the limits, at them, and beyond. */
export const bodies: Generator = {
  name: "large bodies",
  tries: { full: 90, short: 18 },
  mostSeconds: 60,
  run: async (target, tries, outcome) => {
    const caller = new Caller(target);
    const sizes = [MIB - 200, 64 * 1024, 4 * MIB - 200, MIB + 1, 16 * MIB];
    const calls = sizes.flatMap((size) => bombs(size)).slice(0, tries);
    const tryOne = async (at: number) => {
      const call = calls[at]!;
      const { status, body } = await caller.send(call);
      // Past its limit a body is cut off: then its sender may see the connection end before the answer.
      const isCut = status === 0 && call.body!.length > MIB;
      const what = `${call.service} ${call.body!.slice(0, 60)} (${call.body!.length} bytes)`;
      note(outcome, isCut ? 413 : status, what, body.length <= MAX_ANSWER);
    };
    await inParallel(bodies, calls.length, tryOne, 1);
    caller.close();
  },
};
