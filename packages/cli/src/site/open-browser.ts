import { spawn } from "node:child_process";
import { isAbsolute } from "node:path";
import { findOnPath } from "@workbook/toolchain";

/** Opens an address in the person's browser, where there is one; nothing happens otherwise. */
export function openBrowser(address: string, env: NodeJS.ProcessEnv = process.env): void {
  const [program] = openers(env).flatMap((name) =>
    isAbsolute(name) ? [name] : findOnPath(name, env),
  );
  if (program === undefined) return;
  const child = spawn(program, [address], { stdio: "ignore", detached: true });
  // The address is printed as well: who has no browser loses nothing.
  child.on("error", () => {});
  child.unref();
}

function openers(env: NodeJS.ProcessEnv): readonly string[] {
  // Set by code spaces and dev containers to a program that opens it where the person is.
  if (env["BROWSER"]) return [env["BROWSER"]];
  if (process.platform === "darwin") return ["open"];
  if (env["WSL_DISTRO_NAME"]) return ["wslview", "xdg-open"];
  // Without a display, xdg-open would take the terminal for a browser of text.
  return env["DISPLAY"] || env["WAYLAND_DISPLAY"] ? ["xdg-open"] : [];
}
