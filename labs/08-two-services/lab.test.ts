import { proveLab } from "@workbook/lab-kit/testing";

proveLab(import.meta.dirname);
