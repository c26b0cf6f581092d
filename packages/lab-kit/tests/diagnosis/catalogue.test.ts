import { expect, test } from "vitest";

import { KINDS } from "../../src/diagnosis/kinds.ts";
import { FAILURE_GROUPS } from "../../src/failures/catalogue.ts";
import { ENTRIES_BESIDE } from "./entries-beside.ts";
import { MISTAKES, reproducedBy } from "./mistakes.ts";

const entries = FAILURE_GROUPS.flatMap(({ failures }) => Object.entries(failures));

test("every entry of the failure catalogue is made by a test that reads its words", () => {
  const made = [
    ...MISTAKES.flatMap((mistake) => reproducedBy(mistake) ?? []),
    ...Object.values(ENTRIES_BESIDE).flat(),
  ];
  expect(made.toSorted()).toEqual(entries.map(([id]) => id).toSorted());
});

test("the failure catalogue has sixty entries at least, and what each looks like is a cause that the diagnosis knows", () => {
  expect(entries.length).toBeGreaterThanOrEqual(60);
  const unknown = entries.flatMap(([id, { like }]) =>
    like.filter((each) => !(each in KINDS) || each === id),
  );
  expect(unknown).toEqual([]);
});
