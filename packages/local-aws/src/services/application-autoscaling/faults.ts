import { AwsError } from "../../protocol/aws-error.ts";
import type { TargetKey } from "./state.ts";
import { TEXTS } from "./texts.ts";

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html#API_RegisterScalableTarget_Errors */
export const validation = (message: string) => new AwsError("ValidationException", message);

export const invalidToken = () =>
  new AwsError("InvalidNextTokenException", TEXTS.invalidNextToken());

export const resourceNotFound = (arn: string) =>
  new AwsError("ResourceNotFoundException", TEXTS.noSuchArn({ arn }), {
    status: 404,
    fields: { ResourceName: arn },
  });

export const tooManyTags = (arn: string) =>
  new AwsError("TooManyTagsException", TEXTS.tooManyTags(), { fields: { ResourceName: arn } });

export const notRegistered = (key: TargetKey) => notFound(TEXTS.notRegistered(words(key)));

export const targetNotFound = (key: TargetKey) => notFound(TEXTS.noTarget(words(key)));

export const policyNotFound = (key: TargetKey, name: string) =>
  notFound(TEXTS.noPolicy({ ...words(key), name }));

export const actionNotFound = (key: TargetKey, name: string) =>
  notFound(TEXTS.noAction({ ...words(key), name }));

const notFound = (message: string) => new AwsError("ObjectNotFoundException", message);

const words = ({ namespace, resourceId, dimension }: TargetKey) => ({
  namespace,
  resourceId,
  dimension,
});
