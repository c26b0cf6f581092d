import { expect, test } from "vitest";

import { compareOutput } from "./compare-output.ts";
import { parsePage } from "./page-blocks.ts";

const shown = (text: string, unordered = false) => ({ text, unordered, firstLine: 0, endLine: 0 });

test("finds commands, what they print, and what a reader does elsewhere", () => {
  const page = [
    "# Title",
    "```sh timeout=5",
    "echo 1",
    "```",
    "",
    "```output",
    "1",
    "```",
    "<!-- run: touch file -->",
    "```ts",
    "notRun();",
    "```",
    "```sh fails=2,3",
    "false",
    "```",
  ].join("\n");
  const blocks = parsePage(page);
  expect(blocks.map(({ commands, hidden, exitCodes }) => [commands, hidden, exitCodes])).toEqual([
    ["echo 1", false, [0]],
    ["touch file", true, [0]],
    ["false", false, [2, 3]],
  ]);
  expect(blocks[0]).toMatchObject({
    timeoutSeconds: 5,
    output: { text: "1", firstLine: 6, endLine: 7 },
  });
});

test("tells what takes away what the page has built", () => {
  const blocks = parsePage("```sh\ntrue\n```\n```sh cleanup\n./workbook destroy 1\n```");
  expect(blocks.map(({ cleansUp }) => cleansUp)).toEqual([false, true]);
});

test.each([
  ["```sh quietly\ntrue\n```", 'there is no mark "quietly"'],
  ["```sh skip\ntrue\n```", "gives the reason"],
  ["```output\n1\n```", "an output follows the commands"],
  ["```sh\ntrue\n```\n```ts\n```\n```output\n1\n```", "an output follows the commands"],
  ["```sh\ntrue", "the fence does not end"],
])("refuses %j", (page, problem) => {
  expect(() => parsePage(page)).toThrow(problem);
});

test("an output may differ in what varies, and in nothing else", () => {
  const text = "task 0f3c9a1b2d4e5f60 RUNNING  12s";
  expect(compareOutput(shown(text), "task 9b1de0aa11223344 RUNNING  1m 20s\n")).toBeUndefined();
  expect(compareOutput(shown(text), "task 9b1de0aa11223344 STOPPED  12s\n")).toContain("-task");
});

test("sizes of layers and what requests took may differ, the rest of their lines not", () => {
  const text = 'layer sha256:2f891b68bacb         73 bytes  COPY src\n{"status":200,"ms":0.41}';
  const other = 'layer sha256:4cf6d22d3870    2875846 bytes  COPY src\n{"status":200,"ms":12}';
  expect(compareOutput(shown(text), other)).toBeUndefined();
  expect(compareOutput(shown(text), other.replace("200", "404"))).toContain("404");
  expect(compareOutput(shown(text), other.replace("src", "."))).toContain("COPY .");
});

test("ids of requests may differ", () => {
  const text = "StatusCode: 400, RequestID: fa868d55-3439-4324-bca3-607cbb0af17c, ClientException";
  const other = text.replace(
    "fa868d55-3439-4324-bca3-607cbb0af17c",
    "125948b0-5086-49dc-af90-0249f7bf47f6",
  );
  expect(compareOutput(shown(text), other)).toBeUndefined();
  expect(compareOutput(shown(text), other.replace("400", "500"))).toBeDefined();
});

test("whoever holds a lock may be anybody, and holds it in the same words", () => {
  const text = "  Who:       root@vm\n  Info:";
  expect(compareOutput(shown(text), text.replace("root@vm", "dev@4f2a.local"))).toBeUndefined();
  expect(compareOutput(shown(text), text.replace("Who", "Whom"))).toBeDefined();
});

test("two ids that differ stay different", () => {
  const text = "old 1111111a\nnew 2222222b";
  expect(compareOutput(shown(text), "old 3333333c\nnew 4444444d")).toBeUndefined();
  expect(compareOutput(shown(text), "old 3333333c\nnew 3333333c")).toContain("+new");
});

test("revisions may be any, and go on being the same or others", () => {
  const text = "Deploy  node-app-hanako node-app-hanako:1 → node-app-hanako:2  1.4s";
  const later = text.replace(":1", ":7").replace(":2", ":12");
  expect(compareOutput(shown(text), later)).toBeUndefined();
  expect(compareOutput(shown(text), text.replace(":1", ":2"))).toContain("revision 1› → ");
  const both = "node-app-hanako:1, go-app-hanako:1";
  expect(compareOutput(shown(both), "node-app-hanako:7, go-app-hanako:1")).toBeUndefined();
});

test("a flow log's record may be of another packet, and says the same of it", () => {
  const text =
    "2 123456789012 eni-0199212976fb1e58e 10.0.0.199 10.0.11.78 46491 8080 6 1 60 1796062597 1796062598 REJECT OK";
  const other =
    "2 123456789012 eni-02b1c0d76fa31e58e 10.0.1.7 10.0.10.211 50122 8080 6 3 180 1796062612 1796062612 REJECT OK";
  expect(compareOutput(shown(text), other)).toBeUndefined();
  expect(compareOutput(shown(text), other.replace("8080", "80"))).toBeDefined();
  expect(compareOutput(shown(text), other.replace("REJECT", "ACCEPT"))).toBeDefined();
});

test("a line of dots stands for any number of lines", () => {
  expect(compareOutput(shown("a\n…\nd"), "a\nb\nc\nd")).toBeUndefined();
  expect(compareOutput(shown("a\n…\nd"), "a\nd")).toBeUndefined();
  expect(compareOutput(shown("…\nd"), "b\nc")).toContain("-d");
  expect(compareOutput(shown("a\n…"), "b\na")).toBeDefined();
});

test("ids in lines that the page leaves out do not count", () => {
  const text = "…\nnew 1111111a\n…\nnew 1111111a";
  expect(compareOutput(shown(text), "old 2222222b\nnew 3333333c\nx\nnew 3333333c")).toBeUndefined();
  expect(compareOutput(shown(text), "old 2222222b\nnew 3333333c\nx\nnew 2222222b")).toBeDefined();
});

test("lines in any order may have ids in any order", () => {
  const text = "node 1111111a\ngo 2222222b";
  expect(compareOutput(shown(text, true), "go 3333333c\nnode 4444444d")).toBeUndefined();
  expect(compareOutput(shown(text, true), "go 3333333c\nnode 3333333c")).toBeDefined();
});

test("lines may come in any order only where the page says so", () => {
  expect(compareOutput(shown("a\nb"), "b\na")).toBeDefined();
  expect(compareOutput(shown("a\nb", true), "b\na")).toBeUndefined();
});

test("the AWS CLI may put its name in front of an error", () => {
  const error = "An error occurred (ClientException) when calling the RunTask operation: No.";
  expect(compareOutput(shown(error), `\naws: [ERROR]: ${error}\n`)).toBeUndefined();
});

test("progress that a terminal wipes out is not compared", () => {
  const printed = "• Local AWS\n    starting\n✓ Local AWS  http://127.0.0.1:4566  0.8s\n";
  expect(compareOutput(shown("✓ Local AWS  http://127.0.0.1:4566  1.2s"), printed)).toBeUndefined();
});

test("an output of many gaps and like lines is compared at once, also where it differs", () => {
  const step = (from: string) => `2026-11-30T18:28:39Z ${from}\n`;
  const ends = (task: string) => `task ${task} is gone\ntask ${task} is missed`;
  const waits = `…\n${step("Service is stable now")}`.repeat(12);
  const text = `${waits}…\n${ends("0a9d6d80aabbccdd")}`;
  const lines = step("waiting").concat(step("Service is stable now")).repeat(60);
  const task = "9b1de0aa11223344";
  expect(compareOutput(shown(text), lines + ends(task))).toBeUndefined();
  const another = ends(task).replace(task, "1c2d3e4f11223344");
  expect(compareOutput(shown(text), lines + another)).toContain("id 2");
  expect(compareOutput(shown(text), `${lines}${ends(task)}\nmore`)).toContain("+more");
});
