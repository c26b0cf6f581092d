/** A block of `terraform providers schema -json`. https://developer.hashicorp.com/terraform/cli/commands/providers/schema */
export interface Block {
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly block_types?: Readonly<Record<string, { readonly block: Block }>>;
}

interface Attribute {
  readonly required?: boolean;
  readonly optional?: boolean;
}

/**
 * What the provider's schema has at the top of resources and no page lists among their arguments: `id` and `tags_all` are told by the
 * provider, `timeouts` are its own.
 */
const NO_ARGUMENTS = new Set(["id", "tags_all", "timeouts"]);

/** Every argument of a resource, by its path: `redrive_policy`, `target.retry_policy.maximum_retry_attempts`. */
export function argumentsOf(resource: Block): string[] {
  return pathsOf(resource).filter((path) => !NO_ARGUMENTS.has(path.split(".")[0]!));
}

function pathsOf({ attributes = {}, block_types = {} }: Block): string[] {
  const own = Object.keys(attributes).filter((name) => isGiven(attributes[name]!));
  const nested = Object.entries(block_types).flatMap(([name, { block }]) => {
    const inside = pathsOf(block);
    return inside.length === 0 ? [name] : inside.map((path) => `${name}.${path}`);
  });
  return [...own, ...nested];
}

const isGiven = ({ required = false, optional = false }: Attribute) => required || optional;

/** A literal `null`, which gives nothing. */
const isNull = (value: unknown) =>
  (value as { readonly constant_value?: unknown }).constant_value === null;

/** Which of its arguments a configuration of a resource gives. @param expressions as `terraform show -json` has them */
export function givenIn(
  { attributes = {}, block_types = {} }: Block,
  expressions: Readonly<Record<string, unknown>>,
): string[] {
  return Object.entries(expressions).flatMap(([name, value]) => {
    if (name in attributes) return isNull(value) ? [] : [name];
    const nested = block_types[name]?.block;
    if (!nested) return [];
    const blocks = (Array.isArray(value) ? value : [value]) as Record<string, unknown>[];
    const inside = new Set(blocks.flatMap((each) => givenIn(nested, each)));
    return inside.size === 0 ? [name] : [...inside].map((path) => `${name}.${path}`);
  });
}
