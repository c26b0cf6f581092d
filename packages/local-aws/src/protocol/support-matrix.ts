/** Where a missing operation sends its caller. */
export const SUPPORT_MATRIX = "docs/reference/support-matrix.md";
