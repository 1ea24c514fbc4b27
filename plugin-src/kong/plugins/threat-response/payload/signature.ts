/**
 * The signature of a value: what kind of text it is, not which. Words are one class, but for those that attacks are made of; digits are one;
 * signs stay what they are. `it's 5 o'clock` and `that's 12 o'clock` have the same, `1' or '1` another.
 */
const { byte, find, format, lower, sub } = string;

/** Words that mean something to an interpreter keep their identity: a text about fish never has the signature of a query. */
const TELLING =
  " select union insert update delete drop from where having order group sleep benchmark waitfor delay exec execute declare cast convert" +
  " concat char chr script alert prompt confirm eval onerror onload onclick javascript document cookie window location iframe svg img src" +
  " href style expression body input xml entity doctype system public file php http https ftp gopher dict jndi ldap rmi etc passwd shadow" +
  " cmd bash sh powershell wget curl cat ls id whoami ping nc echo chmod rm base64 python perl ruby java runtime process class import" +
  " require include proto constructor prototype or and not null like in between is true false limit offset exists case when then else end" +
  " schema information mysql sqlite pg table database load outfile dumpfile into values set version user admin root ";
const MAX_TOKENS = 48;

const isTelling = (word: string): boolean => {
  const [at] = find(TELLING, ` ${lower(word)} `, 1, true);
  return at !== undefined;
};

const hash = (state: number, text: string): number => {
  let next = state;
  // A polynomial modulo a prime below 2^31: exact in doubles, the same on every node.
  for (const i of $range(1, text.length)) next = (next * 263 + byte(text, i) + 1) % 2_147_483_629;
  return next;
};

/** The class of the token that ends before `last`; runs of plain words are one. */
const classOf = (token: string): string => {
  const [digits] = find(token, "^%d+$");
  if (digits !== undefined) return "0";
  const [word] = find(token, "^%w");
  if (word === undefined) return sub(token, 1, 1);
  return isTelling(token) ? lower(token) : "w";
};

/** Where something was masked an attack might be, too: such a text has no signature. */
const isMasked = (window: string): boolean => {
  const [at] = find(window, "[redacted", 1, true);
  return at !== undefined;
};

/**
 * Eight hex digits for the text of a finding's window and its class; nil for a text of which something was masked. Blanks do not count, nor how
 * many plain words follow each other.
 */
export const signatureOf = (window: string, payloadClass: string): string | undefined => {
  if (isMasked(window)) return undefined;
  let state = hash(7, payloadClass);
  let before = "";
  let tokens = 0;
  let at = 1;
  while (tokens < MAX_TOKENS) {
    const [first, last] = find(window, "[%w_]+", at);
    const [sign] = find(window, "[^%w_%s]", at);
    if (first === undefined && sign === undefined) break;
    const isSign = sign !== undefined && (first === undefined || sign < first);
    const end = isSign ? sign : (last as number);
    const token = classOf(sub(window, isSign ? sign : (first as number), end));
    if (token !== "w" || before !== "w") {
      state = hash(state, `${token} `);
      tokens += 1;
    }
    before = token;
    at = end + 1;
  }
  return format("%08x", state);
};
