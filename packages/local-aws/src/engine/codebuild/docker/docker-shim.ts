import { quoted } from "../agent/shell.ts";

/** What Docker's own client says where nobody listens. https://docs.docker.com/engine/daemon/troubleshoot/ */
const NO_DAEMON =
  "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?";

/**
 * A script that puts a `docker` into a build's container, in the place of the image's own: what it is asked for is done outside by the
 * image builder, for a project that is privileged. No build has the machine's Docker: a container sees nothing of the machine.
 */
export function dockerScript(isPrivileged: boolean): string {
  const shim = isPrivileged ? SHIM : `echo ${quoted(NO_DAEMON)} >&2\nexit 1\n`;
  return `mkdir -p /usr/local/bin
printf '%s' ${quoted(`#!/bin/sh\n`)} > /usr/local/bin/docker
printf 'U=%s\\n' "$U" >> /usr/local/bin/docker
printf '%s' ${quoted(shim)} >> /usr/local/bin/docker
chmod 755 /usr/local/bin/docker
`;
}

/** What is to be done comes back as a script: which folder to send, and where the answer is read. */
const SHIM = `plan=$({ printf '%s\\0' "$PWD" "$@"; } | curl -s -f --data-binary @- "$U/docker/plan") || {
echo 'the image builder of Local AWS does not answer' >&2
exit 1
}
eval "$plan"
`;

/** A script that has a command done: `feed` is what is sent with it, if anything. */
export function doScript(number: number, feed: string | undefined): string {
  const at = `"$U/docker/do/${number}"`;
  const call = feed === undefined ? `curl -s -N -X POST ${at}` : `${feed} | curl -s -N -T - ${at}`;
  return `${call}\nexit "$(curl -s -f "$U/docker/exit/${number}" || echo 1)"\n`;
}

/** A script that says something as an error. */
export const failScript = (message: string) => `printf '%s\\n' ${quoted(message)} >&2\nexit 1\n`;
