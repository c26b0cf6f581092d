import { randomBytes } from "node:crypto";
import { iamId } from "../../ground/iam-id.ts";
import { accessKeys, type AccessKey } from "./state.ts";
import type { Store } from "../../store/store.ts";

/** The account that a new cloud has. */
export const DEFAULT_ACCOUNT = "123456789012";

/** The name of the workbook's own user, who is not stored and may do everything. */
export const WORKSPACE_USER = "workbook";

/** The access key of the workbook's user in `account`, minted at the first call. Its account is what the key selects. */
export function workspaceKey(store: Store, account: string): Readonly<AccessKey> {
  const keys = store.of(accessKeys, "", "");
  const arn = `arn:aws:iam::${account}:user/${WORKSPACE_USER}`;
  const known = keys.find((key) => key.arn === arn && key.sessionToken === undefined);
  if (known) return known;
  const key: AccessKey = {
    accessKeyId: iamId("AKIA", 20),
    secretAccessKey: randomBytes(30).toString("base64"),
    account,
    arn,
    userId: iamId("AIDA", 21),
  };
  return store.transaction(() => keys.put(key.accessKeyId, key));
}
