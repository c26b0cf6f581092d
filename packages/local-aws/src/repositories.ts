export { Repository } from "./engine/repositories/git.ts";
