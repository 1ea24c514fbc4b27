/** OpenResty's regular expressions (PCRE): only what is called. */
declare namespace ngx {
  namespace re {
    /** One-based, inclusive bounds of the first match; nothing without one; an error (limits reached) comes third. */
    function find(
      subject: string,
      expression: string,
      options: string,
    ): LuaMultiReturn<[from: number, to: number] | [from: undefined, to: undefined, err: string | undefined]>;
  }
}
