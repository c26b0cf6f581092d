import { credentialsExist, credentialsMissing, invalidInput } from "./faults.ts";
import { credentialArn } from "./find.ts";
import type { CodeBuildHandlers } from "./handlers.ts";
import { sourceCredentials } from "./state.ts";

/** What opens repositories of other places. Those of this machine ask for nothing, so that of a credential is kept that there is one. */
export const credentialHandlers: CodeBuildHandlers = {
  ImportSourceCredentials({ serverType, authType, token, shouldOverwrite = true }, context) {
    const { store } = context;
    const arn = credentialArn(context, serverType);
    if (store.of(sourceCredentials).has(arn) && !shouldOverwrite)
      throw credentialsExist(serverType);
    const isConnection = authType === "CODECONNECTIONS";
    if (isConnection && !/^arn:aws:code(?:connections|star-connections):/.test(token))
      throw invalidInput("Invalid token: it must be the ARN of a connection");
    const resource = isConnection ? { resource: token } : {};
    store.of(sourceCredentials).put(arn, { arn, serverType, authType, ...resource });
    return { arn };
  },

  ListSourceCredentials: (_input, { store }) => ({
    sourceCredentialsInfos: store
      .of(sourceCredentials)
      .values()
      .map(({ arn, serverType, authType, resource }) => ({ arn, serverType, authType, resource })),
  }),

  DeleteSourceCredentials({ arn }, { store }) {
    if (!store.of(sourceCredentials).has(arn)) throw credentialsMissing(arn);
    store.of(sourceCredentials).delete(arn);
    return { arn };
  },
};
