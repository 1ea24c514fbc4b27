-- Does nothing in the phases that threat-response uses: what any plugin costs before it does anything.
local handler = { PRIORITY = 2449, VERSION = "0.1.0" }

function handler.rewrite() end

function handler.access() end

function handler.log() end

return handler
