local ____exports = {}
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local AT_AGENT = ____rule_2Ets.AT_AGENT
local AT_COOKIE = ____rule_2Ets.AT_COOKIE
local AT_HEADER = ____rule_2Ets.AT_HEADER
local AT_NAME = ____rule_2Ets.AT_NAME
local AT_PATH = ____rule_2Ets.AT_PATH
local AT_VALUE = ____rule_2Ets.AT_VALUE
local anyOf = ____rule_2Ets.anyOf
local list = ____rule_2Ets.list
--- Script where text is expected: tags, handlers, script addresses, breaking out of attributes and strings.
local AT = bit.bor(
    bit.bor(
        bit.bor(
            bit.bor(
                bit.bor(AT_VALUE, AT_PATH),
                AT_NAME
            ),
            AT_COOKIE
        ),
        AT_HEADER
    ),
    AT_AGENT
)
local SCHEME = "(?:j\\s*a\\s*v\\s*a|v\\s*b|l\\s*i\\s*v\\s*e)\\s*s\\s*c\\s*r\\s*i\\s*p\\s*t\\s*(?::|&colon)"
local SCRIPT_CALL = "(?:alert|confirm|prompt|eval|settimeout|setinterval|fetch|atob|import|print|console\\.log|document\\.write(?:ln)?|execscript|setimmediate)"
local HANDLER_LITERALS = {
    "onerror",
    "onload",
    "onclick",
    "onmouse",
    "onfocus",
    "onblur",
    "onkey",
    "ontoggle",
    "onstart",
    "onbegin",
    "onend",
    "onpointer",
    "onanimation",
    "ontransition",
    "onwheel",
    "onscroll",
    "ondrag",
    "ondrop",
    "onchange",
    "oninput",
    "onsubmit",
    "onreset",
    "onselect",
    "onresize",
    "oncopy",
    "oncut",
    "onpaste",
    "onpage",
    "onhash",
    "onplay",
    "onabort",
    "oncanplay",
    "ondblclick",
    "onunload",
    "onbefore",
    "onafter",
    "onmessage",
    "onpopstate",
    "onloadstart",
    "onfinish",
    "onbounce",
    "ontouch",
    "onsearch",
    "oncontext",
    "onshow",
    "onrepeat",
    "onready",
    "onactivate",
    "onseek",
    "ontime",
    "onvolume",
    "oninvalid",
    "ondata",
    "onauxclick",
    "onmove",
    "onfilter",
    "onstorage",
    "onunhandled",
    "onprogress",
    "onsuspend",
    "onwaiting",
    "onstalled",
    "onemptied",
    "onended",
    "onpause",
    "onloaded",
    "onmedia",
    "onrow",
    "oncell",
    "onhelp",
    "onlayout",
    "onlose",
    "onoffline",
    "ononline",
    "onoutofsync",
    "onproperty",
    "onresume",
    "onreverse",
    "onstop",
    "onsyncrestored",
    "ontrackchange",
    "onurlflip",
    "onundo",
    "onredo",
    "onzoom",
    "onforminput",
    "onformchange",
    "oncontrolselect",
    "ondeactivate",
    "onerrorupdate",
    "oncuechange",
    "ondurationchange",
    "onratechange",
    "onwebkit",
    "ongotpointer",
    "onlostpointer",
    "onfullscreen"
}
____exports.xss = {
    {
        class = "xss",
        score = 84,
        reason = "script element and nothing else",
        at = AT,
        literals = list("<script, <script/"),
        expression = "^[\\s'\">)}\\]/;-]{0,12}<script(?! type=\"application/ld\\+json\">)(?:[\\s/][^<>]{0,80})?>[^<]{1,300}(?:</script[^>]{0,10}>?)?[\\s'\"(/;-]{0,12}$"
    },
    {
        class = "xss",
        score = 85,
        reason = "script element",
        at = AT,
        literals = list("<script, < script, </script, <%00script, script>, <script/, <\\/script"),
        expression = "<[\\s\\0/]*script(?! type=\"application/ld\\+json\">)(?:[\\s/>\\0]|$|[^a-z\\s])|<\\\\?/script[\\s/>]"
    },
    {
        class = "xss",
        score = 86,
        reason = "event handler in a tag",
        at = AT,
        literals = HANDLER_LITERALS,
        expression = "<[a-z!/?%](?:[^<>]|<(?![a-z!/?])){0,400}?[\\s/\"'`\\x0b\\0+](?:xmlns:)?on[a-z]{3,25}[\\s\\0]{0,8}="
    },
    {
        class = "xss",
        score = 80,
        reason = "event handler after a quote",
        at = AT,
        literals = HANDLER_LITERALS,
        expression = "(?:^|[\"'`\\s/<;])on[a-z]{3,25}[\\s\\0]{0,8}=[\\s\"'`]{0,4}(?:javascript:|[^\\s\"'<>]{0,60}[(`=\\[&]|[a-z.]{2,30}[`('\"\\[])"
    },
    {
        class = "xss",
        score = 55,
        reason = "script in an address",
        at = AT,
        literals = list("javascript:, vbscript:, livescript:, script:, javascript :"),
        expression = ("^\\s*[\"'`]?\\s*" .. SCHEME) .. "[\\s/*]{0,6}(?!void\\b)(?:[\\w.$\\[\\]'\"+%\\\\/*-]{0,80}[(`=]|[\"'`<(\\[{%\\\\])"
    },
    {
        class = "xss",
        score = 82,
        reason = "script in an address",
        at = AT,
        literals = list("javascript:, vbscript:, livescript:, ja vascript, java script, javascript :, vbscript, javas cript, script:, cript:, javascript&, text/html, image/svg+xml, text/javascript,, javascript\\"),
        expression = anyOf({SCHEME .. "[^,\"'>]{0,80}?(?:alert|confirm|prompt|eval|document\\s*[.[]\\s*(?:cookie|domain|write|location)|fromcharcode|settimeout|fetch|import|atob|\\\\x|\\\\u|constructor)\\b", "data:(?:text/html|text/xml|application/xhtml)[^,]{0,40}(?:,\\s*[<%&]|;base64,\\s*(?:PHN|PD9|PHh|PCF|PGI|PGh|PGE|ICA))", "data:image/svg\\+xml[^,]{0,40}(?:;base64,|,(?:[^<>]|<(?![a-z!/?])){0,200}(?:<script|\\son[a-z]{3,20}\\s*=))"})
    },
    {
        class = "xss",
        score = 78,
        reason = "call of a script function after a quote or tag",
        at = AT,
        literals = list("alert, confirm, prompt, eval(, settimeout(, setinterval(, execscript, document.write, atob("),
        expression = ("(?:^\\s*|[\"'`;,>=)}\\]+*/%&|^~!?:-]\\s*)(?:\\w{1,20}\\.|\\(|void\\s|new\\s|\\[|!|\\{){0,4}" .. SCRIPT_CALL) .. "(?:\\?\\.)?[)\\]]?\\s*(?:\\(\\s*(?:[\"'`/\\d)\\\\]|document|window|location|this|origin|string\\.|atob|\\w{1,12}\\))|`|&lpar|\\.(?:call|apply)|\\.source)"
    },
    {
        class = "xss",
        score = 45,
        reason = "script that reads the page",
        at = AT,
        literals = list("document.cookie, document.domain, document.location, window.location, string.fromcharcode, location.href, location=, document[, window[, self[, top[, parent[, this[, globalthis[, innerhtml, localstorage., document.body, constructor("),
        expression = anyOf({
            "document\\s*\\.\\s*(?:cookie|domain|location|body|write|referrer)",
            "(?:window|top|self|parent)\\.(?:location|name|open)",
            "string\\.fromcharcode\\s*\\(",
            "(?:window|top|self|parent|this|globalthis|document|frames)\\s*\\[\\s*(?:['\"`/]|\\w+\\s*\\+)",
            "location\\s*=\\s*['\"`]",
            "\\.innerhtml\\s*=",
            "localstorage\\.getitem"
        })
    },
    {
        class = "xss",
        score = 80,
        reason = "tag that loads or runs content",
        at = AT,
        literals = list("<iframe, <object, <embed, <applet, <meta, <base, <link, <svg, <math, <style, <form, <isindex, <frameset, <frame, <body, <img, <input, <image, <video, <audio, <table, <td, <div, <a , <a/, <layer, <bgsound, <xml, <?xml, <!doctype, <button, <x, <animate, <set, <use, <br, <ilayer, <html, <template, <?import, <import, <!--[if, <event, <span, <marquee, <details"),
        expression = anyOf({
            "<[a-z:?!-]{1,20}[\\s/](?:[^<>]|<(?![a-z!/?])){0,300}?(?:(?:src|href|xlink:href|data|action|formaction|background|lowsrc|dynsrc|code|to|from|values|content|poster|style|folder|classid|codebase)\\s*=\\s*[\"'`]?[^>\"'`]{0,60}?(?:javascript|vbscript|livescript|data:(?:text/html|image/svg|application|,|text/javascript|;)|\\\\?expression\\s*\\(|-moz-binding|behaviou?r\\s*:)|srcdoc\\s*=|style\\s*=\\s*[\"'`]?[^>\"']{0,60}(?:e\\s*x\\s*p\\s*r\\s*e\\s*s\\s*s\\s*i\\s*o\\s*n\\s*\\(|url\\s*\\(\\s*['\"]?\\s*javascript|expr/\\*)|http-equiv\\s*=\\s*[\"']?(?:refresh|set-cookie|link|content-security)|allowscriptaccess|attributename\\s*=)",
            "<(?:iframe|embed|object|applet|base|frame|layer|ilayer|bgsound|isindex)(?![^<>]{0,300}\\s(?:width=\"|height=\"|allowfullscreen|loading=))[\\s/]{1,4}(?:(?:[^<>]|<(?![a-z!/?])){0,60}\\s)?(?:src|data|href|code|type|action)\\s*=",
            "<svg(?:[^<>]|<(?![a-z!/?])){0,40}>\\s*<(?:script|style|animate|set|use|foreignobject|title|a\\b)",
            "<style(?:[^<>]|<(?![a-z!/?])){0,40}>[^<]{0,80}(?:@import|expression\\s*\\(|-moz-binding|javascript:|behaviou?r)",
            "<\\?import",
            "<!--\\[if"
        })
    },
    {
        class = "xss",
        score = 72,
        reason = "tag after a closed attribute",
        at = bit.bor(
            bit.bor(
                bit.bor(AT_VALUE, AT_NAME),
                AT_COOKIE
            ),
            AT_HEADER
        ),
        literals = list("\"><, '><, \" ><, ' ><, \"/><, '/><, \" /><, \">\"><, '\"><, `><, \">, '>, --><, */</, </title>, </textarea>, </style>, </noscript>"),
        expression = anyOf({"^[^<>]{0,80}[\"'`]\\s*/?\\s*>\\s*(?:<[a-z!/?]|[^<]{0,20}<(?:script|img|svg|iframe|h1|b>|a\\s|body|marquee|plaintext))", "^[^<]{0,40}</(?:title|textarea|style|noscript|script|xmp|noembed|template)>\\s*<", "^[^<>]{0,40}-->\\s*<[a-z]"})
    }
}
return ____exports
