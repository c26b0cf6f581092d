import { proveLab } from "@workbook/lab-kit/testing/prove-lab";

await proveLab(import.meta.dirname);
