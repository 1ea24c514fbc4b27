import { PostgresQueryCompiler } from "kysely";
import { storableText } from "./db.ts";

/** Makes every string parameter one that the database takes, wherever it came from. */
export class StorableQueryCompiler extends PostgresQueryCompiler {
  protected override appendValue(parameter: unknown): void {
    super.appendValue(typeof parameter === "string" ? storableText(parameter) : parameter);
  }
}
