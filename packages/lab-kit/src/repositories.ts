import type { ECRClient, Repository } from "@aws-sdk/client-ecr";

/** All repositories of an account and region, page by page. */
export async function allRepositories(client: ECRClient): Promise<Repository[]> {
  const { paginateDescribeRepositories } = await import("@aws-sdk/client-ecr");
  const found: Repository[] = [];
  for await (const { repositories = [] } of paginateDescribeRepositories({ client }, {}))
    found.push(...repositories);
  return found;
}
