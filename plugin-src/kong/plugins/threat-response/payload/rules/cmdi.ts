import { ANYWHERE, anyOf, list, type Rule } from "../rule.ts";

/** Shell commands and code of scripting languages where a value is expected. */

/** Separators and commands, joined to literals at load. */
const SEPARATORS = [";", "; ", "|", "| ", "&", "& ", "`", "$(", "$( ", "<("];
const COMMANDS = [
  "/bin",
  "/usr",
  "bash",
  "base64",
  "bin",
  "bitsadmin",
  "busybox",
  "cat",
  "certutil",
  "chmod",
  "cmd",
  "cp",
  "crontab",
  "curl",
  "dig",
  "dir",
  "echo",
  "env",
  "eval",
  "exec",
  "find",
  "grep",
  "head",
  "hostname",
  "id",
  "ifconfig",
  "ipconfig",
  "iptables",
  "kill",
  "less",
  "ls",
  "more",
  "mv",
  "nc",
  "net",
  "netcat",
  "netsh",
  "netstat",
  "nslookup",
  "od ",
  "passwd",
  "perl",
  "php",
  "phpinfo",
  "ping",
  "powershell",
  "printenv",
  "ps",
  "pwd",
  "python",
  "reboot",
  "rm",
  "ruby",
  "rundll32",
  "schtasks",
  "set",
  "sh",
  "shutdown",
  "sleep",
  "socat",
  "ssh",
  "sudo",
  "system",
  "systeminfo",
  "tac ",
  "tail",
  "tar ",
  "taskkill",
  "tasklist",
  "telnet",
  "tftp",
  "timeout",
  "touch",
  "tree",
  "type",
  "uname",
  "useradd",
  "usr",
  "ver",
  "w",
  "wget",
  "which",
  "whoami",
  "{cat",
];

function separatedCommands(): string[] {
  const literals: string[] = [];
  for (const separator of SEPARATORS) {
    for (const command of COMMANDS) literals.push(separator + command);
  }
  return literals;
}

/** What words are cut into pieces with, as far as it is not what everybody writes. */
function pieces(): string[] {
  const literals = list(`'', "", $@, $*, $1, $9, $!, $(), $ifs, {ifs`);
  for (const letter of $range(97, 122)) {
    const sign = string.char(letter);
    literals.push(`\\${sign}`);
    literals.push(`^${sign}`);
    literals.push(`'${sign}'`);
    literals.push(`"${sign}"`);
  }
  return literals;
}

export const PIECES = pieces();
/** What was in pieces is in capitals. */
export const PIECED_COMMANDS =
  "(?:/(?:USR/)?S?BIN/|/(?:usr/)?s?bin/)?(?:CAT|ID|WHOAMI|UNAME|LS|PWD|HOSTNAME|IFCONFIG|IPCONFIG|NETSTAT|PS|ENV|PRINTENV|HEAD|TAIL|MORE|LESS|TAC|NL|GREP|FIND|CURL|WGET|PING|NC|NCAT|NSLOOKUP|DIG|SLEEP|BASH|SH|ZSH|PYTHON[23]?|PERL|PHP|RUBY|POWERSHELL|CMD|NET|TYPE|DIR|ECHO|BASE64|XXD|RM|CP|CHMOD|SED|AWK|SORT|REV|SUDO|SU)(?=[\\s;|&)`#<>/]|$)(?!\\s*[=:])";

export const cmdi: Rule[] = [
  {
    class: "cmdi",
    score: 80,
    reason: "shell command after a separator",
    at: ANYWHERE,
    literals: separatedCommands(),
    expression: `(?:[;|&\`]|\\$\\()\\s*(?:/(?:usr/)?s?bin/)?${anyOf([
      "(?:cat|head|tail|more|less|tac|nl|type|grep|find|ls|dir|rm|cp|mv|touch|chmod|sort|base64|xxd|awk|sed)(?:\\s+-{1,2}[\\w-]+|\\s*\\$\\{?ifs\\}?|\\s+/[a-z])*[\\s<]*(?:\\S{0,30}(?:/etc/|/proc/|/var/|/tmp/|/usr/|/home/|/bin/|\\\\windows|\\.\\./|[a-z]:[\\\\/]|passwd|%systemroot%)|/\\S*)",
      `(?:wget|curl|fetch)\\s+(?:-{1,2}[\\w-]+\\s+)*['\\"]?(?:https?:|ftp:|\\d+\\.\\d+\\.|[\\w-]+\\.[\\w.-]+/?|\\$)`,
      "(?:nc|ncat|netcat|telnet)\\s+(?:-\\w+\\s+)*[\\w.-]+\\s+\\d+",
      "(?:nslookup|dig|host|ping(?:\\.exe)?)\\s+(?:[-/]\\w+\\s+\\d*\\s*)*[\\w.-]{3,}\\.[\\w.-]+",
      "(?:ba|z|k|c|da)?sh\\s+-[ci]\\s",
      "(?:python[23]?|perl|ruby|php|node|lua)\\s+-[cer]\\s",
      "powershell(?:\\.exe)?\\s+-",
      "cmd(?:\\.exe)?\\s*/c",
      "net\\s+(?:user|localgroup|view|share)",
      "sleep\\s+\\d+",
      "timeout\\s+(?:/t\\s+)?\\d+",
      `echo\\s+[\\w$'\\"\`(-]+\\s*(?:[;|&\`>)]|$)`,
    ])}`,
  },
  {
    class: "cmdi",
    score: 78,
    reason: "shell command after a separator",
    at: ANYWHERE,
    literals: separatedCommands(),
    expression: `^[^;|&\`$\\n]{0,60}(?:;|\\|\\|?|&&?|\\$\\(|\\n)\\s*(?:/?(?:usr/)?s?bin/)?(?:id|whoami|uname(?:\\s+-\\w+)?|ls(?:\\s+-\\w+)?(?:\\s+/\\w*)?|pwd|hostname|ifconfig|ipconfig(?:\\s*/all)?|netstat(?:\\s+-\\w+)?|ps(?:\\s+-?\\w+)?|printenv|systeminfo|dir(?:\\s+[a-z]:[\\\\/]?)?|ver|w|who|phpinfo\\(\\)|reboot|shutdown|sleep[\\s+]*\\d+|env|netsh|wget|curl|perl|python[23]?|bash|which\\s+\\w+|cat\\s+\\S+|tasklist|tree|set|groups|last|mount|uptime|true|false)\\s*(?:[;&\`)#'\\"]|\\|(?!\\s)|\\n|$)`,
  },
  {
    class: "cmdi",
    score: 80,
    reason: "shell command after a plain value",
    at: ANYWHERE,
    literals: separatedCommands(),
    expression: `^[\\w.@:%-]{0,40}['\\")]?\\s*(?:;|\\|\\|?|&&?|\\n)\\s*(?:/(?:usr/)?s?bin/)?(?:(?:ping|nslookup|dig|wget|curl|nc|ncat|netcat|telnet|cat|ls|tail|head|rm|sleep|echo|type|dir|net|bash|sh|python[23]?|perl|php|powershell|chmod|touch|find|timeout|busybox|certutil|bitsadmin|base64|crontab|iptables|kill|netsh|od|passwd|rundll32|schtasks|socat|ssh|sudo|tac|tar|taskkill|tftp|useradd)\\s+\\S)`,
  },
  {
    class: "cmdi",
    score: 78,
    reason: "shell command in backquotes",
    at: ANYWHERE,
    literals: list(
      "`id, `ls, `cat, `whoami, `uname, `sleep, `ping, `wget, `curl, `pwd, `true, `false, `ps, `env, `nc, `/, `echo, `hostname, `ifconfig, `netstat, `dir, `ver",
    ),
    expression:
      "`\\s*(?:/?(?:usr/)?s?bin/)?(?:id|whoami|uname(?:\\s+-\\w+)?|ls(?:\\s+-\\w+)?(?:\\s+/\\w*)?|pwd|hostname|ifconfig|ipconfig(?:\\s*/all)?|netstat(?:\\s+-\\w+)?|ps(?:\\s+-?\\w+)?|printenv|systeminfo|dir(?:\\s+[a-z]:[\\\\/]?)?|ver|w|who|phpinfo\\(\\)|reboot|shutdown|sleep\\s*\\d+|env|netsh|wget|curl|perl|python[23]?|bash|which\\s+\\w+|cat\\s+\\S+|true|false)\\s*`",
  },
  {
    class: "cmdi",
    score: 78,
    reason: "shell command in backquotes or brackets after a plain value",
    at: ANYWHERE,
    literals: list("`, $("),
    expression:
      "^[^\\s`$]{0,30}(?:`|\\$\\()\\s*(?:/(?:usr/)?s?bin/)?(?:curl|wget|nslookup|dig|ping|nc|ncat|sleep)(?:[\\s+<]|\\$\\{?ifs\\}?)[^`]{1,120}[`)]",
  },
  {
    class: "cmdi",
    score: 84,
    reason: "shell command written in pieces",
    at: ANYWHERE,
    literals: list(
      `'', "", \\, $@, $*, $(), '/, "/, ^, ;c', ;w', |c', ;c", |w', ;l', ;i', & c', ; c', | c', $u, ???, /?`,
    ),
    expression: anyOf([
      `(?:^|[;|&(])\\s*[a-z/]{1,12}(?:(?:''|""|\\$[@*!u]|\\$\\(\\)|'[a-z]{1,6}'|"[a-z]{1,6}"|\\\\|\\^)[a-z/]{1,12}){2,8}(?:[\\s<>;|&)\`]|\\$\\{?ifs|$)`,
      `(?:^|[\\s=])[a-z]{1,10}(?:(?:''|""|\\$[@*!u]|\\$\\(\\)|'[a-z]{1,6}')[a-z]{1,10}){1,8}(?:\\s|\\$\\{?ifs\\}?|<)\\s*/`,
      "(?:^|[;|&`(\\s])/[a-z?*]{0,5}[?*][a-z?*]{0,5}/[a-z?*\\[\\]-]{0,12}[?*]",
      "[;|&\\n]\\s*([a-z])=[^\\s;&|]{1,20};\\s*(?:[a-z]=[^\\s;&|]{1,20};\\s*)*\\$\\{?\\1",
    ]),
  },
  {
    class: "cmdi",
    score: 84,
    reason: "shell command and nothing else after a plain value",
    at: ANYWHERE,
    literals: separatedCommands(),
    expression:
      "^[^\\s;|&`$]{0,40}(?:;|\\|\\|?|&&?|\\$\\()\\s?(?:/(?:usr/)?s?bin/)?(?:id|whoami|uname|ls|pwd|hostname|ifconfig|ipconfig|netstat|ps|printenv|systeminfo|dir|ver|env|set|tasklist|cat\\s+/?[\\w./-]+|sleep[\\s+]\\d+)(?:\\s-{1,2}\\w+)?\\s?(?:[;&|)#'\"]|\\|\\||&&)?\\s*$",
  },
  {
    class: "cmdi",
    score: 82,
    reason: "shell command whose words are in pieces",
    at: ANYWHERE,
    shell: true,
    literals: PIECES,
    expression: `(?-i:(?:^|[;|&\`\\n(]|\\$\\()\\s*${PIECED_COMMANDS}|/(?:ETC|BIN|USR/BIN|PROC|VAR/LOG|ROOT)/[A-Z/]{2,40})`,
  },
  {
    class: "cmdi",
    score: 80,
    reason: "path of the system with wildcards",
    at: ANYWHERE,
    literals: list("/e?, /?t, /et?, /??, /e*, /?i, /b?, /bi?, /bi*, /*/, c/p*, c/p?, c/pa?, c/pas, /[e, c/sh?, c/s*"),
    expression:
      "(?:^|[\\s;|&`(<'\"=])/(?=[^\\s]{0,40}[?*\\[])(?:[e?*][t?*]{0,2}[c?*]?|[b?*][i?*]{0,2}[n?*]?|\\[[a-z-]{1,6}\\]\\w{1,3})/(?:[p?*][a?*]{0,2}[s?*]{0,2}[\\w?*\\[\\]-]{0,8}|[\\w?*]{1,8})(?:[\\s;|&`)'\"]|$)",
  },
  {
    class: "cmdi",
    score: 78,
    reason: "shell command on a line behind a plain value",
    at: ANYWHERE,
    literals: list(
      " whoami,  uname -,  ping 1,  ping 2,  ping 8,  ping 9,  ping c,  /bin/,  /usr/bin/,  ping -,  cat /,  sleep 1,  sleep 2,  sleep 3,  sleep 5,  sleep 9,  ifconfig,  ipconfig,  netstat,  wget http,  curl http,  nc -,  ls -,  ls /,  nslookup ,  printenv,  id;,  id|,  id&,  id #",
    ),
    expression:
      "^[^\\s;|&`$]{0,40}\\r?\\n\\s*(?:/(?:usr/)?s?bin/)?(?:(?:whoami|ifconfig|ipconfig|netstat|printenv|id|uname|ls)(?:\\s-{1,2}\\w+)?(?:\\s/\\S*)?|(?:ping|cat|sleep|wget|curl|nc|nslookup|ls)\\s[^\\r\\n]{1,80}|bash|sh)\\s*(?:[;|&#][^\\r\\n]*)?\\s*$",
  },
  {
    class: "cmdi",
    score: 80,
    reason: "option that runs a command",
    at: ANYWHERE,
    literals: list(
      "proxycommand, upload-pack, receive-pack, checkpoint-action, use-compress-program, -exec, to-command, post-file, --output=, --rsh=, --rsh-command, core.sshcommand, core.pager",
    ),
    expression: anyOf([
      "^\\s*-{1,2}(?:o\\s*proxycommand|output=/|upload-pack|receive-pack|use-compress-program|checkpoint-action|to-command|post-file|rsh(?:-command)?=|exec=)",
      "checkpoint-action=exec",
      "-o\\s*proxycommand=",
      "\\s-exec(?:dir)?\\s+[\\w/.]+\\s[^;]{0,80}(?:\\\\;|;|\\+)\\s*$",
      "core\\.(?:sshcommand|pager|editor|fsmonitor)=",
    ]),
  },
  {
    class: "cmdi",
    score: 76,
    reason: "shell command as a whole value",
    at: ANYWHERE,
    literals: list(
      "cat /, ping -, ping.exe -, cat ../, /bin/, wget http, curl http, nc -, type c:, net user, dir c:, ls -, uname -",
    ),
    expression: `^\\s*['\\"]?\\s*(?:cat\\s+(?:/|\\.\\./)|ping(?:\\.exe)?\\s+-[nic]\\s*\\d+\\s+\\d|wget\\s+https?:|curl\\s+https?:|nc\\s+-\\w+\\s|type\\s+c:|net\\s+user\\b|dir\\s+c:|ls\\s+-\\w+\\s*(?:/|$)|uname\\s+-\\w\\s*$)`,
  },
  {
    class: "cmdi",
    score: 88,
    reason: "shell expansion",
    at: ANYWHERE,
    literals: list(
      "${ifs}, $ifs, () {, (){, {cat,, {ls,, /dev/tcp/, /dev/udp/, $@, $(<, {ping,, {curl,, {wget,, ifs=, {echo,, {sleep,, {nc,",
    ),
    expression: anyOf([
      "\\$\\{?ifs\\b",
      "\\(\\)\\s*\\{\\s*:?\\s*;?\\s*\\}\\s*;",
      "\\{(?:cat|ls|ping|curl|wget|nc|echo|sleep),[^}\\s]{1,60}\\}",
      "/dev/(?:tcp|udp)/[\\w.-]+/\\d+",
      "\\$\\(<\\s*/",
      "[;|&]\\s*ifs=",
      "(?:[a-z]\\$@){2}",
    ]),
  },
  {
    class: "cmdi",
    score: 72,
    reason: "program of the system by its path",
    at: ANYWHERE,
    literals: list("/bin/, cmd.exe, cmd /c, /sbin/, system32, powershell"),
    expression: anyOf([
      `(?:^|[\\s;|&\`'\\"(=])/(?:usr/(?:local/)?)?s?bin/(?:cat|ls|id|sh|bash|zsh|ping|uname|whoami|wget|curl|nc|perl|python[23]?|php|env|echo|sleep|ps|ifconfig|tail|head|nslookup|dig)(?:[\\s;|&\`'\\")<]|$)`,
      "(?:^|[\\s;|&\\\\/])cmd(?:\\.exe)?\\s*/[ck]\\b",
      "powershell(?:\\.exe)?\\s+(?:-\\w+\\s+)*-(?:e|enc|encodedcommand|nop|noprofile|c|command|exec|ep|w)\\b",
      "\\\\system32\\\\\\w+\\.exe",
    ]),
  },
  {
    class: "cmdi",
    score: 78,
    reason: "code of a scripting language",
    at: ANYWHERE,
    literals: list(
      "phpinfo(, system(, passthru(, shell_exec(, popen(, proc_open, base64_decode(, <?php, <?=, getruntime, processbuilder, __import__, os.system, os.popen, child_process, subprocess, assert(, pcntl_exec, exec(, eval(, ${@print, ${@system, ${@eval, ${@php, print(, md5(, <%=, <% , ${sleep, $_get, $_post, $_request, $_cookie, $_server, %x",
    ),
    expression: anyOf([
      `(?:^|[;'\\"{(|&@=.}>\\s])phpinfo\\s*\\(\\s*\\)`,
      `(?:^|[;'\\"{(|&@=.}>\\s])(?:system|passthru|shell_exec|popen|proc_open|pcntl_exec|exec)\\s*\\(\\s*(?:\\$_?\\w|base64|['\\"]\\s*(?:/|cat|ls|id|dir|echo|whoami|uname|ping|wget|curl|nc|sleep|rm|bash|sh|cmd|net|type|python|perl)\\b)`,
      "eval\\s*\\(\\s*(?:base64_decode|gzinflate|str_rot13|\\$_|chr\\()",
      "assert\\s*\\(\\s*\\$?_?\\w*\\[",
      `(?:^|[;'\\"{(|&@=.}>\\s])(?:print|echo|die)\\s*\\(?\\s*(?:md5|phpversion|chr)\\s*\\(`,
      "\\{\\$\\{\\s*\\w{1,20}\\s*\\(",
      "<\\?(?:php\\b|=)",
      "\\$_(?:get|post|request|cookie|server)\\s*[\\[{]",
      "getruntime\\s*\\(\\s*\\)",
      "new\\s+(?:java\\.lang\\.)?processbuilder",
      `__import__\\s*\\(\\s*['\\"](?:os|subprocess|time|commands)`,
      "\\bos\\.(?:system|popen)\\s*\\(",
      `require\\s*\\(\\s*['\\"](?:node:)?child_process`,
      "subprocess\\.(?:popen|call|run|check_output)\\s*\\(",
      "\\$\\{@(?:print|eval|system|phpinfo)",
      "<%=?\\s*(?:system|exec|`|eval|runtime|request|new|io\\.|file\\.|dir\\.)",
      "(?:^|[^a-z])%x[({\\[/]\\s*\\w",
    ]),
  },
];
