/** What each directive of strftime looks like. https://docs.docker.com/engine/logging/drivers/awslogs/#awslogs-datetime-format */
const DIRECTIVES: Readonly<Record<string, string>> = {
  A: "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day",
  a: "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)",
  B: "(?:January|February|March|April|May|June|July|August|September|October|November|December)",
  b: "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)",
  d: "(?:0[1-9]|[12][0-9]|3[01])",
  f: "\\d{6}",
  H: "(?:[01][0-9]|2[0-3])",
  I: "(?:0[1-9]|1[0-2])",
  j: "(?:0[0-9][1-9]|[12][0-9]{2}|3[0-5][0-9]|36[0-6])",
  L: "\\.\\d{3}",
  M: "[0-5][0-9]",
  m: "(?:0[1-9]|1[0-2])",
  p: "[AP]M",
  S: "[0-5][0-9]",
  w: "[0-6]",
  Y: "\\d{4}",
  y: "\\d{2}",
  Z: "[A-Z]{1,4}T",
  z: "[+-]\\d{4}",
};

/**
 * The regular expression of lines that hold a time in `format`: one itself, in which strftime's directives stand for what they
 * look like (`\[%b %d, %Y %H:%M:%S`). One that is not known stands for nothing, as in the driver.
 * https://github.com/moby/moby/blob/master/daemon/logger/awslogs/cloudwatchlogs.go
 */
export const datetimePattern = (format: string): string =>
  format.replaceAll(/%(.)/gu, (_, directive: string) => DIRECTIVES[directive] ?? "");
