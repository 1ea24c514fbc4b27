import {
  ANYWHERE,
  AT_COOKIE,
  AT_HEADER,
  AT_NAME,
  AT_PATH,
  AT_QUERY,
  AT_VALUE,
  anyOf,
  list,
  type Rule,
} from "../rule.ts";

/** Two dots and the first byte of what is no slash in UTF-8. */
const LEADS = [0xc0, 0xc1, 0xe0, 0xee, 0xef, 0xf0];

function oddTraversals(): string[] {
  const literals = list("..2f, ..5c, 2e2e2f, 2e2e5c, ..etc, ..windows, ..web-inf, ..boot, c:windows, file:..., ..%");
  for (const byte of LEADS) literals.push(`..${string.char(byte)}`);
  return literals;
}

const ODD_TRAVERSALS = oddTraversals();

/** Leaving the directory, and files that nobody should read over HTTP. */

export const traversal: Rule[] = [
  {
    class: "traversal",
    score: 85,
    reason: "directory traversal to a sensitive file",
    at: ANYWHERE,
    literals: list("../, ..\\, ..;, ..%, ./., ..//"),
    expression:
      "(?<!\\.\\.[/\\\\])\\.\\.;?[/\\\\]+(?:\\.{1,2};?[/\\\\]+)*+(?:[^\\s\"'/\\\\]{1,60}[/\\\\]+){0,3}(?:etc|proc|windows|winnt|boot\\.ini|win\\.ini|web-inf|meta-inf|passwd|shadow|\\.env|\\.git|\\.ssh|\\.aws|\\.htaccess|\\.htpasswd|config\\.(?:php|inc)|wp-config|var/log|id_rsa|system32|inetpub|apache|xampp|php\\.ini|my\\.cnf|global\\.asa|autoexec)",
  },
  {
    class: "traversal",
    score: 78,
    reason: "directory traversal",
    at: AT_PATH | AT_QUERY | AT_COOKIE | AT_HEADER,
    literals: list("../, ..\\, ..;, ./., ..//, ..%, ..0x, 0x2e0x2e"),
    expression: anyOf([
      "(?:\\.{2,}[\\0;]?[/\\\\]+(?:\\.[/\\\\]+)*){3,}",
      "(?:^|[=:/\\\\\\0])(?:\\.{2,}[/\\\\]+){2,}(?![\\w@-]+\\.(?:png|jpe?g|gif|svg|css|js|webp|html?|ico|woff2?)\\b)",
      "^\\.\\.[/\\\\]+\\w+\\.(?:ini|conf|cfg|php|log|cnf|bak|sql|key|pem)\\b",
      "(?:\\.\\.\\\\){2,}",
      "(?:\\.\\.0x(?:2f|5c)|0x2e0x2e(?:0x2f|0x5c|[/\\\\])){1,}",
      // Nothing but dots and slashes.
      "^(?=[./\\\\]*[/\\\\][./\\\\]*\\.\\.|[./\\\\]*\\.\\.[/\\\\]+\\.)[./\\\\]+$",
    ]),
  },
  {
    class: "traversal",
    score: 80,
    reason: "directory traversal with signs that some decoders take for a slash, or that lost theirs",
    at: AT_PATH | AT_QUERY | AT_COOKIE | AT_HEADER | AT_VALUE | AT_NAME,
    literals: ODD_TRAVERSALS,
    expression: anyOf([
      "(?:\\.\\.[\\x80-\\xff]{1,6}){2,}",
      "(?:\\.\\.(?:2f|5c|%)){2,}",
      "(?:2e2e(?:2f|5c)){2,}",
      "(?:^|[:/\\\\=])(?:\\.{4,}[/\\\\]*|[a-z]:|file:)(?:etc[/\\\\]?(?:passwd|shadow|hosts)|windows(?:[/\\\\]?win\\.ini|system32)|web-inf|boot\\.ini)",
    ]),
  },
  {
    class: "traversal",
    score: 70,
    reason: "path of a system or a server program as a whole value",
    at: AT_QUERY | AT_COOKIE,
    literals: list(
      "/etc/, /var/, /usr/, /proc/, /opt/, /root/, \\\\logs, \\\\apache, /apache, /logs/, xampp, :\\\\, \\\\windows, \\\\mysql, program files, /boot/, /lampp, /bin/, \\\\\\\\, .bash, .aws/cred, .ssh/id_, .ssh/auth, .kube/config, .docker/config, .git-credentials, .pgpass, run/secrets, /sys/class/net",
    ),
    expression: anyOf([
      "^/+(?:etc|proc|root|boot|var/(?:log|adm|mail|spool|lib|run|saf|cron|apache2?|www/(?:[\\w.-]+/)?logs?)|usr/(?:local|lib|share|home|etc|pkg\\w*|bin|sbin|ports)|opt/(?:lampp|xampp|apache2?|tomcat|nginx|httpd)|apache2?|logs?|private/etc|mnt/\\w+/etc|home/\\w+/\\.\\w+|run/secrets|sys/(?:class|kernel))/+[^\\s?&]{1,120}\\s*\\x00?[^\\s]{0,8}$",
      "^(?:~|/root|/home/[\\w.-]{1,40}|/users/[\\w.-]{1,40})/\\.(?:aws/credentials|ssh/(?:id_\\w+|authorized_keys)|bash_history|bashrc|profile|kube/config|docker/config\\.json|git-credentials|pgpass)\\x00?$",
      "^(?:[a-z]:)?[/\\\\]+(?:apache(?:2|\\sgroup)?|xampp|wamp|mysql|php\\d?|windows|winnt|inetpub|program files[^/\\\\]*|logs?|nginx|tomcat|boot|documents and settings)[/\\\\]+[^\\r\\n?&]{1,120}$",
    ]),
  },
  {
    class: "traversal",
    score: 60,
    reason: "directory traversal",
    at: AT_VALUE | AT_NAME,
    literals: list("../../../, ..\\..\\, ....//, ....\\\\, ..;/"),
    expression: "(?:\\.{2,}[\\0;]?[/\\\\]+){4,}|(?:\\.\\.\\\\){2,}|(?:\\.{4,}[/\\\\]{1,2}){2,}|(?:\\.\\.;/)+",
  },
  {
    class: "traversal",
    score: 80,
    reason: "directory traversal in the path",
    at: AT_PATH,
    literals: list("/../, /..\\, /..;, \\.., /.%, ..%"),
    expression: "[/\\\\]\\.\\.(?:[/\\\\;]|$|%[02]|%5c)",
  },
  {
    class: "traversal",
    score: 78,
    reason: "file of the system",
    at: AT_PATH | AT_QUERY | AT_COOKIE | AT_HEADER | AT_VALUE,
    literals: list(
      "/etc/, /proc/, boot.ini, win.ini, web-inf, id_rsa, /var/log, \\windows, /windows/, system32, /.ssh/, /.aws/, bash_history, php.ini, /winnt, inetpub, /.git/, /.svn/, /.env, .htpasswd, .htaccess, httpd.conf, wp-config.php, \\winnt, /etc\\, etc/passwd, etc/shadow, \\etc\\, access_log, access.log, error_log, error.log",
    ),
    expression: `${anyOf([
      `(?:^|[/\\\\=:\\s'\\"<>|,;])[/\\\\]*etc[/\\\\]+(?:\\.?[/\\\\]*)(?:passwd|shadow|group|hosts(?![\\w-])|issue|hostname|mysql|my\\.cnf|httpd|apache2?|nginx|ssh|security|crontab|sudoers|fstab|motd|resolv\\.conf|ftp|samba|snmp|php|apt/|chrootusers|inetd|lilo|logrotate|mtab|network|os-release|redhat-release|termcap|updatedb|vsftpd|wu-ftpd|pam|exports|init\\.d|profile|bashrc|default/|ld\\.so)`,
      "/proc/(?:self|\\d+|version|cmdline|cpuinfo|mounts|net|sched|stat|meminfo|filesystems|modules|interrupts|ioports|partitions|swaps|devices)\\b",
      "(?:^|[/\\\\:])boot\\.ini",
      "(?:^|[/\\\\])win\\.ini",
      "web-inf[/\\\\]",
      "[/\\\\]\\.(?:ssh|aws)[/\\\\]",
      "id_rsa\\b",
      "(?:^|[/\\\\~])\\.?bash_history",
      "[/\\\\]?windows[/\\\\]+(?:system32|win\\.ini|php|repair|system\\.ini|my\\.ini|debug|panther|temp)",
      "[a-z]:[/\\\\]+(?:winnt|inetpub|windows|xampp|wamp|apache|boot|mysql|php|nginx|sysprep|unattend|users[/\\\\]administrator|program files[^/\\\\]*[/\\\\]+(?:apache|mysql|php|xampp|filezilla|freesshd|opens))",
      "[/\\\\]\\.git[/\\\\](?:config|head|index|objects)",
      "[/\\\\]\\.svn[/\\\\]",
      "(?:^|[/\\\\])\\.(?:htpasswd|htaccess)\\b",
      "[/\\\\]\\.env(?:\\.|$|\\s)",
      "wp-config\\.php",
      "(?:httpd|apache2?)\\.conf",
      "/(?:var|opt|usr/local)/(?:[\\w./-]{0,60}/)?(?:access|error)[_.]log",
      "/var/(?:log|mail|spool|www)/[\\w.-]+",
    ])}\\S{0,80}\\s*$`,
  },
  {
    class: "traversal",
    score: 80,
    reason: "stream wrapper of a scripting language",
    at: ANYWHERE,
    literals: list(
      "php://, expect://, phar://, zip://, file://, zlib:, glob://, compress., data://, ogg://, rar://, ssh2.",
    ),
    expression: anyOf([
      `(?:^|[=\\s'\\"(])(?:php://(?:filter|input|fd|memory|temp|output|stdin)|expect://|phar://|zip://[^\\s]{0,60}#|compress\\.(?:zlib|bzip2)://|glob://|data://text|ogg://|rar://|ssh2\\.\\w+://)`,
      "^\\s*file:/{1,3}(?:etc|proc|c:|c\\||windows|var|\\w:)",
    ]),
  },
  {
    class: "traversal",
    score: 74,
    reason: "share of another host",
    at: AT_PATH | AT_QUERY | AT_COOKIE | AT_HEADER,
    literals: ["\\\\"],
    expression: "^\\\\\\\\(?:[\\w-]+\\.)+[\\w-]+(?:@\\w+)?\\\\[\\w$.-]+(?:\\\\|$)",
  },
  {
    class: "traversal",
    score: 78,
    reason: "null byte in a file name",
    at: AT_QUERY | AT_PATH | AT_COOKIE,
    literals: list("/etc, .., .php, .asp, .jsp, .html, .txt"),
    expression: "^[\\x20-\\x7e]{1,200}\\.?\\w{1,12}\\x00\\.?\\w{0,8}$",
  },
];
