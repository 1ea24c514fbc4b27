local ffi = require("ffi")

local plain = require("kong.plugins.threat-response.sha256-plain")

local MODULES = { "digest", "sha256-native" }

--- Loads the modules anew; with libcrypto in the process's global symbols when `native` is asked for, as it is in nginx.
local function load_digest(native)
  for _, name in ipairs(MODULES) do
    package.loaded["kong.plugins.threat-response." .. name] = nil
  end
  if native then
    ffi.load("libcrypto.so.3", true)
  end
  return require("kong.plugins.threat-response.digest")
end

local function repeated(byte, count)
  return string.char(byte):rep(count)
end

-- RFC 4231, section 4.
local VECTORS = {
  { repeated(0x0b, 20), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
  { "Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
  { repeated(0xaa, 20), repeated(0xdd, 50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
  {
    (string.gsub("0102030405060708090a0b0c0d0e0f10111213141516171819", "..", function(pair)
      return string.char(tonumber(pair, 16))
    end)),
    repeated(0xcd, 50),
    "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
  },
  {
    repeated(0xaa, 131),
    "Test Using Larger Than Block-Size Key - Hash Key First",
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
  },
  {
    repeated(0xaa, 131),
    "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed "
      .. "before being used by the HMAC algorithm.",
    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
  },
}

-- The plain form first: once libcrypto is in the process, it stays.
for _, native in ipairs({ false, true }) do
  describe(native and "digests by libcrypto" or "digests in plain Lua", function()
    local digest

    setup(function()
      digest = load_digest(native)
    end)

    it("is the form under test", function()
      assert.equal(native, digest.isNative)
    end)

    it("gives the HMACs of RFC 4231", function()
      for _, vector in ipairs(VECTORS) do
        assert.equal(vector[3], digest.hmacHex(vector[1], vector[2]))
      end
    end)

    it("gives the SHA-256 of nothing, and of a million bytes", function()
      assert.equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", digest.sha256Hex(""))
      assert.equal(
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
        digest.sha256Hex(("a"):rep(1000000))
      )
    end)

    it("gives the same in slices of any size as at once", function()
      local data = {}
      for i = 1, 700 do
        data[i] = string.char((i * 7919) % 256)
      end
      local whole = table.concat(data)
      local expected = digest.hmacHex("a key", whole)
      for size = 1, 200, 3 do
        local hmac = digest.beginHmac("a key")
        for from = 1, #whole, size do
          digest.updateHmac(hmac, whole:sub(from, from + size - 1))
        end
        assert.equal(expected, digest.finishHmac(hmac))
      end
    end)

    it("agrees with the plain form at every length around the block size", function()
      for length = 0, 200 do
        local data = ("\0\255x"):rep(100):sub(1, length)
        local state = plain.begin()
        plain.update(state, data)
        assert.equal(digest.toHex(plain.finish(state)), digest.sha256Hex(data))
      end
    end)

    it("compares without looking at where strings differ", function()
      assert.is_true(digest.equalInConstantTime("", ""))
      assert.is_true(digest.equalInConstantTime("v1=abc", "v1=abc"))
      assert.is_false(digest.equalInConstantTime("v1=abc", "v1=abd"))
      assert.is_false(digest.equalInConstantTime("v1=abc", "v1=ab"))
    end)

    it("draws names that do not repeat", function()
      local seen = {}
      for _ = 1, 1000 do
        local name = digest.randomHex(16)
        assert.matches("^%x+$", name)
        assert.equal(32, #name)
        assert.is_nil(seen[name])
        seen[name] = true
      end
    end)
  end)
end
