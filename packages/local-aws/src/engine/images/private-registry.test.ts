import { PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { refuse, type LoopbackRegistry } from "./testing/loopback-registry.ts";
import { configOf, FAR, PullingCloud } from "./testing/pulling-cloud.ts";

const RESOLVE = "CannotPullContainerError: pull image manifest has been retried 1 time(s): ";
const NO_AUTH = "ResourceInitializationError: unable to pull secrets or registry auth: ";
const FROM_ASM = `${NO_AUTH}execution resource retrieval failed: unable to get registry auth from asm: service call has been retried 1 time(s): asm fetching `;
const PASSWORD = "pa:ss wörd";
const BASIC = `Basic ${Buffer.from(`reader:${PASSWORD}`).toString("base64")}`;

let pulling: PullingCloud;
let registry: LoopbackRegistry;
let secrets: SecretsManagerClient;
/** The names that tokens were asked with. */
const askedWith: (string | undefined)[] = [];

beforeAll(async () => {
  pulling = await PullingCloud.start();
  ({ registry } = pulling);
  secrets = new SecretsManagerClient(pulling.cloud.test.clientConfig);
  await pulling.cloud.iam.send(
    new PutRolePolicyCommand({
      RoleName: "execution",
      PolicyName: "registry",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: "secretsmanager:GetSecretValue",
            Resource: "arn:aws:secretsmanager:*:*:secret:registry/*",
          },
        ],
      }),
    }),
  );
}, 60_000);
beforeEach(() => registry.reset());
afterAll(async () => {
  secrets.destroy();
  await pulling.stop();
});

/** A secret, and what a container definition says of it. */
async function credentials(name: string, value: string | object, KmsKeyId?: string) {
  const SecretString = typeof value === "string" ? value : JSON.stringify(value);
  const made = await secrets.send(
    new CreateSecretCommand({ Name: name, SecretString, ...(KmsKeyId && { KmsKeyId }) }),
  );
  return { repositoryCredentials: { credentialsParameter: made.ARN! } };
}

/** From now on the registry asks who comes, itself. */
function askPassword(): void {
  registry.instead = (request, response) => {
    if (request.headers.authorization === BASIC) return false;
    const challenge = { "www-authenticate": 'Basic realm="private"' };
    refuse(response, 401, "UNAUTHORIZED", "authentication required", challenge);
    return true;
  };
}

/** From now on it wants a token, which one has for a password. */
function askToken(): void {
  askedWith.length = 0;
  registry.instead = (request, response) => {
    const { authorization } = request.headers;
    if (request.url!.startsWith("/token")) {
      askedWith.push(authorization);
      if (authorization === BASIC) response.end(JSON.stringify({ token: "granted" }));
      else refuse(response, 401, "UNAUTHORIZED", "incorrect username or password");
      return true;
    }
    if (authorization === "Bearer granted") return false;
    const challenge = `Bearer realm="${registry.url}/token",service="private"`;
    refuse(response, 401, "UNAUTHORIZED", "", { "www-authenticate": challenge });
    return true;
  };
}

test("the image of a private registry is had with a secret's name and password, and with nothing else", async () => {
  const layer = await pulling.layerThatSays("private");
  const { digest } = registry.put("team/private:v1", { layer, config: configOf("private") });
  const image = `${FAR}/team/private:v1`;
  const right = await credentials("registry/right", { username: "reader", password: PASSWORD });
  const wrong = await credentials("registry/wrong", { username: "reader", password: "x" });
  askPassword();
  expect(await pulling.failureOf(image)).toBe(
    `${RESOLVE}failed to resolve ref ${image}: pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials`,
  );
  expect(await pulling.failureOf(image, wrong)).toMatch(
    /pulling from host 127\.0\.0\.1:\d+ failed with status code \[manifests v1\]: 401 Unauthorized$/,
  );
  expect(await pulling.linesOf(image, right)).toEqual(["private"]);
  // It is here now, and yet no one has it who may not.
  const byDigest = `${FAR}/team/private@${digest}`;
  expect(await pulling.failureOf(byDigest)).toMatch(/no basic auth credentials$/);
  const byName = { repositoryCredentials: { credentialsParameter: "registry/right" } };
  expect(await pulling.linesOf(byDigest, byName)).toEqual(["private"]);

  askToken();
  expect(await pulling.failureOf(image, wrong)).toMatch(
    /failed to authorize: failed to fetch oauth token: unexpected status from GET request to http:\/\/127\.0\.0\.1:\d+\/token\?service=private&scope=repository%3Ateam%2Fprivate%3Apull: 401 Unauthorized$/,
  );
  expect(await pulling.failureOf(image)).toMatch(
    /failed to authorize: failed to fetch anonymous token: unexpected status from GET request to \S+: 401 Unauthorized$/,
  );
  expect(await pulling.linesOf(image, right)).toEqual(["private"]);
  expect(await pulling.failureOf(image)).toMatch(/failed to fetch anonymous token/);
  expect(new Set(askedWith)).toContain(BASIC);
  expect(askedWith.filter((name) => name === undefined)).toHaveLength(2);
});

test("a secret that is missing, malformed or not for the execution role keeps the task from starting, in ECS's words", async () => {
  const kms = new KMSClient(pulling.cloud.test.clientConfig);
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  kms.destroy();
  const account = { username: "reader", password: PASSWORD };
  const cases: [object, RegExp][] = [
    [
      { repositoryCredentials: { credentialsParameter: "registry/none" } },
      /secret from the service for registry\/none: ResourceNotFoundException: Secrets Manager can't find the specified secret\. status code: 400, request id: \S+$/,
    ],
    [
      await credentials("closed/account", account),
      /secret from the service for arn:\S+: AccessDeniedException: User: arn:aws:sts::\d+:assumed-role\/execution\/[0-9a-f]{32} is not authorized to perform: secretsmanager:GetSecretValue/,
    ],
    [
      await credentials("registry/key", account, KeyMetadata!.KeyId),
      /secret from the service for arn:\S+: AccessDeniedException: Access to KMS is not allowed/,
    ],
    [
      await credentials("registry/text", "reader"),
      /authorization data: unable to unmarshal secret value, invalid schema$/,
    ],
    [
      await credentials("registry/number", { username: "reader", password: 1 }),
      /authorization data: unable to unmarshal secret value, invalid schema$/,
    ],
    [
      await credentials("registry/nobody", { password: PASSWORD }),
      /username: AuthorizationData is malformed, empty field$/,
    ],
    [
      await credentials("registry/empty", { username: "reader", password: "" }),
      /password: AuthorizationData is malformed, empty field$/,
    ],
  ];
  const said = await Promise.all(
    cases.map(([settings]) => pulling.failureOf(`${FAR}/team/never:v1`, settings)),
  );
  for (const [index, [, reason]] of cases.entries()) {
    expect(said[index]).toContain(FROM_ASM);
    expect(said[index]).toMatch(reason);
  }
  expect(registry.requests).toEqual([]);
});
