import { defineKind } from "../../store/kind.ts";

/** A value that a parameter has or had. */
export interface ParameterVersion {
  version: number;
  type: "String" | "StringList" | "SecureString";
  /** Of a SecureString: base64, encrypted under its key and bound to the parameter's ARN. */
  value: string;
  /** As it was named. */
  keyId?: string;
  description?: string;
  allowedPattern?: string;
  dataType: string;
  tier: "Standard" | "Advanced" | "Intelligent-Tiering";
  modifiedAt: number;
  modifiedBy: string;
  labels: readonly string[];
}

/** Keyed by name. */
export interface StoredParameter {
  name: string;
  arn: string;
  /** Oldest first. */
  versions: readonly ParameterVersion[];
  tags: readonly { Key: string; Value: string }[];
}

export const parameters = defineKind<StoredParameter>("ssm.parameter");
