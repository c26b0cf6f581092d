import { internetGateways, type NatGateway, natGateways } from "../../services/ec2/state.ts";
import type { Scope } from "../../store/store.ts";
import { deleteNetworkInterface } from "../../services/ec2/interfaces.ts";

/** What the gateway becomes when its present state has lasted long enough: available, failed, or deleted. */
export function advanceNatGateway(scope: Scope, gateway: Readonly<NatGateway>): void {
  const { natGatewayId, vpcId, connectivityType, state } = gateway;
  if (state === "deleting") {
    release(scope, gateway, { state: "deleted" });
  } else if (state === "pending") {
    const attached = scope.of(internetGateways).find((candidate) => candidate.vpcId === vpcId);
    if (attached || connectivityType === "private")
      scope.of(natGateways).patch(natGatewayId, { state: "available" });
    // https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html#nat-gateway-troubleshooting-failed
    else
      release(scope, gateway, {
        state: "failed",
        failureCode: "Gateway.NotAttached",
        failureMessage: `Network ${vpcId} has no Internet gateway attached`,
      });
  }
}

/** A gateway that does nothing any more holds neither interface nor address. */
function release(scope: Scope, gateway: Readonly<NatGateway>, patch: Partial<NatGateway>): void {
  deleteNetworkInterface(scope, gateway.networkInterfaceId);
  const { associationId: _association, ...rest } = gateway;
  scope.of(natGateways).put(gateway.natGatewayId, { ...rest, ...patch });
}
