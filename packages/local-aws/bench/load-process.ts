import { load, type LoadOptions } from "./load.ts";

// A process of its own, so that the load does not share an event loop with what it loads.
const options = JSON.parse(process.argv[2]!) as LoadOptions;
process.stdout.write(JSON.stringify(await load(options)));
