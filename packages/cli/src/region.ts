/** The region that the labs build in. */
export const REGION = "ap-northeast-1";
