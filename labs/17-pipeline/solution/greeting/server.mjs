import { createServer } from "node:http";
import { GREETING } from "./greeting.mjs";

const server = createServer((request, response) => {
  response.setHeader("content-type", "text/plain");
  response.end(request.url === "/healthz" ? "ok" : GREETING);
});
server.listen(Number(process.env.PORT));
// As the first process of a container it gets no default action for a signal.
process.once("SIGTERM", () => server.close());
