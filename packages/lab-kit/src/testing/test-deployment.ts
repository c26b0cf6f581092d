import { cleanEnvironment, findTerraform, terraformCliConfig } from "@workbook/toolchain";
import type { Deployment } from "../deploy/stack.ts";
import { KeptLane } from "../terraform/kept-lane.ts";
import { REGION, type TestCloud } from "./test-cloud.ts";

/** What is a test's own of a deployment. */
export interface TestDeploymentOptions {
  /** The clone. */
  readonly root: string;
  readonly lab: Deployment["lab"];
  /** A folder that is the test's. */
  readonly state: string;
  /** Tools that images are built with; left out, none is. */
  readonly build?: Deployment["tools"]["build"];
  /** Hears what the lane has to say. */
  readonly tell?: (line: string) => void;
}

/** The solution of a lab, to be deployed to a test's cloud through a lane of its own, which the test closes. */
export async function testDeployment(
  { endpoint, connection }: TestCloud,
  { root, lab, state, build = {}, tell = () => {} }: TestDeploymentOptions,
): Promise<{ readonly deployment: Deployment; readonly lane: KeptLane }> {
  const credentials = connection.credentials!;
  const environment = {
    ...cleanEnvironment(process.env, { endpoint, credentials, region: REGION }),
    TF_CLI_CONFIG_FILE: terraformCliConfig({ root, env: process.env }).file,
  };
  const lane = new KeptLane(environment, tell);
  const deployment: Deployment = {
    lab,
    variant: "solution",
    target: {
      name: "local",
      owner: "hanako",
      region: REGION,
      homeCidr: "203.0.113.10/32",
      endpointUrl: endpoint,
      connection,
      environment,
      lane,
      effectiveAddress: undefined,
    },
    directories: { root, state },
    tools: { terraform: (await findTerraform({ root })).path, build },
  };
  return { deployment, lane };
}
