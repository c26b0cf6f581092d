import type {
  CreateServiceRequest,
  DeploymentConfiguration,
  UpdateServiceRequest,
} from "@aws-sdk/client-ecs";
import type { Scope } from "../../../store/store.ts";
import { invalidParameter } from "../faults.ts";
import { newDeployment } from "../service-deployments.ts";
import type { Deployment } from "../deployment.ts";
import type { EcsService } from "../state.ts";
import { asTaskSet } from "./create-task-set.ts";
import { TASK_SET_TEXTS as SAID } from "./texts.ts";

/** Who deploys a service. */
export const controllerOf = ({
  deploymentController,
}: Pick<CreateServiceRequest, "deploymentController">) => deploymentController?.type ?? "ECS";

/**
 * What a service may not say whose task sets say it.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
 * @throws AwsError `InvalidParameterException` in AWS's words
 */
export function checkExternal(input: CreateServiceRequest): void {
  const controller = controllerOf(input);
  if (input.schedulingStrategy === "DAEMON") throw invalidParameter(SAID.daemon({ controller }));
  checkConfiguration(controller, input.deploymentConfiguration);
  if (controller === "CODE_DEPLOY") {
    if (!input.loadBalancers?.length) throw invalidParameter(SAID.loadBalancerMissing());
    if (input.loadBalancers.length > 1) throw invalidParameter(SAID.oneLoadBalancer());
    return;
  }
  const blank = (what: string) => invalidParameter(SAID.mustBeBlank({ what }));
  if (input.taskDefinition !== undefined) throw blank("TaskDefinition");
  if (input.launchType) throw blank("LaunchType");
  if (input.capacityProviderStrategy?.length) throw blank("CapacityProviderStrategy");
  if (input.platformVersion !== undefined) throw blank("PlatformVersion");
  if (input.networkConfiguration !== undefined) throw blank("NetworkConfiguration");
  if (input.loadBalancers?.length) throw blank("LoadBalancers");
}

/** What ECS watches over in deployments of its own alone. @throws AwsError `InvalidParameterException` */
function checkConfiguration(
  controller: string,
  { strategy, deploymentCircuitBreaker, alarms }: DeploymentConfiguration = {},
): void {
  const what =
    (strategy !== undefined && strategy !== "ROLLING" && `The deployment strategy ${strategy}`) ||
    (deploymentCircuitBreaker?.enable && "The deployment circuit breaker") ||
    (alarms?.enable && "Deployment alarms");
  if (what) throw invalidParameter(SAID.ofEcsAlone({ what, controller }));
}

/** What the service has before it has a primary task set. */
export const OF_NO_TASK_SET = {
  taskDefinitionArn: "",
  launchType: "EC2",
  capacityProviderStrategy: [],
  loadBalancers: [],
} as const satisfies Partial<EcsService>;

/** The task set that CodeDeploy's first deployment will replace. */
export function firstTaskSet(
  store: Scope,
  service: Omit<EcsService, "deployments">,
  now: number,
): Deployment {
  const set = asTaskSet(newDeployment(store, service, now), { scale: 100, tags: [] });
  return { ...set, status: "PRIMARY" };
}

/** Of an update, what only a new task set can change, as AWS calls it. */
const OF_TASK_SETS = {
  taskDefinition: "task definition",
  networkConfiguration: "network parameters",
  platformVersion: "platform version",
  loadBalancers: "load balancers",
  capacityProviderStrategy: "capacity provider strategy",
} as const satisfies Partial<Record<keyof UpdateServiceRequest, string>>;

/**
 * What UpdateService may not change where others than ECS deploy.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
 * @throws AwsError `InvalidParameterException` in AWS's words
 */
export function checkExternalUpdate(input: UpdateServiceRequest, service: EcsService): void {
  const isCodeDeploy = service.deploymentController === "CODE_DEPLOY";
  checkConfiguration(service.deploymentController, input.deploymentConfiguration);
  if (input.forceNewDeployment)
    throw invalidParameter(isCodeDeploy ? SAID.codeDeployForce() : SAID.externalForce());
  for (const [member, what] of Object.entries(OF_TASK_SETS)) {
    const given = input[member as keyof typeof OF_TASK_SETS];
    if (given === undefined || (Array.isArray(given) && given.length === 0)) continue;
    throw invalidParameter(
      isCodeDeploy ? SAID.codeDeployUpdate({ what }) : SAID.externalUpdate({ what }),
    );
  }
}
