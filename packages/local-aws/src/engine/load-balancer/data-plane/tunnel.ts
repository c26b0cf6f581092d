import type { Socket } from "node:net";

/** A client and a target that speak another protocol from now on. Nothing is read of it. */
export interface TunnelOptions {
  readonly client: Socket;
  readonly target: Socket;
  /** The target's 101; `headers` are names and values in turn. */
  readonly answer: { readonly reason: string; readonly headers: readonly string[] };
  /** What the client has said in it already. */
  readonly fromClient: Buffer;
  /** What the target has. */
  readonly fromTarget: Buffer;
  /** Without a byte either way. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#connection-idle-timeout */
  readonly idleTimeoutMs: number;
  readonly closed: () => void;
}

/** Tells the client of the change and passes bytes both ways until either side ends. It owns both sockets. */
export function openTunnel(options: TunnelOptions): void {
  const { client, target, answer, fromClient, fromTarget, idleTimeoutMs, closed } = options;
  let open = true;
  const close = () => {
    client.destroy();
    target.destroy();
    if (open) closed();
    open = false;
  };
  for (const socket of [client, target]) {
    socket.setNoDelay(true);
    socket.setTimeout(idleTimeoutMs);
    socket.on("timeout", close);
    socket.on("error", close);
    socket.on("close", close);
  }
  // Whichever was destroyed on the way here tells so no more.
  if (client.destroyed || target.destroyed) return close();
  client.write(switching(answer), "latin1");
  if (fromClient.length > 0) target.write(fromClient);
  if (fromTarget.length > 0) client.write(fromTarget);
  client.pipe(target);
  target.pipe(client);
}

function switching({ reason, headers }: TunnelOptions["answer"]): string {
  let head = `HTTP/1.1 101 ${reason}\r\n`;
  for (let index = 0; index < headers.length; index += 2)
    head += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return `${head}\r\n`;
}
