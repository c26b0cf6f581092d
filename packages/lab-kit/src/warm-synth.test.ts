import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, onTestFinished, test, vi } from "vitest";

import { WarmSynth } from "./warm-synth.ts";

vi.setConfig({ testTimeout: 60_000 });

/** A `main.ts` that writes what cdktf writes, with the number that the variant's file holds. */
const MAIN = `
import { mkdirSync, writeFileSync } from "node:fs";
const { number } = await import(process.argv[2]);
const out = process.env.CDKTF_OUTDIR + "/stacks/service";
mkdirSync(out, { recursive: true });
const resource = { aws_ecs_cluster: { main: { name: process.env.OWNER, number } } };
writeFileSync(out + "/cdk.tf.json", JSON.stringify({ resource }));
writeFileSync(process.env.CDKTF_OUTDIR + "/manifest.json", JSON.stringify({ stacks: { service: {} } }));
`;

const settings = { owner: "hanako", region: "ap-northeast-1", homeCidr: "203.0.113.7/32" };

function lab(): { directory: string; variant: string; outDirectory: string; synth: WarmSynth } {
  const labs = mkdtempSync(join(tmpdir(), "warm-"));
  const directory = join(labs, "08-lab");
  for (const variant of ["start", "solution"]) {
    mkdirSync(join(directory, variant), { recursive: true });
    writeFileSync(join(directory, variant, "stack.ts"), "export {};\n");
  }
  writeFileSync(join(labs, "package.json"), '{"type":"module"}');
  writeFileSync(join(labs, "main.ts"), MAIN);
  const synth = new WarmSynth(directory);
  onTestFinished(() => {
    synth.close();
    rmSync(labs, { recursive: true, force: true });
  });
  return {
    directory,
    variant: join(directory, "stack.ts"),
    outDirectory: join(directory, "out"),
    synth,
  };
}

test("every synthesis sees the files as they are then, the ones that a stack imports as well", async () => {
  const { directory, variant, outDirectory, synth } = lab();
  writeFileSync(variant, 'export { number } from "./number.ts";\n');
  for (const number of [1, 2]) {
    writeFileSync(join(directory, "number.ts"), `export const number: number = ${number};\n`);
    const reader = await synth.synthesise({ variant, settings, images: [], outDirectory });
    expect(reader.resources[0]?.attributes).toEqual({ name: "hanako", number });
    expect(reader.directory).toBe(directory);
  }
});

test("code that does not load is told in Node's words, and the next synthesis goes well", async () => {
  const { variant, outDirectory, synth } = lab();
  writeFileSync(variant, "export const number = ;\n");
  const broken = synth.synthesise({ variant, settings, images: [], outDirectory });
  await expect(broken).rejects.toMatchObject({
    name: "SynthesisError",
    message: expect.stringContaining("stack.ts"),
  });
  writeFileSync(variant, "export const number = 3;\n");
  const reader = await synth.synthesise({ variant, settings, images: [], outDirectory });
  expect(reader.resources).toHaveLength(1);
});

test("a synthesis that nobody wants any more is ended", async () => {
  const { variant, outDirectory, synth } = lab();
  writeFileSync(variant, "setInterval(() => {}, 1000);\nexport const number = 1;\n");
  const interrupt = new AbortController();
  const running = synth.synthesise({
    variant,
    settings,
    images: [],
    outDirectory,
    signal: interrupt.signal,
  });
  interrupt.abort(new Error("saved again"));
  await expect(running).rejects.toThrow("saved again");
});
