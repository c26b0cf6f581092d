/**
 * Writes one JSON object a line. ECS sends each line of stdout to the log driver as one event.
 *
 * @param {NodeJS.WritableStream} output
 * @returns {(fields: Record<string, unknown>) => void}
 */
export function createLog(output) {
  return (fields) => {
    output.write(`${JSON.stringify({ time: new Date().toISOString(), ...fields })}\n`);
  };
}
