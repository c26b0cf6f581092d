import { codebuild } from "./build-recipe.ts";
import { folder, PATH, text, type Recipe } from "./recipe.ts";
import { router } from "./router-recipe.ts";

/** Of every image: a shell, and what scripts call. */
const BASE = [
  "base-passwd",
  "bash",
  "coreutils",
  "dash",
  "findutils",
  "grep",
  "hostname",
  "libc-bin",
  "sed",
];
const NGINX_CONF = `user  nginx;
worker_processes  auto;
error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;
events {
    worker_connections  1024;
}
http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;
    access_log  /var/log/nginx/access.log;
    sendfile        on;
    keepalive_timeout  65;
    include /etc/nginx/conf.d/*.conf;
}
`;

const NGINX_DEFAULT = `server {
    listen       80;
    server_name  localhost;
    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }
}
`;

const nginx: Recipe = {
  name: "nginx",
  repositories: [
    "docker.io/library/nginx",
    "public.ecr.aws/nginx/nginx",
    "public.ecr.aws/docker/library/nginx",
  ],
  // What Debian's package is stands in for those on Alpine too.
  tags: "latest stable mainline alpine stable-alpine 1.22 1.26 1.27 1.28 1.29 1.30 1.30-alpine 1.30.5 1.30.5-alpine".split(
    " ",
  ),
  packages: [...BASE, "curl", "nginx"],
  version: "nginx",
  users: [["nginx", 101]],
  files: {
    "etc/nginx/nginx.conf": text(NGINX_CONF),
    "etc/nginx/conf.d/default.conf": text(NGINX_DEFAULT),
    // As in the public image: what nginx logs is what the container writes.
    "var/log/nginx": folder(),
    "var/log/nginx/access.log": { type: "symlink", target: "/dev/stdout" },
    "var/log/nginx/error.log": { type: "symlink", target: "/dev/stderr" },
    "docker-entrypoint.sh": text('#!/bin/sh\nset -e\nexec "$@"\n', 0o755),
  },
  config: {
    Env: [PATH],
    Entrypoint: ["/docker-entrypoint.sh"],
    Cmd: ["nginx", "-g", "daemon off;"],
    ExposedPorts: { "80/tcp": {} },
    StopSignal: "SIGQUIT",
  },
};

const REDIS_START = `#!/bin/sh
set -e
if [ "\${1#-}" != "$1" ]; then set -- redis-server "$@"; fi
# As the public image is built: others may connect, because a network of its own keeps who may not away.
if [ "$1" = redis-server ]; then set -- "$@" --protected-mode no; fi
exec "$@"
`;

const redis: Recipe = {
  name: "redis",
  repositories: ["docker.io/library/redis", "public.ecr.aws/docker/library/redis"],
  tags: ["latest", "7", "7.0", "7.2", "7.4", "8"],
  packages: [...BASE, "redis-tools"],
  version: "redis-tools",
  users: [["redis", 999]],
  files: {
    data: folder(999),
    // One program by several names. Debian puts this one into a package that would run it at once.
    "usr/bin/redis-server": { type: "symlink", target: "redis-check-rdb" },
    "usr/local/bin/docker-entrypoint.sh": text(REDIS_START, 0o755),
  },
  config: {
    Env: [PATH],
    Entrypoint: ["docker-entrypoint.sh"],
    Cmd: ["redis-server"],
    WorkingDir: "/data",
    ExposedPorts: { "6379/tcp": {} },
  },
};

const POSTGRES_START = `#!/bin/bash
set -euo pipefail
# Debian's package has its programs in a folder of its version.
export PATH="$(echo /usr/lib/postgresql/*/bin):$PATH"
if [ "\${1:0:1}" = - ]; then set -- postgres "$@"; fi
if [ "$1" != postgres ]; then exec "$@"; fi
# As in the public image: root makes the folder, and the server is another's.
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  chown -R postgres:postgres "$PGDATA"
  chmod 700 "$PGDATA"
  exec setpriv --reuid postgres --regid postgres --clear-groups "$0" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  if [ -z "\${POSTGRES_PASSWORD:-}" ] && [ "\${POSTGRES_HOST_AUTH_METHOD:-}" != trust ]; then
    echo "Error: Database is uninitialized and superuser password is not specified." >&2
    echo "       You must specify POSTGRES_PASSWORD to a non-empty value for the superuser." >&2
    exit 1
  fi
  user=\${POSTGRES_USER:-postgres}
  initdb --username="$user" --auth-local=trust --pwfile=<(echo "\${POSTGRES_PASSWORD:-none}") >&2
  echo "host all all all \${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"
  # Without LLVM, which is larger than all the rest.
  printf '%s\\n' "listen_addresses = '*'" 'jit = off' >>"$PGDATA/postgresql.conf"
  if [ "\${POSTGRES_DB:-$user}" != postgres ]; then
    echo "CREATE DATABASE \\"\${POSTGRES_DB:-$user}\\";" | postgres --single postgres >/dev/null
  fi
fi
exec "$@"
`;

const postgres: Recipe = {
  name: "postgres",
  repositories: ["docker.io/library/postgres", "public.ecr.aws/docker/library/postgres"],
  tags: ["latest", "14", "15", "16", "17", "18"],
  packages: [...BASE, "postgresql", "util-linux"],
  version: "postgresql",
  users: [["postgres", 999]],
  files: {
    "var/run/postgresql": folder(999),
    "var/lib/postgresql/data": folder(999, 0o700),
    "usr/local/bin/docker-entrypoint.sh": text(POSTGRES_START, 0o755),
  },
  config: {
    Env: [PATH, "PGDATA=/var/lib/postgresql/data"],
    Entrypoint: ["docker-entrypoint.sh"],
    Cmd: ["postgres"],
    ExposedPorts: { "5432/tcp": {} },
    // Ends at once, as the public image does, where SIGTERM would wait for its clients.
    StopSignal: "SIGINT",
    Volumes: { "/var/lib/postgresql/data": {} },
  },
};

/** All images that can be made. */
export const RECIPES: readonly Recipe[] = [nginx, redis, postgres, router, codebuild(BASE)];

/** Amazon's accounts with AWS for Fluent Bit in ECR. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/firelens-using-fluentbit.html */
const IN_ECR =
  /^(?:906394416424|449074385750|741863432321|928143927712|960320637246)\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?=\/aws-for-fluent-bit:)/;

/** A digest behind a tag. */
const BEHIND_TAG = /(?<=:[\w.-]+)@sha256:[0-9a-f]{64}$/;

/**
 * The recipe for an image's full name, `docker.io/library/nginx:1.28`, or undefined where there is none. A digest behind the tag is
 * left aside, and who uses what is made says so; a digest alone has no recipe: what is made here has another.
 */
export function recipeFor(image: string): Recipe | undefined {
  const name = image.replace(BEHIND_TAG, "").replace(IN_ECR, "public.ecr.aws/aws-observability");
  return RECIPES.find(({ repositories, tags }) =>
    repositories.some((repository) => tags.some((tag) => name === `${repository}:${tag}`)),
  );
}
