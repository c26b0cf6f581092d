import { createConnection } from "node:net";

/* Connects from the network that it is started in, hands the connection to its parent, and ends. It is given to Node as a text: its words are the last. */

const [host = "", port] = process.argv.slice(-2);
const socket = createConnection({ host, port: Number(port) });
socket.pause();
socket.once("connect", () => process.send!({}, socket));
// A name with several addresses fails once for each.
socket.once("error", (error: Error & { errors?: Error[] }) =>
  process.send!({ failed: (error.errors?.at(-1) ?? error).message }),
);
