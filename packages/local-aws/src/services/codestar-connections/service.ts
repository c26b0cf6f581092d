import { connectionHandlers } from "../codeconnections/connections.ts";
import { members, rightsOf, taggingOf } from "../codeconnections/service.ts";
import { defineService, type Service } from "../service.ts";

/**
 * CodeConnections under the name that it had first, which Terraform's `aws_codestarconnections_connection` calls it by. What is
 * made under one name is found under both. https://docs.aws.amazon.com/dtconsole/latest/userguide/rename.html
 */
export const service = defineService({
  id: "codestar-connections",
  rights: rightsOf("codestar-connections"),
  members,
  tagging: taggingOf("codestar-connections"),
  handlers: connectionHandlers("codestar-connections") as Service["handlers"],
});
