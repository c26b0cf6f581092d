import { kept as applicationAutoscaling } from "./application-autoscaling/state.ts";
import { kept as autoscaling } from "./autoscaling/state.ts";
import { kept as cloudwatch } from "./cloudwatch/state.ts";
import { kept as codebuild } from "./codebuild/state.ts";
import { kept as codeconnections } from "./codeconnections/state.ts";
import { kept as codedeploy } from "./codedeploy/state.ts";
import { kept as codepipeline } from "./codepipeline/state.ts";
import { kept as ec2 } from "./ec2/state.ts";
import { kept as ecr } from "./ecr/state.ts";
import { kept as ecs } from "./ecs/state.ts";
import { kept as elbv2 } from "./elbv2/state.ts";
import { kept as events } from "./events/state.ts";
import { kept as iam } from "./iam/state.ts";
import { kept as logs } from "./logs/state.ts";
import { kept as s3 } from "./s3/state.ts";
import { kept as scheduler } from "./scheduler/state.ts";
import { kept as sns } from "./sns/state.ts";
import { kept as sqs } from "./sqs/state.ts";
import type { Service, ServiceRow } from "./service.ts";

/** The services that keep what they have themselves. */
const KEEPERS: readonly ServiceRow[] = [
  {
    id: "application-autoscaling",
    ...applicationAutoscaling,
    load: () => import("./application-autoscaling/service.ts"),
  },
  { id: "autoscaling", ...autoscaling, load: () => import("./autoscaling/service.ts") },
  { id: "cloudwatch", ...cloudwatch, load: () => import("./cloudwatch/service.ts") },
  { id: "codebuild", ...codebuild, load: () => import("./codebuild/service.ts") },
  { id: "codeconnections", ...codeconnections, load: () => import("./codeconnections/service.ts") },
  { id: "codedeploy", ...codedeploy, load: () => import("./codedeploy/service.ts") },
  { id: "codepipeline", ...codepipeline, load: () => import("./codepipeline/service.ts") },
  { id: "codestar-connections", load: () => import("./codestar-connections/service.ts") },
  { id: "ec2", ...ec2, seeds: true, load: () => import("./ec2/service.ts") },
  { id: "ecr", ...ecr, load: () => import("./ecr/service.ts") },
  { id: "ecs", ...ecs, load: () => import("./ecs/service.ts") },
  { id: "elbv2", ...elbv2, load: () => import("./elbv2/service.ts") },
  { id: "events", ...events, load: () => import("./events/service.ts") },
  { id: "iam", ...iam, load: () => import("./iam/service.ts") },
  { id: "kms", load: () => import("./kms/service.ts") },
  { id: "logs", ...logs, load: () => import("./logs/service.ts") },
  { id: "s3", ...s3, load: () => import("./s3/service.ts") },
  { id: "scheduler", ...scheduler, load: () => import("./scheduler/service.ts") },
  { id: "secretsmanager", load: () => import("./secretsmanager/service.ts") },
  { id: "sns", ...sns, load: () => import("./sns/service.ts") },
  { id: "sqs", ...sqs, load: () => import("./sqs/service.ts") },
  { id: "ssm", load: () => import("./ssm/service.ts") },
  { id: "sts", load: () => import("./sts/service.ts") },
];

/** Every service that Local AWS has handlers for. The support matrix is made from this table. */
export const SERVICES: readonly ServiceRow[] = [
  ...KEEPERS,
  {
    id: "resourcegroupstaggingapi",
    load: async () => {
      const { resourceGroupsTagging } = await import("./resourcegroupstaggingapi/service.ts");
      return { service: resourceGroupsTagging(await loadAll(KEEPERS)) };
    },
  },
];

/** All of them, for what asks each. */
export async function loadAll(rows = SERVICES): Promise<readonly Service[]> {
  return Promise.all(rows.map(async ({ load }) => (await load()).service));
}

/** The services by their ids, each loaded when it is first asked for. */
export class Services {
  readonly #rows = new Map<string, ServiceRow>(SERVICES.map((row) => [row.id, row]));
  readonly #loaded = new Map<string, Service>();

  /** One that has been loaded, or that is not there. */
  known(id: string): Service | undefined {
    return this.#loaded.get(id);
  }

  async find(id: string): Promise<Service | undefined> {
    const known = this.#loaded.get(id);
    const row = this.#rows.get(id);
    if (known || !row) return known;
    const { service } = await row.load();
    this.#loaded.set(id, service);
    return service;
  }
}
