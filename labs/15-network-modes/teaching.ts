import { defineTeaching } from "@workbook/lab-kit";

export const teaching = defineTeaching({
  asks: [
    [
      ["Is EC2 not always cheaper than Fargate?", "EC2 のほうがいつも安いのではありませんか"],
      [
        "An instance is paid for whether it is full or not. It is cheaper where it is kept full, and somebody has to do that: sizes, placement, spare room for deployments, updates of its system.",
        "インスタンスは、埋まっていてもいなくても料金がかかります。安くなるのは埋まっているときです。そのためのサイズ選び、配置、デプロイ用の空き、OS の更新は自分の仕事になります。",
      ],
    ],
    [
      ["Which mode shall we take on instances?", "インスタンスではどのモードを使えばよいですか"],
      [
        "awsvpc where tasks are to have security groups of their own, as on Fargate, and the instances have interfaces enough. bridge where many small tasks share an instance. host where a program is one of the machine's own, such as an agent.",
        "タスクごとにセキュリティグループを分けたく、ENI が足りるなら、Fargate と同じ awsvpc です。小さなタスクを 1 台に多く載せるなら bridge、エージェントのようにマシンに属するプログラムなら host です。",
      ],
    ],
  ],
  breaks: [
    [
      [
        "Give the tasks in mode bridge a fixed `hostPort`",
        "bridge モードのタスクに固定の `hostPort` を付ける",
      ],
      [
        "One fits on an instance, the group grows, and a deployment waits for a port",
        "1 台に 1 つしか収まらず、台数が増え、デプロイはポートが空くのを待つ",
      ],
    ],
    [
      ["Admit port 3000 alone to the instances", "インスタンスへのポートを 3000 だけにする"],
      [
        "Targets in mode bridge get no answer: `Target.Timeout`",
        "bridge モードのターゲットに届かない。`Target.Timeout`",
      ],
    ],
    [
      ["Write another cluster into the user data", "ユーザーデータに別のクラスター名を書く"],
      [
        "New instances run, and no task ever comes to them",
        "新しいインスタンスは動くが、タスクは 1 つも来ない",
      ],
    ],
  ],
});
