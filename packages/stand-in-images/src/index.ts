export { findStandIn, isAlwaysMade, makeStandIns, type StandIn } from "./make-stand-ins.ts";
export { serveStandIns, type StandInRegistry } from "./serve-stand-ins.ts";
