import { defineKind } from "../../store/kind.ts";
import { written } from "../kit/written.ts";
import type { Kept } from "../service.ts";

/** Keyed by name. */
export interface Repository {
  name: string;
  arn: string;
  registryId: string;
  createdAt: number;
  imageTagMutability: string;
  imageTagMutabilityExclusionFilters?: readonly { filterType: string; filter: string }[];
  scanOnPush: boolean;
  encryptionType: string;
  kmsKey?: string;
  lifecyclePolicy?: { text: string; lastEvaluatedAt: number };
  policyText?: string;
  tags: readonly { Key: string; Value: string }[];
}

/** Keyed by `<repository>@<digest>`. */
export interface Image {
  repositoryName: string;
  digest: string;
  mediaType: string;
  artifactMediaType?: string;
  tags: readonly string[];
  /** Of the manifest, its configuration and layers, as ECR counts. */
  sizeInBytes: number;
  pushedAt: number;
  lastPulledAt?: number;
}

/** That a repository has a layer (or a manifest, or a configuration). Keyed by `<repository>@<digest>`. */
export interface Layer {
  repositoryName: string;
  digest: string;
  size: number;
  /** When it was pushed last; what no image has is given up some time after. */
  pushedAt?: number;
}

/** What registry passwords are signed with; one for the cloud, under the id `key`. */
export interface RegistrySecret {
  key: string;
}

export const repositories = defineKind<Repository>("ecr.repository");
export const images = defineKind<Image>("ecr.image");
export const layers = defineKind<Layer>("ecr.layer");
export const registrySecrets = defineKind<RegistrySecret>("ecr.registry-secret", {
  scope: "global",
});

export const kept: Kept = {
  written: [written(images), written(layers), written(registrySecrets)],
};
