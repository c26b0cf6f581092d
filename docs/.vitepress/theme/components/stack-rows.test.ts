import { arrow, box, frame, note } from "@workbook/lab-kit";
import { expect, test } from "vitest";

import { closeEmptyRows } from "./stack-rows.ts";

const cluster = frame("group", [0, 0, 300, 200]);
const task = box([10, 10, 100, 50], "task");
const below = box([0, 210, 300, 40], "images");

test("a row in which nothing is drawn is closed, and the frame around it gets smaller", () => {
  const shapes = [cluster, task, below, arrow([20, 210], [20, 200])];
  const [smaller, same, moved, shorter] = shapes.map(closeEmptyRows(shapes));
  expect(smaller).toEqual(frame("group", [0, 0, 300, 84]));
  expect(same).toEqual(task);
  expect(moved).toEqual(box([0, 94, 300, 40], "images"));
  expect(shorter).toEqual(arrow([20, 94], [20, 84]));
});

test("an arrow that crosses a closed row gets shorter", () => {
  const shapes = [cluster, task, below, arrow([20, 210], [20, 60])];
  expect(shapes.map(closeEmptyRows(shapes)).at(-1)).toEqual(arrow([20, 94], [20, 60]));
});

test("a row that holds a box or words stays as it is", () => {
  const third = box([10, 80, 100, 100], "third");
  const words = note([10, 190], ["what it is", "これ"], "start");
  const shapes = [cluster, task, third, words, below];
  expect(shapes.map(closeEmptyRows(shapes))).toEqual(shapes);
});

test("beside a tall box nothing is closed", () => {
  const tall = box([150, 10, 100, 180], "tall");
  const shapes = [cluster, tall, task, below];
  expect(shapes.map(closeEmptyRows(shapes))).toEqual(shapes);
});
