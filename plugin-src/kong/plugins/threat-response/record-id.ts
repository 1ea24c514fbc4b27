import { nodeName, workerName } from "./node-identity.ts";

/** Ids of what is reported: never the same twice, also after a restart. */
let prefix: string | undefined;
let counter = 0;

export const nextRecordId = (): string => {
  prefix ??= `${nodeName()}-${workerName()}`;
  counter += 1;
  return `${prefix}-${counter}`;
};
