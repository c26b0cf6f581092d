import type { ProxyConfiguration, RegisterTaskDefinitionRequest } from "@aws-sdk/client-ecs";
import { DEFINITION_TEXTS as SAID } from "./definition-texts.ts";
import { clientException } from "./faults.ts";

const MOST_CONSTRAINTS = 10;
/** What an App Mesh proxy cannot do without; of the two ids one is enough. */
const PROXY_PROPERTIES = ["AppPorts", "ProxyIngressPort", "ProxyEgressPort"];

/**
 * Checks what a task as a whole says of its proxy, its platform and where it is placed.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
 * @throws AwsError `ClientException`
 */
export function checkTask(input: RegisterTaskDefinitionRequest): void {
  const { placementConstraints = [], runtimePlatform, proxyConfiguration } = input;
  if (placementConstraints.length > MOST_CONSTRAINTS) throw clientException(SAID.constraintsMany());
  if (placementConstraints.some(({ expression }) => !expression))
    throw clientException(SAID.constraintEmpty());
  if (proxyConfiguration) checkProxy(proxyConfiguration, input);
  if (!runtimePlatform?.operatingSystemFamily?.startsWith("WINDOWS")) return;
  if (runtimePlatform.cpuArchitecture === "ARM64") throw clientException(SAID.windowsArm());
  if (input.containerDefinitions?.some(({ linuxParameters }) => linuxParameters))
    throw clientException(SAID.windowsLinux());
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ProxyConfiguration.html */
function checkProxy(
  { containerName: container = "", properties = [] }: ProxyConfiguration,
  { containerDefinitions = [], networkMode }: RegisterTaskDefinitionRequest,
): void {
  if (networkMode !== "awsvpc") throw clientException(SAID.proxyMode());
  if (!containerDefinitions.some(({ name }) => name === container))
    throw clientException(SAID.proxyContainer({ container }));
  const given = new Set(properties.filter(({ value }) => value).map(({ name }) => name));
  const lacking = PROXY_PROPERTIES.find((property) => !given.has(property));
  if (lacking !== undefined) throw clientException(SAID.proxyProperty({ property: lacking }));
  if (!given.has("IgnoredUID") && !given.has("IgnoredGID"))
    throw clientException(SAID.proxyProperty({ property: "IgnoredUID" }));
}
