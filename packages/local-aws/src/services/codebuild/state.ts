import type * as Sdk from "@aws-sdk/client-codebuild";
import { defineKind } from "../../store/kind.ts";
import { without, written } from "../kit/written.ts";
import type { Kept } from "../service.ts";

export type Tags = readonly { readonly key: string; readonly value: string }[];

/** What a project says of its builds, and a build of itself, with what nobody said filled in. */
export interface BuildSettings {
  source: Sdk.ProjectSource;
  secondarySources: readonly Sdk.ProjectSource[];
  sourceVersion?: string | undefined;
  secondarySourceVersions: readonly Sdk.ProjectSourceVersion[];
  artifacts: Sdk.ProjectArtifacts;
  secondaryArtifacts: readonly Sdk.ProjectArtifacts[];
  cache: Sdk.ProjectCache;
  environment: Sdk.ProjectEnvironment;
  serviceRole: string;
  timeoutInMinutes: number;
  queuedTimeoutInMinutes: number;
  /** An ARN. */
  encryptionKey: string;
  logsConfig: Sdk.LogsConfig;
  autoRetryLimit: number;
}

/** Keyed by name. */
export interface Project {
  name: string;
  description: string;
  settings: BuildSettings;
  concurrentBuildLimit?: number | undefined;
  tags: Tags;
  createdAt: number;
  modifiedAt: number;
  /** The number of its newest build. */
  lastNumber: number;
  /** Whether what builds have kept for later ones is to be forgotten; counts up. */
  cacheVersion: number;
}

/** A stretch of a build. */
export interface Phase {
  type: Sdk.BuildPhaseType;
  startedAt: number;
  endedAt?: number;
  status?: Sdk.StatusType;
  contexts: readonly { readonly statusCode: string; readonly message: string }[];
}

/** Keyed by `project:uuid`. */
export interface StoredBuild {
  id: string;
  projectName: string;
  number: number;
  settings: BuildSettings;
  initiator: string;
  status: Sdk.StatusType;
  createdAt: number;
  endedAt?: number;
  /** Of the stages that have begun, in their order; the last one is under way. */
  phases: readonly Phase[];
  /** Of the primary source: the commit, known when it has been fetched, or the revision that a pipeline says. */
  resolvedSourceVersion?: string;
  exported: readonly { readonly name: string; readonly value: string }[];
  /** Of the log in CloudWatch; absent while there is none. */
  logs?: { readonly groupName: string; readonly streamName: string };
  /** Of the log in S3, its key with the bucket before it. */
  s3Log?: string;
  /** What was written, by artifact identifier; the primary one has none. */
  written: Readonly<Record<string, { location: string; sha256?: string; md5?: string }>>;
  /** Somebody wants it to end. */
  stopAskedAt?: number;
  /** The address that its container has while it runs, outside of all VPCs. */
  address?: string | undefined;
  /** What it was started with: the same token once more means the same build. */
  token?: { readonly value: string; readonly input: string };
  retry: { readonly number: number; readonly next?: string; readonly previous?: string };
}

/** Keyed by ARN. */
export interface SourceCredential {
  arn: string;
  serverType: Sdk.ServerType;
  authType: Sdk.AuthType;
  /** The ARN of a connection; a token is not kept: nothing here asks for it. */
  resource?: string | undefined;
}

export const projects = defineKind<Project>("codebuild.project");
export const builds = defineKind<StoredBuild>("codebuild.build");
export const sourceCredentials = defineKind<SourceCredential>("codebuild.source-credential");

/** Whether a build has not ended yet. */
export const isActive = ({ endedAt }: Pick<StoredBuild, "endedAt">) => endedAt === undefined;

/** Whether a build waits for others to end. */
export const isQueued = ({ phases }: Pick<StoredBuild, "phases">) =>
  phases.at(-1)?.type === "QUEUED";

export const kept: Kept = {
  shown: [projects, sourceCredentials],
  written: [written(builds), written(projects, (project) => without(project, "lastNumber"))],
};
