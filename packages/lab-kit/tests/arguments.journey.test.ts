import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";

const PROGRAM = join(import.meta.dirname, "../arguments/try-arguments.ts");

test(
  "resources of Terraform with all of their arguments are what their page says",
  { timeout: 1_200_000 },
  async () => {
    const child = spawn(process.execPath, [PROGRAM], { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    const [code] = (await once(child, "close")) as [number | null];
    expect(code, said).toBe(0);
  },
);
