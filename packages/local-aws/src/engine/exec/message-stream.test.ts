import { expect, test } from "vitest";
import { ManualClock } from "../../clock/manual-clock.ts";
import { MESSAGE_TYPE, PAYLOAD } from "./agent-message.ts";
import { MessageStream } from "./message-stream.ts";

/** Two ends whose messages arrive when the test lets them, in the order that it wants. */
function connected() {
  const clock = new ManualClock();
  const way: { readonly to: "server" | "client"; readonly bytes: Buffer }[] = [];
  const heard: string[] = [];
  const server = new MessageStream({
    clock,
    sends: MESSAGE_TYPE.output,
    hears: MESSAGE_TYPE.input,
    send: (bytes) => way.push({ to: "client", bytes }),
    heard: () => {},
  });
  const client = new MessageStream({
    clock,
    sends: MESSAGE_TYPE.input,
    hears: MESSAGE_TYPE.output,
    send: (bytes) => way.push({ to: "server", bytes }),
    heard: ({ payload }) => heard.push(payload.toString()),
  });
  const deliver = () => {
    for (let next = way.shift(); next; next = way.shift())
      (next.to === "server" ? server : client).take(next.bytes);
  };
  return { clock, way, heard, server, deliver };
}

const say = (stream: MessageStream, ...words: string[]) => {
  for (const word of words) stream.send(PAYLOAD.output, Buffer.from(word));
};

test("messages are told once and in order, whatever order they come in", async () => {
  const { way, heard, server, deliver } = connected();
  say(server, "a", "b", "c");
  way.push(way.shift()!, way[0]!);
  deliver();
  expect(heard).toEqual(["a", "b", "c"]);
  expect(server.underWay).toBe(0);
  await server.settled();
});

test("what nobody has acknowledged is sent again", async () => {
  const { clock, way, heard, server, deliver } = connected();
  say(server, "lost", "early");
  way.shift();
  deliver();
  expect(heard).toEqual([]);
  expect(server.underWay).toBe(4);
  await clock.advance(500);
  deliver();
  expect(heard).toEqual(["lost", "early"]);
  expect(server.underWay).toBe(0);
  await clock.advance(5000);
  expect(way).toEqual([]);
});
