import {
  type CheckResult,
  blocksOf,
  failed,
  NODE_APP,
  servicesOf,
  type SynthContext,
  type SynthResource,
} from "@workbook/lab-kit";
import type { Words } from "@workbook/toolchain";

/** A page of AWS's, in both languages. */
export function awsPage(path: string): Words {
  return [`https://docs.aws.amazon.com/${path}`, `https://docs.aws.amazon.com/ja_jp/${path}`];
}

/** One action of a pipeline, and where it stands. */
export interface PipelineAction {
  /** Counts from 0, through all stages. */
  readonly stage: number;
  readonly provider: string;
  readonly category: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly configuration: Readonly<Record<string, unknown>>;
}

/** The stack's pipeline and its actions, in their order; undefined where there is none. */
export function pipelineOf({ synth }: SynthContext) {
  const [resource] = synth.all("aws_codepipeline");
  if (resource === undefined) return undefined;
  const actions = blocksOf(resource.attributes, "stage").flatMap((stage, index) =>
    blocksOf(stage, "action").map((action): PipelineAction => ({
      stage: index,
      provider: String(action["provider"]),
      category: String(action["category"]),
      inputs: [action["input_artifacts"] ?? []].flat().map(String),
      outputs: [action["output_artifacts"] ?? []].flat().map(String),
      configuration: (action["configuration"] ?? {}) as Readonly<Record<string, unknown>>,
    })),
  );
  return { resource, actions };
}

/** The project that builds, where the stack has one. */
export const projectOf = ({ synth }: SynthContext): SynthResource | undefined =>
  synth.all("aws_codebuild_project")[0];

/** The service that is deployed. */
export const nodeServiceOf = (context: SynthContext): SynthResource | undefined =>
  servicesOf(context, NODE_APP)[0];

/** The resources of a type that a value refers to. */
export function referred(
  { synth }: SynthContext,
  from: SynthResource,
  value: unknown,
  type: string,
): readonly SynthResource[] {
  return synth.referredToBy(from, value).filter((each) => each.type === type);
}

/** What is asked about is not there. */
export const nothing = <Fault extends string>(fault: Fault, expected: Words): CheckResult<Fault> =>
  failed(fault, expected, ["there is none", "ありません"]);
