import { expect, test } from "vitest";

import { compareOutput } from "./compare-output.ts";
import { withoutProgress } from "./placeholders.ts";
import { showsOtherTimes, updateOutput } from "./update-output.ts";

const update = (shown: readonly string[], printed: readonly string[]) =>
  updateOutput(
    { text: shown.join("\n"), unordered: false, firstLine: 0, endLine: 0 },
    printed.join("\n"),
  )?.split("\n");

test("links of tasks have other names each time, and are as many", () => {
  const text = "lo eth0 docker0 vetha43c0708a0 veth00a126ea00";
  const shown = { text, unordered: false, firstLine: 0, endLine: 0 };
  expect(compareOutput(shown, "lo eth0 docker0 veth1a0498a360 veth07d03e2290")).toBeUndefined();
  expect(compareOutput(shown, "lo eth0 docker0 veth1a0498a360")).toBeDefined();
});

test("the end of an address and its port are no time of day", () => {
  const text = 'client: 10.0.0.133, host: "10.0.10.109:80"';
  const shown = { text, unordered: false, firstLine: 0, endLine: 0 };
  expect(compareOutput(shown, 'client: 10.0.1.7, host: "10.0.11.12:80"')).toBeUndefined();
  expect(compareOutput(shown, 'client: 10.0.1.7, host: "10.0.11.12:81"')).toBeDefined();
});

test("a page says the same on another day", () => {
  const text = "2026/11/30 18:02:11 go-app Starting deploy\nat 2026-11-30 18:02:11";
  const shown = { text, unordered: false, firstLine: 0, endLine: 0 };
  const printed = "2026/12/01 01:09:40 go-app Starting deploy\nat 2026-12-01 01:09:41";
  expect(compareOutput(shown, printed)).toBeUndefined();
});

test("an output that leaves nothing out becomes what was printed", () => {
  expect(update(["a"], ["A", "B", ""])).toEqual(["A", "B"]);
});

test("what a page leaves out stays left out, before, between and behind", () => {
  const printed = ["✓ Tools  3s", "✓ One", "  two", "✓ Local AWS", "✓ Three  2s", "", "Next: c"];
  expect(update(["…", "✓ One", "…", "✓ Three  9s", "", "Next: b"], printed)).toEqual([
    "…",
    "✓ One",
    "…",
    "✓ Three  2s",
    "",
    "Next: c",
  ]);
  expect(update(["…", "  two", "…"], printed)).toEqual(["…", "  two", "…"]);
});

test("lines in another language are found by their marks, their names and their place", () => {
  const shown = [
    "…",
    "✓ A task definition for go-app  0.7s",
    "✓ A service that runs go-app  0.0s",
    "…",
    "✓ The plan adds and changes, and destroys nothing  48s",
    "✓ Port 8080 answers  0.1s",
    "",
    "All 15 checks passed.",
  ];
  const printed = [
    "✓ ツール  terraform 1.11.4  0.1s",
    "✓ イメージ  go-app bc4bf013d5cd  0.1s",
    "✓ go-app のタスク定義  0.6s",
    "✓ go-app を動かすサービス  0.0s",
    "✓ Terraform: プラン  images: 変更なし  0.7s",
    "✓ プランは追加と変更だけで、何も削除しない  0.9s",
    "✓ ポート 8080 が応答する  0.2s",
    "",
    "15 件のチェックすべてに合格しました。",
  ];
  expect(update(shown, printed)).toEqual(["…", ...printed.slice(2, 4), "…", ...printed.slice(5)]);
});

test("what is not to be found is not replaced by something else", () => {
  expect(update(["…", "✗ failed", "…"], ["✓ passed", "✓ as well"])).toBeUndefined();
  expect(update(["a", "…", "b"], ["b"])).toBeUndefined();
});

test("a time is another one where a reader would wonder, not where a machine was busy", () => {
  const line = (time: string) => `✓ Terraform: service  12 added  ${time}`;
  expect(showsOtherTimes(line("41s"), line("3.0s"))).toBe(true);
  expect(showsOtherTimes(line("1m 22s"), line("1m 02s"))).toBe(false);
  expect(showsOtherTimes(line("0.1s"), line("0.9s"))).toBe(false);
  expect(showsOtherTimes(line("2.0s"), line("1m 10s"))).toBe(true);
});

test("what steps are doing is left out until the last of those side by side has ended", () => {
  const printed = [
    "• Terraform: images",
    "• Images",
    "✓ Terraform: images  4 added  0.3s",
    "    pushing node-app",
    "✓ Images  nodejs-app:1  2.0s",
    "    what stays",
  ];
  expect(withoutProgress(printed.join("\n")).split("\n")).toEqual([
    "✓ Terraform: images  4 added  0.3s",
    "✓ Images  nodejs-app:1  2.0s",
    "    what stays",
  ]);
});
