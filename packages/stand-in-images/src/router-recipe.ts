import { programFiles } from "@workbook/log-router";
import type { Entry, Recipe } from "./recipe.ts";
import { PATH, text } from "./recipe.ts";

/** Of the public image: what it reads lines with that are JSON. https://github.com/aws/aws-for-fluent-bit/tree/mainline/configs */
const PARSE_JSON = `[SERVICE]
    Parsers_File /fluent-bit/parsers/parsers.conf
    Flush 1
    Grace 30

[FILTER]
    Name parser
    Match *
    Key_Name log
    Parser json
    Reserve_Data True
`;

const PARSERS = `[PARSER]
    Name   json
    Format json
`;

const ROUTER_DEFAULT = `[INPUT]
    Name        forward
    Listen      0.0.0.0
    Port        24224

[OUTPUT]
    Name  stdout
    Match *
`;

/** A small client of ports for the health check that AWS's pages show: \`echo … | nc 127.0.0.1 8877\`. */
const NC = `#!/usr/local/bin/node
const [host, port] = process.argv.slice(2).filter((word) => !word.startsWith("-"));
const socket = require("node:net").connect({ host, port: Number(port) });
socket.on("error", () => process.exit(1));
process.stdin.pipe(socket);
process.stdin.on("end", () => socket.end());
socket.on("data", (data) => process.stdout.write(data));
`;

const ROUTER_FILES: Readonly<Record<string, Entry>> = {
  "fluent-bit/bin/fluent-bit": text(
    '#!/bin/sh\nexec /usr/local/bin/node --disable-warning=ExperimentalWarning /fluent-bit/router/src/main.ts "$@"\n',
    0o755,
  ),
  "fluent-bit/etc/fluent-bit.conf": text(ROUTER_DEFAULT),
  "fluent-bit/configs/parse-json.conf": text(PARSE_JSON),
  "fluent-bit/parsers/parsers.conf": text(PARSERS),
  "usr/local/bin/nc": text(NC, 0o755),
  "entrypoint.sh": text(
    '#!/bin/sh\nif [ "${1#-}" != "$1" ] || [ $# = 0 ]; then set -- /fluent-bit/bin/fluent-bit "$@"; fi\nexec "$@"\n',
    0o755,
  ),
};

const program = (): Readonly<Record<string, Entry>> =>
  Object.fromEntries(
    Array.from(programFiles(), ([path, content]) => [
      `fluent-bit/router/${path}`,
      { type: "file" as const, content, mode: 0o644 },
    ]),
  );

/** Ours, in the place of Fluent Bit: Debian has no package of it. */
export const router: Recipe = {
  name: "log-router",
  repositories: [
    "public.ecr.aws/aws-observability/aws-for-fluent-bit",
    "docker.io/amazon/aws-for-fluent-bit",
    "docker.io/fluent/fluent-bit",
  ],
  // Those with a date are what the public parameters of Parameter Store name.
  tags: ["latest", "stable", "2", "3", "2.34.3.20260623", "3.4.5", "3.4.15"],
  packages: [],
  version: "the workbook's log router",
  base: "node:24-slim",
  // The public one calls AWS by TLS at AWS's own names, whatever its environment says.
  always: true,
  users: [],
  /** Read when they are asked for, and not by every command. */
  get files() {
    return { ...program(), ...ROUTER_FILES };
  },
  config: {
    Env: [PATH],
    Entrypoint: ["/entrypoint.sh"],
    Cmd: ["-c", "/fluent-bit/etc/fluent-bit.conf"],
  },
};
