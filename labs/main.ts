// Writes a lab's Terraform JSON to its cdktf.out/: in the lab's folder, `node ../main.ts [start | solution | path/to/stack.ts]`.
// The settings come from environment variables; infra/src/settings.ts lists them.
import { runLabApp } from "@workbook/infra/lab-app";

await runLabApp(process.cwd());
