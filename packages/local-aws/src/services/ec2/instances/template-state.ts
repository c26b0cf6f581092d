import type { RequestLaunchTemplateData } from "@aws-sdk/client-ec2";
import { defineKind } from "../../../store/kind.ts";
import type { Tags } from "../state.ts";

export interface TemplateVersion {
  number: number;
  description?: string;
  data: RequestLaunchTemplateData;
  createdAt: number;
  createdBy: string;
}

/** How instances are launched, in versions. Keyed by its id. */
export interface LaunchTemplate {
  templateId: string;
  name: string;
  defaultVersion: number;
  /** Oldest first; numbers are never used twice. */
  versions: readonly TemplateVersion[];
  createdAt: number;
  createdBy: string;
  tags: Tags;
}

export const launchTemplates = defineKind<LaunchTemplate>("ec2.launch-template");
