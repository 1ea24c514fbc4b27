import type { CData } from "ffi";
import * as ffi from "ffi";

/** SHA-256 by the libcrypto that nginx is linked with. Same interface as `sha256-plain.ts`. */
export interface NativeSha256 {
  context: CData;
}

/** Own names for the symbols, so that declarations of other plugins for the same functions stay what they are. */
const DECLARATIONS = `
  void *tr_md_new(void) __asm__("EVP_MD_CTX_new");
  void tr_md_free(void *context) __asm__("EVP_MD_CTX_free");
  const void *tr_md_sha256(void) __asm__("EVP_sha256");
  int tr_md_init(void *context, const void *type, void *engine) __asm__("EVP_DigestInit_ex");
  int tr_md_update(void *context, const char *data, size_t size) __asm__("EVP_DigestUpdate");
  int tr_md_final(void *context, unsigned char *digest, unsigned int *size) __asm__("EVP_DigestFinal_ex");
  int tr_random(unsigned char *buffer, int size) __asm__("RAND_bytes");
`;

interface Crypto {
  tr_md_new: (this: void) => CData;
  tr_md_free: (this: void, context: CData) => void;
  tr_md_sha256: (this: void) => CData;
  tr_md_init: (this: void, context: CData, type: CData, engine: undefined) => number;
  tr_md_update: (this: void, context: CData, data: string, size: number) => number;
  tr_md_final: (this: void, context: CData, digest: CData, size: undefined) => number;
  tr_random: (this: void, buffer: CData, size: number) => number;
}

const C = ffi.C as Crypto;
const digest = ffi.new("unsigned char[32]");

export function begin(): NativeSha256 {
  const context = ffi.gc(C.tr_md_new(), C.tr_md_free);
  C.tr_md_init(context, C.tr_md_sha256(), undefined);
  return { context };
}

export function update(state: NativeSha256, data: string): void {
  C.tr_md_update(state.context, data, data.length);
}

/** The digest's 32 bytes; the state is spent. */
export function finish(state: NativeSha256): string {
  C.tr_md_final(state.context, digest, undefined);
  return ffi.string(digest, 32);
}

/** Up to 32 random bytes, or undefined when the generator is not ready. */
export function randomBytes(count: number): string | undefined {
  const buffer = ffi.new("unsigned char[32]");
  return C.tr_random(buffer, count) === 1 ? ffi.string(buffer, count) : undefined;
}

/** Whether this process offers every function above. */
export function isAvailable(): boolean {
  const [ok] = pcall(probe);
  return ok;
}

function probe(): void {
  ffi.cdef(DECLARATIONS);
  const state = begin();
  update(state, "");
  finish(state);
  assert(randomBytes(1));
}
