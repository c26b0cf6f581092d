import { expect, test } from "vitest";
import { suggest } from "./suggest.ts";

const COMMANDS = ["run", "start", "status", "check", "deploy", "destroy", "logs", "env", "cloud"];

test.each([
  ["strat", "start"],
  ["chekc", "check"],
  ["Deploy", "deploy"],
  ["destory", "destroy"],
  ["sta", "start"],
  ["stat", "status"],
  ["statu", "status"],
  ["kubectl", undefined],
  ["", undefined],
])("%s means %s", (typed, meant) => {
  expect(suggest(typed, COMMANDS)).toBe(meant);
});

test("a word that begins one name alone is that one", () => {
  expect(suggest("07-load", ["07-load-balancer", "08-two-services"])).toBe("07-load-balancer");
});
