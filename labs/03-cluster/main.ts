// Writes this lab's Terraform JSON to cdktf.out/: `node main.ts [start | solution | path/to/stack.ts]`.
// The settings come from environment variables; infra/src/settings.ts lists them.
import { runLabApp } from "@workbook/infra/lab-app";

await runLabApp(import.meta.dirname);
