/**
 * Prepares a server for a graceful stop: requests in flight are answered, and every other connection is closed.
 *
 * @param {import("node:http").Server} server
 * @returns {() => Promise<void>} stops accepting; resolves when the last connection has gone
 */
export function createDrain(server) {
  const sockets = new Set();
  const inFlight = new Map();
  let draining = false;

  // server.close() spares connections that never sent a request (it counts them as active), so we keep our own list.
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.prependListener("request", ({ socket }, response) => {
    if (draining) response.setHeader("connection", "close");
    inFlight.set(socket, response);
    response.once("close", () => {
      if (inFlight.get(socket) === response) inFlight.delete(socket);
      // Its headers may have promised keep-alive before we knew: such a connection is idle only after this event.
      if (draining) setImmediate(() => server.closeIdleConnections());
    });
  });

  return async () => {
    draining = true;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) {
      const response = inFlight.get(socket);
      if (response === undefined) socket.destroy();
      else if (!response.headersSent) response.setHeader("connection", "close");
    }
    await closed;
  };
}
