import type { CreateServiceRequest } from "@aws-sdk/client-ecs";
import { unsupported } from "../kit/faults.ts";

/** What creating and updating a service have in common, of that which is looked at here. */
type ServiceRequest = Pick<
  CreateServiceRequest,
  | "serviceConnectConfiguration"
  | "serviceRegistries"
  | "volumeConfigurations"
  | "vpcLatticeConfigurations"
>;

/**
 * Refuses what a service cannot have here because Local AWS does not run it.
 *
 * @throws AwsError `NotImplemented` by name
 */
export function refuseUnsupported(input: ServiceRequest): void {
  if (input.serviceConnectConfiguration?.enabled) throw unsupported("Service Connect");
  if (input.serviceRegistries?.length) throw unsupported("service registries (Cloud Map)");
  if (input.volumeConfigurations?.length) throw unsupported("volumes configured at launch");
  if (input.vpcLatticeConfigurations?.length) throw unsupported("VPC Lattice");
}
