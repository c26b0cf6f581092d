import type { Attribute } from "@aws-sdk/client-ecs";
import { AwsError } from "../../../protocol/aws-error.ts";
import type { CallContext } from "../../service.ts";
import { invalidParameter } from "../faults.ts";
import type { EcsHandlers } from "../handlers.ts";
import { requireCluster } from "../lookup.ts";
import { page } from "../pages.ts";
import type { Cluster } from "../state.ts";
import { INSTANCE_TEXTS as SAID } from "../instance-texts.ts";
import { TEXTS } from "../texts.ts";
import { findContainerInstance } from "./find.ts";
import {
  containerInstances,
  containerInstancesByCluster,
  type ContainerInstance,
} from "./state.ts";

/** Of the agent and of ECS. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Attribute.html */
const RESERVED = /^(?:ecs|com\.amazonaws)\./;

/** What people call attributes and their values. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Attribute.html */
const NAME = /^[\w./\\-]{1,128}$/;
const VALUE = /^(?! )[\w.@/\\: -]{1,128}(?<! )$/;
/** Of a resource, and in one call. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutAttributes.html */
const MOST = 10;

const targetNotFound = () => new AwsError("TargetNotFoundException", SAID.instanceNotFound());

/** The instance that an attribute is of. @throws AwsError `TargetNotFoundException`, `InvalidParameterException` */
function targetOf(
  context: CallContext,
  cluster: Cluster,
  { targetId = "", name = "" }: Attribute,
): ContainerInstance {
  if (RESERVED.test(name)) throw invalidParameter(SAID.attributeReserved());
  const found = findContainerInstance(context, cluster, targetId);
  if (!found) throw targetNotFound();
  return found;
}

/** Attributes that people give to instances, for constraints. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html */
export const attributeHandlers: EcsHandlers = {
  PutAttributes(input, context) {
    const cluster = requireCluster(context, input.cluster);
    if (input.attributes.length > MOST)
      throw invalidParameter(TEXTS.tooMany({ what: "Attributes", limit: MOST }));
    for (const given of input.attributes) {
      const { arn, attributes } = targetOf(context, cluster, given);
      const { name = "", value } = given;
      if (!NAME.test(name)) throw invalidParameter(SAID.attributeName());
      if (value !== undefined && !VALUE.test(value)) throw invalidParameter(SAID.attributeValue());
      const others = attributes.filter((it) => it.name !== name);
      if (others.filter((it) => !RESERVED.test(it.name)).length >= MOST)
        throw new AwsError("AttributeLimitExceededException", SAID.attributesTooMany());
      context.store.of(containerInstances).patch(arn, {
        attributes: [...others, { name, ...(value !== undefined && { value }) }],
      });
    }
    return { attributes: input.attributes };
  },

  DeleteAttributes(input, context) {
    const cluster = requireCluster(context, input.cluster);
    for (const given of input.attributes) {
      const { arn, attributes } = targetOf(context, cluster, given);
      const left = attributes.filter(
        ({ name, value }) =>
          name !== given.name || (given.value !== undefined && value !== given.value),
      );
      if (left.length === attributes.length) throw targetNotFound();
      context.store.of(containerInstances).patch(arn, { attributes: left });
    }
    return { attributes: input.attributes };
  },

  ListAttributes(input, context) {
    const cluster = requireCluster(context, input.cluster);
    const { attributeName, attributeValue } = input;
    if (input.targetType !== "container-instance")
      throw invalidParameter(`Invalid target type: ${String(input.targetType)}`);
    const all = context.store
      .of(containerInstances)
      .by(containerInstancesByCluster, cluster.arn)
      .flatMap(({ arn, attributes }) =>
        attributes.map((attribute) => ({ ...attribute, targetId: arn })),
      )
      .filter(
        ({ name, value }) =>
          (attributeName === undefined || name === attributeName) &&
          (attributeValue === undefined || value === attributeValue),
      );
    const { items, nextToken } = page(all, ({ name, targetId }) => `${targetId} ${name}`, input, {
      of: "attributes",
    });
    return { attributes: items, nextToken };
  },
};
