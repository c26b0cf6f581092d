import type * as Sdk from "@aws-sdk/client-codebuild";
import type { CodeBuildHandlers } from "./handlers.ts";

/**
 * The images that AWS keeps, as far as this cloud can run them.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html
 */
const CURATED: readonly {
  readonly platform: Sdk.PlatformType;
  readonly images: readonly string[];
}[] = [
  {
    platform: "AMAZON_LINUX",
    images: [
      "aws/codebuild/amazonlinux-x86_64-standard:5.0",
      "aws/codebuild/amazonlinux2-x86_64-standard:5.0",
      "aws/codebuild/amazonlinux2-x86_64-standard:4.0",
      "aws/codebuild/amazonlinux-aarch64-standard:3.0",
      "aws/codebuild/amazonlinux2-aarch64-standard:3.0",
    ],
  },
  {
    platform: "UBUNTU",
    images: [
      "aws/codebuild/standard:7.0",
      "aws/codebuild/standard:6.0",
      "aws/codebuild/standard:5.0",
    ],
  },
];

/**
 * Where an image is pulled from: those that AWS keeps are in its public registry, by the same names.
 * https://gallery.ecr.aws/codebuild
 */
export const imageReference = (image: string) =>
  image.replace(/^aws\/codebuild\//, "public.ecr.aws/codebuild/");

export const imageHandlers: CodeBuildHandlers = {
  ListCuratedEnvironmentImages: () => ({
    platforms: CURATED.map(({ platform, images }) => ({
      platform,
      languages: [
        {
          language: "STANDARD" as Sdk.LanguageType,
          images: images.map((name) => ({
            name,
            description: `AWS CodeBuild - ${name.slice("aws/codebuild/".length)}`,
            versions: [name],
          })),
        },
      ],
    })),
  }),
};
