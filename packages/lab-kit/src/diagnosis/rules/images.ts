import type { ContainerDefinition, TaskDefinition } from "@aws-sdk/client-ecs";

import type { Deployed } from "../deployed.ts";
import type { Cause } from "../finding.ts";
import type { ImageState } from "../read/read-images.ts";
import { awslogsOf } from "../read/read-logs.ts";
import type { Subject } from "../subject.ts";

/** Images that cannot be pulled, whoever asks. */
export function images(deployed: Deployed, { name, definition }: Subject): Cause[] {
  return (definition.containerDefinitions ?? []).flatMap((container) => {
    const state = deployed.images.get(container.image ?? "");
    if (state === undefined) return [];
    return (
      imageCause(name, container, state) ?? platformCause(deployed, name, definition, state) ?? []
    );
  });
}

function imageCause(
  subject: string,
  { name: container = "" }: ContainerDefinition,
  { found, reference, repository, registry, tags }: ImageState,
): Cause | undefined {
  const call = `ecr describe-images --repository-name ${repository}`;
  if (found === "no-repository")
    return {
      id: "image-repository-missing",
      subject,
      cause: [
        `Container ${container} of ${subject} wants ${reference}: there is no repository ${repository}.`,
        `${subject} のコンテナ ${container} のイメージ ${reference} を置くリポジトリ ${repository} がありません。`,
      ],
      evidence: [{ call, value: "RepositoryNotFoundException" }],
    };
  if (found === "no-image")
    return {
      id: "image-missing",
      subject,
      cause: [
        `Container ${container} of ${subject} wants ${reference}: repository ${repository} has no such image. Its newest tags are ${tags.slice(0, 3).join(", ") || "none"}.`,
        `${subject} のコンテナ ${container} のイメージ ${reference} は、リポジトリ ${repository} にありません。最新のタグは ${tags.slice(0, 3).join("、") || "なし"} です。`,
      ],
      evidence: [{ call, value: `imageTags ${tags.slice(0, 5).join(", ") || "-"}` }],
    };
  if (found === "other")
    return {
      id: "image-registry",
      subject,
      cause: [
        `Container ${container} of ${subject} wants ${reference}: ${registry} is the registry of another account or region.`,
        `${subject} のコンテナ ${container} のイメージ ${reference} のレジストリ ${registry} は、別のアカウントまたはリージョンのものです。`,
      ],
      evidence: [{ call: "ecr get-authorization-token", value: `not ${registry}` }],
      isSymptom: false,
    };
  return undefined;
}

/** How images call the architecture that a task asks for. */
const architectureOf = ({ runtimePlatform }: TaskDefinition, x86 = "amd64") =>
  runtimePlatform?.cpuArchitecture === "ARM64" ? "arm64" : x86;

function platformCause(
  { scope }: Deployed,
  subject: string,
  definition: TaskDefinition,
  { found, reference, platforms, repository }: ImageState,
): Cause | undefined {
  const wanted = `linux/${architectureOf(definition, scope.architecture)}`;
  if (found !== "yes" || platforms.length === 0 || platforms.includes(wanted)) return undefined;
  const asked = definition.runtimePlatform?.cpuArchitecture ?? "X86_64";
  return {
    id: "image-platform",
    subject,
    cause: [
      `Tasks of ${subject} run on ${asked} (${wanted}), and ${reference} is for ${platforms.join(", ")}.`,
      `${subject} のタスクは ${asked} (${wanted}) で動きますが、イメージ ${reference} は ${platforms.join("、")} 用です。`,
    ],
    evidence: [
      { call: "ecs describe-task-definition", value: `cpuArchitecture ${asked}` },
      { call: `ecr batch-get-image --repository-name ${repository}`, value: platforms.join(", ") },
    ],
  };
}

/** Where a container's lines are to go, and cannot. */
export function logs({ scope, logs: known }: Deployed, { name, definition }: Subject): Cause[] {
  return (definition.containerDefinitions ?? []).flatMap((container): Cause[] => {
    const options = awslogsOf(container);
    if (options === undefined) return [];
    const { "awslogs-region": region = scope.region, "awslogs-group": group = "" } = options;
    const evidence = [
      {
        call: "ecs describe-task-definition",
        value: `awslogs-region ${region}, awslogs-group ${group}`,
      },
    ];
    if (region !== scope.region)
      return [
        {
          id: "log-region",
          subject: name,
          cause: [
            `Container ${container.name} of ${name} logs to region ${region}; everything else is in ${scope.region}, and so is log group ${group}.`,
            `${name} のコンテナ ${container.name} のログの送り先はリージョン ${region} です。ロググループ ${group} などは ${scope.region} にあります。`,
          ],
          evidence,
        },
      ];
    const isMade = options["awslogs-create-group"] === "true";
    if (isMade || known.groups === undefined || known.groups.has(group)) return [];
    return [
      {
        id: "log-group-missing",
        subject: name,
        cause: [
          `Container ${container.name} of ${name} logs to ${group}: there is no such log group, and the driver makes none.`,
          `${name} のコンテナ ${container.name} のログの送り先 ${group} というロググループがありません。ログドライバーはロググループを作りません。`,
        ],
        evidence: [
          ...evidence,
          { call: `logs describe-log-groups --log-group-name-prefix ${group}`, value: "none" },
        ],
      },
    ];
  });
}
