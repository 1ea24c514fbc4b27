-- Scores values with the built model: reads "<length>\n<bytes>" until the end, writes
-- "<score> <from> <to> <class> <total> <count of tokens> <sum of tokens>\n" for each.
local ffi = require("ffi")
local decode = require("kong.plugins.threat-response.payload.decode")
local model = require("kong.plugins.threat-response.payload.model-score")
local classes = require("kong.plugins.threat-response.payload.model-class")
local weigh = require("kong.plugins.threat-response.payload.weigh").weigh
local lexer = require("kong.plugins.threat-response.payload.tokens")

while true do
  local length = io.stdin:read("*n")
  if length == nil then break end
  io.stdin:read(1)
  local value = length == 0 and "" or io.stdin:read(length)
  local decoded = decode.decodeValue(ffi.cast("const uint8_t *", value), 0, #value, "none")
  local score = model.scoreText(0, decoded)
  local from, to = model.bestWindow()
  local class = classes.classify(from, to)
  local total = weigh(score, from, to, decoded)
  local count = lexer.tokenize(0, decoded)
  local sum = 0
  for i = 0, count - 1 do sum = (sum * 31 + lexer.tokens[i] * 4 + lexer.gaps[i]) % 1000003 end
  io.stdout:write(table.concat({ score, from, to, class, total, count, sum }, " "), "\n")
end
