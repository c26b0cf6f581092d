import { parseArn } from "../../ground/arn.ts";
import { tagsByKey } from "../iam/request-tags.ts";
import type { TagsByKey } from "../kit/tagging.ts";
import type { CallContext, Service } from "../service.ts";

/** Where resources are told of that are in no region. */
const HOME_OF_GLOBAL = "us-east-1";

/** A resource that has tags. */
export interface Tagged {
  readonly arn: string;
  /** Such as `ecs:service`: what resource type filters name. */
  readonly type: string;
  readonly tags: TagsByKey;
}

/** All resources of the caller's account and region that have tags, in the order of their ARNs. */
export function allTagged(services: readonly Service[], { store }: CallContext): Tagged[] {
  return services
    .flatMap(({ tagging }) => tagging?.kinds ?? [])
    .flatMap((kind) => kind(store))
    .filter(({ region }) => (region || HOME_OF_GLOBAL) === store.region)
    .map(({ arn, kind, tags }) => ({ arn, type: typeOf(arn, kind), tags: tagsByKey(tags) }))
    .filter(({ tags }) => Object.keys(tags).length > 0)
    .toSorted((a, b) => (a.arn < b.arn ? -1 : 1));
}

/** As the ARN says, or the kind where it does not: a queue's ends with its name. */
function typeOf(arn: string, kind: string): string {
  const { service = "", resource = "" } = parseArn(arn) ?? {};
  const [, named = kind] = /^([^/:]+)[/:]/.exec(resource) ?? [];
  return `${service}:${named}`;
}
