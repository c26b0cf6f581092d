export {
  cleanEnvironment,
  TARGET_VARIABLES,
  withoutTarget,
  type LocalTarget,
} from "./clean-environment.ts";
export { awsCliPath, findAwsCli, type AwsCli } from "./find-aws-cli.ts";
export { findOnPath } from "./executables.ts";
export { findEcspresso } from "./find-ecspresso.ts";
export { FileLock } from "./file-lock.ts";
export { findGo, minimumGoVersion } from "./find-go.ts";
export { findNode, findNpm, nodeRuntimeFolder } from "./find-node.ts";
export { findRunc } from "./find-runc.ts";
export { findTerraform, minimumTerraformVersion } from "./find-terraform.ts";
export { toPlatform, type Platform } from "./platform.ts";
export {
  isAlive,
  isFromThisBoot,
  isGroupRunning,
  processorTime,
  processStamp,
} from "./process-stamp.ts";
export { findProviderMirrors, type ProviderMirror } from "./provider-mirrors.ts";
export { shellChanges, toShellExports, type ShellChanges } from "./shell-exports.ts";
export {
  terraformCliConfig,
  type TerraformCliConfig,
  type TerraformCliConfigOptions,
} from "./terraform-cli-config.ts";
export { readerLanguage } from "./reader-language.ts";
export { findRoot, type DownloadProgress, type Tool, type ToolOptions } from "./tool.ts";
export { ToolTable, type PinnedTool } from "./tool-table.ts";
export { saidBy, SpokenError, UserError, type UserErrorOptions } from "./user-error.ts";
export { both, list, say, text, type Language, type Text, type Words } from "./words.ts";
