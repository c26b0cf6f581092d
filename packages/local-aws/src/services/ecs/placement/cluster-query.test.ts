import { describe, expect, test } from "vitest";
import { parseQuery, QueryError } from "./cluster-query.ts";

const subject = {
  attribute: (name: string) =>
    ({ "ecs.instance-type": "t3.small", "ecs.availability-zone": "ap-northeast-1a", size: "10" })[
      name
    ],
  groups: ["service:web"],
};
const asked = (text: string) => parseQuery(text)(subject);

describe("the cluster query language", () => {
  test.each([
    ["attribute:ecs.instance-type == t3.small", true],
    ["attribute:ecs.instance-type != t3.small", false],
    ["attribute:ecs.instance-type =~ t3.*", true],
    ["attribute:ecs.instance-type =~ t2.*", false],
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

  test.each(["", "attribute:size", "attribute:size ==", "(attribute:a == b", "a == b c", "a =~ ("])(
    "'%s' is no expression",
    (text) => {
      expect(() => parseQuery(text)).toThrow(QueryError);
    },
  );
});
