import { createLog } from "./log.js";

// A job: it adds up the orders of a day, says so in a line, and ends. How it ended is its exit code.

/** What is wrong with the day, in one code; with an order, in another. */
const WRONG_DAY = 2;
const WRONG_ORDER = 1;

const log = createLog(process.stdout);
process.exitCode = report(process.env);

/**
 * @param {Record<string, string | undefined>} env `DAY`: a date or an instant, today unless told; `ORDERS`: amounts with blanks between
 * @returns {number} the exit code
 */
function report({ DAY = new Date().toISOString(), ORDERS = "" }) {
  if (Number.isNaN(Date.parse(DAY))) {
    log({ level: "error", message: "DAY is not a day", day: DAY });
    return WRONG_DAY;
  }
  const orders = ORDERS.split(" ").filter((order) => order !== "");
  const wrong = orders.find((order) => !/^\d+$/.test(order));
  if (wrong !== undefined) {
    log({ level: "error", message: "ORDERS has what is no amount", order: wrong });
    return WRONG_ORDER;
  }
  const total = orders.reduce((sum, order) => sum + Number(order), 0);
  log({ level: "info", message: "report", day: DAY.slice(0, 10), orders: orders.length, total });
  return 0;
}
