import { defineKind } from "../../store/kind.ts";

/** What a key computes with. A symmetric key that is rotated keeps all that it had, so that old ciphertexts are read. */
export interface KeyMaterial {
  /** 64 hexadecimal digits. */
  id: string;
  createdAt: number;
  /** Why it was made: undefined for the first. */
  rotation?: "AUTOMATIC" | "ON_DEMAND";
  /** Base64: the bytes of a symmetric or HMAC key, the PKCS #8 form of a private one. */
  secret: string;
}

/** Keyed by id. */
export interface Key {
  id: string;
  arn: string;
  description: string;
  createdAt: number;
  state: "Enabled" | "Disabled" | "PendingDeletion";
  /** When a key that is to be deleted is gone. */
  deletionAt?: number;
  usage: string;
  spec: string;
  /** `AWS` for the keys that services make for themselves (`aws/ssm`). */
  manager: "CUSTOMER" | "AWS";
  policy: string;
  /** The last one encrypts. */
  materials: readonly KeyMaterial[];
  /** Where it is rotated by time. */
  rotation?: { periodDays: number; nextAt: number };
  tags: readonly { TagKey: string; TagValue: string }[];
}

/** Keyed by name, `alias/…`. */
export interface Alias {
  name: string;
  arn: string;
  keyId: string;
  createdAt: number;
  updatedAt: number;
}

/** Keyed by id. */
export interface Grant {
  id: string;
  token: string;
  keyId: string;
  name?: string;
  grantee: string;
  retiring?: string;
  operations: readonly string[];
  contextSubset?: Readonly<Record<string, string>>;
  contextEquals?: Readonly<Record<string, string>>;
  issuer: string;
  createdAt: number;
}

export const keys = defineKind<Key>("kms.key");
export const aliases = defineKind<Alias>("kms.alias");
export const grants = defineKind<Grant>("kms.grant");
