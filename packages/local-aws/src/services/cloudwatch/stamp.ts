/** A time as CloudWatch writes it in messages and reasons: `2026-11-30T06:49:00.000+0000`. */
export const stamp = (at: number): string => new Date(at).toISOString().replace("Z", "+0000");
