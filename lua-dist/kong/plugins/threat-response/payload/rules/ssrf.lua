local ____exports = {}
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local ANYWHERE = ____rule_2Ets.ANYWHERE
local AT_COOKIE = ____rule_2Ets.AT_COOKIE
local AT_VALUE = ____rule_2Ets.AT_VALUE
local anyOf = ____rule_2Ets.anyOf
local list = ____rule_2Ets.list
local URL_START = "^\\s*(?:[a-z]{2,8}:)?[/\\\\]{1,3}(?:[^/\\s@]{0,60}@)?"
local INSIDE = "^\\s*(?:https?|ftps?|wss?|redis|tcp|memcached):[/\\\\]{1,3}(?:[^/\\s@]{0,60}@)?(?:localhost|127(?:\\.\\d{1,3}){3}|0\\.0\\.0\\.0|\\[::1?\\]|10(?:\\.\\d{1,3}){3}|192\\.168(?:\\.\\d{1,3}){2}|172\\.(?:1[6-9]|2\\d|3[01])(?:\\.\\d{1,3}){2})"
--- The first byte of a full stop of three bytes.
local WIDE = string.char(227)
--- Addresses that make the server fetch from inside.
____exports.ssrf = {
    {
        class = "ssrf",
        score = 86,
        reason = "address of a service or a socket of the machine as a whole value",
        at = ANYWHERE,
        literals = list((((((((("unix:, docker.sock, kubernetes.default, rancher-metadata, metadata.google, metadata/, instance-data, docker.internal, 169.254., 100.100.100.200, 127" .. WIDE) .. ", 169") .. WIDE) .. ", 192") .. WIDE) .. ", 172") .. WIDE) .. ", //10") .. WIDE),
        expression = anyOf({"^\\s*(?:https?://)?unix:[/\\\\]{0,4}(?:var/)?run/(?:docker|containerd|crio|podman)", "^\\s*https?(?:\\+unix:|://unix:)[/\\\\%]", "^\\s*\\w{2,8}://(?:kubernetes\\.default(?:\\.svc(?:\\.cluster\\.local)?)?(?=[:/?#]|$)|rancher-metadata|metadata(?:\\.google|/)|instance-data|(?:host|gateway)\\.docker\\.internal|169\\.254\\.\\d+\\.\\d+|100\\.100\\.100\\.200)(?:[:/.?#]|$)"})
    },
    {
        class = "ssrf",
        score = 80,
        reason = "address with two hosts",
        at = bit.bor(AT_VALUE, AT_COOKIE),
        literals = list("@127., @localhost, @10., @192.168, @169.254, \\@, :80@, :443@, :8080@, .1@, localhost@"),
        expression = "^\\s*https?://[^\\s/?#]{0,60}(?:localhost|127\\.\\d+\\.\\d+\\.\\d+|169\\.254\\.\\d+\\.\\d+|10\\.\\d+\\.\\d+\\.\\d+|192\\.168\\.\\d+\\.\\d+)(?::\\d{1,5})?[\\\\#&? ]{0,3}@[\\w.-]+"
    },
    {
        class = "ssrf",
        score = 85,
        reason = "address of a cloud's metadata service",
        at = ANYWHERE,
        literals = list("169.254., metadata.google, metadata/, 100.100.100.200, fd00:ec2, 2852039166, 0xa9fe, instance-data, ::ffff:a9fe, kubernetes.default, docker.internal, docker.sock, 192.0.0.192, .svc/, .svc.cluster, 169.254"),
        expression = anyOf({
            "(?:https?:)?//(?:[^/\\s@]{0,60}@)?(?:169\\.254\\.\\d+\\.\\d+|metadata\\.google|100\\.100\\.100\\.200|\\[?fd00:ec2|2852039166|0xa9fe|instance-data|\\[::ffff:(?:a9fe|169)|kubernetes\\.default|metadata\\.\\w+\\.internal)",
            "//(?:[^/\\s@]{0,60}@)?(?:(?:host|gateway)\\.docker\\.internal|192\\.0\\.0\\.192)",
            "^\\s*\\w{2,8}://[\\w.-]{1,60}\\.svc(?:\\.cluster\\.local)?(?:[:/]|$)",
            "unix:[/\\\\]{0,4}(?:var/)?run/\\w+|/docker\\.sock",
            "/latest/(?:meta-data|user-data|dynamic)",
            "/computeMetadata/v1"
        })
    },
    {
        class = "ssrf",
        score = 80,
        reason = "address of an unusual scheme",
        at = bit.bor(AT_VALUE, AT_COOKIE),
        literals = list("gopher:, dict:, netdoc:, jar:, tftp:, ldap:, ldaps:, file:, sftp:, rmi:, imap:, smtp:"),
        expression = "^\\s*['\\\"]?(?:url:)?(?:gopher|dict|netdoc|tftp|rmi|imap|smtp|sftp|ldaps?)://?\\S|^\\s*jar:(?:https?|file):|^\\s*(?:url:)?file:/"
    },
    {
        class = "ssrf",
        score = 80,
        reason = "address in an unusual notation",
        at = ANYWHERE,
        literals = list("//0, 127., //10., //169., //192., //[, //2130, //2852, //3232, //1684, //1677, :0x, //1., http:1, http:l, http:\\, //\\, /\\, .nip.io, .xip.io, sslip.io, localtest.me, lvh.me"),
        expression = anyOf({
            URL_START .. "(?:0x[0-9a-f]{1,8}(?:\\.(?:0x)?[0-9a-f]{1,8}){0,3}|0[0-7]{1,11}(?:\\.[0-9a-fx]{1,6}){1,3}|0[0-7]{10,11}|(?:2130|2852|3232|1684|1677)\\d{6}|0|127(?:\\.\\d{1,3}){1,2}|127(?:\\.0{1,3}){2}\\.0{0,2}\\d{1,2})(?:[:/?#\\\\@]|$)(?<!127\\.0\\.0\\.1[:/?#])",
            URL_START .. "(?:10|127|169|172|192)(?:\\.\\d{1,3})?\\.\\d{1,8}(?:[:/?#]|$)",
            URL_START .. "\\[(?:0{0,4}:){2,7}(?:ffff:|0{0,3}1?\\])",
            URL_START .. "[\\w.-]*(?:\\.(?:nip|xip|sslip)\\.io|localtest\\.me|lvh\\.me)",
            "^\\s*(?:https?|ftp):(?![/\\\\]{2})[/\\\\]{0,1}(?:localhost|127\\.|10\\.|0[:/x]|169\\.254|192\\.168|[\\w-]{1,40}\\.\\w{2,10}(?:[:/]|$))",
            "^\\s*(?:https?|ftp):\\\\{1,2}[\\w.\\[]",
            "^\\s*[/\\\\]{2}(?:127\\.\\d|0[/:]|localhost\\b|169\\.254|\\[::|10\\.\\d+\\.\\d)"
        })
    },
    {
        class = "ssrf",
        score = 78,
        reason = "address of a service inside the network",
        at = bit.bor(AT_VALUE, AT_COOKIE),
        literals = list("//localhost, //127., //0.0.0.0, //[::, //10., //192.168., //172., redis://, memcached://, mongodb://"),
        expression = anyOf({INSIDE .. ":(?:2[1235]|111|139|389|445|1433|2049|237[5-9]|3306|4243|4369|5432|5601|5984|5985|6379|6443|700[12]|8001|8500|8686|9000|9042|92[0-9]{2}|9300|10250|10255|11211|15672|27017|28017|50070|61616)\\b", INSIDE .. "(?::\\d{1,5})?/(?:admin|server-(?:status|info)|_cat|_search|_nodes|actuator|jolokia|containers|images/json|pods|latest|manager|console|phpmyadmin|solr|jenkins|script|metrics|debug|env|v\\d/(?:agent|kv|keys|sys|catalog)|api/v1/(?:namespaces|pods|secrets)|etc/|flag|secret|internal|private|shell|cmd)"})
    },
    {
        class = "ssrf",
        score = 55,
        reason = "address inside the network",
        at = bit.bor(AT_VALUE, AT_COOKIE),
        literals = list("//localhost, //127., //0.0.0.0, //[::, //0x, //017, //10., //192.168., //2130706433, //0/, //0:, .nip.io, .xip.io, localtest.me, //1., //[0, //172., lvh.me, //3232, @localhost, @127., @10., @192.168., :/0, :/127., :/localhost, //00"),
        expression = "^\\s*(?:https?|ftp|wss?):/{1,3}(?:[^/\\s]{0,60}@)?(?:localhost\\b|127\\.\\d|0\\.0\\.0\\.0|\\[?::(?:1|ffff:|\\])|\\[0:|0x[0-9a-f]{1,8}\\b|0*177\\.|017\\d|2130706433|3232\\d{6}|0(?:[:/]|$)|10\\.\\d+\\.\\d+\\.\\d+|192\\.168\\.\\d|172\\.(?:1[6-9]|2\\d|3[01])\\.\\d|127\\.1\\b|[\\w.-]*\\.(?:nip|xip|sslip)\\.io|[\\w.-]*(?:localtest|lvh)\\.me)"
    },
    {
        class = "ssrf",
        score = 75,
        reason = "address of a callback service",
        at = ANYWHERE,
        literals = list("burpcollaborator, oastify.com, interact.sh, .oast., interactsh, dnslog.cn, ceye.io, requestbin., canarytokens, webhook.site, pipedream.net, rbndr.us, 1u.ms, r3dir.me, ngrok, rebind., requestrepo, bxss., dnslog., eyes.sh, pingb.in"),
        expression = "[\\w-]+\\.(?:burpcollaborator\\.net|oastify\\.com|interact\\.sh|oast\\.(?:pro|live|site|online|fun|me)|dnslog\\.cn|ceye\\.io|requestbin\\.net|canarytokens\\.(?:com|org)|m\\.pipedream\\.net|rbndr\\.us|1u\\.ms|r3dir\\.me|rebind\\.(?:network|it)|requestrepo\\.com|bxss\\.(?:me|in)|dnslog\\.(?:pw|link|store|dev)|eyes\\.sh|pingb\\.in)"
    }
}
return ____exports
