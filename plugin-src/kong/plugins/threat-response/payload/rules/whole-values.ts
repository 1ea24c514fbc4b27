import { ANYWHERE, AT_COOKIE, AT_NAME, AT_VALUE, anyOf, list, type Rule } from "../rule.ts";
import { PIECED_COMMANDS, PIECES } from "./cmdi.ts";

/** What is an attack because it is all there is: bound to the beginning of a value, since in a text the same words are ordinary. */

const PLAIN_VALUE = "^[\\w.@%/+-]{0,24}['\")]{0,4}";
const COMMANDS =
  "(?:busybox|certutil|cscript|dd|history|lua|mkfifo|mshta|nohup|regsvr32|reg|setsid|shutdown|tee|telnetd|wmic|wscript)";

export const wholeValues: Rule[] = [
  {
    class: "sqli",
    score: 86,
    reason: "SQL statement after a plain value",
    at: ANYWHERE,
    folded: true,
    literals: list(
      ";select, ; select, ;insert, ; insert, ;update, ; update, ;delete, ; delete, ;drop, ; drop, ;create, ; create, ;alter, ; alter, ;exec, ; exec, ;waitfor, ; waitfor, ;declare, ; declare, ;truncate, ; truncate, ;copy, ; copy, ;shutdown, ; shutdown, intersect, except select, except all, minus select, as (select, as(select",
    ),
    expression: anyOf([
      `${PLAIN_VALUE} ?; ?(?:select (?:[*@'(\\d]|\\w+ ?\\()|insert into |update \\w+ set |delete from |drop (?:table|database|user|view|procedure|schema)|create (?:table|user|alias|function|procedure|role|trigger|or )|alter (?:table|user|database|role)|exec(?:ute)? ?\\(?[\\w'@]|waitfor |declare @|truncate table |copy ?[(\\w]|shutdown\\b)`,
      "^[\\w.-]{0,24}['\"]?[) ]*(?:intersect|except|minus)[ (]+(?:all )?select\\b",
      "^[ (]*with (?:recursive )?\\w{1,20} ?(?:\\([^)]{0,40}\\) ?)?as ?\\( ?select\\b",
      "^[-+~!( ]*\\d+\\.? ?\\)*(?:(?: (?:or|and)|\\|\\||&&) ?(?:not )?(?:true|false)|(?<=\\.)or \\d+ ?= ?\\d+)[) ]*(?:$|--|#)",
    ]),
  },
  {
    class: "cmdi",
    score: 84,
    reason: "shell command or redirection after a plain value",
    at: ANYWHERE,
    literals: list(
      ";dd , ; dd , ;history, ; history, ;lua, ; lua, ;mkfifo, ; mkfifo, ;mshta, ; mshta, |mshta, &mshta, & mshta, | mshta, ;nohup, ; nohup, &regsvr, & regsvr, |regsvr, | regsvr, ;regsvr, &reg , & reg , |reg , |shutdown, | shutdown, ;shutdown, |tee, | tee, ;telnetd, ; telnetd, |wmic, | wmic, &wmic, & wmic, ;> /, ;>/, ; >/, ; > /, <(id, <(whoami, <(ls, <(cat, <(curl, <(wget, <(bash, >(id, >(whoami, >(ls, >(cat, >(curl, >(wget, >(bash, %comspec%, -e/bin, -e /bin, -c /bin",
    ),
    expression: anyOf([
      `^[^\\s;|&\`$<]{0,40}(?:;|\\|\\|?|&&?)\\s*(?:/(?:usr/)?s?bin/)?${COMMANDS}(?:\\s*$|\\s+[-/'"\\w$~.])`,
      "^[^\\s;|&`$<]{0,40}[;|&]\\s*>{1,2}\\s*[/~]\\w",
      "^[^\\s]{0,40}[<>]\\((?:/\\w+/)*(?:id|whoami|ls|cat|curl|wget|bash)\\b[^()]{0,80}\\)",
      '^\\s*"?%comspec%',
      "^\\s*-{1,2}[ce]\\s?/bin/(?:ba)?sh\\b",
    ]),
  },
  {
    class: "cmdi",
    score: 84,
    reason: "shell command in pieces after a plain value",
    at: ANYWHERE,
    shell: true,
    literals: PIECES,
    expression: `(?-i:^[a-z0-9_.@:-]{0,24}['")]{0,2}\\s?(?:;|\\|\\|?|&&?|\\n|\`|\\$\\()\\s*${PIECED_COMMANDS})`,
  },
  {
    class: "cmdi",
    score: 84,
    reason: "call that runs a command, and nothing else",
    at: ANYWHERE,
    literals: list(
      "system(, exec(, execsync(, popen(, passthru(, shell_exec(, spawn(, spawnsync(, phpinfo(, phpversion(, process.exit(, process.mainmodule, open('|, open(\"|, check_output(, getruntime(, child_process",
    ),
    expression: anyOf([
      `^\\s*['")};+,]*\\s*(?:@|new\\s+|return\\s+|print\\s+|echo\\s+|await\\s+)?(?:(?:java\\.lang\\.)?runtime\\.|kernel\\.|io\\.|os\\.|global\\.|process\\.|subprocess\\.|child_process\\.|require\\(['"](?:node:)?child_process['"]\\)\\.)*(?:exec(?:sync|file|filesync)?|system|popen|passthru|shell_exec|spawn(?:sync)?|check_output|getoutput)\\s*\\(\\s*\\[?['"]\\s*(?:/(?:usr/)?s?bin/)?(?:id|ls|pwd|dir|cat|env|whoami|uname|ping|curl|wget|nc|sleep|bash|sh|cmd|powershell|calc|touch|echo|hostname|ifconfig|ipconfig)\\b`,
      "^\\s*['\")};+,:]*\\s*(?:phpinfo|phpversion|(?:global\\.)?process\\.exit)\\s*\\(\\s*\\d?\\s*\\)[\\s;'\"/#)]*$",
      `^\\s*(?:file\\.|io\\.|kernel\\.)?open\\s*\\(\\s*['"]\\|`,
      "^\\s*(?:global\\.)?process\\.mainmodule\\b",
    ]),
  },
  {
    class: "xss",
    score: 82,
    reason: "script and nothing else",
    at: AT_VALUE | AT_COOKIE | AT_NAME,
    literals: list(
      "document.cookie, location=, location =, location.href, string.fromcharcode, top[, self[, window[, globalthis[, parent[, frames[, this[, alert(, alert`, alert?., confirm(, confirm`, prompt(, prompt`, eval(name, eval(location, import(, (![]+, [![]], +[]], +!+[]",
    ),
    expression: anyOf([
      `^\\s*['")};,]*\\s*(?:\\$\\{)?\\(?(?:(?:window|top|self|parent|globalthis|this)(?:\\.|\\?\\.))?(?:alert|confirm|prompt)\\)?(?:\\?\\.)?\\s*(?:\`[^\`]{0,40}\`|\\(\\s*(?:[\\d'"\`/]|document\\.|origin|location|window\\.|this)[^)]{0,60}\\))[\\s;'"}/)-]*$`,
      `^\\s*['")};,]*\\s*(?:(?:window|document|top|self|parent)\\.)?location(?:\\.href)?\\s*=\\s*(?:name|['"\`](?:javascript:|//|https?:)|window\\.name|atob)`,
      `^\\s*['")};,]*\\s*(?:top|self|window|globalthis|parent|frames|this)\\s*\\[\\s*(?:['"\`/]|\\w+\\s*\\+)[^\\]]{1,60}\\]\\s*[(\`=]`,
      // Code of six signs.
      "^\\s*['\")};,]*(?=[^a-z]{0,40}!\\[\\])[\\[\\]()!+{}]{40,}",
      "^\\s*['\")};,]*\\s*document\\.cookie\\s*;?\\s*$",
      "^\\s*['\")};,]*\\s*string\\.fromcharcode\\(\\s*\\d+\\s*,",
      "^\\s*['\")};,]*\\s*(?:eval\\((?:name|location|window)|import\\(\\s*['\"`](?://|https?:|data:))",
    ]),
  },
  {
    class: "traversal",
    score: 80,
    reason: "address of a script on another host",
    at: AT_VALUE | AT_COOKIE,
    literals: list(
      ".txt?, .php?, .gif?, .inc?, .dat?, /c99, /r57, /shell., /shell?, /cmd., /b374k, /wso, webshell, backdoor, /rfi",
    ),
    expression: anyOf([
      "^\\s*(?:https?|ftps?)://[^\\s?#]{4,120}\\.(?:txt|php|gif|inc|dat)\\?+\\x00?$",
      "^\\s*(?:(?:https?|ftps?):)?//[^\\s?#]{3,100}/(?:c99|r57|shell|cmd|b374k|wso|webshell|backdoor|rfi)\\w{0,6}\\.(?:txt|php|gif|jpe?g|dat|log|aspx?|jspx?)\\?*\\x00?$",
    ]),
  },
  {
    class: "cmdi",
    score: 78,
    reason: "name of a file that a server would run",
    at: AT_NAME,
    literals: list(
      ".php., .php;, .php%, .php5., .jsp., .jsp;, .jsp%, .asp;, .asp., .aspx., .aspx;, .phtml, .phar, .jspx, .ashx, .htaccess, .user.ini, web.config, ::$data",
    ),
    expression: anyOf([
      "^[^/\\\\\\s=&]{1,60}\\.(?:php\\d?|phtml|phar|jspx?|aspx?|ashx|cfm|asa|cer)(?:\\x00|%00|;|::\\$data|\\.{1,3})+(?:(?:jpe?g|png|gif|txt|pdf|bmp|ico))?\\s*$",
      "^[^/\\\\\\s=&]{1,60}\\.(?:phtml|phar|jspx|ashx)$",
      "^(?:\\.htaccess|\\.user\\.ini|\\.htpasswd|web\\.config)$",
    ]),
  },
];
