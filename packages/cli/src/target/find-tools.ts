import { type FoundTools, inStep, type Lab } from "@workbook/lab-kit";
import {
  both,
  findGo,
  findTerraform,
  nodeRuntimeFolder,
  type DownloadProgress,
} from "@workbook/toolchain";
import { requireRoom } from "../disk-room.ts";
import { formatDuration } from "../output/style.ts";
import type { Session } from "../session.ts";

/** Finds Terraform, and what images are built with; fetches what the machine does not have. */
export function findTools(
  { workspace, progress, signal }: Session,
  needs: Lab["needs"],
): Promise<FoundTools> {
  return inStep(progress, ["Tools", "ツール"], async (step) => {
    requireRoom(workspace.state);
    const onProgress = ({ tool, version, receivedBytes, elapsedMs }: DownloadProgress) =>
      step.detail(
        both`${["fetching", "取得しています:"]} ${tool} ${version}: ${Math.round(receivedBytes / 1e6)} MB, ${formatDuration(elapsedMs)}`,
      );
    const options = { root: workspace.root, signal, onProgress };
    const terraform = await findTerraform(options);
    const go = needs.includes("go") ? await findGo(options) : undefined;
    const node = await nodeRuntimeFolder(options);
    const names = [terraform, ...(go ? [go] : [])].map(({ name, version }) => `${name} ${version}`);
    return {
      summary: [...names, `node ${process.versions.node}`].join(", "),
      value: {
        terraform: terraform.path,
        build: { node: `${node}/node`, npm: `${node}/npm`, go: go?.path, path: [node] },
      },
    };
  });
}
