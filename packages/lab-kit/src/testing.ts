/** The door of tests. */

export { buildNetwork, type BuiltNetwork } from "./testing/build-network.ts";
export { HOME, useCheckedCloud } from "./testing/checked-cloud.ts";
export { balancedServiceStack } from "./testing/balanced-service.ts";
export { deployFailingService } from "./testing/failing-service.ts";
export { startIdleService, type IdleService } from "./testing/idle-service.ts";
export { proveLab } from "./testing/prove-lab.ts";
export { pushIdleImage } from "./testing/push-image.ts";
export { REGION, startTestCloud, type TestCloud } from "./testing/test-cloud.ts";
