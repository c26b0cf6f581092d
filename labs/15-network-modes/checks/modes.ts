import { NODE_APP, type WebApp } from "@workbook/lab-kit";
import type { Words } from "@workbook/toolchain";

/** The ways in which a task on an instance is connected. */
export const MODES = ["bridge", "host", "awsvpc"] as const;
export type Mode = (typeof MODES)[number];

/** The one task, as each mode's service runs it. */
export type ModeApp = WebApp & { readonly networkMode: Mode };

const inMode = (networkMode: Mode, listener: number): ModeApp => ({
  ...NODE_APP,
  port: 3000,
  listener,
  networkMode,
});

export const BRIDGE = inMode("bridge", 8081);
export const HOST = inMode("host", 8082);
export const AWSVPC = inMode("awsvpc", 8083);
export const APPS = [BRIDGE, HOST, AWSVPC] as const;

/** The range that Docker chooses ports from. */
export const EPHEMERAL = { from: 32_768, to: 60_999 } as const;

/** A page of ECS's developer guide, in both languages. */
export function ecsPage(name: string): Words {
  const page = `AmazonECS/latest/developerguide/${name}.html`;
  return [`https://docs.aws.amazon.com/${page}`, `https://docs.aws.amazon.com/ja_jp/${page}`];
}
