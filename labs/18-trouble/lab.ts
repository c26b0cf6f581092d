import {
  APPLICATION_LOAD_BALANCER,
  defineLab,
  FARGATE_GB,
  FARGATE_VCPU,
  GO_APP,
  NAT_GATEWAY,
  NODE_APP,
  PUBLIC_ADDRESS,
} from "@workbook/lab-kit";

export const lab = defineLab({
  id: "18-trouble",
  title: { en: "Trouble: twelve cases", ja: "トラブル: 12 の事例" },
  summary: {
    en: "Twelve stacks, each broken in one way that people really report. Find each from outside, write down what you take it for, and mend it.",
    ja: "12 のスタックが、実際によく報告される形で 1 か所ずつ壊れています。外から観察し、原因の仮説を書き、直します。",
  },
  minutes: 43,
  needs: ["terraform", "go"],
  apps: [NODE_APP, GO_APP],
  standsOn: "08-two-services",
  stacks: ["images", "service"],
  files: ["stack.ts", "notebook.ts"],
  teaches: { adds: ["notebook"], changes: [] },
  startFailsAt: "notebook",
  cost: [
    // Four tasks of a quarter of a vCPU and half a gigabyte.
    { price: FARGATE_VCPU, quantity: 1 },
    { price: FARGATE_GB, quantity: 2 },
    { price: APPLICATION_LOAD_BALANCER, quantity: 1 },
    { price: NAT_GATEWAY, quantity: 1 },
    // The load balancer has one in each zone, the NAT gateway has one.
    { price: PUBLIC_ADDRESS, quantity: 3 },
  ],
});
