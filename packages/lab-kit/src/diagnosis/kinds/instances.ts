import type { Kind } from "../kinds.ts";
import { ecsPage } from "./pages.ts";

const JOINS = [
  "An instance runs, and the cluster does not know it. What does its agent need to say that it is there?",
  "インスタンスは動いていますが、クラスターは知りません。エージェントが登録するには何が必要ですか。",
] as const;
const FITS = [
  "What does the task want of an instance, and what is left on each?",
  "タスクはインスタンスに何を求めていますか。それぞれの空きはどれだけですか。",
] as const;
const EVENTS = ecsPage("service-event-messages-list");

/** Causes in the instances that tasks run on, and in what fits there. */
export const INSTANCE_KINDS = {
  "instance-user-data": {
    question: JOINS,
    page: ecsPage("bootstrap_container_instance"),
    line: "echo ECS_CLUSTER=${cluster.name} >> /etc/ecs/ecs.config",
  },
  "instance-role": {
    question: JOINS,
    page: ecsPage("instance_IAM_role"),
    line: '"arn:aws:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role",',
  },
  "instance-network": {
    question: JOINS,
    page: ecsPage("launch_container_instance"),
    line: "vpcZoneIdentifier: network.privateSubnetIds,",
  },
  "instance-full": { question: FITS, page: EVENTS, line: "memory: 128," },
  "instance-port-taken": {
    question: [
      "Which port of the instance does the task want, and who has it?",
      "タスクはインスタンスのどのポートを求めていますか。使っているのは誰ですか。",
    ],
    page: EVENTS,
    line: "deploymentMinimumHealthyPercent: 50, deploymentMaximumPercent: 100,",
  },
  "instance-constraint": {
    question: [
      "Which instances does the placement constraint let in, and which are there?",
      "配置制約を満たすのはどのインスタンスですか。実際にあるのはどれですか。",
    ],
    page: ecsPage("task-placement-constraints"),
    line: 'placementConstraints: [{ type: "memberOf", expression: "…" }],',
  },
  "instance-attribute": { question: FITS, page: EVENTS, line: "./workbook status" },
} as const satisfies Readonly<Record<string, Kind>>;
