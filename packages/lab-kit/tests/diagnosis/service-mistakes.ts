import { pushWebImage } from "./web-image.ts";
import type { Mistake } from "./mistake.ts";

const STUCK = { minimumHealthyPercent: 100, maximumPercent: 100 };

export const SERVICE_MISTAKES: readonly Mistake[] = [
  {
    what: "the service was never made",
    chapter: 8,
    finding: "service-missing",
    before: async ({ apps }) => void apps.pop(),
  },
  {
    what: "the service was deleted",
    chapter: 8,
    finding: "service-deleted",
    after: async ({ aws, cluster, apps, go }) => {
      await aws.ecs.deleteService({ cluster, service: go.name, force: true });
      apps.pop();
    },
  },
  {
    what: "the service is in another cluster",
    chapter: 5,
    finding: "service-elsewhere",
    before: async (stack) => {
      const other = `elsewhere-${stack.options.number}`;
      await stack.aws.ecs.createCluster({ clusterName: other });
      const [app] = stack.apps;
      await stack.aws.ecs.createService({
        cluster: other,
        serviceName: app!.name,
        taskDefinition: await stack.register(app!),
        launchType: "FARGATE",
        desiredCount: 0,
        networkConfiguration: { awsvpcConfiguration: { subnets: stack.vpc.privateSubnets } },
      });
      stack.apps.pop();
    },
  },
  {
    what: "the cluster is not there",
    chapter: 5,
    finding: "cluster-missing",
    after: async ({ aws, cluster, node, apps }) => {
      await aws.ecs.deleteService({ cluster, service: node.name, force: true });
      apps.pop();
      for (;;) {
        try {
          return void (await aws.ecs.deleteCluster({ cluster }));
        } catch (error) {
          if (!(error as Error).name.startsWith("ClusterContains")) throw error;
        }
      }
    },
    asks: ({ aws, cluster }) => aws.ecs.listServices({ cluster }),
  },
  {
    what: "the service wants no tasks",
    chapter: 7,
    finding: "desired-count-zero",
    node: { service: { desiredCount: 0 } },
  },
  {
    what: "the service asks for instances, and the cluster has none",
    chapter: 5,
    finding: "launch-type",
    node: { task: { requiresCompatibilities: ["EC2"] }, service: { launchType: "EC2" } },
  },
  {
    what: "minimum and maximum are 100 percent",
    chapter: 5,
    finding: "deployment-percentages",
    node: { service: { deploymentConfiguration: STUCK } },
  },
  {
    what: "one task, at least 100 and at most 150 percent",
    chapter: 5,
    finding: "deployment-percentages",
    node: {
      service: {
        desiredCount: 1,
        deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 150 },
      },
    },
  },
  {
    what: "a deployment that cannot begin",
    chapter: 7,
    finding: "deployment-percentages",
    catalogues: "deployment-percentages",
    node: { service: { deploymentConfiguration: STUCK } },
    after: async (stack) =>
      stack.deploy(
        stack.node,
        await stack.register(stack.node, { environment: [{ name: "PORT", value: "80" }] }),
      ),
  },
  {
    what: "the newest revision is registered and not deployed",
    chapter: 8,
    finding: "old-revision",
    after: async (stack) => void (await stack.register(stack.go)),
  },
  {
    what: "the revision that runs was deregistered",
    chapter: 5,
    finding: "revision-inactive",
    after: async ({ aws, cluster, node }) => {
      const { services } = await aws.ecs.describeServices({ cluster, services: [node.name] });
      await aws.ecs.deregisterTaskDefinition({ taskDefinition: services![0]!.taskDefinition });
    },
    asks: async ({ aws, cluster, node }) => {
      const { services } = await aws.ecs.describeServices({ cluster, services: [node.name] });
      const { taskDefinition } = services![0]!;
      await aws.ecs.updateService({
        cluster,
        service: node.name,
        taskDefinition,
        forceNewDeployment: true,
      });
    },
  },
  {
    what: "the tag was pushed again, and nobody deployed",
    chapter: 7,
    finding: "image-tag-moved",
    before: async ({ aws, node, options: { number } }) => {
      const image = await pushWebImage(aws, `moving-${number}`, "latest");
      node.definition.containerDefinitions![0]!.image = image;
    },
    after: async ({ aws, options: { number } }) => {
      await pushWebImage(aws, `moving-${number}`, "latest", "another");
    },
  },
  {
    what: "a grace period of 0 for an app that starts slowly",
    chapter: 7,
    finding: "grace-period",
    node: {
      environment: { START_DELAY_SECONDS: "30" },
      service: { healthCheckGracePeriodSeconds: 0 },
    },
  },
  {
    what: "the service is in no target group",
    chapter: 8,
    finding: "service-not-registered",
    go: { service: { loadBalancers: [], healthCheckGracePeriodSeconds: undefined } },
  },
  {
    what: "the targets are deregistered by hand",
    chapter: 7,
    finding: "targets-missing",
    after: async ({ aws, node: { group: TargetGroupArn } }) => {
      const { TargetHealthDescriptions = [] } = await aws.elbv2.describeTargetHealth({
        TargetGroupArn,
      });
      const Targets = TargetHealthDescriptions.map(({ Target }) => Target!);
      await aws.elbv2.deregisterTargets({ TargetGroupArn, Targets });
    },
  },
  {
    what: "somebody sets the number of tasks to 0",
    chapter: 8,
    finding: "desired-count-zero",
    after: async ({ aws, cluster, go }) => {
      await aws.ecs.updateService({ cluster, service: go.name, desiredCount: 0 });
    },
  },
  {
    what: "the health check's path ends with a slash too many",
    chapter: 7,
    finding: "health-check-path",
    node: { group: { HealthCheckPath: "/healthz/" } },
  },
  {
    what: "the health check takes redirects only",
    chapter: 7,
    finding: "health-check-matcher",
    node: { group: { Matcher: { HttpCode: "300-399" } } },
  },
  {
    what: "the health check is moved to a path that is not there, while tasks run",
    chapter: 7,
    finding: "health-check-path",
    after: async ({ aws, node: { group: TargetGroupArn } }) => {
      await aws.elbv2.modifyTargetGroup({
        TargetGroupArn,
        HealthCheckPath: "/ready",
        HealthCheckIntervalSeconds: 10,
      });
    },
  },
  {
    what: "the load balancer is deleted while tasks run",
    chapter: 7,
    finding: "load-balancer-missing",
    after: async ({ aws, balancer: LoadBalancerArn }) => {
      await aws.elbv2.deleteLoadBalancer({ LoadBalancerArn });
    },
  },
  {
    what: "listener and target group are deleted while tasks run",
    chapter: 7,
    finding: "target-group-missing",
    also: ["listener-missing"],
    after: async ({ aws, node }) => {
      await aws.elbv2.deleteListener({ ListenerArn: node.listener });
      await aws.elbv2.deleteTargetGroup({ TargetGroupArn: node.group });
    },
  },
  {
    what: "the listener's rule sends the root path to nobody",
    chapter: 7,
    finding: "listener-rule",
    after: async ({ aws, node }) => {
      await aws.elbv2.createRule({
        ListenerArn: node.listener,
        Priority: 5,
        Conditions: [{ Field: "path-pattern", Values: ["/"] }],
        Actions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "503" } }],
      });
    },
  },
];
