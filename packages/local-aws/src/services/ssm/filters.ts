import type { ParameterStringFilter } from "@aws-sdk/client-ssm";
import { invalidFilterKey, invalidFilterOption, invalidFilterValue } from "./faults.ts";
import type { StoredParameter } from "./state.ts";

/** What each filter looks at, and the options that it has, its default first. https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_ParameterStringFilter.html */
const FILTERS: Readonly<
  Record<
    string,
    {
      readonly of: (parameter: Readonly<StoredParameter>) => readonly string[];
      readonly options: readonly string[];
    }
  >
> = {
  Name: { of: ({ name }) => [name], options: ["Equals", "BeginsWith", "Contains"] },
  Type: { of: ({ versions }) => [versions.at(-1)!.type], options: ["Equals", "BeginsWith"] },
  KeyId: {
    of: ({ versions }) => [versions.at(-1)!.keyId ?? ""],
    options: ["Equals", "BeginsWith"],
  },
  Tier: { of: ({ versions }) => [versions.at(-1)!.tier], options: ["Equals"] },
  DataType: { of: ({ versions }) => [versions.at(-1)!.dataType], options: ["Equals"] },
  Label: { of: ({ versions }) => versions.flatMap(({ labels }) => labels), options: ["Equals"] },
  Path: { of: ({ name }) => [name], options: ["OneLevel", "Recursive"] },
};

/** Which of the filters a call knows. */
export const DESCRIBE_FILTERS = ["Name", "Type", "KeyId", "Tier", "DataType", "Path", "tag:"];
export const PATH_FILTERS = ["Type", "KeyId", "Label"];

/**
 * Whether a parameter passes every filter, by one of its values each.
 * @throws AwsError `InvalidFilterKey`, `InvalidFilterOption`, `InvalidFilterValue`
 */
export function passes(
  parameter: Readonly<StoredParameter>,
  filters: readonly ParameterStringFilter[],
): boolean {
  return filters.every(({ Key = "", Option, Values = [] }) => {
    const known = Key.startsWith("tag:")
      ? ofTag(parameter, Key.slice(4))
      : FILTERS[Key]!.of(parameter);
    const option = Option ?? FILTERS[Key]?.options[0] ?? "Equals";
    if (Values.length === 0) return known.length > 0;
    return known.some((text) => Values.some((value) => matches(text, option, value)));
  });
}

/** Looks at filters before anything is compared with them. */
export function checkFilters(
  filters: readonly ParameterStringFilter[],
  keys: readonly string[],
): void {
  for (const { Key = "", Option, Values } of filters) {
    if (!keys.includes(Key.startsWith("tag:") ? "tag:" : Key))
      throw invalidFilterKey(
        `The following filter key is not valid: ${Key}. Valid filter keys include: [${keys.join(", ")}].`,
      );
    const options = FILTERS[Key]?.options ?? ["Equals"];
    if (Option !== undefined && !options.includes(Option))
      throw invalidFilterOption(
        `The following filter option is not valid: ${Option}. Valid options include: [${options.join(", ")}].`,
      );
    if (!Values?.length && !Key.startsWith("tag:"))
      throw invalidFilterValue(
        `The following filter values are missing : null for filter key ${Key}`,
      );
  }
}

const ofTag = ({ tags }: Readonly<StoredParameter>, key: string) =>
  tags.filter((tag) => tag.Key === key).map((tag) => tag.Value);

function matches(text: string, option: string, value: string): boolean {
  if (option === "BeginsWith") return text.startsWith(value);
  if (option === "Contains") return text.includes(value);
  return option === "OneLevel" || option === "Recursive"
    ? isBelow(text, value, option === "Recursive")
    : text === value;
}

/** Whether a name is in the hierarchy below a path: directly, or anywhere. */
export function isBelow(name: string, path: string, isRecursive: boolean): boolean {
  const base = path.endsWith("/") ? path : `${path}/`;
  // A name without a slash is in the root.
  const whole = name.startsWith("/") ? name : `/${name}`;
  if (!whole.startsWith(base)) return false;
  return isRecursive || !whole.slice(base.length).includes("/");
}
