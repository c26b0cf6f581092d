import { proveLab } from "@workbook/lab-kit/testing";

await proveLab(import.meta.dirname);
