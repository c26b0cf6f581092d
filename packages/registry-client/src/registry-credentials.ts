import { createHash } from "node:crypto";

/** Who fetches an image from a registry that does not let everyone read. */
export interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
}

/** https://www.rfc-editor.org/rfc/rfc7617 */
export const basicHeader = ({ username, password }: RegistryCredentials): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

/** Tells those who fetch apart, without their passwords; empty for everyone. */
export function whoFetches(credentials: RegistryCredentials | undefined): string {
  if (!credentials) return "";
  const { username, password } = credentials;
  return createHash("sha256")
    .update(JSON.stringify([username, password]))
    .digest("hex");
}
