import { expect, test } from "vitest";
import { readMirrors } from "./registries.ts";

test("mirrors are given several at a time, or none", () => {
  const [hub, own] = ["docker.io=https://mirror.example.com", "ghcr.io=http://127.0.0.1:5000/ghcr"];
  expect(readMirrors(`${hub},${own}`)).toEqual([hub, own]);
  expect(readMirrors("none")).toEqual([]);
});

test.each(["docker.io", "http://127.0.0.1:5000", "docker.io=127.0.0.1:5000", "docker.io=ftp://x"])(
  "%s is no mirror",
  (given) => {
    expect(() => readMirrors(given)).toThrow(`"${given}" is no mirror of a registry`);
  },
);
