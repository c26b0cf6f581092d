import type { Task } from "@aws-sdk/client-ecs";

import { both, text } from "@workbook/toolchain";
import {
  type Check,
  defineCheck,
  hint,
  listed,
  type LiveContext,
  runningTasks,
  serviceNames,
  walk,
  type WebApp,
} from "@workbook/lab-kit";
import { interfacesOf } from "./task-interfaces.ts";

const FAULTS = {
  "no-task": hint(
    ["How many tasks run now?", "いま動いているタスクはいくつですか。"],
    [
      "None. The service's events say why: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages.html",
      "動いているタスクがありません。理由はサービスイベントにあります: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/service-event-messages.html",
    ],
    "desiredCount: 2,",
  ),
  "one-zone": hint(
    [
      "What is left of the service when one Availability Zone fails?",
      "1 つの AZ に障害が起きたら、サービスの何が残りますか。",
    ],
    [
      "Fargate spreads a service's tasks over the zones of its subnets: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html",
      "Fargate はサービスのサブネットの AZ にタスクを分散します: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/fargate-task-networking.html",
    ],
    "subnets: [...network.privateSubnetIds],",
  ),
  "public-address": hint(
    [
      "Who should be able to address a task directly?",
      "タスクに直接到達できるべきなのは誰ですか。",
    ],
    [
      "Nobody: a task in a private subnet gets on with its private address: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html",
      "誰もいません。プライベートサブネットのタスクはプライベート IP アドレスだけで足ります: https://docs.aws.amazon.com/ja_jp/AmazonECS/latest/developerguide/fargate-task-networking.html",
    ],
    "assignPublicIp: false,",
  ),
};

type Fault = keyof typeof FAULTS;

/** An app's tasks run in two zones, and no network interface of theirs has a public address. */
export function tasksSpreadOverZones(id: string, app: WebApp): Check<"live"> {
  return defineCheck({
    id,
    tier: "live",
    title: text([
      `The tasks of ${app.container} run in two zones, without a public address`,
      `${app.container} のタスクが 2 つの AZ で、パブリック IP アドレスなしで動いている`,
    ]),
    faults: FAULTS,
    async run(context) {
      const names = serviceNames(context, app);
      const tasks = await runningTasks(context, names);
      const zones = [...new Set(tasks.map(({ availabilityZone = "–" }) => availabilityZone))];
      const addresses = await publicAddressesOf(context, tasks);
      return walk<Fault>(names.service, [
        {
          fault: "no-task",
          expected: ["running tasks", "タスクが動いている"],
          actual: [`${tasks.length} tasks are running`, `動いているタスク: ${tasks.length}`],
          holds: tasks.length > 0,
        },
        {
          fault: "one-zone",
          expected: ["tasks in 2 zones", "タスクが 2 つの AZ にある"],
          actual: both`${["tasks in", "タスクの AZ:"]} ${listed(zones)}`,
          holds: zones.length >= 2,
        },
        {
          fault: "public-address",
          expected: ["no public address", "パブリック IP アドレスが付いていない"],
          actual: both`${["public addresses", "パブリック IP アドレス"]}: ${listed(addresses)}`,
          holds: addresses.length === 0,
        },
      ]);
    },
  });
}

/**
 * The public addresses of the tasks' network interfaces.
 *
 * @throws {RangeError} when they are not one for each task: nothing is known then about those without
 */
async function publicAddressesOf(
  context: LiveContext,
  tasks: readonly Task[],
): Promise<readonly string[]> {
  const NetworkInterfaceIds = interfacesOf(tasks);
  if (NetworkInterfaceIds.length === 0) return [];
  const { NetworkInterfaces = [] } = await context.aws.ec2.describeNetworkInterfaces({
    NetworkInterfaceIds,
  });
  if (NetworkInterfaces.length !== tasks.length)
    throw new RangeError(
      `EC2 describes ${NetworkInterfaces.length} of ${tasks.length} network interfaces of tasks`,
    );
  return NetworkInterfaces.flatMap(({ Association }) => Association?.PublicIp ?? []);
}
