import type { TerraformElement } from "cdktf";

/**
 * Gives an element inside a construct a fixed Terraform name.
 *
 * cdktf derives names from the place in the construct tree, so a resource that a learner writes in one lab and a
 * construct makes in the next would be destroyed and made again. With fixed names it is the same resource.
 */
export function pinned<Element extends TerraformElement>(
  element: Element,
  logicalId: string,
): Element {
  element.overrideLogicalId(logicalId);
  return element;
}
