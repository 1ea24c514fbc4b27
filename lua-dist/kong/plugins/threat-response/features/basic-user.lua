local ____exports = {}
local ____string_0 = string
local byte = ____string_0.byte
local find = ____string_0.find
local lower = ____string_0.lower
local sub = ____string_0.sub
--- The user name of `Authorization: Basic`: empty where it cannot be read, nil without one.
____exports.readBasicUser = function(authorization)
    if authorization == nil then
        return nil
    end
    local first = byte(authorization, 1)
    if first ~= 66 and first ~= 98 or lower(sub(authorization, 1, 6)) ~= "basic " then
        return nil
    end
    local from = find(authorization, "[^ ]", 7)
    local ____temp_1
    if from == nil then
        ____temp_1 = nil
    else
        ____temp_1 = ngx.decode_base64(sub(authorization, from))
    end
    local text = ____temp_1
    if text == nil then
        return ""
    end
    local colon = find(text, ":", 1, true)
    return colon == nil and text or sub(text, 1, colon - 1)
end
return ____exports
