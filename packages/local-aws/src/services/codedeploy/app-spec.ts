import { createHash } from "node:crypto";
import type { RevisionLocation } from "@aws-sdk/client-codedeploy";
import { unsupported } from "../kit/faults.ts";
import { invalidRevision, revisionRequired } from "./faults.ts";
import type { AppSpec } from "./state.ts";

/** What is wrong with an AppSpec file, in a sentence. */
export class AppSpecFault extends Error {}

/**
 * A revision that can be deployed: the content of an AppSpec file, or where it is in S3.
 * @throws AwsError `RevisionRequiredException`, `InvalidRevisionException`; `NotImplemented` for GitHub and bundles of files
 */
export function checkRevision(revision: RevisionLocation | undefined): RevisionLocation {
  const { revisionType, s3Location, appSpecContent } = revision ?? {};
  if (revisionType === "AppSpecContent") {
    const { content, sha256 } = appSpecContent ?? {};
    if (content === undefined) throw revisionRequired();
    const digest = createHash("sha256").update(content).digest("hex");
    if (sha256 !== undefined && sha256.toLowerCase() !== digest)
      throw invalidRevision("The sha256 of the AppSpec content does not match the content.");
    return { revisionType, appSpecContent: { content, sha256: digest } };
  }
  if (revisionType === "S3") {
    const { bucket, key, bundleType, version, eTag } = s3Location ?? {};
    if (!bucket || !key) throw revisionRequired();
    if (bundleType !== "YAML" && bundleType !== "JSON")
      throw invalidRevision("For ECS deployments, BundleType must be either YAML or JSON.");
    return {
      revisionType,
      s3Location: { bucket, key, bundleType, ...(version && { version }), ...(eTag && { eTag }) },
    };
  }
  if (revisionType === undefined) throw revisionRequired();
  throw unsupported(`revisions of the type ${revisionType}: use S3 or AppSpecContent`);
}

type Node = Readonly<Record<string, unknown>>;

/** A member, whatever the case of its first letters: the file may be written as YAML's or as JSON's page has it. */
function member(node: unknown, name: string): unknown {
  if (typeof node !== "object" || node === null) return undefined;
  const wanted = name.toLowerCase();
  return Object.entries(node).find(([key]) => key.toLowerCase() === wanted)?.[1];
}

/**
 * Reads an AppSpec file, which JSON is a way to write as well.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure.html
 * @throws AppSpecFault that says what is wrong with it
 */
export async function readAppSpec(text: string): Promise<AppSpec> {
  const file = await parseText(text);
  if (Number(member(file, "version")) !== 0)
    throw new AppSpecFault("The AppSpec file contains an unsupported version: it must be 0.0.");
  const hooks = member(file, "hooks");
  if (Array.isArray(hooks) && hooks.length > 0)
    throw new AppSpecFault(
      `Local AWS does not support hooks: Lambda functions are not here (${Object.keys(Object.assign({}, ...(hooks as Node[]))).join(", ")}).`,
    );
  const resources = member(file, "resources");
  const [resource, ...more] = (Array.isArray(resources) ? resources : []).flatMap((each) =>
    typeof each === "object" && each !== null ? Object.values(each as Node) : [],
  );
  if (resource === undefined || more.length > 0)
    throw new AppSpecFault("The AppSpec file must have exactly one resource.");
  if (member(resource, "type") !== "AWS::ECS::Service")
    throw new AppSpecFault(
      "The resource of the AppSpec file must be of the type AWS::ECS::Service.",
    );
  return toAppSpec(member(resource, "properties"));
}

async function parseText(text: string): Promise<unknown> {
  const { parse } = await import("yaml");
  try {
    // Aliases that grow without end are refused by the library.
    return parse(text);
  } catch (error) {
    throw new AppSpecFault(`The AppSpec file could not be parsed: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function toAppSpec(properties: unknown): AppSpec {
  const balancer = member(properties, "loadBalancerInfo");
  const taskDefinition = text(member(properties, "taskDefinition"));
  const containerName = text(member(balancer, "containerName"));
  const containerPort = Number(member(balancer, "containerPort"));
  if (taskDefinition === undefined)
    throw new AppSpecFault("The AppSpec file must have a TaskDefinition.");
  if (containerName === undefined || !Number.isInteger(containerPort))
    throw new AppSpecFault(
      "The AppSpec file must have LoadBalancerInfo with a ContainerName and a ContainerPort.",
    );
  const platformVersion = text(member(properties, "platformVersion"));
  const network = toNetwork(member(properties, "networkConfiguration"));
  const capacityProviderStrategy = toStrategy(member(properties, "capacityProviderStrategy"));
  return {
    taskDefinition,
    containerName,
    containerPort,
    ...(platformVersion !== undefined && { platformVersion }),
    ...(network && { network }),
    ...(capacityProviderStrategy && { capacityProviderStrategy }),
  };
}

const text = (value: unknown) =>
  typeof value === "string" || typeof value === "number" ? String(value) : undefined;

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function toNetwork(node: unknown): AppSpec["network"] {
  const awsvpc = member(node, "awsvpcConfiguration");
  if (awsvpc === undefined) return undefined;
  const assignPublicIp = text(member(awsvpc, "assignPublicIp"));
  return {
    subnets: texts(member(awsvpc, "subnets")),
    securityGroups: texts(member(awsvpc, "securityGroups")),
    ...(assignPublicIp !== undefined && { assignPublicIp }),
  };
}

function toStrategy(node: unknown): AppSpec["capacityProviderStrategy"] {
  if (!Array.isArray(node) || node.length === 0) return undefined;
  return node.map((each) => ({
    capacityProvider: text(member(each, "capacityProvider")) ?? "",
    base: Number(member(each, "base") ?? 0),
    weight: Number(member(each, "weight") ?? 0),
  }));
}

/** An AppSpec file of what runs already, for the way back to it. */
export function toRevision(spec: AppSpec): RevisionLocation {
  const content = JSON.stringify({
    version: 0.0,
    Resources: [
      {
        TargetService: {
          Type: "AWS::ECS::Service",
          Properties: {
            TaskDefinition: spec.taskDefinition,
            LoadBalancerInfo: {
              ContainerName: spec.containerName,
              ContainerPort: spec.containerPort,
            },
          },
        },
      },
    ],
  });
  return checkRevision({ revisionType: "AppSpecContent", appSpecContent: { content } });
}
