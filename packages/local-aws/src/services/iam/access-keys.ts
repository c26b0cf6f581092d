import { randomBytes } from "node:crypto";
import { lastPart } from "../../ground/arn.ts";
import type { Scope } from "../../store/store.ts";
import { iamId } from "../../ground/iam-id.ts";
import type { CallContext } from "../service.ts";
import { requireUser } from "./entities.ts";
import * as faults from "./faults.ts";
import type { IamHandlers } from "./handlers.ts";
import { paginate } from "./pages.ts";
import { type AccessKey, accessKeys } from "./state.ts";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_KEYS = 2;

/** The long-term keys of a user. */
export function keysOf(scope: Scope, userArn: string): readonly Readonly<AccessKey>[] {
  return scope
    .of(accessKeys)
    .filter(({ arn, sessionToken }) => arn === userArn && sessionToken === undefined);
}

interface Owner {
  readonly arn: string;
  readonly userId: string;
  readonly userName: string;
}

/**
 * The user that a call names; the caller where it names none, who may be the account's root: its keys are managed so.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html
 * @throws AwsError `NoSuchEntity`, `ValidationError` where the caller is a role
 */
function ownerOf({ store, principal }: CallContext, userName: string | undefined): Owner {
  const { arn, userId } = principal;
  if (userName !== undefined && !arn.endsWith(`:user/${userName}`))
    return requireUser(store, userName);
  if (arn.endsWith(":root")) return { arn, userId, userName: "root" };
  if (!/:user\//.test(arn))
    throw faults.validationError("Must specify userName when calling with non-User credentials");
  return { arn, userId, userName: lastPart(arn) };
}

function requireKey(context: CallContext, id: string, userName: string | undefined) {
  const key = context.store.of(accessKeys).get(id);
  if (!key || key.arn !== ownerOf(context, userName).arn || key.sessionToken !== undefined)
    throw faults.accessKeyNotFound(id);
  return key;
}

/** Access keys of users. */
export const accessKeyHandlers = {
  CreateAccessKey(input, context) {
    const { account, clock, store } = context;
    const { arn, userId, userName } = ownerOf(context, input.UserName);
    if (keysOf(store, arn).length >= MAX_KEYS)
      throw faults.quotaExceeded("AccessKeysPerUser", MAX_KEYS);
    const accessKeyId = iamId("AKIA", 20);
    const key = store.of(accessKeys).put(accessKeyId, {
      accessKeyId,
      secretAccessKey: randomBytes(30).toString("base64"),
      account,
      arn,
      userId,
      status: "Active",
      createdAt: clock.now(),
    });
    return {
      AccessKey: {
        UserName: userName,
        AccessKeyId: accessKeyId,
        Status: "Active" as const,
        SecretAccessKey: key.secretAccessKey,
        CreateDate: new Date(clock.now()),
      },
    };
  },

  ListAccessKeys(input, context) {
    const { arn, userName } = ownerOf(context, input.UserName);
    const { items, paging } = paginate(
      keysOf(context.store, arn),
      input,
      "access-keys",
      ({ accessKeyId }) => accessKeyId,
    );
    return {
      AccessKeyMetadata: items.map(({ accessKeyId, status, createdAt }) => ({
        UserName: userName,
        AccessKeyId: accessKeyId,
        Status: status ?? "Active",
        CreateDate: createdAt === undefined ? undefined : new Date(createdAt),
      })),
      ...paging,
    };
  },

  UpdateAccessKey(input, context) {
    const { accessKeyId } = requireKey(context, input.AccessKeyId, input.UserName);
    const status = input.Status;
    if (status !== "Active" && status !== "Inactive")
      throw faults.validationError(`Status ${status} cannot be set.`);
    context.store.of(accessKeys).patch(accessKeyId, { status });
    return {};
  },

  DeleteAccessKey(input, context) {
    const { accessKeyId } = requireKey(context, input.AccessKeyId, input.UserName);
    context.store.of(accessKeys).delete(accessKeyId);
    return {};
  },
} satisfies IamHandlers;

/** What a user can have beside access keys on AWS. Nothing here makes one, so whoever asks for a user's is told of none. */
const NONE: readonly never[] = [];

/** Credentials that are no access keys: Terraform looks for them before it deletes a user by force. */
export const otherCredentialHandlers = {
  ListSSHPublicKeys(input, { store }) {
    if (input.UserName !== undefined) requireUser(store, input.UserName);
    const { items, paging } = paginate(NONE, input, "ssh-public-keys", String);
    return { SSHPublicKeys: items, ...paging };
  },

  ListSigningCertificates(input, { store }) {
    if (input.UserName !== undefined) requireUser(store, input.UserName);
    const { items, paging } = paginate(NONE, input, "signing-certificates", String);
    return { Certificates: items, ...paging };
  },

  ListMFADevices(input, { store }) {
    if (input.UserName !== undefined) requireUser(store, input.UserName);
    const { items, paging } = paginate(NONE, input, "mfa-devices", String);
    return { MFADevices: items, ...paging };
  },

  ListVirtualMFADevices(input) {
    const { items, paging } = paginate(NONE, input, "virtual-mfa-devices", String);
    return { VirtualMFADevices: items, ...paging };
  },

  ListServiceSpecificCredentials(input, { store }) {
    if (input.UserName !== undefined) requireUser(store, input.UserName);
    const { items, paging } = paginate(NONE, input, "service-specific-credentials", String);
    return { ServiceSpecificCredentials: items, ...paging };
  },

  DeleteLoginProfile({ UserName = "" }, { store }) {
    const { userName } = requireUser(store, UserName);
    throw faults.noSuchEntity(`Login Profile for User ${userName} cannot be found.`);
  },
} satisfies IamHandlers;
