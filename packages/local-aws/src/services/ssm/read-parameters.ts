import type { ParameterMetadata } from "@aws-sdk/client-ssm";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Handlers } from "../../protocol/typed.ts";
import { cutPage } from "../kit/pages.ts";
import type { CallContext } from "../service.ts";
import { invalidNextToken, validation } from "./faults.ts";
import { checkFilters, DESCRIBE_FILTERS, isBelow, passes, PATH_FILTERS } from "./filters.ts";
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
