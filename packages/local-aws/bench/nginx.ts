import { existsSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { freePort, startMeasured, type Measured } from "./processes.ts";

/** Where nginx is: on PATH, or where Debian puts it, which is on root's PATH alone. */
export function findNginx(): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"];
  return folders.map((folder) => join(folder, "nginx")).find((path) => existsSync(path));
}

/** Starts nginx with one worker in front of `targets`, which are ports. All of its files are in `directory`. */
export async function startNginx(
  program: string,
  directory: string,
  targets: readonly number[],
): Promise<Measured> {
  const port = await freePort();
  const file = join(directory, "nginx.conf");
  writeFileSync(file, configuration(port, targets));
  const args = ["-p", `${directory}/`, "-c", file, "-e", "stderr"];
  return startMeasured({ command: program, args, port, path: "/" });
}

/** What the data plane does too, and no more. https://nginx.org/en/docs/http/ngx_http_upstream_module.html#keepalive */
function configuration(port: number, targets: readonly number[]): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `
daemon off;
worker_processes 1;
pid nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${name};`).join(" ")}
  keepalive_requests 1000000;
  upstream targets {
    ${targets.map((target) => `server 127.0.0.1:${target};`).join(" ")}
    keepalive 64;
    keepalive_requests 1000000;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://targets;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For 203.0.113.10;
      proxy_set_header X-Forwarded-Proto http;
      proxy_set_header X-Forwarded-Port 80;
      proxy_set_header X-Amzn-Trace-Id Root=$request_id;
    }
  }
}
`;
}
