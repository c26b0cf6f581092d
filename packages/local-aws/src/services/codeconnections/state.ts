import type { ProviderType } from "@aws-sdk/client-codestar-connections";
import { defineKind } from "../../store/kind.ts";
import type { Kept } from "../service.ts";

export type Tags = readonly { readonly Key: string; readonly Value: string }[];

/** Keyed by ARN. */
export interface Connection {
  arn: string;
  name: string;
  providerType: ProviderType;
  /** `PENDING` until somebody has said at the provider that it may be used. */
  status: "PENDING" | "AVAILABLE";
  createdAt: number;
  tags: Tags;
}

export const connections = defineKind<Connection>("codeconnections.connection");

/** Under which of its two names the service was called: that of CodeStar, or the one that it has had since 2024. */
export type ServiceName = "codeconnections" | "codestar-connections";

export const kept: Kept = {
  shown: [connections],
};
