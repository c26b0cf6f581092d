/** What the load balancer answers. */
export const GREETING = "Hello from a pipeline";
