import Papa from "papaparse";
import { max, mean, median, min, standardDeviation } from "simple-statistics";

interface Arguments {
  /** With a header line. */
  readonly csv: string;
}

interface Column {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly median: number;
  readonly deviation: number;
}

/** Describes every column that holds numbers only. */
export function main({ csv }: Arguments): { rows: number; columns: Record<string, Column> } {
  const { data, meta, errors } = Papa.parse<Record<string, unknown>>(csv.trim(), { header: true, dynamicTyping: true });
  if (errors.length > 0) throw new Error(`csv: ${errors[0]?.message} (row ${errors[0]?.row})`);
  const columns: Record<string, Column> = {};
  for (const name of meta.fields ?? []) {
    const values = data.map((row) => row[name]);
    if (values.every((value) => typeof value === "number")) columns[name] = describe(values);
  }
  console.log(`${data.length} rows, numeric: ${Object.keys(columns).join(", ")}`);
  return { rows: data.length, columns };
}

function describe(values: number[]): Column {
  return {
    count: values.length,
    min: min(values),
    max: max(values),
    mean: mean(values),
    median: median(values),
    deviation: standardDeviation(values),
  };
}
