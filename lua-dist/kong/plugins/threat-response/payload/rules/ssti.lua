local ____exports = {}
local ____rule_2Ets = require("kong.plugins.threat-response.payload.rule")
local ANYWHERE = ____rule_2Ets.ANYWHERE
local anyOf = ____rule_2Ets.anyOf
local list = ____rule_2Ets.list
--- Expressions that a template engine evaluates.
____exports.ssti = {
    {
        class = "ssti",
        score = 86,
        reason = "way out of a template engine",
        at = ANYWHERE,
        literals = list("lipsum, cycler., joiner., get_flashed, secret_key, %debug, % debug, {{self, {{ self, dump(, file_excerpt, get_admin_log, securitykey, signer.key, .data_model, ?api.class, protectiondomain, child_process, .popen(, __globals, __subclasses, __builtins, ('system, (\"system, ('exec, (\"exec, ('passthru, ('shell_exec, {class., url_for., .system \", .constructor("),
        expression = anyOf({
            "(?:\\{\\{|\\{%|\\$\\{|#\\{|<%)[^{}]{0,160}(?:\\blipsum\\b|\\bcycler\\.|\\bjoiner\\.|get_flashed_messages|url_for\\.|\\bsecret_key\\b|\\.popen\\(|__(?:globals|subclasses|builtins)__|signer\\.key|securitykey|child_process|file_excerpt\\(|\\.constructor\\s*\\(\\s*['\"])",
            "^\\s*\\{\\{-?\\s*(?:self|dump\\(\\s*\\w*\\s*\\))\\s*-?\\}\\}\\s*$",
            "\\{%-?\\s*(?:debug|load\\s+log|import\\s+(?:os|subprocess|sys))\\b",
            "\\|\\s*(?:map|filter|sort|reduce|join)\\s*\\(\\s*['\"](?:system|exec|passthru|shell_exec|popen|assert|eval|phpinfo|file_get_contents|call_user_func)\\b",
            "\\$\\{\\s*\\.(?:data_model|globals|main|vars)\\b|\\?api\\.class\\b|getprotectiondomain\\(",
            "\\$\\{\\s*class\\.(?:getresource|getclass|forname|inspect|type)",
            "\\{\\{\\s*\\.(?:system|exec\\w*|\\w{0,12}cmd)\\s+[\"'`]"
        })
    },
    {
        class = "ssti",
        score = 88,
        reason = "arithmetic for a template engine",
        at = ANYWHERE,
        literals = list("{{, ${, #{, <%, *{, @(, [[, {%, $%7b, {{="),
        expression = "(?:\\{\\{=?|\\$\\{\\{?|#\\{|\\*\\{|@\\(|\\[\\[\\$?\\{?|<%=?|\\{%)\\s*['\\\"]?\\(?\\s*\\d{1,8}\\s*['\\\"]?\\s*[*+x-]\\s*['\\\"]?\\d{1,8}['\\\"]?\\s*\\)?\\s*(?:\\}|%>|\\)|\\]|%\\})"
    },
    {
        class = "ssti",
        score = 82,
        reason = "object walk for a template engine",
        at = ANYWHERE,
        literals = list("{{, {%, ${, #{, *{"),
        expression = "(?:\\{\\{|\\{%|\\$\\{|#\\{)" .. anyOf({
            "[^{}]{0,120}(?:lipsum|cycler|joiner\\.|namespace\\.|\\|\\s*attr\\s*\\(|\\|\\s*(?:filter|map|join|sort|reduce)\\s*\\(\\s*['\\\"]|\\.constructor\\b|\\.mro\\b|getclass\\(|forname\\(|settings\\.\\w*secret|url_for\\.|get_flashed|range\\.constructor|\\bsystem\\(|\\bexec\\(|popen|file_excerpt|phpinfo|\\bjava\\.|\\.class\\.|subclasses\\(|__\\w+__)",
            "\\s*(?:config|self|request|app|dump\\(\\w*\\)|\\[\\]|''|\\\"\\\"|\\(\\))\\s*(?:\\}\\}|\\.(?:class|__|items|mro|constructor|application|environ|request\\.(?:query|server|cookies)))",
            "\\s*['\\\"][^'\\\"}]{0,20}['\\\"]\\s*\\.\\s*\\w+\\s*\\(",
            "\\s*(?:t\\(|@|class\\.|\\(?#|''\\.getclass|\\\"\\\"\\.getclass|product\\.getclass)",
            "\\s*(?:debug\\s*%|import\\s+(?:os|subprocess)|#?with\\s+['\\\"]|(?:application|session|request|page)(?:scope|context)\\b|initparam\\b|secret_key\\b)"
        })
    },
    {
        class = "ssti",
        score = 82,
        reason = "object walk for a template engine",
        at = ANYWHERE,
        literals = list("__class__, __mro__, __base, __subclasses__, __globals__, __builtins__, _self.env, getclass(, {php}, {literal}, {system, {self::, {$smarty, freemarker., {7*, {3*, {9*, facescontext, externalcontext, servletcontext, smarty_internal, #set(, #set (, ?new(, java.lang, #context, _memberaccess, %{(#, %{#, t(java, <%=, <% "),
        expression = anyOf({
            "__(?:class|mro|base|bases|subclasses|globals|builtins)__",
            "_self\\.env\\.",
            "freemarker\\.template\\.utility",
            "^\\{\\s*\\d{1,8}\\s*\\*\\s*\\d{1,8}\\s*\\}$",
            "[#$]\\{\\s*(?:facescontext|externalcontext|servletcontext)\\b",
            "smarty_internal_|self::clearconfig",
            "\\?new\\(\\)",
            "\\bt\\(\\s*java\\.",
            "\\.getclass\\(\\)\\s*\\.\\s*forname",
            "#set\\s*\\(\\s*\\$\\w+\\s*=",
            "(?:^|[{(=])\\{(?:php|literal|system|self::|\\$smarty)",
            "%\\{\\s*\\(?#",
            "#_?memberaccess",
            "#context\\[",
            "@java\\.lang",
            "java\\.lang\\.(?:runtime|processbuilder|class)",
            "\\[\\[\\$?\\{?.{0,40}t\\(java",
            "<%=?\\s*(?:system|file\\.|dir\\.|`|ruby|self|global|process|require)"
        })
    }
}
return ____exports
