import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { AwsConnection } from "./live.ts";

/** Whom AWS takes us for. */
export interface AwsAccount {
  /** Twelve digits. */
  readonly account: string;
  /** ARN of the user or role. */
  readonly caller: string;
}

/**
 * Asks AWS whose credentials these are.
 *
 * @throws {Error} `CredentialsProviderError` where the ordinary chain finds none; AWS's own where they are refused
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export async function askAccount(connection: AwsConnection): Promise<AwsAccount> {
  const sts = new STSClient(connection);
  try {
    const { Account, Arn } = await sts.send(new GetCallerIdentityCommand({}));
    return { account: Account!, caller: Arn! };
  } finally {
    sts.destroy();
  }
}
