import type { ContainerDefinition, TaskDefinition } from "@aws-sdk/client-ecs";

import type { AwsClients } from "../../live.ts";
import type { Reader } from "./reader.ts";

/** What routers are told beside what ECS writes, by the ARN of the object that it is in. */
export type RouterFiles = ReadonlyMap<string, string>;

/** The container that takes the others' lines; undefined where a task has none. */
export const routerOf = ({
  containerDefinitions = [],
}: TaskDefinition): ContainerDefinition | undefined =>
  containerDefinitions.find(({ firelensConfiguration }) => firelensConfiguration);

/** Where a router's own file is: in S3, in a file of a container, or nowhere. */
export function ownFile(
  router: ContainerDefinition | undefined,
): { readonly type: "s3" | "file"; readonly at: string } | undefined {
  const { "config-file-type": type, "config-file-value": at } =
    router?.firelensConfiguration?.options ?? {};
  return at !== undefined && (type === "s3" || type === "file") ? { type, at } : undefined;
}

/** Reads the files that routers have in S3. */
export async function readRouters(
  { s3 }: AwsClients,
  reader: Reader,
  definitions: readonly TaskDefinition[],
): Promise<RouterFiles> {
  const arns = definitions.flatMap((definition) => {
    const file = ownFile(routerOf(definition));
    return file?.type === "s3" ? [file.at] : [];
  });
  const files = await Promise.all(
    [...new Set(arns)].map(async (arn) => {
      const [, Bucket = "", Key = ""] = /^arn:[^:]*:s3:::([^/]+)\/(.+)$/.exec(arn) ?? [];
      const text = await reader.ask(
        "s3 get-object",
        async () => (await s3.getObject({ Bucket, Key })).Body?.transformToString() ?? "",
        "",
        ["NoSuchKey", "NoSuchBucket"],
      );
      return [arn, text] as const;
    }),
  );
  return new Map(files);
}
