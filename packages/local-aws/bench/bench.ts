import { measureApi } from "./api.ts";
import { toMarkdown } from "./table.ts";

process.stdout.write(`${toMarkdown(await measureApi())}\n`);
