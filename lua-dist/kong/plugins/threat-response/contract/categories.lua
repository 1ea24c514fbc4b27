local ____exports = {}
--- What an incident is. The order is the order of display.
____exports.CATEGORIES = {
    "api_ddos",
    "credential_stuffing",
    "abuse",
    "payload_injection",
    "route_misconfig",
    "mass_error",
    "client_anomaly"
}
--- The class of a payload injection.
____exports.CLASSES = {
    "sqli",
    "nosqli",
    "xss",
    "cmdi",
    "traversal",
    "ssrf",
    "xxe",
    "ssti",
    "ldap",
    "crlf",
    "jndi",
    "deserialization",
    "prototype",
    "graphql"
}
--- What the gateway did with a request; a later one is a stronger one.
____exports.VERDICTS = {"allow", "flag", "throttle", "block"}
return ____exports
