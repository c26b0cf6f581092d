import type { Execution } from "../../services/codepipeline/state.ts";

const REFERENCE = /#\{([^{}.]+)\.([^{}]+)\}/g;

/**
 * A configuration with its variables put in.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html
 * @returns the first reference that stands for nothing, in place of it
 */
export function resolveVariables(
  configuration: Readonly<Record<string, string>>,
  execution: Pick<Execution, "id" | "variables" | "outputs">,
): { readonly resolved: Record<string, string>; readonly missing?: string } {
  let missing: string | undefined;
  const put = (whole: string, namespace: string, name: string): string => {
    const value = valueOf(execution, namespace, name);
    if (value === undefined) missing ??= whole;
    return value ?? whole;
  };
  const resolved = Object.fromEntries(
    Object.entries(configuration).map(([key, value]) => [key, value.replaceAll(REFERENCE, put)]),
  );
  return { resolved, ...(missing !== undefined && { missing }) };
}

function valueOf(
  { id, variables, outputs }: Pick<Execution, "id" | "variables" | "outputs">,
  namespace: string,
  name: string,
): string | undefined {
  if (namespace === "codepipeline") return name === "PipelineExecutionId" ? id : undefined;
  return namespace === "variables" ? variables[name] : outputs[namespace]?.[name];
}
