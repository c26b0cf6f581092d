import type { CreateServiceRequest } from "@aws-sdk/client-ecs";
import { invalidParameter, notSupported } from "./faults.ts";
import { TEXTS } from "./texts.ts";

/** What creating and updating a service have in common, of that which is looked at here; only creating knows a strategy. */
type ServiceRequest = Pick<
  CreateServiceRequest,
  | "deploymentController"
  | "schedulingStrategy"
  | "serviceConnectConfiguration"
  | "serviceRegistries"
  | "volumeConfigurations"
  | "vpcLatticeConfigurations"
  | "placementStrategy"
  | "placementConstraints"
>;

/**
 * Refuses what a service cannot have here: by AWS's own rules for Fargate, or because Local AWS does not run it.
 *
 * @throws AwsError in AWS's words, or `NotImplemented` by name
 */
export function refuseUnsupported(input: ServiceRequest): void {
  const controller = input.deploymentController?.type ?? "ECS";
  if (controller !== "ECS") throw notSupported(`the deployment controller ${controller}`);
  if (input.schedulingStrategy === "DAEMON") throw invalidParameter(TEXTS.daemonFargate());
  if (input.serviceConnectConfiguration?.enabled) throw notSupported("Service Connect");
  if (input.serviceRegistries?.length) throw notSupported("service registries (Cloud Map)");
  if (input.volumeConfigurations?.length) throw notSupported("volumes configured at launch");
  if (input.vpcLatticeConfigurations?.length) throw notSupported("VPC Lattice");
  if (input.placementStrategy?.length) throw invalidParameter(TEXTS.placementFargate());
  if (input.placementConstraints?.length) throw invalidParameter(TEXTS.constraintsFargate());
}
