import type { AwsClients } from "../live.ts";
import { pollUntil } from "../poll.ts";
import { defaultNetwork, deployBalancedService } from "./balanced-service.ts";

/**
 * Makes a service behind a load balancer, whose tasks no cloud can run; waits until the first has failed.
 *
 * @returns the load balancer's and the tasks' security group, which admits nobody yet
 */
export async function deployFailingService(
  aws: AwsClients,
  name: string,
  desiredCount: number,
): Promise<{ readonly group: string }> {
  const { vpcId } = await defaultNetwork(aws);
  const { GroupId: group } = await aws.ec2.createSecurityGroup({
    VpcId: vpcId,
    GroupName: name,
    Description: "test",
  });
  const image = "public.example/golang-app:v1";
  await deployBalancedService(aws, { name, image, desiredCount, securityGroup: group! });
  if (desiredCount > 0) await untilTasksFail(aws, name);
  return { group: group! };
}

/** Their image is of a registry that there is none of: what checks find is the same from then on. */
async function untilTasksFail(aws: AwsClients, cluster: string): Promise<void> {
  const { met } = await pollUntil(
    () => aws.ecs.listTasks({ cluster, desiredStatus: "STOPPED" }),
    ({ taskArns = [] }) => taskArns.length > 0,
    { deadlineMs: 60_000 },
  );
  if (!met) throw new Error(`no task of ${cluster} has failed`);
}
