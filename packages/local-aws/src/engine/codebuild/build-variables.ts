import type * as Sdk from "@aws-sdk/client-codebuild";
import { buildArn, placeInS3, uuidOf } from "../../services/codebuild/find.ts";
import type { StoredBuild } from "../../services/codebuild/state.ts";
import { secretMember, secretValue } from "../../services/secretsmanager/secret-values.ts";
import type { CallContext } from "../../services/service.ts";
import { readParameter } from "../../services/ssm/values.ts";
import { BuildFault, calling } from "./build-fault.ts";
import type { Buildspec } from "./buildspec/buildspec.ts";
import type { SourcePlace } from "./sources.ts";

type Variables = Record<string, string>;

/** The variables of a build's commands, and which of their values are secret. */
export interface BuildVariables {
  readonly variables: Readonly<Variables>;
  readonly secrets: readonly string[];
}

/**
 * The variables that every build has.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
 */
export function ownVariables(
  caller: CallContext,
  build: Readonly<StoredBuild>,
  sources: readonly SourcePlace[],
): Readonly<Variables> {
  const { region } = caller;
  const { settings, id, number, initiator, createdAt, logs } = build;
  const { source, sourceVersion, environment, encryptionKey } = settings;
  const [primary] = sources;
  return {
    AWS_DEFAULT_REGION: region,
    AWS_REGION: region,
    CODEBUILD_BUILD_ARN: buildArn(caller, id),
    CODEBUILD_BUILD_ID: id,
    CODEBUILD_BUILD_IMAGE: environment.image ?? "",
    CODEBUILD_BUILD_NUMBER: String(number),
    CODEBUILD_BUILD_SUCCEEDING: "1",
    CODEBUILD_BUILD_URL: `https://${region}.console.aws.amazon.com/codebuild/home?region=${region}#/builds/${encodeURIComponent(id)}/view/new`,
    CODEBUILD_CI: "true",
    CODEBUILD_INITIATOR: initiator,
    CODEBUILD_KMS_KEY_ID: encryptionKey,
    CODEBUILD_LOG_PATH: logs?.streamName ?? uuidOf(build),
    ...(build.resolvedSourceVersion !== undefined && {
      CODEBUILD_RESOLVED_SOURCE_VERSION: build.resolvedSourceVersion,
    }),
    CODEBUILD_SOURCE_REPO_URL: sourceUrl(source),
    CODEBUILD_SOURCE_VERSION: sourceVersion ?? "",
    CODEBUILD_SRC_DIR: primary?.folder ?? "",
    ...Object.fromEntries(
      sources
        .slice(1)
        .flatMap(({ name, folder, version }) => [
          [`CODEBUILD_SRC_DIR_${name}`, folder],
          ...(version === undefined
            ? []
            : [[`CODEBUILD_RESOLVED_SOURCE_VERSION_${name}`, version]]),
        ]),
    ),
    CODEBUILD_START_TIME: String(createdAt),
  };
}

/** Of a pipeline's build, nothing: its source is told by its version. */
const sourceUrl = ({ type, location = "" }: Sdk.ProjectSource) =>
  type === "S3" ? `s3://${placeInS3(location)}` : location;

/**
 * All variables of a build: those of its start and its project go before those of the buildspec, and of these, parameters before
 * plain ones.
 * @throws BuildFault where a parameter or a secret cannot be read
 */
export function readVariables(
  caller: CallContext,
  given: readonly Sdk.EnvironmentVariable[],
  buildspec: Buildspec,
): BuildVariables {
  const plain = given.filter(({ type }) => type === "PLAINTEXT" || type === undefined);
  const ofType = (type: Sdk.EnvironmentVariableType) =>
    Object.fromEntries(
      given.flatMap((one) => (one.type === type ? [[one.name ?? "", one.value ?? ""]] : [])),
    );
  const parameters = { ...buildspec.parameters, ...ofType("PARAMETER_STORE") };
  const secrets = { ...buildspec.secrets, ...ofType("SECRETS_MANAGER") };
  const names = new Set(given.map(({ name }) => name));
  const isWanted = ([name]: readonly [string, string]) =>
    !names.has(name) || given.find((one) => one.name === name)?.type !== "PLAINTEXT";
  const read = (from: Readonly<Variables>, value: (reference: string) => string) =>
    Object.fromEntries(
      Object.entries(from)
        .filter(isWanted)
        .map(([name, reference]) => [name, value(reference)]),
    );
  const ofParameters = read(parameters, (reference) => parameterValue(caller, reference));
  const ofSecrets = read(secrets, (reference) => valueOfSecret(caller, reference));
  return {
    variables: {
      ...buildspec.variables,
      ...ofParameters,
      ...ofSecrets,
      ...Object.fromEntries(plain.map(({ name = "", value = "" }) => [name, value])),
    },
    secrets: [...Object.values(ofParameters), ...Object.values(ofSecrets)],
  };
}

/** https://github.com/aws/aws-cdk/issues/8291 has the words. */
function parameterValue(caller: CallContext, name: string): string {
  const { Value = "" } = calling(
    () => inTransaction(caller, () => readParameter(caller, name, true, "GetParameters")),
    ({ code, message }) =>
      new BuildFault(
        "Decrypted Variables Error",
        code.endsWith("NotFound") ? `parameter does not exist: ${name}` : `${code}: ${message}`,
      ),
  );
  return Value;
}

/** `secret-id:json-key:version-stage:version-id`, where the id may be an ARN. */
function valueOfSecret(caller: CallContext, reference: string): string {
  const parts = reference.split(":");
  const width = reference.startsWith("arn:") ? 7 : 1;
  const SecretId = parts.slice(0, width).join(":");
  const [key, VersionStage, VersionId] = parts.slice(width).map((part) => part || undefined);
  const { SecretString = "" } = calling(
    () => inTransaction(caller, () => secretValue(caller, { SecretId, VersionStage, VersionId })),
    ({ code, message }) => secretFault(`${code}: ${message}`),
  );
  return key === undefined ? SecretString : member(SecretString, key);
}

const secretFault = (message: string) => new BuildFault("Secrets Manager Error", message);

function member(whole: string, key: string): string {
  const found = secretMember(whole, key);
  if ("value" in found) return found.value;
  throw secretFault(
    found.missing === "JSON"
      ? `the secret is no JSON, and its key ${key} is asked for`
      : `the secret has no key ${key}`,
  );
}

const inTransaction = <T>({ cloud }: CallContext, work: () => T): T => cloud.transaction(work);
