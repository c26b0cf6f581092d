import { RE2JS } from "re2js";
import type { Handlers, OperationInput } from "../../protocol/typed.ts";
import type { CallContext } from "../service.ts";
import {
  invalidPattern,
  parameterExists,
  parameterNotFound,
  patternMismatch,
  tooManyParameters,
  tooManyVersions,
  typeMismatch,
  validation,
} from "./faults.ts";
import { arnOf, checkAccess, checkName, readReference } from "./names.ts";
import { parameters, type ParameterVersion, type StoredParameter } from "./state.ts";
import { withTags } from "./tags.ts";
import { sealValue } from "./values.ts";

type Ssm = typeof import("@aws-sdk/client-ssm");
type PutParameterInput = OperationInput<Ssm, "PutParameter">;

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html */
const LONGEST = { Standard: 4096, Advanced: 8192 };
const MOST_VERSIONS = 100;
/** Of one account and region. */
const MOST_STANDARD = 10_000;
const MOST_ADVANCED = 100_000;
const MORE =
  "For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html";

/** Parameters are made, written over and deleted. */
export const putParameterHandlers: Handlers<Ssm, CallContext> = {
  PutParameter(input, context) {
    const { name } = readReference(input.Name, context);
    checkName(name);
    const arn = arnOf(context, name);
    checkAccess(context, "PutParameter", arn);
    const before = context.store.of(parameters).get(name);
    if (before && !input.Overwrite) throw parameterExists();
    if (input.Overwrite && input.Tags?.length)
      throw validation(
        "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
      );
    const version = newVersion(input, arn, before, context);
    checkCount(context, before, version.tier);
    const kept = before ? withRoom(before) : [];
    context.store.of(parameters).put(name, {
      name,
      arn,
      versions: [...kept, version],
      tags: before?.tags ?? withTags([], input.Tags ?? []),
    });
    return { Version: version.version, Tier: version.tier };
  },

  DeleteParameter({ Name }, context) {
    if (!remove(context, Name, "DeleteParameter")) throw parameterNotFound();
    return {};
  },

  DeleteParameters({ Names }, context) {
    const results = Names.map((name) => ({
      name,
      isGone: remove(context, name, "DeleteParameters"),
    }));
    return {
      DeletedParameters: results.filter(({ isGone }) => isGone).map(({ name }) => name),
      InvalidParameters: results.filter(({ isGone }) => !isGone).map(({ name }) => name),
    };
  },
};

function remove(context: CallContext, name: string, operation: string): boolean {
  checkAccess(context, operation, arnOf(context, name));
  const all = context.store.of(parameters);
  const isThere = all.has(name);
  if (isThere) all.delete(name);
  return isThere;
}

function newVersion(
  input: PutParameterInput,
  arn: string,
  before: Readonly<StoredParameter> | undefined,
  context: CallContext,
): ParameterVersion {
  const last = before?.versions.at(-1);
  const type = typeOf(input, last);
  const tier = tierOf(input, last);
  const dataType = dataTypeOf(input, last);
  if (input.Value === "")
    throw validation(
      "1 validation error detected: Value at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  checkPattern(input.AllowedPattern, input.Value);
  const keyId =
    type === "SecureString" ? (input.KeyId ?? last?.keyId ?? "alias/aws/ssm") : undefined;
  if (input.KeyId !== undefined && type !== "SecureString")
    throw validation("KeyId is required for SecureString type parameter only.");
  return {
    version: (last?.version ?? 0) + 1,
    type,
    value: keyId === undefined ? input.Value : sealValue(context, arn, input.Value, keyId),
    ...(keyId !== undefined && { keyId }),
    ...given("description", input.Description ?? last?.description),
    ...given("allowedPattern", input.AllowedPattern),
    dataType,
    tier,
    modifiedAt: context.clock.now(),
    modifiedBy: context.principal.arn,
    labels: [],
  };
}

const given = (name: "description" | "allowedPattern", value: string | undefined) =>
  value === undefined ? {} : { [name]: value };

function typeOf(
  { Type }: PutParameterInput,
  last: Readonly<ParameterVersion> | undefined,
): ParameterVersion["type"] {
  if (Type === undefined && !last)
    throw validation("A parameter type is required when you create a parameter.");
  if (Type !== undefined && last && Type !== last.type)
    throw typeMismatch(`The parameter's type ${last.type} cannot be changed to ${Type}.`);
  return Type ?? last!.type;
}

function tierOf(
  { Tier, Value }: PutParameterInput,
  last: Readonly<ParameterVersion> | undefined,
): ParameterVersion["tier"] {
  const wanted = Tier ?? last?.tier ?? "Standard";
  if (Tier === "Standard" && last?.tier === "Advanced")
    throw validation(
      `This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter. ${MORE}`,
    );
  const tier =
    wanted === "Intelligent-Tiering"
      ? Value.length > LONGEST.Standard
        ? "Advanced"
        : "Standard"
      : wanted;
  if (Value.length > LONGEST[tier])
    throw validation(
      tier === "Standard"
        ? `Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. ${MORE}`
        : "Advanced tier parameters support a maximum parameter value of 8192 characters.",
    );
  return last?.tier === "Advanced" ? "Advanced" : tier;
}

function dataTypeOf(
  { DataType, Value }: PutParameterInput,
  last: Readonly<ParameterVersion> | undefined,
): string {
  const dataType = DataType ?? last?.dataType ?? "text";
  if (dataType !== "text" && dataType !== "aws:ec2:image")
    throw validation(
      `The following data type is not supported: ${dataType} (Data type names are all lowercase.)`,
    );
  if (dataType === "aws:ec2:image" && !/^ami-[0-9a-f]{8}(?:[0-9a-f]{9})?$/.test(Value))
    throw validation("Invalid parameter value: an aws:ec2:image is the id of an AMI.");
  return dataType;
}

/** One more of a tier has to find room. */
function checkCount(
  { store }: CallContext,
  before: Readonly<StoredParameter> | undefined,
  tier: ParameterVersion["tier"],
): void {
  const tierNow = (each: Readonly<StoredParameter>) => each.versions.at(-1)!.tier;
  if (before && tierNow(before) === tier) return;
  const those = store.of(parameters).filter((each) => tierNow(each) === tier);
  if (those.length >= (tier === "Standard" ? MOST_STANDARD : MOST_ADVANCED))
    throw tooManyParameters();
}

/** The whole value has to match, which takes time in its length alone. */
function checkPattern(pattern: string | undefined, value: string): void {
  if (pattern === undefined || pattern === "") return;
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch {
    throw invalidPattern("The request does not meet the regular expression requirement.");
  }
  if (!compiled.matches(value))
    throw patternMismatch(
      `Parameter value, cannot be validated against allowedPattern: ${pattern}`,
    );
}

/** The oldest version makes room for a new one, unless it is labelled. */
function withRoom({ name, versions }: Readonly<StoredParameter>): readonly ParameterVersion[] {
  if (versions.length < MOST_VERSIONS) return versions;
  const [oldest] = versions;
  if (oldest!.labels.length > 0)
    throw tooManyVersions(
      `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. Version ${oldest!.version}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
    );
  return versions.slice(1);
}
