import type * as Sdk from "@aws-sdk/client-codebuild";
import { unsupported } from "../kit/faults.ts";
import { invalidInput } from "./faults.ts";

/** What a build may use of its machine. */
interface Compute {
  readonly memoryMiB: number;
  readonly cpus: number;
}

const GIB = 1024;

/** https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-compute-types.html */
const COMPUTE: Partial<Record<Sdk.ComputeType, Compute>> = {
  BUILD_GENERAL1_SMALL: { memoryMiB: 4 * GIB, cpus: 2 },
  BUILD_GENERAL1_MEDIUM: { memoryMiB: 8 * GIB, cpus: 4 },
  BUILD_GENERAL1_LARGE: { memoryMiB: 16 * GIB, cpus: 8 },
  BUILD_GENERAL1_XLARGE: { memoryMiB: 72 * GIB, cpus: 36 },
  BUILD_GENERAL1_2XLARGE: { memoryMiB: 144 * GIB, cpus: 72 },
};

/** What builds of a compute type may use. @throws AwsError `NotImplemented` for those of Lambda and of reserved machines */
export function computeOf(type: Sdk.ComputeType | undefined): Compute {
  const compute = type && COMPUTE[type];
  if (!compute)
    throw unsupported(`the compute type ${type}: use one of ${Object.keys(COMPUTE).join(", ")}`);
  return compute;
}

const TYPES: readonly string[] = ["LINUX_CONTAINER", "ARM_CONTAINER"];

/** @throws AwsError `InvalidInputException`; `NotImplemented` for Windows, GPUs, Lambda, Macs and machines of one's own */
export function readEnvironment(given: Sdk.ProjectEnvironment): Sdk.ProjectEnvironment {
  const { type, image, computeType, environmentVariables, privilegedMode } = given;
  const { registryCredential, imagePullCredentialsType } = given;
  checkType(type);
  computeOf(computeType);
  if (!image) throw invalidInput("Invalid environment: image must be given");
  return {
    type,
    image,
    computeType,
    environmentVariables: readVariables(environmentVariables),
    privilegedMode: privilegedMode ?? false,
    ...(registryCredential && { registryCredential: readCredential(registryCredential) }),
    imagePullCredentialsType: imagePullCredentialsType ?? "CODEBUILD",
  };
}

/** @throws AwsError `NotImplemented` */
export function checkType(type: string | undefined): void {
  if (!TYPES.includes(String(type)))
    throw unsupported(`the environment type ${type}: use ${TYPES.join(" or ")}`);
}

export const readCredential = ({ credential, credentialProvider }: Sdk.RegistryCredential) => ({
  credential,
  credentialProvider,
});

/** @throws AwsError `InvalidInputException` for a name that is given twice */
export function readVariables(given: readonly Sdk.EnvironmentVariable[] = []) {
  const variables = given.map(({ name, value, type = "PLAINTEXT" }) => ({ name, value, type }));
  const names = variables.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw invalidInput(`Invalid environment variables: ${twice} is given more than once`);
  return variables;
}
