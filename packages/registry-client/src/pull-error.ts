/** Why an image cannot be had, in the words of containerd, which Fargate pulls with. */
export class PullError extends Error {
  override readonly name = "PullError";
}

/** An image has nothing for a platform. */
export const wrongPlatform = (architecture: string): PullError =>
  new PullError(
    `image Manifest does not contain descriptor matching platform 'linux/${architecture}'`,
  );
