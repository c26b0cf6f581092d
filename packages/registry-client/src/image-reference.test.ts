import { expect, test } from "vitest";
import { fullName, parseReference } from "./image-reference.ts";

test.each([
  ["nginx", "docker.io/library/nginx:latest"],
  ["team/app:v1", "docker.io/team/app:v1"],
  ["docker.io/nginx", "docker.io/library/nginx:latest"],
  ["index.docker.io/nginx:1.27", "docker.io/library/nginx:1.27"],
  ["index.docker.io/team/app", "docker.io/team/app:latest"],
  ["localhost/app", "localhost/app:latest"],
  ["localhost:5000/app:v1", "localhost:5000/app:v1"],
  ["ghcr.io/app", "ghcr.io/app:latest"],
  ["HOST/app", "HOST/app:latest"],
  [`quay.io/a/b:v1@sha256:${"0".repeat(64)}`, `quay.io/a/b:v1@sha256:${"0".repeat(64)}`],
])("%s is %s, as Docker has it", (text, expected) => {
  expect(fullName(parseReference(text))).toBe(expected);
});
