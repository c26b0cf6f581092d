import type { AnyCheck } from "@workbook/lab-kit";

/** A lab's checks, in the order in which they are run. */
export interface LabChecks {
  readonly lab: string;
  readonly checks: readonly Pick<AnyCheck, "id" | "tier" | "title">[];
}

/**
 * The checks of the chapter that a page is, which its live part shows. Other pages have none, and no page has another one's: all
 * of them together would be a quarter of what a page loads.
 *
 * @param address of the page, such as `ja/labs/05-service.md`
 */
export function checksOfPage(
  address: string,
  labs: readonly { readonly id: string; readonly checks: readonly AnyCheck[] }[],
): LabChecks | undefined {
  const id = /^(?:ja\/)?labs\/([^/]+)\.md$/.exec(address)?.[1];
  const lab = labs.find((each) => each.id === id);
  return (
    lab && {
      lab: lab.id,
      checks: lab.checks.map(({ id: check, tier, title }) => ({ id: check, tier, title })),
    }
  );
}
