import { text } from "../../kit/text.ts";

/** Seen word for word as output of AWS in several public repositories, none of which is a page to link to. */
const QUOTED = "quoted from AWS in public repositories";

/** What ECS says of providers of instances. Without a source it is unverified. */
export const PROVIDER_TEXTS = {
  nameInvalid: text(
    "The capacity provider name is invalid. It cannot begin with aws, ecs or fargate, and has letters, numbers, hyphens and underscores, 255 at most.",
  ),
  alreadyExists: text(
    "A capacity provider with the same name already exists. To update it, use UpdateCapacityProvider.",
  ),
  groupNotFound: text(
    "The specified Auto Scaling group ARN is invalid. Specify a valid Auto Scaling group ARN and try again.",
  ),
  groupInUse: text("The specified Auto Scaling group is already used by a capacity provider."),
  groupMissing: text("An Auto Scaling group provider is required."),
  targetCapacity: text("The target capacity must be between 1 and 100."),
  stepSize: text("The scaling step sizes must be between 1 and 10000, the minimum first."),
  protectionNeedsScaling: text(
    "To enable managed termination protection for a capacity provider, managed scaling must be enabled.",
  ),
  protectionNeedsGroup: text(
    "The managed termination protection setting for the capacity provider is invalid. To enable managed termination protection for a capacity provider, the Auto Scaling group must have instance protection from scale in enabled.",
    QUOTED,
  ),
  inUse: text(
    "The capacity provider cannot be deleted because it is associated with cluster: {cluster}. Remove the capacity provider from the cluster and try again.",
    QUOTED,
  ),
  inUseByServices: text("The specified capacity provider is in use and cannot be removed.", QUOTED),
  fargate: text("The capacity providers of Fargate cannot be changed."),
} as const;
