import { cutPage } from "../kit/pages.ts";
import { invalidToken, validation } from "./faults.ts";
import { keyOf, type TargetKey } from "./state.ts";
import { TEXTS } from "./texts.ts";

/** Which policies or actions a call asks for. */
interface Asked {
  readonly namespace: string;
  readonly resourceId: string | undefined;
  readonly dimension: string | undefined;
  /** Empty: all. */
  readonly names: readonly string[];
  readonly size: number | undefined;
  readonly token: string | undefined;
  /** What its tokens are of. */
  readonly of: string;
}

/**
 * A page of what targets have, as calls describe it.
 * @throws AwsError `ValidationException`, `InvalidNextTokenException`
 */
export function describePage<T extends TargetKey & { readonly name: string }>(
  all: readonly T[],
  { namespace, resourceId, dimension, names, size = 50, token, of }: Asked,
): { items: T[]; next: string | undefined } {
  if (dimension !== undefined && resourceId === undefined)
    throw validation(TEXTS.dimensionNeedsResource());
  const found = all.filter(
    (it) =>
      it.namespace === namespace &&
      (resourceId === undefined || it.resourceId === resourceId) &&
      (dimension === undefined || it.dimension === dimension) &&
      (names.length === 0 || names.includes(it.name)),
  );
  const key = (it: T) => keyOf(it, it.name);
  return cutPage(found, { key, size, token, of, invalid: invalidToken });
}
