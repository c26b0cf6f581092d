import { AwsError } from "../../protocol/aws-error.ts";
import { TEXTS } from "./texts.ts";

/** The request is not one that ECS can serve: `ClientException`. */
export const clientException = (message: string) => new AwsError("ClientException", message);

/** A parameter is wrong: `InvalidParameterException`. */
export const invalidParameter = (message: string) =>
  new AwsError("InvalidParameterException", message);

export const clusterNotFound = () =>
  new AwsError("ClusterNotFoundException", TEXTS.clusterNotFound());

export const serviceNotFound = () =>
  new AwsError("ServiceNotFoundException", TEXTS.serviceNotFound());

export const serviceNotActive = () =>
  new AwsError("ServiceNotActiveException", TEXTS.serviceNotActive());
