import type { ListenerPicture } from "@workbook/local-aws/live";
import { expect, test } from "vitest";

import { addressesOf, toOwn } from "./own-names.ts";

const listener = (port: number, url: string | null): ListenerPicture => ({
  listenerArn: `arn:${port}`,
  protocol: "HTTP",
  port,
  url,
  targetGroups: [],
});
const none = addressesOf([]);

test("the owner is replaced where it is a name of its own or a part of one", () => {
  const own = (written: string) => toOwn(written, { owner: "taro", addresses: none });
  expect(own("nodejs-app-hanako:bc4bf01 workbook-hanako-private-*")).toBe(
    "nodejs-app-taro:bc4bf01 workbook-taro-private-*",
  );
  expect(own("stacks/local/hanako/service")).toBe("stacks/local/taro/service");
  expect(own("hanakos yamadahanako Hanako")).toBe("hanakos yamadahanako Hanako");
});

test("addresses are those of the listeners of their ports", () => {
  const addresses = addressesOf([
    listener(80, "http://127.0.0.1:10080"),
    listener(8080, "http://127.0.0.1:18080"),
    listener(9090, null),
  ]);
  const own = (written: string) => toOwn(written, { owner: undefined, addresses });
  expect(own("curl http://127.0.0.1/info")).toBe("curl http://127.0.0.1:10080/info");
  expect(own("curl http://127.0.0.1:8080/")).toBe("curl http://127.0.0.1:18080/");
  const others = "http://127.0.0.1:4566 http://127.0.0.1:9090/ workbook-hanako";
  expect(own(others)).toBe(others);
});

test("a listener at its own port changes nothing", () => {
  const addresses = addressesOf([listener(80, "http://127.0.0.1:80")]);
  const written = "curl http://127.0.0.1/info";
  expect(toOwn(written, { owner: "hanako", addresses })).toBe(written);
});
