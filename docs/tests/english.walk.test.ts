import { describeWalk } from "./support/walk.ts";

describeWalk("");
