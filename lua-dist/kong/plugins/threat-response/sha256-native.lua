local ____exports = {}
local probe, DECLARATIONS, C, digest
local ffi = require("ffi")
function ____exports.begin()
    local context = ffi.gc(
        C.tr_md_new(),
        C.tr_md_free
    )
    C.tr_md_init(
        context,
        C.tr_md_sha256(),
        nil
    )
    return {context = context}
end
function ____exports.update(state, data)
    C.tr_md_update(state.context, data, #data)
end
--- The digest's 32 bytes; the state is spent.
function ____exports.finish(state)
    C.tr_md_final(state.context, digest, nil)
    return ffi.string(digest, 32)
end
--- Up to 32 random bytes, or undefined when the generator is not ready.
function ____exports.randomBytes(count)
    local buffer = ffi.new("unsigned char[32]")
    return C.tr_random(buffer, count) == 1 and ffi.string(buffer, count) or nil
end
function probe()
    ffi.cdef(DECLARATIONS)
    local state = ____exports.begin()
    ____exports.update(state, "")
    ____exports.finish(state)
    assert(____exports.randomBytes(1))
end
DECLARATIONS = "\n  void *tr_md_new(void) __asm__(\"EVP_MD_CTX_new\");\n  void tr_md_free(void *context) __asm__(\"EVP_MD_CTX_free\");\n  const void *tr_md_sha256(void) __asm__(\"EVP_sha256\");\n  int tr_md_init(void *context, const void *type, void *engine) __asm__(\"EVP_DigestInit_ex\");\n  int tr_md_update(void *context, const char *data, size_t size) __asm__(\"EVP_DigestUpdate\");\n  int tr_md_final(void *context, unsigned char *digest, unsigned int *size) __asm__(\"EVP_DigestFinal_ex\");\n  int tr_random(unsigned char *buffer, int size) __asm__(\"RAND_bytes\");\n"
C = ffi.C
digest = ffi.new("unsigned char[32]")
--- Whether this process offers every function above.
function ____exports.isAvailable()
    local ok = pcall(probe)
    return ok
end
return ____exports
