import { lastPart } from "../../../ground/arn.ts";
import type { Scope } from "../../../store/store.ts";
import { instanceProfiles, roles } from "../../iam/state.ts";
import type { Instance } from "./state.ts";

/** The ARN of the role that an instance has by its profile; undefined where it has none. */
export function instanceRole(scope: Scope, { profileArn }: Instance): string | undefined {
  if (profileArn === undefined) return undefined;
  const name = lastPart(profileArn);
  const [roleName] = scope.of(instanceProfiles).get(name)?.roleNames ?? [];
  return roleName === undefined ? undefined : scope.of(roles).get(roleName)?.arn;
}
