/** OpenResty's regular expressions (PCRE): only what is called. */
declare namespace ngx {
  namespace re {
    /** One-based, inclusive bounds of the first match; nothing without one; an error (limits reached) comes third. */
    function find(
      subject: string,
      expression: string,
      options: string,
      /** Where to begin, one-based; moved behind the match. */
      context?: { pos: number },
    ): LuaMultiReturn<[from: number, to: number] | [from: undefined, to: undefined, err: string | undefined]>;
  }
}
