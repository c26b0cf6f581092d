import type { Language } from "./page-words.ts";

/** What the picture of the stack says. */
interface StackWords {
  readonly title: string;
  readonly after: (chapter: number) => string;
  readonly you: string;
  readonly publicSubnets: string;
  readonly privateSubnets: string;
  readonly nat: string;
  readonly alb: string;
  readonly cluster: string;
  readonly taskDefinition: string;
  readonly task: string;
  readonly images: string;
  readonly logs: string;
  readonly pull: string;
  readonly fresh: string;
  /** What each chapter adds, in a sentence; the picture's description is made of them. */
  readonly chapters: readonly string[];
}

export const stackWords: Readonly<Record<Language, StackWords>> = {
  en: {
    title: "The stack",
    after: (chapter) => `The stack after chapter ${chapter}`,
    you: "You",
    publicSubnets: "Public subnets, two zones",
    privateSubnets: "Private subnets, two zones",
    nat: "NAT",
    alb: "Application Load Balancer",
    cluster: "ECS cluster, Fargate",
    taskDefinition: "task definition",
    task: "task",
    images: "ECR: images",
    logs: "CloudWatch Logs",
    pull: "pull",
    fresh: "new in this chapter",
    chapters: [
      "Two repositories in ECR hold the images of the Node.js app and of the Go app.",
      "A VPC has public and private subnets in two zones; a NAT gateway leads from the private ones to the internet.",
      "An ECS cluster that uses Fargate.",
      "A task definition says how the Node.js app runs.",
      "A service keeps two tasks running in the private subnets.",
      "What the tasks write goes to CloudWatch Logs.",
      "An Application Load Balancer in the public subnets leads from you, on port 80, to the Node.js tasks.",
      "A second service runs two tasks of the Go app; port 8080 of the load balancer leads to them.",
    ],
  },
  ja: {
    title: "作るスタック",
    after: (chapter) => `第 ${chapter} 章の終わりのスタック`,
    you: "あなた",
    publicSubnets: "パブリックサブネット (2 つの AZ)",
    privateSubnets: "プライベートサブネット (2 つの AZ)",
    nat: "NAT",
    alb: "Application Load Balancer",
    cluster: "ECS クラスター (Fargate)",
    taskDefinition: "タスク定義",
    task: "タスク",
    images: "ECR: イメージ",
    logs: "CloudWatch Logs",
    pull: "プル",
    fresh: "この章で追加",
    chapters: [
      "ECR の 2 つのリポジトリに、Node.js アプリと Go アプリのイメージがあります。",
      "VPC に、2 つの AZ にまたがるパブリックサブネットとプライベートサブネットがあり、プライベートサブネットは NAT ゲートウェイを通ってインターネットに出ます。",
      "Fargate を使う ECS クラスターがあります。",
      "タスク定義が Node.js アプリの動かし方を決めます。",
      "サービスがプライベートサブネットで 2 つのタスクを動かし続けます。",
      "タスクの出力は CloudWatch Logs に届きます。",
      "パブリックサブネットの Application Load Balancer が、ポート 80 へのリクエストを Node.js のタスクに届けます。",
      "2 つ目のサービスが Go アプリのタスクを 2 つ動かし、ロードバランサーのポート 8080 へのリクエストがそこに届きます。",
    ],
  },
};

/** The last chapter that the picture shows. */
export const LAST_CHAPTER = 8;
