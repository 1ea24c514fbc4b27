-- Tells how much its worker's Lua heap holds once all garbage is collected, to a request with the header x-heap-watch.
local handler = { PRIORITY = 9999, VERSION = "0.1.0" }

function handler.rewrite()
  if not kong.request.get_header("x-heap-watch") then
    return
  end
  collectgarbage()
  collectgarbage()
  return kong.response.exit(200, { kilobytes = collectgarbage("count") })
end

return handler
