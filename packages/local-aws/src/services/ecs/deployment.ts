export interface NetworkConfiguration {
  subnets: readonly string[];
  securityGroups: readonly string[];
  assignPublicIp: "ENABLED" | "DISABLED";
}

/** A target group, and the container and port that its targets are. */
export interface ServiceLoadBalancer {
  targetGroupArn: string;
  containerName: string;
  containerPort: number;
  /** What shifts traffic between its target group and another. */
  advanced?: AdvancedLoadBalancer;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AdvancedConfiguration.html */
export interface AdvancedLoadBalancer {
  alternateTargetGroupArn: string;
  productionListenerRule: string;
  testListenerRule?: string;
  /** The role by which ECS shifts traffic. */
  roleArn: string;
}

/** One of the deployments that a service has at a time: what its tasks are made of, and how far it has come. */
export interface Deployment {
  /** `ecs-svc/<digits>`. */
  id: string;
  status: "PRIMARY" | "ACTIVE" | "INACTIVE";
  taskDefinitionArn: string;
  desiredCount: number;
  failedTasks: number;
  launchType?: string;
  capacityProviderStrategy: readonly { capacityProvider: string; weight?: number; base?: number }[];
  platformVersion?: string;
  networkConfiguration?: NetworkConfiguration;
  loadBalancers: readonly ServiceLoadBalancer[];
  /** The target group that its tasks are in, for each load balancer, where that is another than the load balancer says. */
  targetGroups?: readonly string[];
  /** What the images' tags meant for its first task, by container name; its other tasks run the same. */
  imageDigests?: Readonly<Record<string, string>>;
  /** An alarm was raised when it began, or it is what another is rolled back to: alarms do not make it fail. */
  ignoresAlarms?: boolean;
  rolloutState: "IN_PROGRESS" | "COMPLETED" | "FAILED";
  rolloutStateReason: string;
  createdAt: number;
  updatedAt: number;
  /** Of a task set: `INACTIVE` is one that drains. */
  taskSet?: TaskSetFacts;
}

/** What a deployment is beside, of a service that others than ECS deploy. Its `rolloutState` is COMPLETED while it is steady. */
export interface TaskSetFacts {
  externalId?: string;
  startedBy?: string;
  /** Per cent of the service's desired count. */
  scale: number;
  /** Since when it has been as steady as it is, in milliseconds since the epoch. */
  stabilityStatusAt: number;
  clientToken?: string;
  tags: readonly { readonly key: string; readonly value: string }[];
}
