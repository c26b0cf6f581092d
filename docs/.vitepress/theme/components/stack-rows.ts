import type { Shape } from "@workbook/lab-kit";

/** In the picture's pixels: rows that follow one another are nowhere further apart. */
const MOST_BETWEEN = 24;
/** How far letters reach above and below the line on which they stand. */
const ABOVE = 10;
const BELOW = 4;

type Span = readonly [top: number, bottom: number];

/**
 * Closes rows that are empty, such as that of a third service before there is one.
 * @param shapes all that is drawn
 * @returns what moves one of them up, and takes from frames around a closed row what it had
 */
export function closeEmptyRows(shapes: readonly Shape[]): (shape: Shape) => Shape {
  const cuts: { below: number; by: number }[] = [];
  let bottom = Infinity;
  for (const span of shapes.flatMap(spansOf).toSorted(([a], [b]) => a - b)) {
    const by = span[0] - bottom - MOST_BETWEEN;
    if (by > 0) cuts.push({ below: bottom, by });
    bottom = Math.max(span[1], bottom === Infinity ? 0 : bottom);
  }
  const up = (y: number) => cuts.reduce((to, { below, by }) => (y > below ? to - by : to), y);
  return (shape) => moved(shape, up);
}

/** What a shape fills from top to bottom: a frame is empty but for its edges, and arrows may cross an empty row. */
function spansOf(shape: Shape): readonly Span[] {
  if (shape.kind === "arrow") return shape.points.map(([, y]) => [y, y]);
  const y = shape.at[1];
  if ("text" in shape) return [[y - ABOVE, y + BELOW]];
  const end = y + shape.at[3];
  const isFrame = shape.kind === "group" || shape.kind === "band";
  return isFrame
    ? [
        [y, y],
        [end, end],
      ]
    : [[y, end]];
}

function moved(shape: Shape, up: (y: number) => number): Shape {
  if (shape.kind === "arrow")
    return { ...shape, points: shape.points.map(([x, y]) => [x, up(y)] as const) };
  if ("text" in shape) {
    const [x, y] = shape.at;
    return { ...shape, at: [x, up(y)] };
  }
  const [x, y, width, height] = shape.at;
  return { ...shape, at: [x, up(y), width, up(y + height) - up(y)] };
}
