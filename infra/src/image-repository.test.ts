import { expect, test } from "vitest";

import { ImageRepository } from "./image-repository.ts";
import { synthesised } from "./testing.ts";

test("has tags that never move, and keeps the newest images only", () => {
  const { resource } = synthesised((scope) => {
    new ImageRepository(scope, "golang_app", { name: "golang-app-hanako" });
  });
  expect(resource["aws_ecr_repository"]?.["golang_app"]).toEqual({
    name: "golang-app-hanako",
    image_tag_mutability: "IMMUTABLE",
    force_delete: true,
  });
  const { policy, repository } =
    resource["aws_ecr_lifecycle_policy"]?.["golang_app_lifecycle"] ?? {};
  expect(repository).toBe("${aws_ecr_repository.golang_app.name}");
  expect(JSON.parse(String(policy))).toMatchObject({
    rules: [
      {
        selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 30 },
        action: { type: "expire" },
      },
    ],
  });
});
