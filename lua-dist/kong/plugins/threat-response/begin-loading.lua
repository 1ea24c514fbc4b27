local ____exports = {}
local wasOn = jit.status()
if wasOn then
    jit.off()
end
____exports.endLoading = function()
    if wasOn then
        jit.on()
    end
end
return ____exports
