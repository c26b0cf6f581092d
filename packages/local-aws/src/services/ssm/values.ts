import type { Parameter } from "@aws-sdk/client-ssm";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Caller } from "../iam/caller.ts";
import { decryptFor, encryptFor } from "../kms/encryption.ts";
import { invalidKey, parameterNotFound, versionNotFound } from "./faults.ts";
import { arnOf, checkAccess, readReference } from "./names.ts";
import { findPublic, isPublic, type PublicParameter } from "./public-parameters.ts";
import { parameters, type ParameterVersion, type StoredParameter } from "./state.ts";

/** What ties a value to its parameter. https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html */
const useOf = (arn: string) => ({ via: "ssm", encryptionContext: { PARAMETER_ARN: arn } });

/**
 * Encrypts a SecureString with the caller's right to its key.
 * @returns base64
 * @throws AwsError `InvalidKeyId`; `AccessDeniedException`
 */
export function sealValue(caller: Caller, arn: string, value: string, keyId: string): string {
  try {
    return encryptFor(caller, "Encrypt", keyId, Buffer.from(value), useOf(arn)).ciphertext.toString(
      "base64",
    );
  } catch (error) {
    throw asKeyFault(error);
  }
}

/** The value of a version as a caller sees it: a SecureString stays encrypted unless it is to be decrypted. */
export function valueOf(
  caller: Caller,
  arn: string,
  { type, value }: Readonly<ParameterVersion>,
  isDecrypted: boolean,
): string {
  if (type !== "SecureString" || !isDecrypted) return value;
  try {
    return decryptFor(caller, Buffer.from(value, "base64"), useOf(arn)).toString();
  } catch (error) {
    throw asKeyFault(error);
  }
}

/** What KMS says of a key, Parameter Store passes on under a code of its own; a missing right stays one. */
function asKeyFault(error: unknown): unknown {
  if (!(error instanceof AwsError) || error.code === "AccessDeniedException") return error;
  return invalidKey(error.message);
}

/** What is stored under a name. @throws AwsError `ParameterNotFound` */
export function needParameter({ store }: Caller, name: string): Readonly<StoredParameter> {
  const found = store.of(parameters).get(readReference(name, store).name);
  if (!found) throw parameterNotFound();
  return found;
}

/** The version that a number or a label selects, the last one without either. */
export function versionOf(
  { versions }: Readonly<StoredParameter>,
  selector: string | undefined,
): Readonly<ParameterVersion> | undefined {
  if (selector === undefined) return versions.at(-1);
  return versions.find(
    ({ version, labels }) => String(version) === selector || labels.includes(selector),
  );
}

/**
 * A parameter as `GetParameter` answers it, public ones too.
 * @throws AwsError `ParameterNotFound`, `ParameterVersionNotFound`, `AccessDeniedException`, `InvalidKeyId`
 */
export function readParameter(
  caller: Caller,
  reference: string,
  isDecrypted: boolean,
  operation = "GetParameter",
): Parameter {
  const { name, selector } = readReference(reference, caller);
  const selected = selector === undefined ? {} : { Selector: `:${selector}` };
  if (isPublic(name)) {
    const found = findPublic(caller.region, name);
    if (!found) throw parameterNotFound();
    if (selector !== undefined && selector !== String(found.version))
      throw versionNotFound(name, selector);
    return { ...publicToApi(found, caller.region), ...selected };
  }
  checkAccess(caller, operation, arnOf(caller, name));
  const stored = needParameter(caller, name);
  const version = versionOf(stored, selector);
  if (!version) throw versionNotFound(name, selector ?? "");
  return { ...toApi(caller, stored, version, isDecrypted), ...selected };
}

/** A version as the calls that read values answer it. */
export function toApi(
  caller: Caller,
  { name, arn }: Readonly<StoredParameter>,
  version: Readonly<ParameterVersion>,
  isDecrypted: boolean,
): Parameter {
  return {
    Name: name,
    Type: version.type,
    Value: valueOf(caller, arn, version, isDecrypted),
    Version: version.version,
    LastModifiedDate: new Date(version.modifiedAt),
    ARN: arn,
    DataType: version.dataType,
  };
}

export function publicToApi(found: PublicParameter, region: string): Parameter {
  return {
    Name: found.name,
    Type: "String",
    Value: found.value,
    Version: found.version,
    LastModifiedDate: new Date(found.modifiedAt),
    ARN: `arn:aws:ssm:${region}::parameter${found.name}`,
    DataType: found.name.endsWith("/image_id") ? "aws:ec2:image" : "text",
  };
}
