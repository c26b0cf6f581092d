import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defineMutations } from "@workbook/lab-kit";

const stack = "stack.ts";
const dockerfile = "Dockerfile";
/** The last base of the solution: its digest changes when it is renewed. */
const [base] =
  readFileSync(join(import.meta.dirname, "solution", dockerfile), "utf8").match(
    /^FROM node:24-slim@sha256:[0-9a-f]{64}\n/m,
  ) ?? [];

/** Wrong answers that learners give, and the check that must be the first to say so. */
export const mutations = defineMutations([
  {
    id: "whatever-is-latest",
    file: dockerfile,
    replace: base ?? "a base image with a digest",
    by: "FROM node:latest\n",
    caughtBy: "dockerfile",
    fault: "unpinned",
  },
  {
    id: "one-stage",
    file: dockerfile,
    replace: "COPY --from=dependencies /app/node_modules ./node_modules\n",
    by: "COPY package-lock.json ./\nRUN npm ci --omit=dev\n",
    caughtBy: "dockerfile",
    fault: "one-stage",
  },
  {
    id: "npm-install",
    file: dockerfile,
    replace: "npm ci --omit=dev",
    by: "npm install",
    caughtBy: "dockerfile",
    fault: "dependencies",
  },
  {
    id: "nothing-to-start",
    file: dockerfile,
    replace: 'CMD ["node", "src/main.js"]',
    by: "",
    caughtBy: "dockerfile",
    fault: "no-command",
  },
  {
    id: "shell-form",
    file: dockerfile,
    replace: 'CMD ["node", "src/main.js"]',
    by: "CMD node src/main.js",
    caughtBy: "dockerfile",
    fault: "shell-form",
  },
  {
    id: "npm-in-front",
    file: dockerfile,
    replace: 'CMD ["node", "src/main.js"]',
    by: 'CMD ["npm", "start"]',
    caughtBy: "dockerfile",
    fault: "wrapped",
  },
  {
    id: "sources-left-out",
    file: dockerfile,
    replace: "COPY src ./src\n",
    by: "",
    caughtBy: "disposable-container",
    fault: "not-started",
    tier: "live",
    deployed: { says: "Cannot find module" },
  },
  {
    id: "as-root",
    file: dockerfile,
    replace: "USER 1000:1000\n",
    by: "",
    caughtBy: "dockerfile",
    fault: "root",
  },
  {
    id: "not-a-dockerfile",
    file: dockerfile,
    replace: "WORKDIR /app\nCOPY --from",
    by: "WORKDIRECTORY /app\nCOPY --from",
    caughtBy: "dockerfile",
    fault: "unreadable",
  },
  {
    id: "repository-of-nobody",
    file: stack,
    replace: 'name: settings.named("nodejs-app"),',
    by: 'name: "nodejs-app",',
    caughtBy: "node-repository",
    fault: "missing",
  },
  {
    id: "tags-that-move",
    file: stack,
    replace: 'name: settings.named("nodejs-app"),\n      imageTagMutability: "IMMUTABLE",',
    by: 'name: settings.named("nodejs-app"),',
    caughtBy: "node-repository",
    fault: "tags-mutable",
    deployed: { caughtBy: "images-pushed", fault: "tags-mutable", says: "MUTABLE" },
  },
  {
    id: "one-repository-for-both",
    file: stack,
    replace: 'name: settings.named("golang-app"),',
    by: 'name: settings.named("nodejs-app"),',
    caughtBy: "go-repository",
    fault: "missing",
    deployed: { refused: "RepositoryAlreadyExistsException" },
  },
  {
    id: "policy-on-the-other-repository",
    file: stack,
    replace: "repository: golang.name,",
    by: "repository: nodejs.name,",
    caughtBy: "lifecycle-policies",
    fault: "missing",
  },
  {
    id: "policy-without-rules",
    file: stack,
    replace: "  rules: [\n",
    by: "  rule: [\n",
    caughtBy: "lifecycle-policies",
    fault: "unreadable",
    deployed: { refused: "InvalidParameterException" },
  },
  {
    id: "policy-for-untagged-images",
    file: stack,
    replace: 'tagStatus: "any"',
    by: 'tagStatus: "untagged"',
    caughtBy: "lifecycle-policies",
    fault: "untagged",
  },
  {
    id: "nothing-to-go-back-to",
    file: stack,
    replace: "countNumber: 30",
    by: "countNumber: 1",
    caughtBy: "lifecycle-policies",
    fault: "too-few",
  },
]);
