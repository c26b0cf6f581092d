import { defineService, type AnyHandler, type Service } from "../service.ts";
import type { Members } from "../kit/members.ts";
import { findHandlers } from "./find-handlers.ts";
import { tagHandlers } from "./tag-handlers.ts";

/** https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_Operations.html */
const members: Members = {
  refused: { GetResourcesInput: "IncludeComplianceDetails ExcludeCompliantResources" },
  meaningless: [],
  usedIn: {},
};

/**
 * The Resource Groups Tagging API: tags of all services. Organizations' tag policies, and reports of who complies with them, are not
 * there.
 * @param services whose tags are found and changed; those that have none are passed over
 */
export function resourceGroupsTagging(services: readonly Service[]): Service {
  return defineService({
    id: "resourcegroupstaggingapi",
    rights: { prefix: "tag", resources: [] },
    fault: "InternalServiceException",
    members,
    handlers: { ...findHandlers(services), ...tagHandlers(services) } as Record<string, AnyHandler>,
  });
}
