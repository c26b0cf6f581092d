import type { ParameterMetadata, ParameterStringFilter } from "@aws-sdk/client-ssm";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Handlers } from "../../protocol/typed.ts";
import { cutPage } from "../kit/pages.ts";
import type { CallContext } from "../service.ts";
import {
  invalidFilterKey,
  invalidFilterOption,
  invalidFilterValue,
  invalidNextToken,
  validation,
} from "./faults.ts";
import { arnOf, checkAccess } from "./names.ts";
import { isPublic, publicParameters } from "./public-parameters.ts";
import { parameters, type ParameterVersion, type StoredParameter } from "./state.ts";
import { needParameter, publicToApi, readParameter, toApi, valueOf } from "./values.ts";

/** Parameters are read: one, some, those below a path, and what one was. */
export const readParameterHandlers: Handlers<typeof import("@aws-sdk/client-ssm"), CallContext> = {
  GetParameter: ({ Name, WithDecryption = false }, context) => ({
    Parameter: readParameter(context, Name, WithDecryption),
  }),

  GetParameters({ Names, WithDecryption = false }, context) {
    const read = Names.map((name) => {
      try {
        return { name, found: readParameter(context, name, WithDecryption, "GetParameters") };
      } catch (error) {
        const isMissing = error instanceof AwsError && /^Parameter.*NotFound$/.test(error.code);
        if (!isMissing) throw error;
        return { name, found: undefined };
      }
    });
    return {
      Parameters: read.flatMap(({ found }) => (found ? [found] : [])),
      InvalidParameters: read.flatMap(({ name, found }) => (found ? [] : [name])),
    };
  },

  GetParametersByPath(input, context) {
    const { Path, Recursive = false, WithDecryption = false, ParameterFilters = [] } = input;
    if (!Path.startsWith("/"))
      throw validation(
        'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/".',
      );
    checkFilters(ParameterFilters, PATH_FILTERS);
    const path = Path.length > 1 ? Path.replace(/\/$/, "") : Path;
    const pages = {
      size: input.MaxResults ?? 10,
      token: input.NextToken,
      of: `below ${path}`,
      invalid: invalidNextToken,
    };
    if (isPublic(path)) {
      const below = publicParameters(context.region).filter(({ name }) =>
        isBelow(name, path, Recursive),
      );
      const { items, next } = cutPage(below, { ...pages, key: ({ name }) => name });
      return {
        Parameters: items.map((found) => publicToApi(found, context.region)),
        NextToken: next,
      };
    }
    checkAccess(context, "GetParametersByPath", arnOf(context, path));
    const below = all(context).filter(
      (parameter) =>
        isBelow(parameter.name, path, Recursive) && passes(parameter, ParameterFilters),
    );
    const { items, next } = cutPage(below, { ...pages, key: ({ name }) => name });
    const Parameters = items.map((stored) =>
      toApi(context, stored, stored.versions.at(-1)!, WithDecryption),
    );
    return { Parameters, NextToken: next };
  },

  GetParameterHistory({ Name, WithDecryption = false, MaxResults = 50, NextToken }, context) {
    checkAccess(context, "GetParameterHistory", arnOf(context, Name));
    const stored = needParameter(context, Name);
    const key = ({ version }: Readonly<ParameterVersion>) => String(version).padStart(10, "0");
    const { items, next } = cutPage(stored.versions, {
      key,
      size: MaxResults,
      token: NextToken,
      of: `history ${stored.name}`,
      invalid: invalidNextToken,
    });
    return {
      Parameters: items.map((version) => ({
        ...metadata(stored, version),
        Value: valueOf(context, stored.arn, version, WithDecryption),
        Labels: [...version.labels],
      })),
      NextToken: next,
    };
  },

  DescribeParameters({ Filters = [], ParameterFilters = [], MaxResults = 10, NextToken }, context) {
    checkAccess(context, "DescribeParameters", arnOf(context, "*"));
    if (Filters.length > 0 && ParameterFilters.length > 0)
      throw validation("You can use either Filters or ParameterFilters in a single request.");
    // The older form compares names by their beginning.
    const older = Filters.map(({ Key, Values }) => ({
      Key,
      Values,
      Option: Key === "Name" ? "BeginsWith" : "Equals",
    }));
    const filters = [...older, ...ParameterFilters];
    checkFilters(filters, DESCRIBE_FILTERS);
    const found = all(context).filter((parameter) => passes(parameter, filters));
    const { items, next } = cutPage(found, {
      key: ({ name }) => name,
      size: MaxResults,
      token: NextToken,
      of: "parameters",
      invalid: invalidNextToken,
    });
    const Parameters = items.map((stored) => ({
      ...metadata(stored, stored.versions.at(-1)!),
      ARN: stored.arn,
    }));
    return { Parameters, NextToken: next };
  },
};

const all = ({ store }: CallContext) =>
  store
    .of(parameters)
    .values()
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));

function metadata(
  { name }: Readonly<StoredParameter>,
  version: Readonly<ParameterVersion>,
): ParameterMetadata {
  return {
    Name: name,
    Type: version.type,
    ...(version.keyId !== undefined && { KeyId: version.keyId }),
    LastModifiedDate: new Date(version.modifiedAt),
    LastModifiedUser: version.modifiedBy,
    ...(version.description !== undefined && { Description: version.description }),
    ...(version.allowedPattern !== undefined && { AllowedPattern: version.allowedPattern }),
    Version: version.version,
    Tier: version.tier,
    Policies: [],
    DataType: version.dataType,
  };
}

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
const DESCRIBE_FILTERS = ["Name", "Type", "KeyId", "Tier", "DataType", "Path", "tag:"];
const PATH_FILTERS = ["Type", "KeyId", "Label"];

/**
 * Whether a parameter passes every filter, by one of its values each.
 * @throws AwsError `InvalidFilterKey`, `InvalidFilterOption`, `InvalidFilterValue`
 */
function passes(
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
function checkFilters(filters: readonly ParameterStringFilter[], keys: readonly string[]): void {
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
function isBelow(name: string, path: string, isRecursive: boolean): boolean {
  const base = path.endsWith("/") ? path : `${path}/`;
  // A name without a slash is in the root.
  const whole = name.startsWith("/") ? name : `/${name}`;
  if (!whole.startsWith(base)) return false;
  return isRecursive || !whole.slice(base.length).includes("/");
}
