import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy/index.js";
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository/index.js";
import { Construct } from "constructs";

import { pinned } from "./logical-id.ts";

/** What a repository is called. */
export interface ImageRepositoryProps {
  readonly name: string;
}

/** How many images a repository keeps: enough to go back a few deployments. */
const IMAGES_KEPT = 30;

/**
 * An ECR repository whose tags never move and whose old images go away.
 *
 * An immutable tag makes a task definition mean the same image for ever.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
 *
 * Terraform names, for a construct with id `x`: repository `x`, lifecycle policy `x_lifecycle`.
 */
export class ImageRepository extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, props: ImageRepositoryProps) {
    super(scope, id);
    const repository = pinned(
      new EcrRepository(this, "repository", {
        name: props.name,
        imageTagMutability: "IMMUTABLE",
        // The images can be built again at any time, so a course may end without emptying the repository by hand.
        forceDelete: true,
      }),
      id,
    );
    this.url = repository.repositoryUrl;
    pinned(
      new EcrLifecyclePolicy(this, "lifecycle_policy", {
        repository: repository.name,
        policy: keepNewest(IMAGES_KEPT),
      }),
      `${id}_lifecycle`,
    );
  }
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html */
function keepNewest(images: number): string {
  const rule = {
    rulePriority: 1,
    description: `Keep the newest ${images} images`,
    selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: images },
    action: { type: "expire" },
  };
  return JSON.stringify({ rules: [rule] });
}
