/** One of the workbook's apps, as the labs run it. */
export interface WebApp {
  /** Name of the container in the task definition, e.g. `go-app`. */
  readonly container: string;
  /** Name of the image repository without the owner, e.g. `golang-app`. */
  readonly repository: string;
  /** Folder of its sources, from the root of the workbook. */
  readonly folder: string;
  /** The environment variable that tells a stack its image: see infra/src/settings.ts. */
  readonly imageVariable: string;
  /** Port of the container and of the listener that leads to it. */
  readonly port: number;
  /** What `GET /` answers, to the letter. */
  readonly greeting: string;
}

/** The Node.js app, in `apps/node-app`. */
export const NODE_APP: WebApp = {
  container: "node-app",
  repository: "nodejs-app",
  folder: "apps/node-app",
  imageVariable: "NODEJS_APP_IMAGE",
  port: 80,
  greeting: "Hello World from node.js",
};

/** The Go app, in `apps/go-app`. */
export const GO_APP: WebApp = {
  container: "go-app",
  repository: "golang-app",
  folder: "apps/go-app",
  imageVariable: "GOLANG_APP_IMAGE",
  port: 8080,
  greeting: "Hello World from Golang",
};
