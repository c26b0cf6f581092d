import type { FailureInfo } from "@aws-sdk/client-resource-groups-tagging-api";
import { parseArn } from "../../ground/arn.ts";
import { AwsError } from "../../protocol/aws-error.ts";
import type { Handlers } from "../../protocol/typed.ts";
import type { TagCall, Tagging } from "../kit/tagging.ts";
import type { CallContext, Service } from "../service.ts";
import { invalidParameter } from "./faults.ts";

/** What a resource is to be asked for, by its service's own operation. */
type ToCall = (tagging: Tagging<CallContext>, arn: string) => TagCall;

/** What changes tags: each resource by an operation of its own service, as if that had been called. */
export function tagHandlers(
  services: readonly Service[],
): Handlers<typeof import("@aws-sdk/client-resource-groups-tagging-api"), CallContext> {
  // ARNs name services as IAM's actions do.
  const byPrefix = new Map(services.map((service) => [prefixOf(service), service]));
  const changeEach = (arns: readonly string[], context: CallContext, toCall: ToCall) => {
    const failures = arns.flatMap((arn) => {
      const failure = change(byPrefix.get(parseArn(arn)?.service ?? ""), arn, context, toCall);
      return failure ? [[arn, failure] as const] : [];
    });
    return { FailedResourcesMap: Object.fromEntries(failures) };
  };
  return {
    TagResources: ({ ResourceARNList, Tags }, context) =>
      changeEach(ResourceARNList, context, (tagging, arn) => tagging.tag(arn, Tags, context)),
    UntagResources: ({ ResourceARNList, TagKeys }, context) =>
      changeEach(ResourceARNList, context, (tagging, arn) => tagging.untag(arn, TagKeys, context)),
  };
}

const prefixOf = ({ id, rights }: Service) =>
  rights === undefined || rights === "own" ? id : rights.prefix;

/** Changes one resource. One that fails keeps no other from being changed: why it does is answered. */
function change(
  service: Service | undefined,
  arn: string,
  context: CallContext,
  toCall: ToCall,
): FailureInfo | undefined {
  try {
    if (!service?.tagging || !isOwn(arn, context))
      throw invalidParameter(`${arn} is not the ARN of a resource that can be tagged here.`);
    const { operation, input } = toCall(service.tagging, arn);
    const need = { action: `${prefixOf(service)}:${operation}`, on: [arn] };
    // Services that ask for their rights themselves do so in their handlers.
    const refusal = service.rights === "own" ? undefined : context.refusal?.(need);
    if (refusal) throw refusal;
    context.cloud.transaction(() => service.handlers[operation]!(input, context));
    return undefined;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return {
      StatusCode: error.status,
      // The model knows two codes; AWS documents that a service's own stand there too.
      ErrorCode: error.code as FailureInfo["ErrorCode"],
      ErrorMessage: error.message,
    };
  }
}

/** Whether an ARN is of the caller's account and region, as far as it tells. */
function isOwn(arn: string, { account, region }: CallContext): boolean {
  const parts = parseArn(arn);
  if (!parts) return false;
  return ["", account].includes(parts.account) && ["", region].includes(parts.region);
}
