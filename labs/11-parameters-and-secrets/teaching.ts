import { defineTeaching } from "@workbook/lab-kit";

export const teaching = defineTeaching({
  asks: [
    [
      [
        "Parameter Store has SecureString. Why pay for Secrets Manager?",
        "Parameter Store にも SecureString があります。なぜ料金を払って Secrets Manager を使うのですか",
      ],
      [
        "For versions with labels, rotation, JSON keys that ECS can pick, and policies on the secret itself. A SecureString is enough for a value that nobody rotates.",
        "ラベル付きのバージョン、ローテーション、ECS が選べる JSON キー、シークレット自体のポリシーのためです。ローテーションしない値なら SecureString で足ります。",
      ],
    ],
    [
      ["Is a password in an environment variable safe?", "環境変数のパスワードは安全ですか"],
      [
        "It is safe from who reads task definitions and state, not from who gets into the container: `./workbook exec` shows it. A program that asks Secrets Manager itself, as its task role, keeps it out of the environment and hears of rotation.",
        "タスク定義やステートを読む人からは守られますが、コンテナに入った人からは守られません。プログラムが自分のタスクロールで Secrets Manager に尋ねれば、環境変数に置かずに済み、ローテーションにも気付きます。",
      ],
    ],
  ],
  breaks: [
    [
      [
        "Take `kms:Decrypt` out of the execution role",
        "タスク実行ロールから `kms:Decrypt` を取り除く",
      ],
      [
        "New tasks stop before they start: `Access to KMS is not allowed`; the old ones go on",
        "新しいタスクは起動の前に止まる。`Access to KMS is not allowed`。古いタスクは動き続ける",
      ],
    ],
    [
      ["Name the JSON key `passwort`", "JSON のキーを `passwort` にする"],
      [
        "`did not contain json key password`, and no new task",
        "`did not contain json key password` となり、新しいタスクは起動しない",
      ],
    ],
  ],
});
