import { join } from "node:path";
import { ListTasksCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { LoopbackRegistry } from "./testing/loopback-registry.ts";
import { CLOSED, configOf, FAR, PullingCloud } from "./testing/pulling-cloud.ts";

const REF_NAME = "org.opencontainers.image.ref.name";
const VERSION = { "org.opencontainers.image.version": "something 1.0 of Debian" };
/** A digest that no image here has. */
const NOWHERE = `sha256:${"0".repeat(64)}`;
let pulling: PullingCloud;
let registry: LoopbackRegistry;

beforeAll(async () => {
  pulling = await PullingCloud.start();
  ({ registry } = pulling);
});
beforeEach(() => registry.reset());
afterAll(() => pulling.stop());

/** An image in the registry, and the same in the layout of those that stand in, under these names. */
async function standIn(word: string, names: readonly string[]): Promise<string> {
  const layer = await pulling.layerThatSays(word);
  const { digest } = registry.put("team/stand-in:v1", { layer, config: configOf(word) });
  registry.writeLayout(
    join(pulling.folder, "stand-ins"),
    "team/stand-in:v1",
    names.map((name) => ({ [REF_NAME]: name, ...VERSION })),
  );
  return digest;
}

test("of a name with a tag and a digest, the digest is asked for, wherever the tag has moved", async () => {
  await standIn("a stand-in", [`${FAR}/team/pinned:v1`]);
  const put = async (word: string) => {
    const layer = await pulling.layerThatSays(word);
    return registry.put("team/pinned:v1", { layer, config: configOf(word) });
  };
  const { digest } = await put("what was pinned");
  await put("what the tag means now");
  expect(await pulling.linesOf(`${FAR}/team/pinned:v1@${digest}`)).toEqual(["what was pinned"]);
  expect(registry.requests).toContain(`HEAD /v2/team/pinned/manifests/${digest}?ns=${FAR}`);
  expect(registry.requests.join("\n")).not.toContain("manifests/v1");
  // What is not there is not there, and nothing stands in where a registry has answered.
  expect(await pulling.failureOf(`${FAR}/team/pinned:v1@${NOWHERE}`)).toMatch(/: not found$/);
});

test("a mirror that answers a digest with other bytes is refused", async () => {
  const layer = await pulling.layerThatSays("other bytes");
  const { digest } = registry.put("team/other:v1", { layer, config: configOf("other") });
  registry.instead = (request) => {
    request.url = request.url!.replace(NOWHERE, digest);
    return false;
  };
  expect(await pulling.failureOf(`${FAR}/team/other:v1@${NOWHERE}`)).toContain(
    `unexpected commit digest ${digest}, expected ${NOWHERE}: failed precondition`,
  );
});

test("where no registry is reached, the tag's stand-in runs in the place of a digest, and is not called by it", async () => {
  const own = await standIn("of the tag", [`${CLOSED}/app:v1`]);
  const image = `${CLOSED}/app:v1@${NOWHERE}`;
  expect(await pulling.linesOf(image)).toEqual(["of the tag"]);
  await pulling.saysInService(
    "pinned",
    image,
    `runs something 1.0 of Debian in the place of ${image}, whose registry cannot be reached: a stand-in, not the image of that digest.`,
  );
  const { ecs } = pulling.cloud;
  await vi.waitFor(
    async () => {
      const asked = { cluster: "c", serviceName: "pinned", desiredStatus: "STOPPED" } as const;
      const { taskArns = [] } = await ecs.send(new ListTasksCommand(asked));
      const { containers } = await pulling.cloud.task(taskArns[0]!);
      expect(containers).toMatchObject([{ image, imageDigest: own }]);
    },
    { timeout: 60_000, interval: 20 },
  );
  expect(await pulling.failureOf(`${CLOSED}/app@${NOWHERE}`)).toMatch(/refused$/);
  expect(await pulling.failureOf(`${CLOSED}/app:v2@${NOWHERE}`)).toMatch(/refused$/);
});
