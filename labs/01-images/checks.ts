import { defineChecks, GO_APP, hasRepository, NODE_APP } from "@workbook/lab-kit";
import { containersAreDisposable } from "./checks/disposable-container.ts";
import { hasDockerfile } from "./checks/dockerfile.ts";
import { imagesArePushed } from "./checks/images-pushed.ts";
import { hasLifecyclePolicies } from "./checks/lifecycle-policy.ts";

/** In the order in which a learner writes the parts; then, what is in the registry and what comes of it. */
export const checks = defineChecks([
  hasDockerfile("dockerfile", NODE_APP),
  hasRepository("node-repository", NODE_APP),
  hasRepository("go-repository", GO_APP),
  hasLifecyclePolicies("lifecycle-policies", [NODE_APP, GO_APP]),
  imagesArePushed("images-pushed", [NODE_APP, GO_APP]),
  containersAreDisposable("disposable-container", NODE_APP),
]);
