import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  readlinkSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { PATH, text, type Entry, type Recipe } from "./recipe.ts";

const MAJOR = process.versions.node.split(".")[0];

/** As in CodeBuild's own images: which versions of runtimes there are, and how each is chosen. */
const RUNTIMES = `version: 0.1
runtimes:
  nodejs:
    versions:
      "${MAJOR}":
        commands:
          - echo "Node.js $(node --version) is in the image"
`;

/**
 * Debian's AWS CLI is older than the variable by which programs are told where the API is, and is told in its own way. What a command says
 * itself counts, for it comes later.
 */
const AWS = `#!/bin/sh
if [ ! -x /usr/bin/aws ]; then
echo "aws: this image was made without Debian's package awscli, which could not be fetched" >&2
exit 127
fi
exec /usr/bin/aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"
`;

/** The Node.js that runs this, with npm where it came with it. */
export function nodeFiles(): ReadonlyMap<string, Entry> {
  const node = realpathSync(process.execPath);
  const entries = new Map<string, Entry>();
  entries.set("usr/local/bin/node", { type: "file", content: readFileSync(node), mode: 0o755 });
  const npm = join(dirname(node), "../lib/node_modules/npm");
  if (!existsSync(npm)) return entries;
  addTree(entries, npm, "usr/local/lib/node_modules/npm");
  for (const name of ["npm", "npx"])
    entries.set(`usr/local/bin/${name}`, {
      type: "symlink",
      target: `../lib/node_modules/npm/bin/${name}-cli.js`,
    });
  return entries;
}

function addTree(entries: Map<string, Entry>, from: string, to: string): void {
  for (const name of readdirSync(from)) {
    const [path, place] = [join(from, name), `${to}/${name}`];
    const found = lstatSync(path);
    if (found.isDirectory()) addTree(entries, path, place);
    else if (found.isSymbolicLink())
      entries.set(place, { type: "symlink", target: readlinkSync(path) });
    else
      entries.set(place, { type: "file", content: readFileSync(path), mode: found.mode & 0o777 });
  }
}

/** What builds of CodeBuild run in. Its Node.js is the workbook's own. */
export const codebuild = (base: readonly string[]): Recipe => ({
  name: "codebuild",
  repositories: [
    "public.ecr.aws/codebuild/amazonlinux-x86_64-standard",
    "public.ecr.aws/codebuild/amazonlinux-aarch64-standard",
    "public.ecr.aws/codebuild/amazonlinux2-x86_64-standard",
    "public.ecr.aws/codebuild/amazonlinux2-aarch64-standard",
    "public.ecr.aws/codebuild/standard",
  ],
  tags: ["latest", "3.0", "4.0", "5.0", "6.0", "7.0"],
  packages: [
    ...base,
    ..."curl git gzip jq libatomic1 libstdc++6 mawk tar unzip util-linux zip".split(" "),
  ],
  extras: ["awscli"],
  version: "git",
  users: [["codebuild-user", 1000]],
  hasNode: true,
  files: {
    "codebuild/image/config/runtimes.yml": text(RUNTIMES),
    "usr/local/bin/aws": text(AWS, 0o755),
    // Debian chooses between several of that name when one is installed.
    "usr/bin/awk": { type: "symlink", target: "mawk" },
  },
  config: { Env: [PATH], Cmd: ["bash"] },
});
