import { askAccount, type AwsAccount } from "@workbook/lab-kit/deploy";
import type { AwsConnection, EffectiveAddress, Target } from "@workbook/lab-kit";
import {
  cleanEnvironment,
  terraformCliConfig,
  UserError,
  type Language,
} from "@workbook/toolchain";
import type { Terminal } from "../learn/owner.ts";
import { REGION } from "../region.ts";
import { effectiveListeners } from "../cloud/listeners.ts";
import { ownerOf, type Workspace } from "../workspace.ts";
import { findHomeCidr } from "./home-cidr.ts";

/** AWS as a target of deployments, and whose account it is. */
export interface AwsTarget extends Target {
  readonly name: "aws";
  readonly account: AwsAccount;
}

/**
 * AWS, by the ordinary chain of credentials, profile and region of the learner's own. `AWS_ENDPOINT_URL` is minded as by
 * every tool of AWS: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 *
 * @throws {UserError} where there are no credentials, or AWS refuses them
 */
export async function awsTarget(
  workspace: Workspace,
  terminal: Terminal | undefined,
  signal: AbortSignal,
  language: Language,
  env: NodeJS.ProcessEnv = process.env,
): Promise<AwsTarget> {
  const { connection, account } = await connectToAccount(env);
  const { region, endpoint: endpointUrl } = connection;
  return {
    name: "aws",
    account,
    owner: ownerOf(workspace),
    region,
    homeCidr: await findHomeCidr(endpointUrl, terminal, signal, language, env),
    endpointUrl,
    connection,
    environment: environment(workspace, env, region, endpointUrl),
    effectiveAddress: endpointUrl === undefined ? undefined : addressesAt(endpointUrl),
  };
}

/**
 * How the learner's own account is reached, and whose it is.
 *
 * @throws {UserError} where there are no credentials, or AWS refuses them
 */
export async function connectToAccount(
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ readonly connection: AwsConnection; readonly account: AwsAccount }> {
  const endpoint = env["AWS_ENDPOINT_URL"] || undefined;
  const region = env["AWS_REGION"] || REGION;
  const connection = { region, ...(endpoint !== undefined && { endpoint }) };
  return { connection, account: await identify(connection) };
}

async function identify(connection: AwsConnection): Promise<AwsAccount> {
  try {
    return await askAccount(connection);
  } catch (error) {
    const { name, message } = error as Error;
    const isMissing = name === "CredentialsProviderError";
    throw new UserError(
      isMissing
        ? [
            "There are no AWS credentials in the environment, in ~/.aws, or from the machine.",
            "AWS の認証情報が、環境変数にも ~/.aws にもこのマシンにもありません。",
          ]
        : [
            `AWS does not take the credentials: ${name}: ${message}`,
            `AWS が認証情報を受け付けません: ${name}: ${message}`,
          ],
      {
        code: isMissing ? "AWS_CREDENTIALS_MISSING" : "AWS_CREDENTIALS_REFUSED",
        next: [
          "AWS_PROFILE=<your profile> ./workbook … --target aws",
          "AWS_PROFILE=<プロファイル名> ./workbook … --target aws",
        ],
        cause: error,
      },
    );
  }
}

function environment(
  workspace: Workspace,
  env: NodeJS.ProcessEnv,
  region: string,
  endpointUrl: string | undefined,
): NodeJS.ProcessEnv {
  const { file, cache } = terraformCliConfig({ root: workspace.root, env });
  const { TF_CLI_CONFIG_FILE: _other, ...clean } = cleanEnvironment(env);
  // Terraform's provider refuses a bundle of certificates for an endpoint that is plain http.
  if (endpointUrl?.startsWith("http:")) delete clean["AWS_CA_BUNDLE"];
  return {
    ...clean,
    ...cache,
    ...(file !== undefined && { TF_CLI_CONFIG_FILE: file }),
    AWS_REGION: region,
    TF_IN_AUTOMATION: "1",
    CHECKPOINT_DISABLE: "1",
  };
}

/** Behind `AWS_ENDPOINT_URL` a Local AWS may answer: then it says where its listeners are. */
function addressesAt(endpointUrl: string): EffectiveAddress {
  return async (host, port) => {
    const listener = (await effectiveListeners(endpointUrl)).find(
      (each) => each.dnsName === host && each.port === port,
    );
    return listener?.addresses[0] ?? { host, port };
  };
}
