local ____exports = {}
--- Where a request went; empty where no route matched.
____exports.readScope = function(route)
    if route == nil then
        return {}
    end
    local scope = {route_id = route.id}
    if route.name ~= nil then
        scope.route_name = route.name
    end
    local service = kong.router.get_service()
    if service ~= nil then
        scope.service_id = service.id
        if service.name ~= nil then
            scope.service_name = service.name
        end
    end
    return scope
end
return ____exports
