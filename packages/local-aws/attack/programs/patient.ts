/*
 * Answers `/wait?ms=…` after as long, and says who answered. Told to end, it answers what it has been asked, and ends. It is
 * pushed as an image: it needs nothing but Node.
 */
import { createServer } from "node:http";

const server = createServer((request, response) => {
  const ms = Number(/[?&]ms=(\d+)/.exec(request.url!)?.[1] ?? 0);
  setTimeout(() => response.end(`${process.pid} of ${process.env["VERSION"]}`), ms);
});
server.keepAliveTimeout = 60_000;
server.requestTimeout = 0;
server.listen(Number(process.env["PORT"]));
process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
