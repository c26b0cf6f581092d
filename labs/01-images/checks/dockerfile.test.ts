import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type CheckResult, NODE_APP, SynthReader } from "@workbook/lab-kit";
import { hasDockerfile } from "./dockerfile.ts";

async function look(content: string): Promise<CheckResult> {
  await using folder = await mkdtempDisposable(join(tmpdir(), "dockerfile-"));
  await writeFile(join(folder.path, "Dockerfile"), content);
  const synth = new SynthReader([], folder.path);
  const context = { owner: "hanako", region: "ap-northeast-1", homeCidr: "203.0.113.7/32", synth };
  return hasDockerfile("dockerfile", NODE_APP).run(context);
}

test("a copy from a name that no stage has says what the stages are called", async () => {
  const result = await look(`FROM node:24-slim AS deps
RUN npm ci --omit=dev
FROM node:24-slim
COPY --from=dependencies /app /app
CMD ["node", "src/main.js"]
`);
  expect(result).toMatchObject({ passed: false, fault: "one-stage" });
  expect(result.actual.en).toContain("the stages are deps and (no name, FROM node:24-slim)");
  expect(result.actual.ja).toContain("ステージは deps、(名前なし、FROM node:24-slim) です");
});
