// Counts over the raw files of the CINECA cohort, with nothing but Node.js: the answers that the adapter must agree with.
// Usage: node cineca.mjs DIRECTORY; prints {"question": count}.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const directory = process.argv[2];
const read = (name) => {
  const [header, ...lines] = readFileSync(join(directory, name), "utf8").split("\n").filter((line) => line !== "");
  const names = header.split("\t");
  return lines.map((line) => Object.fromEntries(line.split("\t").map((cell, i) => [names[i], cell])));
};

const panel = new Map(read("integrated_call_samples_v3.20130502.ALL.panel").map((row) => [row.sample, row]));
const people = read("uk1.tsv").map((row) => ({ ...row, ...panel.get(row["Subject id"]) }));

const endocrine = (p) => p["Endocrine, nutritional and metabolic diseases"];
const type1 = (p) => endocrine(p) === "insulin-dependent diabetes mellitus";
const obese = (p) => endocrine(p) === "obesity";
const diabetes = (p) => p["Diabetes diagnosed by doctor-0.0"] === "Yes";
const huntington = (p) => p["Nervous system disorders"] === "huntington's disease";
const neurological = (p) => p["Nervous system disorders"] !== "";
const number = (p, column) => (/^-?[0-9.]+$/.test(p[column]) ? Number(p[column]) : NaN);
const bmi = (p) => number(p, "Body mass index (BMI)-0.0");
const cholesterol = (p) => number(p, "Cholesterol-0.0") * 38.67;
const diastolic = (p) => number(p, "Diastolic blood pressure, automated reading-0.0");

const questions = {
  "everybody has DNA and a genome": () => true,
  men: (p) => p.gender === "male",
  "diabetes diagnosed by a doctor": diabetes,
  "diabetes block": (p) => diabetes(p) || type1(p),
  "endocrine chapter": (p) => diabetes(p) || endocrine(p) !== "",
  "nervous system chapter": neurological,
  "total cholesterol 240 mg/dL or more": (p) => cholesterol(p) >= 240,
  overweight: (p) => bmi(p) >= 25 && bmi(p) < 30,
  "diastolic hypertension": (p) => diastolic(p) >= 90,
  "plausible triglycerides": (p) => number(p, "Triglycerides-0.0") >= 0,
  "east Asian without diabetes": (p) => p.super_pop === "EAS" && !diabetes(p),
  "women with obesity by diagnosis or BMI": (p) => p.gender === "female" && (obese(p) || bmi(p) >= 30),
  "from Tokyo": (p) => p.pop === "JPT",
  "from Tokyo with Huntington disease": (p) => p.pop === "JPT" && huntington(p),
  cancer: () => false,
};

const counts = Object.entries(questions).map(([name, holds]) => [name, people.filter(holds).length]);
console.log(JSON.stringify(Object.fromEntries(counts), null, 2));
