import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import { expect, test, vi } from "vitest";
import { Progress } from "./progress.ts";

test("without a terminal each line of steps side by side says whose it is", async () => {
  const stream = new PassThrough();
  const written = text(stream);
  let printed = "";
  stream.on("data", (chunk: Buffer) => (printed += String(chunk)));
  const progress = new Progress("en", stream as unknown as NodeJS.WriteStream);
  const [images, service] = ["images", "service"].map((id) => progress.step(`Terraform: ${id}`));
  const comparing = ["comparing the stack with the cloud", "比べています"] as const;
  images!.detail(comparing);
  service!.detail(comparing);
  await vi.waitUntil(() => printed.split(comparing[0]).length === 3, { timeout: 60_000 });
  const address = "aws_ecr_repository.app";
  images!.terraform({ type: "started", address, action: "create" });
  images!.terraform({ type: "finished", address, action: "create", elapsedSeconds: 1 });
  service!.terraform({ type: "diagnostic", severity: "warning", text: "Deprecated\nmore" });
  service!.terraform({ type: "failed", address: "aws_vpc.main", action: "create" });
  images!.end("1 added");
  service!.fail("failed");
  stream.end();
  const lines = stripVTControlCharacters(await written)
    .trim()
    .split("\n");
  expect(lines.map((line) => line.replace(/[\d.]+s$/, "1.0s"))).toEqual([
    "• Terraform: images",
    "• Terraform: service",
    "    Terraform: images: comparing the stack with the cloud",
    "    Terraform: service: comparing the stack with the cloud",
    "    Terraform: images: create aws_ecr_repository.app: done in 1.0s",
    "  ! Terraform: service: Deprecated",
    "  ✗ Terraform: service: aws_vpc.main",
    "✓ Terraform: images  1 added  1.0s",
    "✗ Terraform: service  1.0s",
  ]);
});
