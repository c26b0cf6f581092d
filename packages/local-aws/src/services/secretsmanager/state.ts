import { defineKind } from "../../store/kind.ts";

/** One value that a secret has or had. */
export interface SecretVersion {
  createdAt: number;
  stages: readonly string[];
  /** Base64, encrypted under `keyArn` and bound to the secret and this version. */
  ciphertext: string;
  keyArn: string;
  form: "string" | "binary";
}

/** Keyed by name. */
export interface Secret {
  name: string;
  /** With the six characters that tell secrets of one name apart. */
  arn: string;
  description?: string;
  /** As it was named; undefined for `aws/secretsmanager`. */
  kmsKeyId?: string;
  createdAt: number;
  changedAt: number;
  /** The day, in UTC. */
  accessedAt?: number;
  /** When `DeleteSecret` was called, and when the secret is gone for good. */
  deletion?: { at: number; until: number };
  policy?: string;
  tags: readonly { Key: string; Value: string }[];
  /** By version id. */
  versions: Readonly<Record<string, SecretVersion>>;
}

export const secrets = defineKind<Secret>("secretsmanager.secret");
