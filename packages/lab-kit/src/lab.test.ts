import { expect, test } from "vitest";

import type { LabManifest } from "./lab.ts";
import { costPerHour, defineLab, LabManifestError } from "./lab.ts";
import { NAT_GATEWAY, PUBLIC_ADDRESS } from "./prices.ts";

const MANIFEST: LabManifest = {
  id: "02-network",
  title: { en: "A network", ja: "ネットワーク" },
  summary: { en: "A VPC.", ja: "VPC を作ります。" },
  minutes: 20,
  needs: ["terraform"],
  apps: [],
  stacks: ["service"],
  files: ["stack.ts"],
  startFailsAt: "vpc",
  cost: [
    { price: NAT_GATEWAY, quantity: 1 },
    { price: PUBLIC_ADDRESS, quantity: 3 },
  ],
};

test("hands back a manifest that describes a lab", () => {
  expect(defineLab(MANIFEST)).toBe(MANIFEST);
});

test.each([
  [{ id: "network" }, 'id "network" is not like 08-two-services'],
  [{ minutes: 0 }, "minutes is 0"],
  [{ files: [] }, "files names nothing"],
  [{ stacks: [] }, "stacks names nothing"],
  [{ publicImages: ["docker.io/library/none:1"] }, "for which nothing can stand in"],
  [{ title: { en: "A network", ja: " " } }, "title has no words in ja"],
])("refuses %j", (part, words) => {
  expect(() => defineLab({ ...MANIFEST, ...part })).toThrow(LabManifestError);
  expect(() => defineLab({ ...MANIFEST, ...part })).toThrow(words);
});

test("adds up what an hour costs", () => {
  expect(costPerHour(MANIFEST.cost)).toBeCloseTo(0.062 + 3 * 0.005);
});
