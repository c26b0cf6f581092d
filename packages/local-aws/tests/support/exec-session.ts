import { ExecuteCommandCommand, type ECSClient } from "@aws-sdk/client-ecs";
import { PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { expect, vi } from "vitest";
import { ExecClient } from "../../src/exec-client.ts";
import type { TaskCloud } from "../../src/engine/scheduler/testing/task-cloud.ts";

const CHANNELS = ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel"];

/** Lets a role's tasks be reached by ECS Exec, and do what else is said. */
export async function allowExec(
  { iam }: TaskCloud,
  role: string,
  more: readonly object[] = [],
): Promise<void> {
  const actions = [...CHANNELS, "OpenDataChannel"].map((name) => `ssmmessages:${name}`);
  const rights = { Effect: "Allow", Action: actions, Resource: "*" };
  const document = { Version: "2012-10-17", Statement: [rights, ...more] };
  const policy = { PolicyName: "exec", PolicyDocument: JSON.stringify(document) };
  await iam.send(new PutRolePolicyCommand({ RoleName: role, ...policy }));
}

/** A session of ECS Exec, and what was seen in it. */
export class Session {
  readonly client: ExecClient;
  readonly id: string;
  readonly notes: string[];
  #text: () => string;

  private constructor(client: ExecClient, id: string, text: () => string, notes: string[]) {
    this.client = client;
    this.id = id;
    this.notes = notes;
    this.#text = text;
  }

  /** Asks for a session as any client of AWS does, at a terminal of 31 rows and 91 columns. */
  static async open(ecs: ECSClient, task: string, command: string, container?: string) {
    const asked = { cluster: "c", task, command, container, interactive: true };
    const { session } = await ecs.send(new ExecuteCommandCommand(asked));
    const { streamUrl, tokenValue, sessionId } = session!;
    const seen: Buffer[] = [];
    const notes: string[] = [];
    const client = await ExecClient.open(
      { streamUrl: streamUrl!, tokenValue: tokenValue! },
      { output: (data) => seen.push(data), note: (text) => notes.push(text) },
    );
    client.resize(91, 31);
    return new Session(client, sessionId!, () => Buffer.concat(seen).toString("utf8"), notes);
  }

  get text(): string {
    return this.#text();
  }

  type(keys: string): void {
    this.client.write(Buffer.from(keys));
  }

  /** Waits until the terminal has shown some words. */
  sees(words: string | RegExp): Promise<void> {
    return vi.waitFor(() => expect(this.text).toMatch(words), { timeout: 60_000, interval: 20 });
  }
}
