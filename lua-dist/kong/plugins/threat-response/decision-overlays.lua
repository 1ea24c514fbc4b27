local ____exports = {}
--- The overlays that a look-up has met. They are about where a request is routed, not whether it passes: so they stand beside the strongest
-- decision, and there may be several, for several routes.
local MOST = 8
local found = {}
local count = 0
--- Before a look-up.
function ____exports.beginOverlays()
    if count > 0 then
        found = {}
        count = 0
    end
end
function ____exports.addOverlay(decision)
    if count < MOST then
        found[#found + 1] = decision
        count = count + 1
    end
end
--- Nil where there are none. The list is the caller's to keep.
function ____exports.takeOverlays()
    if count == 0 then
        return nil
    end
    local taken = found
    ____exports.beginOverlays()
    return taken
end
return ____exports
