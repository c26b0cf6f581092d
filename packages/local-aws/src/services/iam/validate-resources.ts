import { textsOf, type RawStatement } from "./policy-document.ts";

/** How the paths of IAM's own resources begin. */
const IAM_PATHS = [
  "user/",
  "federated-user/",
  "role/",
  "group/",
  "instance-profile/",
  "mfa/",
  "server-certificate/",
  "policy/",
  "sms-mfa/",
  "saml-provider/",
  "oidc-provider/",
  "report/",
  "access-report/",
];
const PARTITION = /^(?:aws(?:-cn|-us-gov|-iso|-iso-[bef]|-eusc)?|\*)$/;

/**
 * What is wrong with the resources that statements name, in IAM's words; undefined where nothing is. Of several faults IAM
 * tells the last it meets, and goes through a list backwards.
 * @param parse is given the resources of each statement up to the first fault
 */
export function checkResources(
  statements: readonly RawStatement[],
  parse: (resources: readonly string[]) => void,
): string | undefined {
  let fault: string | undefined;
  for (const statement of statements) {
    const resources = textsOf(statement, "Resource", "NotResource");
    for (const resource of resources.toSorted().reverse()) fault = faultOf(resource) ?? fault;
    if (fault === undefined) parse(resources);
  }
  return fault;
}

function faultOf(resource: string): string | undefined {
  if (resource === "*") return undefined;
  if (!resource.includes(":")) return `Resource ${resource} must be in ARN format or "*".`;
  // IAM does not look at what stands in the place of `arn`.
  const [, partition = "", ...rest] = resource.split(":");
  if (!PARTITION.test(partition)) {
    const [service = "*", region = "*", account = "*", ...path] = rest;
    const named = rest.length === 1 && service === "" ? "*" : service;
    const id = path.length > 0 ? path.join(":") : "*";
    return `Partition "${partition}" is not valid for resource "arn:${partition}:${named}:${region}:${account}:${id}".`;
  }
  const [service, region, , ...path] = rest;
  if (service === undefined)
    return "Resource vendor must be fully qualified and cannot contain regexes.";
  return faultOfService(resource, service, region ?? "", path.join(":"));
}

function faultOfService(
  resource: string,
  service: string,
  region: string,
  path: string,
): string | undefined {
  if (service === "iam" && region !== "")
    return `IAM resource ${resource} cannot contain region information.`;
  if (service === "s3" && region !== "" && !path.startsWith("accesspoint/"))
    return `Resource ${resource} can not contain region information.`;
  const isIamPath = path === "*" || IAM_PATHS.some((start) => path.startsWith(start));
  if (service === "iam" && !isIamPath)
    return `IAM resource path must either be "*" or start with ${IAM_PATHS.join(", ")}.`;
  return undefined;
}

/** Whether the parser that IAM had first takes the resource. */
export function isParsedByLegacy(resource: string): boolean {
  if (resource === "*") return true;
  const parts = resource.split(":");
  return (parts.length > 5 || !resource.includes("::")) && parts[2] !== "";
}
