import { expect, test } from "vitest";
import { isFargateSize } from "./fargate-sizes.ts";

test.each([
  [256, [512, 1024, 2048], [256, 1536, 3072]],
  [512, [1024, 4096], [512, 1536, 5120]],
  [4096, [8192, 30_720], [7168, 31_744]],
  [8192, [16_384, 61_440], [15_360, 17_408]],
  [16_384, [32_768, 122_880], [36_864, 131_072]],
  [32_768, [61_440, 122_880, 249_856], [32_768, 131_072, 262_144]],
  [300, [], [512]],
])("%i CPU units go with %j MiB and not with %j", (cpu, offered, refused) => {
  expect(offered.filter((memory) => !isFargateSize(cpu, memory))).toEqual([]);
  expect(refused.filter((memory) => isFargateSize(cpu, memory))).toEqual([]);
});
