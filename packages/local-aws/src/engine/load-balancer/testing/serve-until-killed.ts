import { startBalancedCloud } from "./balanced-cloud.ts";

/* Serves one listener and says where: for tests of what is left when a server is killed. */

const cloud = await startBalancedCloud();
const listener = cloud.listener(await cloud.balancer("web"), 80, {
  Type: "fixed-response",
  FixedResponseConfig: { StatusCode: "200" },
});
await cloud.balancers.settled();
const { pid } = cloud.balancers.describe()["dataPlane"] as { pid: number };
process.stdout.write(`${JSON.stringify({ pid, port: cloud.portOf(listener) })}\n`);
