import { hint } from "../hint.ts";

/** For a repository whose tags may be moved to another image. */
export const TAGS_MUTABLE = hint(
  [
    "If somebody pushes another image under the same tag, which one does a task that starts tomorrow run?",
    "同じタグで別のイメージがプッシュされたら、明日起動するタスクはどちらを動かしますか。",
  ],
  [
    "A tag that cannot move means the same image for ever: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html",
    "タグを変更不可にすると、タグは常に同じイメージを指します: https://docs.aws.amazon.com/ja_jp/AmazonECR/latest/userguide/image-tag-mutability.html",
  ],
  `imageTagMutability: "IMMUTABLE",`,
);
