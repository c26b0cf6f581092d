import assert from "node:assert/strict";
import { test } from "node:test";
import { GREETING } from "./greeting.mjs";

test("the greeting is polite", () => assert.match(GREETING, /^Hello /));
