import { text, type Text, type Words } from "@workbook/toolchain";

/** A part of the picture of the stack; places and sizes are those of its SVG, which is 440 wide and as high as the lowest of them. */
export type Shape =
  /** A frame around what belongs together. */
  | { readonly kind: "group" | "band"; readonly at: Place; readonly radius: number }
  | {
      readonly kind: "box";
      readonly at: Place;
      readonly label?: Text;
      readonly note?: Text;
      /** The stage of a pipeline that it stands for: while one runs, it shows how far that is. */
      readonly stage?: string;
    }
  /** A sheet of paper with its corner folded: what is written and does not run. */
  | { readonly kind: "sheet"; readonly at: Place }
  | { readonly kind: "arrow"; readonly points: readonly Point[] }
  | {
      readonly kind: "label" | "note";
      readonly at: Point;
      readonly text: Text;
      readonly anchor: "start" | "middle" | "end";
    };

export type Point = readonly [x: number, y: number];
export type Place = readonly [x: number, y: number, width: number, height: number];

/** What a chapter adds to the picture of the stack. */
export interface PictureStep {
  /** In a sentence: the picture's description is made of them. */
  readonly adds: Text;
  /** In the order in which they are drawn. */
  readonly shapes: readonly Shape[];
  /** What the note of a box that an earlier chapter has drawn says from here on, by the box's label in English. */
  readonly notes: Readonly<Record<string, Text>>;
}

/** Defines a chapter's step of the picture. */
export function definePicture(
  adds: Words,
  shapes: readonly Shape[],
  notes: Readonly<Record<string, Words>> = {},
): PictureStep {
  const entries = Object.entries(notes).map(([box, note]) => [box, text(note)] as const);
  return { adds: text(adds), shapes, notes: Object.fromEntries(entries) };
}

/** A frame around what belongs together. */
export function frame(kind: "group" | "band", at: Place, radius = 8): Shape {
  return { kind, at, radius };
}

/** A box with a label in it, and a smaller line below that. @param stage of a pipeline, which it stands for */
export function box(at: Place, label?: Words, note?: Words, stage?: string): Shape {
  return {
    kind: "box",
    at,
    ...(label !== undefined && { label: text(label) }),
    ...(note !== undefined && { note: text(note) }),
    ...(stage !== undefined && { stage }),
  };
}

/** An arrow through points. */
export function arrow(...points: readonly Point[]): Shape {
  return { kind: "arrow", points };
}

/** Words beside what is drawn, in small letters. */
export function note(at: Point, words: Words, anchor: "start" | "middle" | "end"): Shape {
  return { kind: "note", at, text: text(words), anchor };
}

/** Words in what is drawn. */
export function label(at: Point, words: Words, anchor: "start" | "middle" | "end"): Shape {
  return { kind: "label", at, text: text(words), anchor };
}

/** The task definition of an app. @param x where the app's column begins */
export function taskDefinition(x: number, app: string): readonly Shape[] {
  return [
    { kind: "sheet", at: [x, 336, 156, 48] },
    label([x + 12, 356], app, "start"),
    note([x + 12, 374], ["task definition", "タスク定義"], "start"),
  ];
}

/** The two tasks of an app's service. @param x where the app's column begins */
export function tasks(x: number, app: string): readonly Shape[] {
  return [x, x + 84].map((left) => box([left, 250, 72, 72], ["task", "タスク"], app));
}
