import type { LayerBlob } from "@workbook/image-layers";
import type { ContainerUsage } from "../../driver.ts";

/** Where the room's folder is, seen from inside. */
export const ROOM = "/run/cloud";

/** In the room's folder: programs that the machine has not. */
export const PROGRAMS = "programs";

/** Where containers write if the room's folder cannot be written over; there in that case alone. */
export const UPPER = "/run/upper";

/** A file to write: small ones, such as a container's `config.json`. */
export interface RoomFile {
  readonly path: string;
  readonly text: string;
  readonly mode?: number;
}

/** A container to run: paths are those of inside. */
export interface ContainerRun {
  /** runc's name for it, one of a kind in the room. */
  readonly id: string;
  readonly bundle: string;
  /** Named pipes, each with a reader already. */
  readonly stdout: string;
  readonly stderr: string;
  /** Whether its standard input stays open; else it ends at once. */
  readonly interactive: boolean;
  /** Whether its program is at a terminal, which then writes to `stdout` alone. */
  readonly terminal: boolean;
}

/** What to connect to: a socket file, whose links stay below a root, or a port in a network of the room. */
export type Dial =
  | { readonly root: string; readonly path: string }
  | { readonly namespace: string; readonly host: string; readonly port: number };

/** What the supervisor does for the server, and what each answers. */
export interface Operations {
  /** Runs a shell script, which ends at its first error. Answers what it wrote. */
  script: { request: { readonly script: string; readonly input?: string }; answer: string };
  write: { request: { readonly files: readonly RoomFile[] }; answer: null };
  /** Lays layers over each other into a directory that is not there yet. */
  unpack: {
    request: { readonly layers: readonly LayerBlob[]; readonly target: string };
    answer: null;
  };
  /** Makes a directory below a root, inside of which its path stays whatever links there are; answers where it is. */
  directory: { request: { readonly root: string; readonly path: string }; answer: string };
  /** Copies a directory of a container's image into a volume that is empty, with its owner and mode. */
  fill: {
    request: { readonly rootfs: string; readonly path: string; readonly volume: string };
    answer: null;
  };
  /** Answers the process id of the container's first process, as the room counts; its end comes as a message. */
  run: { request: ContainerRun; answer: number };
  signal: { request: { readonly pid: number; readonly signal: string | number }; answer: null };
  /** Runs a command in a container that runs; answers whether it ended with 0 in time. */
  check: {
    request: {
      readonly id: string;
      readonly command: readonly string[];
      readonly timeoutMs: number;
    };
    answer: boolean;
  };
  usage: { request: { readonly pids: readonly number[] }; answer: readonly ContainerUsage[] };
  /** Opens a listening socket in the room's network; it comes as a message's handle. */
  listen: {
    request: {
      readonly key: string;
      readonly address: string;
      readonly port: number;
      readonly protocol: "tcp" | "udp";
    };
    answer: null;
  };
  /** Opens a connection; it comes as a message's handle. */
  dial: { request: { readonly key: string; readonly to: Dial }; answer: null };
}

export type OperationName = keyof Operations;

/** From the server. */
export type Request = {
  [Name in OperationName]: {
    readonly id: number;
    readonly operation: Name;
    readonly request: Operations[Name]["request"];
  };
}[OperationName];

/** Why an operation failed: `kind` is the error's name, so that a layer's own fault is told from the machine's. */
export interface Failure {
  readonly kind: string;
  readonly message: string;
}

/** From the supervisor. */
export type Message =
  | { readonly type: "ready"; readonly facts: RoomFacts }
  | { readonly type: "failed"; readonly message: string }
  | { readonly type: "answer"; readonly id: number; readonly answer: unknown }
  | { readonly type: "failure"; readonly id: number; readonly failure: Failure }
  | { readonly type: "exited"; readonly container: string; readonly code: number }
  /** With the socket as its handle. */
  | { readonly type: "socket"; readonly key: string };

/** What was found when the room was made. */
export interface RoomFacts {
  /** Where containers write: in the room's folder, or in memory where its file system cannot be written over. */
  readonly upper: "folder" | "memory";
}
