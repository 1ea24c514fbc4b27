/**
 * Values in which nothing was found before. Agents and most other headers repeat from request to request, and looking one up
 * costs a small part of reading it. Two generations bound the memory: when the young one is full it becomes the old one.
 */
export interface CleanValues {
  young: LuaTable<string, boolean>;
  old: LuaTable<string, boolean>;
  size: number;
  /** Values in a generation, and bytes in a value, at most. */
  most: number;
  longest: number;
}

export const createCleanValues = (most: number, longest: number): CleanValues => ({
  young: new LuaTable(),
  old: new LuaTable(),
  size: 0,
  most,
  longest,
});

export const keepClean = (known: CleanValues, value: string): void => {
  if (value.length > known.longest) return;
  if (known.size >= known.most) {
    known.old = known.young;
    known.young = new LuaTable();
    known.size = 0;
  }
  known.young.set(value, true);
  known.size += 1;
};

export const isKnownClean = (known: CleanValues, value: string): boolean => {
  if (known.young.get(value) !== undefined) return true;
  if (known.old.get(value) === undefined) return false;
  keepClean(known, value);
  return true;
};
