import { describe, expect, test } from "vitest";
import { parseQuery, QueryError } from "./cluster-query.ts";

const subject = {
  attribute: (name: string) =>
    ({
      "ecs.instance-type": "t3.small",
      "ecs.availability-zone": "ap-northeast-1a",
      size: "10",
      agentVersion: "1.99.0",
      registeredAt: "2026-06-18T22:28:28.500Z",
      agentConnected: "true",
    })[name],
  groups: ["service:web"],
};
const asked = (text: string) => parseQuery(text)(subject);

describe("the cluster query language", () => {
  test.each([
    ["attribute:ecs.instance-type == t3.small", true],
    ["attribute:ecs.instance-type != t3.small", false],
    ["attribute:ecs.instance-type =~ t3.*", true],
    ["attribute:ecs.instance-type =~ t2.*", false],
    ["attribute:ecs.instance-type !~ t2.*", true],
    ["attribute:ecs.instance-type not_matches t3.*", false],
    ["agentVersion < 1.100.0 and agentVersion > 1.98.3", true],
    ["agentVersion less_than 1.14.5", false],
    ["agentVersion == 1.99.0", true],
    ["registeredAt < 2026-06-18T22:28:29", true],
    ["registeredAt greater_than 2026-06-18", true],
    ["registeredAt >= 2026-06-19T00:28:28+02:00", true],
    ["registeredAt > 2026-06-18T22:28:29Z", false],
    ["agentConnected == true", true],
    ["task:group != service:web", false],
    ["task:group not_in [service:api, service:job]", true],
    ["attribute:ecs.instance-type in [t3.micro, t3.small]", true],
    ["attribute:ecs.availability-zone !in [ap-northeast-1a, ap-northeast-1c]", false],
    ["attribute:ecs.availability-zone not_in ['ap-northeast-1c']", true],
    ["attribute:size >= 10 and attribute:size < 11", true],
    ["attribute:size greater_than 10", false],
    ["attribute:stack exists", false],
    ["attribute:stack !exists", true],
    ["not(task:group == service:web)", false],
    ["task:group == service:web && (attribute:size == 1 || attribute:size equals 10)", true],
    ["!(attribute:size == 10) or attribute:stack not_exists", true],
  ])("%s: %s", (text, expected) => {
    expect(asked(text)).toBe(expected);
  });

  test.each([
    "",
    "attribute:size",
    "attribute:size ==",
    "(attribute:a == b",
    "a == b c",
    "a =~ (",
    "registeredAt < soon",
  ])("'%s' is no expression", (text) => {
    expect(() => parseQuery(text)).toThrow(QueryError);
  });
});
