import { parse } from "yaml";
import { BuildFault } from "../build-fault.ts";
import { readArtifactSpec, type ArtifactSpec } from "./artifact-spec.ts";
import { flag, list, node, texts, yamlFault, type Node } from "./nodes.ts";

export const PHASES = ["install", "pre_build", "build", "post_build"] as const;
export type PhaseName = (typeof PHASES)[number];

/** What one phase does. */
export interface PhaseSpec {
  readonly commands: readonly string[];
  /** Run after the commands, however those ended. */
  readonly finally: readonly string[];
  /** Absent: the phases that follow are those that AWS lets follow. */
  readonly onFailure?: "ABORT" | "CONTINUE";
  readonly runAs?: string;
}

/** What a build is asked to do. https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html */
export interface Buildspec {
  readonly runAs?: string;
  readonly shell: "sh" | "bash";
  readonly variables: Readonly<Record<string, string>>;
  /** Names of parameters, by variable. */
  readonly parameters: Readonly<Record<string, string>>;
  /** `secret-id:json-key:version-stage:version-id`, by variable. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly exported: readonly string[];
  /** Versions that are asked for, by runtime. */
  readonly runtimes: Readonly<Record<string, string>>;
  readonly phases: Readonly<Partial<Record<PhaseName, PhaseSpec>>>;
  readonly artifacts?: ArtifactSpec;
  /** By artifact identifier. */
  readonly secondaryArtifacts: Readonly<Record<string, ArtifactSpec>>;
  readonly cachePaths: readonly string[];
}

const SHELLS: Readonly<Record<string, Buildspec["shell"]>> = {
  sh: "sh",
  "/bin/sh": "sh",
  bash: "bash",
  "/bin/bash": "bash",
};

/** @throws BuildFault `YAML_FILE_ERROR` that says what is wrong, or not here */
export function readBuildspec(text: string): Buildspec {
  const file = node(parsed(text), "the buildspec");
  const version = String(file["version"]);
  if (version === "0.1")
    throw yamlFault("Local AWS does not support version 0.1 of the buildspec: use 0.2");
  if (version !== "0.2") throw yamlFault("invalid buildspec version, expecting one of: 0.1, 0.2");
  for (const absent of ["batch", "reports"])
    if (file[absent] !== undefined && file[absent] !== null)
      throw yamlFault(`Local AWS does not support ${absent} in a buildspec`);
  // How builds get through a proxy of one's own: there is none here.
  const { "run-as": runAs, env, phases, artifacts, cache } = file;
  const all = node(phases, "phases");
  const unknown = Object.keys(all).find((name) => !(PHASES as readonly string[]).includes(name));
  if (unknown !== undefined) throw yamlFault(`unknown phase ${unknown}`);
  const files =
    artifacts === undefined || artifacts === null ? undefined : node(artifacts, "artifacts");
  return {
    ...(runAs !== undefined && { runAs: String(runAs) }),
    ...readEnv(node(env, "env")),
    runtimes: texts(node(all["install"], "install")["runtime-versions"], "runtime-versions"),
    phases: readPhases(all),
    ...(files?.["files"] !== undefined && { artifacts: readArtifactSpec(files) }),
    secondaryArtifacts: Object.fromEntries(
      Object.entries(node(files?.["secondary-artifacts"], "secondary-artifacts")).map(
        ([name, spec]) => [name, readArtifactSpec(node(spec, name))],
      ),
    ),
    cachePaths: readCachePaths(node(cache, "cache")),
  };
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const [said = ""] = (error as Error).message.split("\n");
    throw new BuildFault("YAML_FILE_ERROR", said.replace(/:$/, ""), error);
  }
}

function readEnv(env: Node) {
  const { shell = "sh", variables, "parameter-store": parameters } = env;
  const { "secrets-manager": secrets, "exported-variables": exported } = env;
  const known = SHELLS[String(shell)];
  if (!known)
    throw yamlFault(`Local AWS does not support the shell ${String(shell)}: use sh or bash`);
  // With this, git would answer for the source's credentials: repositories of this machine ask for none.
  flag(env["git-credential-helper"], "git-credential-helper");
  return {
    shell: known,
    variables: texts(variables, "variables"),
    parameters: texts(parameters, "parameter-store"),
    secrets: texts(secrets, "secrets-manager"),
    exported: list(exported, "exported-variables"),
  };
}

function readPhases(all: Node): Buildspec["phases"] {
  const found = PHASES.flatMap((name) => {
    const given = all[name];
    return given === undefined || given === null ? [] : [[name, readPhase(node(given, name))]];
  });
  return Object.fromEntries(found) as Buildspec["phases"];
}

function readPhase(phase: Node): PhaseSpec {
  const { "on-failure": onFailure, "run-as": runAs } = phase;
  if (onFailure !== undefined && onFailure !== "ABORT" && onFailure !== "CONTINUE")
    throw yamlFault(
      `Local AWS does not support on-failure: ${String(onFailure)}: use ABORT or CONTINUE`,
    );
  return {
    commands: list(phase["commands"], "Commands"),
    finally: list(phase["finally"], "Finally"),
    ...(onFailure && { onFailure }),
    ...(runAs !== undefined && { runAs: String(runAs) }),
  };
}

function readCachePaths(cache: Node): readonly string[] {
  for (const absent of ["key", "fallback-keys", "action"])
    if (cache[absent] !== undefined)
      throw yamlFault(
        `Local AWS does not support ${absent} of the cache in a buildspec: use paths`,
      );
  return list(cache["paths"], "paths");
}
