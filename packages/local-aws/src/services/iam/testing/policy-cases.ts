import * as ecs from "@aws-sdk/client-ecs";
import * as s3 from "@aws-sdk/client-s3";
import { allow, deny } from "./actors.ts";
import { cluster, CLUSTER, describeVpcs, get, list, onEcs, onS3, put } from "./calls.ts";
import { when, type Case } from "./case.ts";

const MINE = "arn:aws:s3:::mine";
const STATEMENTS = "an action of another service gives nothing";

/** How statements are read: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html */
export const STATEMENT_CASES: readonly Case[] = [
  ["an action in words is allowed", [allow("s3:GetObject")], get("a")],
  ["an action in any case is allowed", [allow("S3:getobject")], get("a")],
  ["a wildcard allows all of a service", [allow("s3:*")], get("a")],
  ["a wildcard allows what begins so", [allow("s3:Get*")], get("a")],
  ["and nothing that begins otherwise", [allow("s3:Get*")], put(), "s3:PutObject"],
  ["a question mark is one character", [allow("s3:GetObjec?")], get("a")],
  [STATEMENTS, [allow("ecs:*")], get("a"), "s3:GetObject"],
  ["a star allows everything", [allow("*")], describeVpcs],
  [
    "NotAction allows all others",
    [{ Effect: "Allow", NotAction: "iam:*", Resource: "*" }],
    get("a"),
  ],
  [
    "NotAction leaves its own out",
    [{ Effect: "Allow", NotAction: "s3:*", Resource: "*" }],
    get("a"),
    "s3:GetObject",
  ],
  ["a resource in words is allowed", [allow("s3:GetObject", `${MINE}/a`)], get("a")],
  ["another resource is not", [allow("s3:GetObject", `${MINE}/b`)], get("a"), "s3:GetObject"],
  ["a bucket is not its objects", [allow("s3:GetObject", MINE)], get("a"), "s3:GetObject"],
  ["objects are not their bucket", [allow("s3:ListBucket", `${MINE}/*`)], list(), "s3:ListBucket"],
  [
    "NotResource allows all others",
    [{ Effect: "Allow", Action: "s3:*", NotResource: `${MINE}/b` }],
    get("a"),
  ],
  [
    "NotResource leaves its own out",
    [{ Effect: "Allow", Action: "s3:*", NotResource: `${MINE}/*` }],
    get("a"),
    "s3:GetObject",
  ],
  ["a deny beats every allow", [allow("*"), deny("s3:GetObject")], get("a"), "s3:GetObject"],
  ["a deny elsewhere does not count", [allow("*"), deny("s3:GetObject", `${MINE}/b`)], get("a")],
  ["a deny of others allows nothing", [deny("s3:PutObject")], get("a"), "s3:GetObject"],
];

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
export const CONDITION_CASES: readonly Case[] = [
  [
    "a prefix that is allowed is listed",
    [allow("s3:ListBucket", MINE, when("StringLike", "s3:prefix", "users/*"))],
    list("users/ann"),
  ],
  [
    "another prefix is not",
    [allow("s3:ListBucket", MINE, when("StringLike", "s3:prefix", "users/*"))],
    list("tags/"),
    "s3:ListBucket",
  ],
  [
    "nor all of the bucket",
    [allow("s3:ListBucket", MINE, when("StringLike", "s3:prefix", "users/*"))],
    list(),
    "s3:ListBucket",
  ],
  [
    "a region that is allowed answers",
    [allow("ecs:*", "*", when("StringEquals", "aws:RequestedRegion", "ap-northeast-1"))],
    cluster("blue"),
  ],
  [
    "another region does not",
    [allow("ecs:*", "*", when("StringEquals", "aws:RequestedRegion", "eu-west-1"))],
    cluster("blue"),
    "ecs:DescribeClusters",
  ],
  [
    "this machine's address counts as another's",
    [allow("s3:*", "*", when("IpAddress", "aws:SourceIp", "192.0.2.0/24"))],
    get("a"),
    "s3:GetObject",
  ],
  [
    "a date that has passed",
    [allow("s3:*", "*", when("DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"))],
    get("a"),
  ],
  [
    "a date to come",
    [allow("s3:*", "*", when("DateGreaterThan", "aws:CurrentTime", "2120-01-01T00:00:00Z"))],
    get("a"),
    "s3:GetObject",
  ],
  [
    "a number within bounds",
    [allow("s3:ListBucket", MINE, when("NumericLessThanEquals", "s3:max-keys", "10"))],
    onS3(() => new s3.ListObjectsV2Command({ Bucket: "mine", MaxKeys: 5 })),
  ],
  [
    "a number out of bounds",
    [allow("s3:ListBucket", MINE, when("NumericLessThanEquals", "s3:max-keys", "10"))],
    onS3(() => new s3.ListObjectsV2Command({ Bucket: "mine", MaxKeys: 50 })),
    "s3:ListBucket",
  ],
  [
    "a key that is absent equals nothing",
    [allow("s3:*", "*", when("Bool", "aws:MultiFactorAuthPresent", "true"))],
    get("a"),
    "s3:GetObject",
  ],
  [
    "IfExists lets it be absent",
    [allow("s3:*", "*", when("StringEqualsIfExists", "aws:SourceVpce", "vpce-1"))],
    get("a"),
  ],
  [
    "Null asks whether it is",
    [allow("s3:*", "*", when("Null", "aws:TokenIssueTime", "false"))],
    get("a"),
  ],
  [
    "a cluster that is allowed",
    [allow("ecs:ListServices", "*", when("ArnEquals", "ecs:cluster", `${CLUSTER}/blue`))],
    onEcs(() => new ecs.ListServicesCommand({ cluster: "blue" })),
  ],
  [
    "another cluster",
    [allow("ecs:ListServices", "*", when("ArnEquals", "ecs:cluster", `${CLUSTER}/blue`))],
    onEcs(() => new ecs.ListServicesCommand({ cluster: "red" })),
    "ecs:ListServices",
  ],
  [
    "a tag of the resource",
    [allow("ecs:*", "*", when("StringEquals", "aws:ResourceTag/team", "blue"))],
    cluster("blue"),
  ],
  [
    "a resource without the tag",
    [allow("ecs:*", "*", when("StringEquals", "aws:ResourceTag/team", "blue"))],
    cluster("red"),
    "ecs:DescribeClusters",
  ],
  [
    "a tag that the request gives",
    [allow("ecs:*", "*", when("StringEquals", "aws:RequestTag/team", "blue"))],
    onEcs(
      () =>
        new ecs.CreateClusterCommand({
          clusterName: "tagged",
          tags: [{ key: "team", value: "blue" }],
        }),
    ),
  ],
  [
    "a request without the tag",
    [allow("ecs:*", "*", when("StringEquals", "aws:RequestTag/team", "blue"))],
    onEcs(() => new ecs.CreateClusterCommand({ clusterName: "plain" })),
    "ecs:CreateCluster",
  ],
  [
    "tag keys beyond those that are allowed",
    [allow("ecs:*", "*", when("ForAllValues:StringEquals", "aws:TagKeys", ["team"]))],
    onEcs(
      () =>
        new ecs.CreateClusterCommand({ clusterName: "more", tags: [{ key: "cost", value: "1" }] }),
    ),
    "ecs:CreateCluster",
  ],
  [
    "a tag of who asks is put into the resource",
    [allow("s3:GetObject", `${MINE}/tags/\${aws:PrincipalTag/team}/*`)],
    get("tags/blue/a"),
    undefined,
    { tags: [{ Key: "team", Value: "blue" }] },
  ],
  [
    "and another's tag into another",
    [allow("s3:GetObject", `${MINE}/tags/\${aws:PrincipalTag/team}/*`)],
    get("tags/blue/a"),
    "s3:GetObject",
    { tags: [{ Key: "team", Value: "red" }] },
  ],
  [
    "a variable that nothing fills matches nothing",
    [allow("s3:GetObject", `${MINE}/\${aws:PrincipalTag/team}*`)],
    get("a"),
    "s3:GetObject",
  ],
  [
    "unless it has a value to fall back to",
    [allow("s3:GetObject", `${MINE}/\${aws:PrincipalTag/team, 'a'}`)],
    get("a"),
  ],
  [
    "a star in a variable's braces is a star",
    [allow("s3:GetObject", `${MINE}/\${*}`)],
    get("a"),
    "s3:GetObject",
  ],
  [
    "a session's tag counts as its role's",
    [allow("s3:GetObject", `${MINE}/tags/\${aws:PrincipalTag/team}/*`)],
    get("tags/blue/a"),
    undefined,
    { session: { Tags: [{ Key: "team", Value: "blue" }] } },
  ],
];
